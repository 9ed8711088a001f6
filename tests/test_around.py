"""What stands around a hit: headings, the passage before and the one after; both engines, and the command line."""

from __future__ import annotations

from pathlib import Path

from conftest import Run
from pdfs import PaperMaker, prose
from store_records import record

from hierarchy.nodes import Finding, Level
from hierarchy.store import NodeStore
from retrieval.around import around


def test_neighbours_are_those_of_the_section_in_reading_order(store: NodeStore) -> None:
    path = ("Methods",)
    store.upsert(
        [
            record("s1", level=Level.SECTION, order=1, path=path),
            *(record(f"a{i}", f"text {i}", parent="s1", order=9 - i, path=path) for i in range(3)),
            record("b", "elsewhere", parent="s2", order=6),
            record(
                "f", "a1 found", Level.FINDING, parent="s1", finding=Finding("x", "result", "a1", "text 1"), path=path
            ),
            record("p", level=Level.PAPER, paper="p"),
        ]
    )
    nodes = store.get(["a0", "a1", "a2", "b", "f", "s1", "p"])
    found = around(store, nodes.values())
    beside = {i: tuple(n and n.id for n in (a.before, a.after)) for i, a in found.items()}
    assert beside == {
        "a0": ("a1", None),
        "a1": ("a2", "a0"),
        "a2": (None, "a1"),
        "b": (None, None),
        "f": ("a2", "a0"),
        "s1": (None, None),
    }
    assert found["f"].path == ("Methods",)
    assert around(store, []) == {}


def test_a_search_shows_it_only_where_it_is_asked_for(tmp_path: Path, here: Run) -> None:
    maker = PaperMaker(1)
    maker.title("Reed Beds", ["Ada Fenwick"])
    maker.heading("Methods")
    for text in ("Before it all we walked to the lake.", "We counted bitterns from a hide.", "After it we went home."):
        maker.paragraph(f"{text} {prose(len(text), 5)}")
    here("ingest", maker.save(tmp_path / "reeds.pdf"))
    asked = ("search", "bitterns counted from a hide", "--level", "passage", "--k", "1")
    plain, told = here(*asked, "--json").json, here(*asked, "--context", "--json").json
    (node,) = told["nodes"]
    context = node.pop("context")
    assert context["before"]["text"].startswith("Before it all")
    assert context["after"]["text"].startswith("After it")
    assert context["path"] == ["1 Methods"]
    assert node == plain["nodes"][0]
    out = here(*asked, "--context").out
    assert "before: Before it all" in out
    assert "after: After it" in out
    assert "before:" not in here(*asked).out


def test_a_file_of_questions_has_no_context(tmp_path: Path, here: Run) -> None:
    assert here("search", "--queries", tmp_path / "q.jsonl", "--context", "--json").refused("usage")
