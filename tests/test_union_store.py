"""Several stores read as one, on each engine: legs merged, papers read once, nothing written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from engines import DIMENSION, ENCODER, ENGINES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_records import bm25, ids, record, vector

from hierarchy.encoder import unit
from hierarchy.errors import UsageError
from hierarchy.filters import And, Eq, In, IsNull, Not
from hierarchy.nodes import Level, Record
from hierarchy.sqlite import SqliteStore
from hierarchy.store import UNCHECKED, NodeStore, papers_of
from hierarchy.union import UnionStore

Make = Callable[..., NodeStore]
EAST = unit(np.eye(DIMENSION)[0])


def towards(share: float) -> Any:
    """A direction with this cosine to the east."""
    return unit(np.eye(DIMENSION)[0] * share + np.eye(DIMENSION)[1] * (1 - share**2) ** 0.5)


def paper(project: str, name: str, *texts: str, near: float = 0.5, read: str = "fast", **metadata: Any) -> list[Record]:
    """A paper with a passage for each text."""
    title = metadata.pop("title", f"On {name}")
    branch = [
        record(f"{name}-{n}", text, project=project, paper=name, order=n, vector=towards(near))
        for n, text in enumerate(texts)
    ]
    whole = {"pass": read, "authors": ["Ada Fenwick"]} | metadata
    top = record(name, title, Level.PAPER, project=project, paper=name, title=title, metadata=whole)
    return [top, *branch]


@pytest.fixture
def make(engine: str, tmp_path: Path) -> Iterator[Make]:
    """Makes a store of a project with these papers."""
    opened: list[NodeStore] = []

    def made(project: str, *branches: list[Record], **options: Any) -> NodeStore:
        store = ENGINES[engine](tmp_path, project, **options)
        opened.append(store)
        store.upsert([record(f"project:{project}", "", Level.PROJECT, project=project, title=project, paper=None)])
        for branch in branches:
            store.replace_branch(branch[0].node.id, branch)
        return store

    yield made
    for store in opened:
        store.close()


def test_both_legs_are_one_order_over_all_stores(make: Make) -> None:
    a = make("a", paper("a", "reeds", "reeds grow in lakes", near=0.3), paper("a", "owls", "owls at night", near=0.6))
    b = make("b", paper("b", "carp", "carp eat reeds, reeds and reeds", near=0.9))
    both = UnionStore([a, b])
    hits = both.dense(EAST, Level.PASSAGE, 2)
    assert ids(hits) == ["carp-0", "owls-0"]
    assert [round(hit.score, 4) for hit in hits] == [0.9, 0.6]
    assert set(bm25(both, "reeds")) == {"reeds-0", "carp-0"}
    assert bm25(both, "owls") == ["owls-0"]
    assert bm25(both, "whales") == []
    assert len(bm25(both, "reeds", k=1)) == 1
    assert bm25(both, "reeds", Eq("paper", "carp")) == ["carp-0"]
    assert {node.project for node in both.get(["reeds-0", "carp-0", "gone"]).values()} == {"a", "b"}
    assert set(both.vectors(["reeds-0", "carp-0", "gone"])) == {"reeds-0", "carp-0"}


def test_scores_of_a_small_and_a_large_store_are_on_one_scale(make: Make) -> None:
    """The same passage stands in a large project among others, and in a small one with a word more of the question."""
    others = [f"field number {n} was mown and counted" for n in range(120)]
    large = make("large", paper("large", "hay", *others, "orchids in meadows"))
    small = make(
        "small", paper("small", "fen", "orchids in meadows flower", "peat is wet", "sedge grows", "birds nest")
    )
    raw = {hit.id: hit.score for store in (large, small) for hit in store.bm25("orchids flower", Level.PASSAGE, 5)}
    assert raw["hay-120"] > raw["fen-0"]  # what makes scaling needed: a large project's rare word weighs more
    assert bm25(UnionStore([large, small]), "orchids flower") == ["fen-0", "hay-120"]


def test_a_paper_of_both_is_read_from_the_first_and_names_both(make: Make) -> None:
    words = ("reeds grow in lakes", "birds live in reeds")
    a = make("a", paper("a", "reeds", *words, tags=["read"]))
    b = make(
        "b", paper("b", "reeds", *words, "a line that only this reading has", tags=["pilot"]), paper("b", "owls", "x")
    )
    both = UnionStore([a, b])
    assert sorted(bm25(both, "reeds")) == ["reeds-0", "reeds-1"]
    assert bm25(both, "line reading") == []
    assert both.get(["reeds-2"]) == {}
    assert both.vectors(["reeds-2"]) == {}
    node = both.get(["reeds-0"])["reeds-0"]
    assert (node.project, node.metadata["projects"]) == ("a", ["a", "b"])
    assert "projects" not in both.get(["owls-0"])["owls-0"].metadata
    assert both.count_by("paper") == {"owls": 2, "reeds": 3}
    assert ids(papers_of(both)) == ["owls", "reeds"]
    assert [(name.id, name.tags) for name in both.names()] == [("owls", ()), ("reeds", ("read", "pilot"))]
    assert len(both.dense(EAST, Level.PASSAGE, 10)) == 3
    assert UnionStore([b, a]).get(["reeds-2"])["reeds-2"].project == "b"


def test_a_paper_with_pages_goes_before_a_mere_entry_of_it(make: Make) -> None:
    entry = make("entry", paper("entry", "reeds", read="entry"))
    pages = make("pages", paper("pages", "reeds", "reeds grow in lakes"))
    both = UnionStore([entry, pages])
    assert bm25(both, "reeds") == ["reeds-0"]
    assert both.get(["reeds"])["reeds"].metadata["projects"] == ["pages", "entry"]


def test_attachments_are_those_of_the_reading_that_is_shown(make: Make) -> None:
    def of(project: str, data: bytes) -> list[Record]:
        return [Record(r.node, r.vector, data) for r in paper(project, "reeds", "reeds grow")]

    a, b = make("a", of("a", b"first")), make("b", of("b", b"second"))
    assert set(UnionStore([a, b]).attachments(["reeds", "reeds-0"]).values()) == {b"first"}
    assert set(UnionStore([b, a]).attachments(["reeds", "reeds-0"]).values()) == {b"second"}


def test_counts_words_and_statistics_are_those_of_all(make: Make) -> None:
    a = make("a", paper("a", "reeds", "reeds and lakes"))
    b = make("b", paper("b", "carp", "carp and reeds", "lakes"))
    both = UnionStore([a, b])
    assert both.count_by("level") == {"paper": 2, "passage": 3, "project": 2}
    assert both.frequency(["reeds", "whales"]).get("whales", 0) == 0
    assert both.frequency(["reeds"])["reeds"] >= 2
    assert {"carp", "reeds"} <= set(both.vocabulary(["ca", "re"]))
    assert both.stats().nodes == a.stats().nodes + b.stats().nodes == 7
    assert both.projects == ("a", "b")
    assert both.encoder == ENCODER
    both.tidy()


def test_nodes_are_scanned_in_the_order_of_level_paper_and_reading(make: Make) -> None:
    a = make("a", paper("a", "b-reeds", "one", "two"), paper("a", "d-owls", "three"))
    b = make("b", paper("b", "a-carp", "four"), paper("b", "c-eels", "five", "six"))
    scanned = list(UnionStore([a, b]).scan(Not(IsNull("paper"))))
    assert [n.paper for n in scanned if n.level is Level.PAPER] == ["a-carp", "b-reeds", "c-eels", "d-owls"]
    passages = [n.id for n in scanned if n.level is Level.PASSAGE]
    assert passages == ["a-carp-0", "b-reeds-0", "b-reeds-1", "c-eels-0", "c-eels-1", "d-owls-0"]
    inside = And((In("paper", ("a-carp", "d-owls")), Eq("level", "passage")))
    assert ids(UnionStore([a, b]).scan(inside)) == ["a-carp-0", "d-owls-0"]


def test_names_are_the_same_object_until_a_project_changes(make: Make) -> None:
    a, b = make("a", paper("a", "reeds", "reeds")), make("b", paper("b", "carp", "carp"))
    both = UnionStore([a, b])
    before = both.names()
    assert both.names() is before
    b.replace_branch("reeds", paper("b", "reeds", "reeds"))  # now it stands in both
    assert [name.id for name in both.names()] == ["carp", "reeds"]
    assert len(bm25(both, "reeds")) == 1
    a.delete(Eq("paper", "reeds"))
    assert both.names() is not before
    assert both.get(["reeds-0"])["reeds-0"].project == "b"


def test_nothing_is_written(make: Make, tmp_path: Path) -> None:
    a, b = make("a", paper("a", "reeds", "reeds")), make("b")
    both = UnionStore([a, b])
    writes: list[Callable[[], object]] = [
        lambda: both.upsert(paper("a", "owls")),
        lambda: both.replace_branch("owls", paper("a", "owls"), UNCHECKED),
        lambda: both.delete(Eq("paper", "reeds")),
        lambda: both.erase(Eq("paper", "reeds")),
        lambda: both.backup(tmp_path / "copy"),
    ]
    for write in writes:
        with pytest.raises(UsageError, match="one project at a time") as error:
            write()
        assert error.value.code == "several_projects"
    assert bm25(both, "reeds") == ["reeds-0"]


def test_other_encoders_are_refused_by_name(make: Make) -> None:
    other = msgspec.structs.replace(ENCODER, model="another")
    with pytest.raises(UsageError, match=r"'a' and 'b' were made with different encoders \(made/.*another/") as error:
        UnionStore([make("a"), make("b", encoder=other)])
    assert error.value.code == "different_encoders"
    assert "--project" in error.value.hint


WORDS = ("reed", "lake", "owl", "carp", "night", "water", "bird")
TEXT = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)


@given(st.lists(TEXT, min_size=1, max_size=12), st.integers(0, 12), TEXT)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_however_papers_are_split_the_dense_order_is_that_of_one_project(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], cut: int, asked: str
) -> None:
    folder = tmp_path_factory.mktemp("split")
    parts = [texts[:cut], texts[cut:]]

    def opened(project: str, numbers: range) -> SqliteStore:
        store = SqliteStore(folder / f"{project}.db", project, ENCODER)
        for n in numbers:
            own = [record(f"p{n}", texts[n], project=project, paper=f"paper-{n}", vector=vector(n))]
            store.replace_branch(f"paper-{n}", own)
        return store

    split = len(parts[0])
    whole = opened("whole", range(len(texts)))
    both = UnionStore([opened("a", range(split)), opened("b", range(split, len(texts)))])
    assert ids(both.dense(EAST, Level.PASSAGE, 5)) == ids(whole.dense(EAST, Level.PASSAGE, 5))
    assert sorted(bm25(both, asked)) == sorted(bm25(whole, asked))
    both.close()
    whole.close()
