"""Findings and cards as a screen says them, without a browser: places of quotes, labels, searching, conditions."""

from __future__ import annotations

from typing import Any

from hierarchy.nodes import Finding, Level, Node
from hierarchy.positions import Positions, WordBox
from hierarchy.relations import Relation
from hierarchy.relations.differences import ALIKE
from strata.cards import Quoted
from strata.knowledge import RelatedPair
from strata.screens.evidence import by_line, card_source, differences, finding_source, matching, pair_of, paper_labels
from strata.screens.safe import shown

TEXT = "Frogs call. Rain masks them."


def paper(name: str, title: str, year: int | None = 2024, **more: Any) -> Node:
    metadata = {"year": year, "authors": ["Ada Fenwick"], **more}
    return Node(name, Level.PAPER, "frogs", title, "", paper=name, file=f"{name}.pdf", metadata=metadata)


def passage(name: str = "p1") -> Node:
    words = [WordBox(at, at + 4, 1 if at < 12 else 2, at, (at, 0, at + 4, 9)) for at in (0, 6, 12, 17, 23)]
    return Node(name, Level.PASSAGE, "frogs", "Results", TEXT, paper="a", places=Positions.of(words))


def finding(name: str, quote: str, year: int | None = 2024) -> Node:
    said = Finding(quote, "result", "p1", quote)
    metadata = {"year": year}
    return Node(
        name, Level.FINDING, "frogs", "Results", quote, paper="a", paper_title="Frogs", file="a.pdf", finding=said,
        metadata=metadata, places=passage().places,
    )  # fmt: skip


def test_a_quote_of_a_card_is_marked_where_it_stands_and_nowhere_else() -> None:
    source = card_source(paper("a", "Frogs"), Quoted("Rain masks them.", "p1", 2), "x", {"p1": passage()})
    assert source is not None
    assert source.pages == (2,)
    assert [span.box[0] for span in source.spans] == [12, 17, 23]


def test_a_quote_whose_passage_has_gone_has_no_place() -> None:
    assert card_source(paper("a", "Frogs"), Quoted("Rain masks them.", "p9", 2), "x", {"p1": passage()}) is None


def test_a_quote_that_its_passage_no_longer_holds_so_has_the_whole_passages_place() -> None:
    source = card_source(paper("a", "Frogs"), Quoted("Rain hides them.", "p1", 2), "x", {"p1": passage()})
    assert source is not None
    assert source.pages == (1, 2)


def test_a_finding_is_a_source_with_its_places() -> None:
    source = finding_source(finding("f1", TEXT))
    assert (source.paper, source.title, source.file, source.quote, source.pages) == (
        "a",
        "Frogs",
        "a.pdf",
        TEXT,
        (1, 2),
    )


def test_papers_of_one_title_and_year_are_told_apart_by_their_files() -> None:
    labels = paper_labels([paper("a", "Frogs"), paper("b", "Frogs"), paper("c", "Frogs", 2023), paper("d", "", None)])
    assert labels == {
        "a": shown("Frogs · 2024 · a.pdf"),
        "b": shown("Frogs · 2024 · b.pdf"),
        "c": shown("Frogs · 2023"),
        "d": shown("d.pdf"),
    }


def test_hostile_labels_and_lines_are_made_safe() -> None:
    hostile = paper("a", "<b>![x](http://e.org)</b>", authors=["<i>Ada</i>"])
    assert not set("<>![]()") & set(paper_labels([hostile])["a"] + by_line(hostile))


def test_many_authors_are_counted() -> None:
    line = by_line(paper("a", "Frogs", authors=[f"Author {number}" for number in range(9)]))
    assert "Author 5 and 3 others" in line
    assert "Author 6" not in line


def test_papers_are_found_by_all_words_wherever_they_stand_the_newest_first() -> None:
    papers = [paper("a", "Frogs in Rain", 2020), paper("b", "Frogs in Sun", 2024), paper("c", "Rain on Roofs", None)]
    assert [p.id for p in matching(papers, "")] == ["b", "a", "c"]
    assert [p.id for p in matching(papers, "FROGS fenwick")] == ["b", "a"]
    assert [p.id for p in matching(papers, "2020 rain")] == ["a"]
    assert [p.id for p in matching(papers, "c.pdf")] == ["c"]
    assert matching(papers, "whales") == []


def test_conditions_are_told_and_a_models_reason_has_its_name() -> None:
    a, b = finding("f1", "Rain masks calls."), finding("f2", "Rain masks nothing.")
    relation = Relation("contradicts", "f1", "f2", "ten seeds in one only", 0.8)
    told = pair_of(RelatedPair(relation, a, b))
    assert differences(told) == "Conditions that differ: ten seeds in one only."
    assert (told.reason, told.judge) == (None, None)
    alike = Relation("contradicts", "f1", "f2", ALIKE, 0.8, origin="a-model", reason="They say the opposite.")
    told = pair_of(RelatedPair(alike, a, b))
    assert differences(told) == "Neither tells a condition that the other does not."
    assert (told.reason, told.judge) == ("They say the opposite.", "a-model")
