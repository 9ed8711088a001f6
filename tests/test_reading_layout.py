"""The second look at pages: when rules are doubted, what a layout model's classes mend, and the real model."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import ROOT
from made_pages import block_of, line, measures, page_of

from hierarchy.paper import Paper
from ingestion.pages import Line, Region, Role
from ingestion.pdf.extract import extract
from ingestion.pdf.layout import lay_out
from ingestion.reader import read_paper
from ingestion.reading.doubt import doubtful_pages, doubts
from ingestion.reading.seen import mark_seen

LONG = "reeds grow slowly in the shallow northern lakes of the land"
SAMPLE = ROOT / "data" / "sample" / "wetland-calls"


def seen(lines: list[Line], *regions: Region) -> list[Role]:
    page = page_of(lines)
    page.regions = list(regions)
    mark_seen(page, measures())
    return [x.role for x in page.lines]


def test_running_text_that_rules_took_for_a_table_is_body_again() -> None:
    row = line(LONG, 72, 100, width=300, role=Role.TABLE)
    assert seen([row], Region("text", (70, 95, 400, 115))) == [Role.BODY]


def test_code_and_numbers_inside_a_text_region_stay_what_they_are() -> None:
    code = line("x = f(1, 2); y = 3", 72, 100, role=Role.FIGURE)
    small = line(LONG, 72, 120, size=7, role=Role.FOOTNOTE)
    assert seen([code, small], Region("text", (70, 95, 400, 140))) == [Role.FIGURE, Role.FOOTNOTE]


@pytest.mark.parametrize(("kind", "role"), [("table", Role.TABLE), ("picture", Role.FIGURE), ("formula", Role.FORMULA)])
def test_words_in_a_float_leave_the_body(kind: str, role: Role) -> None:
    inside, outside = line("precision .91 .87", 72, 100), line(LONG, 72, 300)
    assert seen([inside, outside], Region(kind, (60, 90, 300, 130))) == [role, Role.BODY]


def test_the_smallest_region_tells() -> None:
    word = line("axis", 100, 100)
    regions = Region("text", (50, 50, 500, 500)), Region("picture", (90, 90, 200, 120))
    assert seen([word], *regions) == [Role.FIGURE]


def test_a_picture_as_large_as_the_page_is_its_background() -> None:
    assert seen([line(LONG, 72, 100)], Region("picture", (0, 0, 612, 792))) == [Role.BODY]


def test_a_caption_needs_its_label_and_takes_all_its_lines() -> None:
    region = Region("caption", (60, 90, 400, 130))
    labelled = [line("Figure 2: Reeds over", 72, 100), line("the years.", 72, 112)]
    assert seen(labelled, region) == [Role.CAPTION, Role.CAPTION]
    assert seen([line("Reeds over the years", 72, 100)], region) == [Role.BODY]


def test_a_box_with_lines_of_text_is_no_picture() -> None:
    listing = [line(text, 72, 100 + 12 * i, size=7) for i, text in enumerate(("k = f (a, b)", "i, j = g (a)", "# so"))]
    assert seen(listing, Region("picture", (60, 90, 300, 140))) == [Role.BODY] * 3


def test_cells_without_a_sign_of_a_formula_are_a_table() -> None:
    cells = [
        line(t, 72 + 90 * (i % 2), 100 + 14 * (i // 2))
        for i, t in enumerate(["Lake", "Reeds", "Fen", "31", "Moor", "12"])
    ]
    assert seen(cells, Region("formula", (60, 90, 300, 150))) == [Role.TABLE] * 6


def test_a_running_head_is_left_out_only_at_the_edge_of_the_page() -> None:
    head, middle = line("Reed Letters", 72, 30), line("Reed Letters", 72, 400)
    regions = Region("page-header", (60, 20, 300, 50)), Region("page-header", (60, 390, 300, 420))
    assert seen([head, middle], *regions) == [Role.FURNITURE, Role.BODY]


def test_headings_titles_and_references_keep_their_role() -> None:
    lines = [line(LONG, 72, 100 + 12 * i, role=role) for i, role in enumerate((Role.HEADING, Role.REFERENCE))]
    assert seen(lines, Region("table", (60, 90, 400, 200))) == [Role.HEADING, Role.REFERENCE]


def test_a_page_that_no_model_has_seen_stays_as_it_is() -> None:
    page = page_of([line(LONG, 72, 100, role=Role.TABLE)])
    mark_seen(page, measures())
    assert page.lines[0].role == Role.TABLE


def test_plain_prose_raises_no_doubt() -> None:
    page = page_of(block_of([LONG] * 12, width=400, last=0.9))
    assert list(doubts(page, measures())) == []
    assert doubtful_pages([page], measures()) == []


def test_what_rules_do_not_explain_raises_doubt_with_its_reason() -> None:
    lost = line(LONG, 72, 100, width=300, role=Role.TABLE, block=1)
    note = line("epoch", 90, 600, size=7, role=Role.FOOTNOTE, block=2)
    loose = line("0.31 0.44", 222, 300, block=3)
    page = page_of([*block_of([LONG] * 12, y=320, width=400), lost, note, loose])
    assert {doubt.reason for doubt in doubts(page, measures())} == {
        "running text in a float",
        "a note without a mark",
        "a loose piece in the body",
    }
    assert doubtful_pages([page], measures()) == [1]


@pytest.fixture(scope="module")
def paper() -> Path:
    return sorted(SAMPLE.glob("*.pdf"))[0]


@pytest.fixture(scope="module")
def read(paper: Path) -> dict[str, Paper]:
    return {layout: read_paper(paper, layout) for layout in ("never", "always")}


def test_the_model_names_what_stands_on_the_pages(paper: Path) -> None:
    document = extract(paper)
    lay_out(paper, document, [1])
    first, *others = document.pages
    assert first.regions is not None
    assert {"text", "section-header"} <= {region.kind for region in first.regions}
    assert all(page.regions is None for page in others)


def test_both_looks_agree_on_a_clean_paper_but_for_what_they_are_called(read: dict[str, Paper]) -> None:
    never, always = read["never"], read["always"]
    assert (never.reading, always.reading) == ("fast", "layout")
    assert always.paper_id == never.paper_id
    headings = [[s.heading for s in p.sections] for p in (never, always)]
    assert headings[0] == headings[1]
    kept = {p.id for s in never.sections for p in s.passages} & {p.id for s in always.sections for p in s.passages}
    assert len(kept) >= 0.9 * sum(len(s.passages) for s in never.sections)


def test_a_page_too_large_or_turned_is_read_without_the_model_and_said_so(tmp_path: Path) -> None:
    import pymupdf

    path = tmp_path / "poster.pdf"
    with pymupdf.open() as pdf:
        pdf.new_page(width=3000, height=2000).insert_text((100, 100), f"{LONG}. " * 2)
        turned = pdf.new_page()
        turned.insert_text((100, 100), LONG)
        turned.set_rotation(90)
        pdf.save(path)
    found = read_paper(path, "always")
    assert [w.page for w in found.warnings if w.code == "no_layout"] == [1, 2]
    assert found.reading == "fast"
