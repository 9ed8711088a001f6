"""Summaries and cards in the tree: what a project keeps of its papers, and what a change renews."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pdfs import PaperMaker, prose

from hierarchy.filters import Eq
from hierarchy.identity import fold, project_node_id
from hierarchy.nodes import Level, Node
from ingestion.project import renew_project
from strata.assistant import Assistant

Make = Callable[..., Assistant]
ASKS = "In this paper we ask whether the reeds of the northern plot grow faster in wet years."
RESULT = "We found that the reeds of the northern plot grew by 12% in a wet year, which is better than before."


def paper(title: str = "On the growth of reeds", method: int = 2, abstract: bool = True) -> PaperMaker:
    maker = PaperMaker(1)
    maker.title(title, ["Ada Fenwick"])
    if abstract:
        maker.heading("Abstract", numbered=False)
        maker.paragraph("Zebras are told of nowhere but in these two sentences of the abstract. " + prose(90, 3))
    maker.heading("Introduction")
    maker.paragraph(prose(1, 3) + " " + ASKS)
    maker.heading("Methods")
    maker.paragraph(prose(method, 6))
    maker.heading("Results")
    maker.paragraph(prose(91, 3) + " " + RESULT)
    return maker


def nodes(assistant: Assistant, level: Level) -> list[Node]:
    return sorted(assistant._store().scan(Eq("level", level.value)), key=lambda n: n.order)


def root(assistant: Assistant) -> Node:
    store = assistant._store()
    name = project_node_id(store.project)
    return store.get([name])[name]


def test_a_paper_keeps_its_summary_and_its_card(assistant: Make, tmp_path: Path) -> None:
    a = assistant()
    a.ingest(paper().save(tmp_path / "reeds.pdf"))
    (node,) = nodes(a, Level.PAPER)
    passages = {n.id: n for n in nodes(a, Level.PASSAGE)}
    summary, card = node.metadata["summary"], node.metadata["card"]
    assert {line["text"] for line in summary} >= {ASKS, RESULT}
    assert all(line["text"] in passages[line["from"]].text for line in summary)
    assert not any("Zebras" in line["text"] for line in summary)
    assert "Zebras" in node.text
    assert [entry["quote"] for entry in card["asks"]] == [ASKS]
    assert RESULT in [entry["quote"] for entry in card["findings"]]
    assert card["limitations"] == []
    for entry in (entry for entries in card.values() for entry in entries):
        passage = passages[entry["from"]]
        assert entry["quote"] in passage.text
        assert entry["page"] in {span.page for span in passage.spans}


def test_a_section_names_the_passages_that_its_text_is_made_from(assistant: Make, tmp_path: Path) -> None:
    a = assistant()
    a.ingest(paper().save(tmp_path / "reeds.pdf"))
    passages = {n.id: n for n in nodes(a, Level.PASSAGE)}
    for section in nodes(a, Level.SECTION):
        sentences = section.text.split("\n")[1:]
        assert sentences
        assert all(any(s in passages[i].text for i in section.metadata["from"]) for s in sentences)


def test_a_paper_without_an_abstract_speaks_by_its_summary(assistant: Make, tmp_path: Path) -> None:
    a = assistant()
    a.ingest(paper(abstract=False).save(tmp_path / "reeds.pdf"))
    (node,) = nodes(a, Level.PAPER)
    assert node.text == "\n".join([node.title, " ".join(line["text"] for line in node.metadata["summary"])])


def test_a_changed_paragraph_renews_its_section_its_paper_and_no_other(assistant: Make, tmp_path: Path) -> None:
    a = assistant()
    paper().save(tmp_path / "a.pdf")
    paper("On the songs of warblers").save(tmp_path / "b.pdf")
    a.ingest(tmp_path)

    def digests(level: Level) -> dict[str, str]:
        return {n.id: n.digest for n in nodes(a, level)}

    sections, papers = digests(Level.SECTION), digests(Level.PAPER)
    a.ingest(paper(method=7).save(tmp_path / "a.pdf"))
    renewed = [n for n in nodes(a, Level.SECTION) if sections.get(n.id) != n.digest]
    assert [(n.title, n.file) for n in renewed] == [("2 Methods", "a.pdf")]
    assert [n.file for n in nodes(a, Level.PAPER) if papers.get(n.id) != n.digest] == ["a.pdf"]


def test_the_same_file_twice_gives_the_same_lines(assistant: Make, tmp_path: Path) -> None:
    file = paper().save(tmp_path / "reeds.pdf")
    found = []
    for project in ("one", "two"):
        a = assistant(project)
        a.ingest(file)
        (node,) = nodes(a, Level.PAPER)
        found.append((node.metadata["summary"], node.metadata["card"], [n.text for n in nodes(a, Level.SECTION)]))
    assert found[0] == found[1]


def test_the_project_speaks_by_a_line_of_each_papers_summary(assistant: Make, tmp_path: Path) -> None:
    a = assistant()
    paper().save(tmp_path / "a.pdf")
    paper("On the songs of warblers", 5).save(tmp_path / "b.pdf")
    a.ingest(tmp_path)
    papers = {n.id: n for n in nodes(a, Level.PAPER)}
    node = root(a)
    assert node.metadata["from"] == [line["from"] for line in node.metadata["summary"]]
    assert 1 <= len(node.metadata["summary"]) <= 2
    for line in node.metadata["summary"]:
        told = papers[line["from"]]
        assert f"{told.title}: {line['text']}" in node.text
        assert line["text"] in [own["text"] for own in told.metadata["summary"]]


def test_a_project_whose_papers_lost_passages_can_be_renewed(assistant: Make, tmp_path: Path) -> None:
    """Papers may come and go while a project is renewed."""
    a = assistant()
    a.ingest(paper().save(tmp_path / "a.pdf"))
    store = a._store()
    store.delete(Eq("level", Level.PASSAGE.value))
    store.delete(Eq("id", project_node_id(store.project)))
    assert renew_project(store)
    (told,) = nodes(a, Level.PAPER)
    (line,) = root(a).metadata["summary"]
    assert fold(line["text"]) in fold(told.text)


@pytest.mark.parametrize("words", ["", "Reeds."])
def test_a_paper_that_says_nearly_nothing_comes_in(words: str, assistant: Make, tmp_path: Path) -> None:
    maker = PaperMaker(1)
    maker.title("On the growth of reeds", ["Ada Fenwick"])
    maker.heading("Introduction")
    if words:
        maker.paragraph(words)
    a = assistant()
    a.ingest(maker.save(tmp_path / "a.pdf"))
    (node,) = nodes(a, Level.PAPER)
    assert node.metadata["summary"] == []
    assert not any(node.metadata["card"].values())
