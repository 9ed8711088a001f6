"""Tags of papers: given, taken away, found, and kept through a new reading, on both engines' doors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Run
from pdfs import PaperMaker, prose
from store_records import record

from hierarchy.errors import UsageError
from hierarchy.filters import Has
from hierarchy.nodes import Level
from hierarchy.store import NodeStore
from strata.tagging import checked_tags, set_tags


def pdf(path: Path, title: str, paragraphs: int = 3) -> Path:
    maker = PaperMaker(1)
    maker.title(title, ["Ada Fenwick"])
    maker.heading("Methods")
    for number in range(paragraphs):
        maker.paragraph(prose(number + len(title), 8))
    return maker.save(path)


@pytest.fixture
def library(tmp_path: Path, here: Run) -> Path:
    folder = tmp_path / "papers"
    folder.mkdir()
    pdf(folder / "reeds.pdf", "Reed Beds and Their Birds")
    pdf(folder / "owls.pdf", "Owls in the Marsh at Night")
    assert here("ingest", folder).code == 0
    return folder


def test_a_tag_is_given_shown_found_and_taken_away(library: Path, here: Run) -> None:
    said = here("tag", "reeds.pdf", "To Read", "birds", "to read", "--json").json
    assert said["tags"] == ["To Read", "birds"]
    assert "[To Read, birds]" in here("tree", "--depth", "paper").out.replace("\n", " ")
    found = here("search", 'marsh tag:"to read"', "--json").json["nodes"]
    assert {n["file"] for n in found} == {"reeds.pdf"}
    assert here("search", "marsh tag:owls", "--json").refused("unknown_tag")["hint"]
    assert here("tag", "reeds.pdf", "TO READ", "--remove", "--json").json["tags"] == ["birds"]
    assert here("search", 'marsh tag:"to read"', "--json").refused("unknown_tag")
    assert "birds" in here("tag", "reeds.pdf").out


def test_a_new_reading_keeps_tags_and_an_ingest_gives_them(library: Path, here: Run) -> None:
    here("tag", "reeds.pdf", "kept")
    pdf(library / "reeds.pdf", "Reed Beds and Their Birds", paragraphs=5)
    report = here("ingest", library, "--tag", "thesis", "--tag", "2026", "--json").json
    assert len(report["changed"]) == len(report["unchanged"]) == 1
    assert here("tag", "reeds.pdf", "--json").json["tags"] == ["kept", "thesis", "2026"]
    assert here("tag", "owls.pdf", "--json").json["tags"] == ["thesis", "2026"]
    assert here("ingest", library, "--json").json["changed"] == []
    assert here("tag", "reeds.pdf", "--json").json["tags"] == ["kept", "thesis", "2026"]


@pytest.mark.parametrize("tag", ["", "  ", "a,b", 'say "x"', "x" * 61, "a\x00b"])
def test_what_could_not_be_asked_for_is_no_tag(tag: str) -> None:
    with pytest.raises(UsageError) as error:
        checked_tags([tag])
    assert error.value.code == "bad_tag"


def test_a_paper_that_is_not_there_is_refused(library: Path, here: Run) -> None:
    assert here("tag", "voles.pdf", "x", "--json").refused("unknown_paper")["hint"]
    assert here("ingest", library, "--tag", "a,b", "--json").refused("bad_tag")


def test_only_papers_are_tagged_and_nothing_else_of_them_changes(store: NodeStore) -> None:
    paper = record("p1", "words", Level.PAPER, paper="p1", metadata={"tags": [], "year": 2020})
    store.upsert([paper, record("a", paper="p1")])
    assert set(set_tags(store, ["p1", "a", "gone"], ["x"])) == {"p1"}
    node = store.get(["p1"])["p1"]
    assert node.metadata == {"tags": ["x"], "year": 2020}
    assert (node.text, node.digest) == (paper.node.text, paper.node.digest)
    assert store.vectors(["p1"])["p1"] == pytest.approx(paper.vector, abs=1e-6)
    assert [n.id for n in store.scan(Has("tags", "x"))] == ["p1"]
    assert store.names()[0].tags == ("x",)
    assert set_tags(store, ["p1"], ["X"]) == {}
    with pytest.raises(UsageError):
        set_tags(store, ["p1"], [f"t{i}" for i in range(60)])


def test_the_python_door_does_the_same(library: Path, assistant: Callable[..., object]) -> None:
    a = assistant("papers")
    tagged = a.tag("owls.pdf", ["heard"])  # type: ignore[attr-defined]
    assert str(tagged) == "Owls in the Marsh at Night: heard"
