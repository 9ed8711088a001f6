"""Headings and run-in headings on made pages, in whole PDFs, and in the sample, whose structure is known."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typst
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from made_headings import BASE, BASIS, LONG, found, outlined, paragraph
from made_pages import block_of, document_of, line, measures

from hierarchy.paper import Paper, Section
from ingestion.pages import Document, Line, Role, Word
from ingestion.reader import read_paper
from ingestion.reading.headings.finding import Heading, find_headings
from ingestion.reading.headings.kinds import kind_of
from ingestion.reading.headings.numbering import to_roman
from ingestion.reading.headings.outline import fold

SAMPLE = ROOT / "data" / "sample"


@settings(max_examples=100, deadline=None)
@given(st.lists(st.from_regex(r"\A(?:[1-9](?:\.[1-9]){0,2}|[A-D]|[IVX]{1,3}|[1-4]\))\Z"), max_size=25))
def test_whatever_numbers_come_no_level_is_more_than_one_below_the_one_before(numbers: list[str]) -> None:
    document = outlined([(f"{number} Reeds and lakes", 12, True) for number in numbers])
    levels = [h.level for h in find_headings(document, measures())]
    assert all(level >= 1 for level in levels)
    assert all(b <= a + 1 for a, b in itertools.pairwise(levels))
    assert not levels or levels[0] == 1


def test_a_heading_goes_on_over_lines_and_its_cut_word_is_joined() -> None:
    document = outlined(BASIS)
    first = line(
        "4 How reeds of the northern lakes were counted, and what they con-", 72, 500, size=12, bold=True, block=90
    )
    second = line("tain", 72, 514, size=12, bold=True, block=90)
    document.pages[0].lines += [first, second, *block_of([LONG, LONG], y=540, width=400, block=91)]
    *_, last = found(document)
    assert last == ("4", "How reeds of the northern lakes were counted, and what they contain", 1)


def test_two_headings_below_each_other_stay_two() -> None:
    document = outlined(BASIS)
    lines = [
        line("4 Plots", 72, 500, size=12, bold=True, block=90),
        line("4.1 Northern ones", 72, 516, size=12, bold=True, block=90),
    ]
    document.pages[0].lines += [*lines, *block_of([LONG, LONG], y=540, width=400, block=91)]
    assert found(document)[3:] == [("4", "Plots", 1), ("4.1", "Northern ones", 2)]


def test_a_number_set_far_from_its_words_belongs_to_them() -> None:
    document = outlined(BASIS)
    apart = [line("4", 72, 500, size=12, bold=True), line("Discussion", 96, 500, size=12, bold=True)]
    document.pages[0].lines += [*apart, *block_of([LONG, LONG], y=530, width=400, block=91)]
    assert found(document) == [*BASE, ("4", "Discussion", 1)]


def test_capitals_over_body_of_the_same_size_are_headings() -> None:
    tops = [(f"{to_roman(i)}. {name}", 10.0, False) for i, name in enumerate(("INTRODUCTION", "METHODS", "RESULTS"), 1)]
    assert found(outlined(tops)) == [("I", "INTRODUCTION", 1), ("II", "METHODS", 1), ("III", "RESULTS", 1)]


@pytest.mark.parametrize(
    "extra",
    [
        [line("Model", 100, 500, bold=True), line("Recall", 200, 500, bold=True)],
        [line("Precision", 190, 500, bold=True, size=10)],
        [line("Theorem 1", 72, 500, bold=True)],
        [line("Figure 3: Reeds in bold", 72, 500, bold=True)],
        [line("2. Commonsense and reeds", 72, 500, bold=True)],
        [line("Reeds, lakes, and then,", 72, 500, bold=True)],
        [line("x + y = 3", 72, 500, bold=True)],
    ],
    ids=["cells", "off-centre", "theorem", "caption", "list", "unfinished", "formula"],
)
def test_what_only_is_bold_is_no_heading(extra: list[Line]) -> None:
    document = outlined(BASIS)
    document.pages[0].lines += [*extra, *block_of([LONG, LONG], y=530, width=400, block=91)]
    assert found(document) == BASE


def test_names_above_the_abstract_are_no_headings() -> None:
    lines = [line("Ada Fenwick", 250, 100, bold=True), line("Abstract", 72, 160, size=12, bold=True, block=1)]
    lines += block_of([LONG] * 3, y=182, width=400, block=2)
    assert found(document_of(lines)) == [(None, "Abstract", 1)]


@pytest.mark.parametrize(
    "words",
    [
        ("Einleitung", "Methoden", "Ergebnisse", "Literatur"),
        ("Introducción", "Métodos", "Resultados", "Referencias"),
        ("Введение", "Методы", "Результаты", "Литература"),
        ("引言", "方法", "结果", "参考文献"),
    ],
)
def test_headings_of_other_languages_are_top_headings_of_their_kind(words: tuple[str, ...]) -> None:
    document = outlined([(word, 13.0, True) for word in words])
    assert found(document) == [(None, word, 1) for word in words]
    assert [kind_of(word, None, None) for word in words[:3]] == ["introduction", "method", "result"]


def test_a_paper_without_headings_has_none() -> None:
    assert found(document_of(block_of([LONG] * 6, width=400))) == []


def with_run_ins(*leads: str, bold: bool = True, italic: bool = False) -> Document:
    lines = [
        line("Introduction", 72, 80, size=13, bold=True, block=1),
        *block_of([LONG] * 3, y=100, width=400, block=2),
    ]
    lines += [line("Methods", 72, 150, size=13, bold=True, block=3)]
    for i, lead in enumerate(leads):
        lines += paragraph(lead, 170 + 50 * i, bold=bold, italic=italic, block=4 + i)
    return document_of(lines)


@pytest.mark.parametrize(("bold", "italic"), [(True, False), (False, True), (True, True)])
def test_words_set_apart_at_the_head_of_paragraphs_are_headings_below_their_section(bold: bool, italic: bool) -> None:
    document = with_run_ins("Study sites.", "Counts:", bold=bold, italic=italic)
    headings = find_headings(document, measures())
    assert [(h.text, h.level) for h in headings[2:]] == [("Study sites", 2), ("Counts", 2)]
    body = [x.text for x in document.lines(Role.BODY)]
    assert body.count("We counted the reeds of all plots twice a") == 2
    assert not any("Study sites" in text for text in body)


def test_one_bold_beginning_alone_is_no_heading_unless_its_words_are() -> None:
    assert len(find_headings(with_run_ins("Note well."), measures())) == 2
    assert [h.text for h in find_headings(with_run_ins("Limitations."), measures())][2:] == ["Limitations"]


@pytest.mark.parametrize("lead", ["Discussion 1.2.", "Theorem 1.", "Proof.", "Keywords:"])
def test_labels_are_no_run_in_headings(lead: str) -> None:
    assert len(find_headings(with_run_ins(lead, lead), measures())) == 2


def test_italics_before_paragraphs_are_emphasis_where_sections_are_numbered() -> None:
    document = outlined(BASIS)
    for i, lead in enumerate(("Sliding.", "Rolling.")):
        document.pages[0].lines += paragraph(lead, 500 + 50 * i, bold=False, italic=True, block=90 + i)
    assert found(document) == BASE


def test_a_numbered_run_in_heading_has_the_level_of_its_number() -> None:
    document = outlined([*BASIS, ("3.1 Plots", 11.0, True)])
    document.pages[0].lines += paragraph("3.1.1 Northern ones.", 560, bold=False, italic=True, block=90)
    assert found(document)[3:] == [("3.1", "Plots", 2), ("3.1.1", "Northern ones", 3)]


def test_a_run_in_heading_loses_no_word() -> None:
    document = with_run_ins("Study sites.", "Counts:")
    before = Counter(w.text for x in document.lines() for w in x.words)
    find_headings(document, measures())
    assert Counter(w.text for x in document.lines() for w in x.words) == before


def set_in_typst(folder: Path, source: str) -> Paper:
    path = folder / "made.pdf"
    (folder / "made.typ").write_text(source, "utf-8")
    typst.compile(str(folder / "made.typ"), output=str(path))
    return read_paper(path)


def test_a_paper_of_four_levels_reads_as_its_author_set_it(tmp_path: Path) -> None:
    text = f"#lorem(60)\n\n{LONG.capitalize()}.\n"
    names = [
        "= Introduction",
        "= Methods",
        "== Sites",
        "=== Lakes",
        "==== Reeds",
        "=== Rivers",
        "== Counts",
        "= Results",
    ]
    source = '#set heading(numbering: "1.1")\n#set par(justify: true)\n' + "\n".join(f"{n}\n{text}" for n in names)
    paper = set_in_typst(tmp_path, source)
    expected = ["1", "2", "2.1", "2.1.1", "2.1.1.1", "2.1.2", "2.2", "3"]
    headed = [s for s in paper.sections if s.heading]
    assert [s.number for s in headed] == expected
    assert [s.level for s in headed] == [number.count(".") + 1 for number in expected]
    assert all(s.passages for s in headed)


def test_a_run_in_heading_is_a_section_whose_passage_begins_after_it(tmp_path: Path) -> None:
    body = "#lorem(70)\n\n*Plots.* The plots lie north. #lorem(50)\n\n*Counts.* We counted twice. #lorem(50)\n"
    paper = set_in_typst(tmp_path, f"= Introduction\n#lorem(60)\n\n= Methods\n{body}\n= Results\n#lorem(60)\n")
    plots = next(s for s in paper.sections if s.heading == "Plots")
    methods = next(s for s in paper.sections if s.heading == "Methods")
    assert (plots.level, plots.parent) == (2, methods.id)
    assert plots.passages[0].text.startswith("The plots lie north.")
    assert not any("Plots." in p.text for s in paper.sections for p in s.passages)


@cache
def gold() -> list[dict[str, Any]]:
    return [json.loads(row) for row in (SAMPLE / "gold" / "structure.jsonl").read_text("utf-8").splitlines()]


@cache
def sample(name: str) -> Paper:
    return read_paper(SAMPLE / name)


@pytest.mark.parametrize("row", gold(), ids=[row["paper_id"] for row in gold()])
def test_the_samples_headings_are_found_with_level_page_and_number(row: dict[str, Any]) -> None:
    sections: list[Section] = [s for s in sample(row["pdf"]).sections if s.heading]
    least = min(h["level"] for h in row["headings"])
    got = [(s.number, fold(s.heading), s.level, s.page) for s in sections]
    wanted = [(h["number"], fold(h["title"]), h["level"] - least + 1, h["page"]) for h in row["headings"]]
    assert got == wanted


def test_the_words_of_a_run_in_heading_are_in_no_passage() -> None:
    for row in gold():
        texts = [p.text for s in sample(row["pdf"]).sections for p in s.passages]
        for heading in row["headings"]:
            if heading["run_in"] and len(heading["title"].split()) > 1:
                assert not any(text.startswith(heading["title"]) for text in texts)


def test_a_heading_knows_its_own_words() -> None:
    words = [
        Word(text, (10.0 * i, 0.0, 10.0 * i + 8, 10.0), line("x").words[0].style)
        for i, text in enumerate(["2", "Plots"])
    ]
    heading = Heading.of([Line(1, 0, words, words[0].box)])
    assert (heading.number, heading.text, [w.text for w in heading.words]) == ("2", "Plots", ["2", "Plots"])
