"""Lists of references, their entries and fields; measured on the sample, with the citations that mean them."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st
from made_pages import block_of, document_of, line, measures

from hierarchy.identity import fold
from hierarchy.paper import Paper
from ingestion.pages import Document, Line, Role
from ingestion.reader import read_paper
from ingestion.reading.headings.finding import Heading, find_headings
from ingestion.reading.lines.joining import Vocabulary
from ingestion.reading.references.entries import split_entries
from ingestion.reading.references.fields import fields_of, reference_of
from ingestion.reading.references.identifiers import arxiv_of, doi_of
from ingestion.reading.references.lists import mark_references
from ingestion.reading.references.names import split_names

SAMPLE = Path(__file__).parents[1] / "data" / "sample"
LONG = "reeds grow slowly in the shallow northern lakes of the land"
NUMBERED = [["[1] Fenwick, A. On reeds, 2019."], ["[2] Haldane, B. On ice, 2020."], ["[3] Ivory, C. Lakes, 2021."]]
HANGING = [
    ["Fenwick, A. 2019. On reeds.", "Journal of Reeds."],
    ["Haldane, B. 2020. On ice in the", "north of the lake."],
    ["Ivory, C. 2021.", "Lakes."],
]


def listed(
    entries: list[list[str]],
    x: float = 72.0,
    y: float = 100.0,
    *,
    indent: float = 0.0,
    gap: float = 0.0,
    column: int = 0,
) -> list[Line]:
    lines = []
    for entry in entries:
        for i, text in enumerate(entry):
            lines.append(line(text, x + (indent if i else 0), y, block=1, column=column))
            y += 12
        y += gap
    return lines


def reference_list(
    entries: list[list[str]], *, indent: float = 0.0, after: list[Line] | None = None, title: str = "References"
) -> tuple[Document, list[Heading]]:
    lines = [line(title, 72, 80, size=12, bold=True), *listed(entries, indent=indent)]
    document = document_of(lines + (after or []))
    return document, find_headings(document, measures())


def texts(entries: list[list[Line]]) -> list[list[str]]:
    return [[x.text for x in entry] for entry in entries]


# Lists


def test_a_list_is_cut_into_its_entries_and_leaves_the_body() -> None:
    document, headings = reference_list(NUMBERED)
    entries = mark_references(document, headings)
    assert texts(entries) == NUMBERED
    assert not list(document.lines(Role.BODY))


@pytest.mark.parametrize("title", ["Bibliography", "Bibliographical References", "REFERENCES", "Works Cited"])
def test_a_list_may_be_called_otherwise(title: str) -> None:
    document, headings = reference_list(HANGING, indent=12, title=title)
    assert texts(mark_references(document, headings)) == HANGING


def test_an_appendix_after_the_list_is_no_reference() -> None:
    after = [line("Appendix", 72, 200, size=12, bold=True), *block_of([LONG, LONG], y=222, width=400)]
    document, headings = reference_list(NUMBERED, after=after)
    assert len(mark_references(document, headings)) == 3
    assert [x.text for x in document.lines(Role.BODY)] == [LONG, LONG]


def test_prose_under_another_heading_ends_the_list() -> None:
    after = [line("More Plots", 72, 200, size=11, bold=True), *block_of([LONG] * 6, y=222, width=400)]
    document, headings = reference_list(NUMBERED, after=after)
    assert len(mark_references(document, headings)) == 3
    assert len(list(document.lines(Role.BODY))) == 6


def test_a_venue_set_like_a_heading_stays_in_its_entry() -> None:
    entries = [*NUMBERED, ["[4] Jarnvik, D. Moss, 2018."]]
    document, headings = reference_list(entries)
    venue = next(x for x in document.lines() if x.text.startswith("[2]"))
    headings.append(Heading([venue], venue.text, None))
    assert len(mark_references(document, headings)) == 4
    assert [h.text for h in headings] == ["References"]


def test_a_second_list_is_read_too_and_what_lies_between_is_body() -> None:
    second = [["[4] Jarnvik, D. Moss, 2018."], ["[5] Kesterman, E. Peat, 2017."]]
    after = [
        line("Appendix", 72, 200, size=12, bold=True),
        *block_of([LONG, LONG], y=222, width=400),
        line("References", 72, 260, size=12, bold=True),
        *listed(second, y=280),
    ]
    document, headings = reference_list(NUMBERED, after=after)
    assert texts(mark_references(document, headings)) == NUMBERED + second
    assert [x.text for x in document.lines(Role.BODY)] == [LONG, LONG]


def test_a_table_that_floats_into_the_list_is_none_of_it() -> None:
    document, headings = reference_list(HANGING, indent=12)
    cells = [line(text, 200 + 40 * i, 180, role=Role.TABLE) for i, text in enumerate(("Reeds", "2019", "3.4"))]
    caption = line("Table 3: Reeds.", 200, 195, role=Role.CAPTION)
    document.pages[0].lines[3:3] = [*cells, caption]
    assert texts(mark_references(document, headings)) == HANGING
    assert {x.role for x in cells} == {Role.TABLE}


def test_small_print_taken_for_a_footnote_is_still_an_entry() -> None:
    document, headings = reference_list(NUMBERED)
    for x in document.pages[0].lines[2:]:
        x.role = Role.FOOTNOTE
    assert len(mark_references(document, headings)) == 3


def test_a_list_without_a_heading_is_known_by_its_numbers() -> None:
    body = block_of([LONG] * 20, width=400)
    entries = [[f"[{i}] Fenwick, A. On reeds, {2000 + i}."] for i in range(1, 8)]
    document = document_of(body + listed(entries, y=400))
    assert texts(mark_references(document, [])) == entries
    assert len(list(document.lines(Role.BODY))) == 20


def test_steps_of_a_method_are_no_list_of_references() -> None:
    body = block_of([LONG] * 20, width=400)
    steps = [[f"{i}. Then the plots were mown."] for i in range(1, 8)]
    document = document_of(body + listed(steps, y=400))
    assert mark_references(document, []) == []
    assert len(list(document.lines(Role.BODY))) == 27


def test_a_paper_without_references_has_none() -> None:
    assert mark_references(document_of(block_of([LONG] * 4)), []) == []
    assert mark_references(document_of([]), []) == []


# Entries


def test_a_number_that_stands_apart_from_its_words_begins_an_entry() -> None:
    lines = []
    for i in range(12):
        lines += [line(f"{i + 1}.", 72, 100 + 24 * i), line("Fenwick, A. Reeds. 2019", 90, 100 + 24 * i)]
        lines.append(line("Journal of Reeds 3.", 90, 112 + 24 * i))
    assert [len(e) for e in split_entries(lines)] == [3] * 12


def test_a_year_at_a_lines_start_is_no_number() -> None:
    entries = [
        ["1. Fenwick, A. On reeds.", "2019. Journal."],
        ["2. Haldane, B. Ice.", "3rd edition."],
        ["3. Ivory, C."],
    ]
    assert texts(split_entries(listed(entries))) == entries


def test_keys_begin_entries_and_notes_in_brackets_do_not() -> None:
    entries = [
        ["[Fen19] Fenwick, A. On reeds.", "[Online] example.org"],
        ["[HI+20] Haldane, B. Ice."],
        ["[Ivo21] Ivory"],
    ]
    assert texts(split_entries(listed(entries))) == entries


def test_hanging_indents_begin_entries() -> None:
    assert texts(split_entries(listed(HANGING, indent=12))) == HANGING


def test_indented_first_lines_begin_entries() -> None:
    lines = [x for e in HANGING for x in e]
    made = [line(t, 84 if t[1:8] in "".join(e[0] for e in HANGING) else 72, 100 + 12 * i) for i, t in enumerate(lines)]
    assert texts(split_entries(made)) == HANGING


def test_the_rest_of_an_entry_alone_in_a_column_goes_on() -> None:
    left = listed(HANGING, indent=12, column=1)
    rest = [line("and of the south, in two", 330, 100, column=2), line("volumes.", 330, 112, column=2)]
    assert [len(e) for e in split_entries(left + rest)] == [2, 2, 4]


def test_gaps_alone_part_entries() -> None:
    entries = [
        ["Fenwick, A. 2019. On reeds", "of the north."],
        ["Haldane, B. 2020. On", "ice."],
        ["Ivory, C. 2021. Lakes", "."],
    ]
    assert texts(split_entries(listed(entries, gap=5)))[:2] == entries[:2]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.text("aB1[]().,- ", min_size=1, max_size=20), min_size=1, max_size=3), max_size=8))
def test_no_line_is_lost_or_doubled_by_splitting(entries: list[list[str]]) -> None:
    lines = [x for x in listed([[t.strip() or "a" for t in e] for e in entries], indent=12) if x.words]
    kept = [x for entry in split_entries(lines) for x in entry]
    assert [id(x) for x in kept] == [id(x) for x in lines if any(c.isalnum() for c in x.text)]


# Fields


@pytest.mark.parametrize(
    ("entry", "authors", "title", "year"),
    [
        ("Fenwick, A., & Haldane, B. C. (2019). On the reeds of lakes. Journal of Reeds, 3(2), 1–9.",
         ("Fenwick, A.", "Haldane, B. C."), "On the reeds of lakes", 2019),
        ("[3] A. Fenwick, B. Haldane et al., “On the reeds of lakes,” J. Reeds, vol. 3, pp. 1–9, Mar. 2019.",
         ("A. Fenwick", "B. Haldane"), "On the reeds of lakes", 2019),
        ("Ada Fenwick, Bruno de Haldane, and C. J. Ivory. 2019b. On the reeds of lakes. In Proc. of Reeds, pages 1–9.",
         ("Ada Fenwick", "Bruno de Haldane", "C. J. Ivory"), "On the reeds of lakes", 2019),
        ("7. Fenwick, A., Haldane, B.: On the reeds of lakes. Reeds 3, 1–9 (2019)",
         ("Fenwick, A.", "Haldane, B."), "On the reeds of lakes", 2019),
        ("[1] Ada F. Fenwick and Bruno Haldane. On the reeds of lakes. Reeds, 3:1–9, 2019.",
         ("Ada F. Fenwick", "Bruno Haldane"), "On the reeds of lakes", 2019),
        ("Fenwick, Ada, Haldane, Bruno, and Ivory, Cem. On the reeds of lakes. In Reeds, 2019.",
         ("Fenwick, Ada", "Haldane, Bruno", "Ivory, Cem"), "On the reeds of lakes", 2019),
        ("Fenwick, A.; Haldane, B.; and Ivory, C. 2019. On the reeds of lakes. Reeds 3(1):1–9.",
         ("Fenwick, A.", "Haldane, B.", "Ivory, C."), "On the reeds of lakes", 2019),
        ("12. Fenwick A, Haldane BC. On the reeds of lakes. Reeds. 2019;3:1-9.",
         ("Fenwick, A", "Haldane, BC"), "On the reeds of lakes", 2019),
        ("Ada Fenwick, Bruno Haldane, et al. 2019. On the reeds of lakes. In Proc. of Reeds, pages 1–9.",
         ("Ada Fenwick", "Bruno Haldane"), "On the reeds of lakes", 2019),
        ("[4] Fenwick, Ada et al. ”On the reeds of lakes.” Reeds (2019) http://example.org/1",  # both quotes closing
         ("Fenwick, Ada",), "On the reeds of lakes", 2019),
        ("[5] A.v.d. Fenwick. On the reeds of lakes. Reed Press, 2019.",
         ("A.v.d. Fenwick",), "On the reeds of lakes", 2019),
        ("Reed Core Team. (2019). Do reeds grow? A survey of northern lakes. Reed Press.",
         ("Reed Core Team",), "Do reeds grow? A survey of northern lakes", 2019),
    ],
)  # fmt: skip
def test_authors_title_and_year_in_many_forms(entry: str, authors: tuple[str, ...], title: str, year: int) -> None:
    fields = fields_of(entry)
    assert (fields.authors, fields.title, fields.year) == (authors, title, year)


def test_what_is_not_printed_stays_empty() -> None:
    fields = fields_of("Fenwick, A. On reeds.")
    assert (fields.marker, fields.year, fields.doi, fields.arxiv) == (None, None, None, None)
    assert fields_of("")[1:] == ((), None, None, None, None)


@pytest.mark.parametrize(
    ("entry", "marker"),
    [("[12] Fenwick", "[12]"), ("12. Fenwick", "12."), ("(12) Fenwick", "(12)"), ("[Fen+19] Fenwick", "[Fen+19]"),
     ("[Fenwick et al.2019] Ada", "[Fenwick et al.2019]"), ("[Online] Reeds", None), ("Fenwick [3]", None)],
)  # fmt: skip
def test_markers_are_kept_as_printed(entry: str, marker: str | None) -> None:
    assert fields_of(entry).marker == marker


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("doi:10.1234/Reed.7. arXiv:1901.00001", "10.1234/reed.7"),
        ("https://doi.org/10.1234/ab-\ncd.12", "10.1234/ab-cd.12"),
        ("doi: 10.1234/j.\nreed.2007.12.002.", "10.1234/j.reed.2007.12.002"),
        ("https://doi.org/10. 1234/0034(82)90043-8", "10.1234/0034(82)90043-8"),
        ("https://doi.org/10.1234/\n5678.ch10", "10.1234/5678.ch10"),
        ("(doi:10.1234/reed.7)", "10.1234/reed.7"),
        ("10.1234/reed.7. 2019.", "10.1234/reed.7"),
        ("10.1234/reed. In Proceedings", "10.1234/reed"),
        ("pages 10.5/7 of 12", None),
    ],
)
def test_a_doi_is_read_whole_though_it_is_cut_over_lines(text: str, doi: str | None) -> None:
    assert doi_of(text) == doi


@pytest.mark.parametrize(
    ("text", "arxiv"),
    [
        ("arXiv preprint arXiv:1510.01791, 2015", "1510.01791"),
        ("CoRR, abs/1702.06589", "1702.06589"),
        ("http://arxiv.org/abs/1609.08144v2", "1609.08144"),
        ("doi:10.48550/arXiv.1510.01791", "1510.01791"),
        ("arXiv:hep-th/9901001", "hep-th/9901001"),
        ("pages 1510.01791", None),
    ],
)
def test_an_arxiv_id_is_read_from_addresses_too(text: str, arxiv: str | None) -> None:
    assert arxiv_of(text) == arxiv


def test_a_hyphen_of_a_doi_survives_the_joining_of_words() -> None:
    lines = [line("Fenwick, A. (2019). Reeds. doi:10.1234/ab-", y=100), line("cd.7", y=112)]
    assert reference_of(4, lines, Vocabulary(document_of(lines))).doi == "10.1234/ab-cd.7"


def test_a_title_ends_where_a_venue_in_italics_begins() -> None:
    lines = [
        line("[1] A. Fenwick, B. Haldane. On reeds and their lakes,", y=100),
        line("Lake Letters, 2019", y=112, italic=True),
    ]
    assert reference_of(1, lines, Vocabulary(document_of(lines))).title == "On reeds and their lakes"


@given(st.text(st.sampled_from("ABé.,;& -andet()“”:1290"), max_size=300))
def test_no_text_breaks_the_fields(text: str) -> None:
    fields = fields_of(text)
    assert all(name in " ".join(text.split()) or "," in name for name in fields.authors)
    assert fields.title is None or fields.title in text


def test_names_are_split_and_others_left_out() -> None:
    assert split_names("van der Fenwick, A., Haldane, B., Jr., et al.") == ("van der Fenwick, A.", "Haldane, B., Jr.")
    assert split_names("Ada Fenwick (Ed.)") == ("Ada Fenwick",)
    assert split_names("") == ()


# Whole papers

PAPER = """
#set page(width: 400pt, height: 420pt, margin: 50pt, columns: 2)
#set text(size: 8pt)
#set par(justify: true)
#align(center, text(15pt)[*On Reeds and Their Lakes*])
= Introduction
#for i in range(1, 7) [
  Reeds grow slowly in the shallow lakes of the north#super(typographic: false)[#i], and faster in the south,
  where the ice melts early#super(typographic: false)[#i,#(i + 1)]. Nobody has counted them all.
]
= References
#for i in range(1, 9) [
  #grid(columns: (12pt, 1fr), [#i.], [A. Fenwick and B. Haldane. The reeds of lake number #i: a long survey.
  _Journal of Reeds_ 3 (20#(i + 10)), pp. 1--9.])
]
"""


def test_a_paper_with_raised_citations_in_two_columns(tmp_path: Path) -> None:
    (tmp_path / "paper.typ").write_text(PAPER, "utf-8")
    typst.compile(str(tmp_path / "paper.typ"), output=str(tmp_path / "paper.pdf"))
    paper = read_paper(tmp_path / "paper.pdf")
    assert [(r.id, r.marker, r.year) for r in paper.references] == [(f"r{i}", f"{i}.", 2010 + i) for i in range(1, 9)]
    assert {r.title for r in paper.references[:1]} == {"The reeds of lake number 1: a long survey"}
    cites = [c for s in paper.sections for p in s.passages for c in p.cites]
    assert [c.references for c in cites[:2]] == [("r1",), ("r1", "r2")]
    assert len(cites) == 12


@cache
def sample(stem: str) -> Paper:
    return read_paper(next(SAMPLE.glob(f"*/{stem}.pdf")))


GOLD = [json.loads(row) for row in (SAMPLE / "gold" / "references.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("gold", GOLD, ids=[row["paper_id"] for row in GOLD])
def test_the_sample_is_read_entry_by_entry_and_its_citations_are_tied(gold: dict[str, Any]) -> None:
    paper = sample(str(gold["paper_id"]))
    assert len(paper.references) == len(gold["references"])
    for found, entry in zip(paper.references, gold["references"], strict=True):
        assert fold(found.title or "") == fold(entry["title"])
        assert (found.year, found.doi) == (entry["year"], entry["doi"])
        assert [fold(name) for name in found.authors] == [
            fold(name) for name in re.findall(r"[^,.]+, (?:[A-Z]\. ?)+", entry["authors"].replace(" and ", ", "))
        ]
    passages = [p for s in paper.sections for p in s.passages]
    cited = {r for p in passages for c in p.cites for r in c.references}
    assert cited == {r.id for r in paper.references}
    printed = [m for p in passages for m in re.findall(r"\[\d+(?:, \d+)*\]|\([A-Z][^()]{3,80}, \d{4}\)", p.text)]
    tied = [c.text for p in passages for c in p.cites]
    assert len([m for m in printed if any(m in t for t in tied)]) >= 0.98 * len(printed)


def test_and_others_are_no_title() -> None:
    fields = fields_of(
        "Ada Fenwick, Bert Moor, Cleo Lake, et al. 2016. Reedflow: A count of reeds. In Fen Days, pages 2–4."
    )
    assert fields.title == "Reedflow: A count of reeds"
    assert fields.authors == ("Ada Fenwick", "Bert Moor", "Cleo Lake")
