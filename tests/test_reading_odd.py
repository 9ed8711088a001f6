"""Papers that are unlike most: without abstract, headings or references, very long, very large, in other scripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pymupdf
import pytest
from made_pages import line, page_of
from pdfs import Canvas, PaperMaker, plain, prose, write_pages

from hierarchy.paper import Paper
from ingestion.containment import Reader
from ingestion.reading.lines.direction import join_right_to_left, right_to_left
from ingestion.settings import IngestionSettings

HEBREW = "הקנים גדלים לאט באגם הצפוני ואנחנו מדדנו את הגובה של כל קנה בכל חורף במשך עשר שנים ברצף"
ARABIC = "ينمو القصب ببطء في البحيرة الشمالية"
CHINESE = "芦苇在北方的湖泊中缓慢生长。我们测量了十年，得到了可靠的结果。"


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    one = Reader(IngestionSettings())
    yield one
    one.close()


def codes(paper: Paper) -> list[str]:
    return [w.code for w in paper.warnings]


def text_of(paper: Paper) -> str:
    return " ".join(p.text for s in paper.sections for p in s.passages)


def of_html(path: Path, *pages: str, width: float = 595.0, height: float = 842.0) -> Path:
    """Pages set by the PDF library from HTML: it carries fonts of many scripts."""
    with pymupdf.open() as pdf:
        for page in pages:
            room = pymupdf.Rect(0.1 * width, 0.08 * height, 0.9 * width, 0.93 * height)
            pdf.new_page(width=width, height=height).insert_htmlbox(room, page)
        pdf.subset_fonts()
        pdf.save(path, garbage=3, deflate=True)
    return path


def test_what_a_paper_does_not_have_is_told(reader: Reader, tmp_path: Path) -> None:
    maker = PaperMaker(1)
    maker.title("Reed Beds Without Parts", ["Ada Fenwick"])
    maker.paragraph(prose(41, 30))
    paper = reader.read(maker.save(tmp_path / "bare.pdf"))
    assert codes(paper) == ["no_abstract", "no_headings", "no_references"]
    assert plain(prose(41, 30)) in text_of(paper)
    assert all(w.message.endswith(".") for w in paper.warnings)


def test_a_whole_paper_is_read_without_a_warning(reader: Reader, tmp_path: Path) -> None:
    maker = PaperMaker(2)
    maker.title("Reed Beds With All Parts", ["Ada Fenwick"])
    maker.heading("Abstract", numbered=False)
    maker.paragraph(prose(1, 5))
    maker.heading("Introduction")
    maker.paragraph(prose(42, 40))
    maker.references(f"Fenwick, A. (20{10 + i}). On reeds number {i}. Reeds, {i}, 1-9." for i in range(8))
    assert codes(reader.read(maker.save(tmp_path / "whole.pdf"))) == []


def test_a_book_of_a_thousand_pages_is_read_in_time_with_a_warning(reader: Reader, tmp_path: Path) -> None:
    pages = []
    for number in range(1_000):
        page = Canvas()
        if number % 50 == 0:
            page.text(72, 100, f"{number // 50 + 1} Chapter on Lake {number // 50}", 16, "F2")
        for row, words in enumerate(plain(prose(number, 9)).split(". ")):
            page.text(72, 140 + 14 * row, words)
        pages.append(page)
    (tmp_path / "book.pdf").write_bytes(write_pages(pages))
    paper = reader.read(tmp_path / "book.pdf")
    assert len(paper.pages) == 1_000
    assert "long" in codes(paper)
    assert "visit 9" in text_of(paper)


def test_a_page_of_fourteen_thousand_points_is_read_with_a_warning(reader: Reader, tmp_path: Path) -> None:
    page = Canvas(14_400, 14_400)
    page.text(700, 900, "A Poster on Reeds", 300, "F2")
    for column in range(4):
        for row, words in enumerate(plain(prose(column, 12)).split(". ")):
            page.text(700 + 3_300 * column, 2_000 + 160 * row, f"{words}.", 60)
    (tmp_path / "poster.pdf").write_bytes(write_pages([page]))
    paper = reader.read(tmp_path / "poster.pdf")
    assert paper.title == "A Poster on Reeds"
    assert "large_page" in codes(paper)
    assert all(f"plot {column} and visit 12" in text_of(paper) for column in range(4))


def test_slides_are_read_page_by_page(reader: Reader, tmp_path: Path) -> None:
    slide = "<h1>Reeds, part {0}</h1><ul><li>They grow slowly</li><li>They bend in storm {0}</li></ul>"
    paper = reader.read(of_html(tmp_path / "slides.pdf", *map(slide.format, range(12)), width=720, height=405))
    assert "no_abstract" in codes(paper)
    assert all(f"storm {i}" in text_of(paper) for i in range(1, 12))


def test_a_chinese_paper_is_read_letter_by_letter(reader: Reader, tmp_path: Path) -> None:
    page = f"<h1>关于北方湖泊芦苇生长的研究</h1><p>王小明</p><h2>1 引言</h2><p>{CHINESE * 6}</p>"
    paper = reader.read(of_html(tmp_path / "zh.pdf", page))
    assert paper.title == "关于北方湖泊芦苇生长的研究"
    assert CHINESE * 3 in text_of(paper).replace(" ", "")
    assert codes(paper)


def test_a_hebrew_paper_is_read_from_right_to_left(reader: Reader, tmp_path: Path) -> None:
    page = f"<h1 dir=rtl>על צמיחת הקנים</h1><p dir=rtl>{HEBREW}, 12. {HEBREW}.</p><p dir=rtl>{HEBREW}.</p>"
    paper = reader.read(of_html(tmp_path / "he.pdf", page))
    assert paper.title == "על צמיחת הקנים"
    assert "right_to_left" in codes(paper)
    said = " ".join(text_of(paper).replace(",", "").replace(".", "").split())
    assert said == f"{HEBREW} 12 {HEBREW} {HEBREW}"


def test_the_direction_of_a_text_is_that_of_most_of_its_letters() -> None:
    assert right_to_left(HEBREW)
    assert right_to_left(ARABIC)
    assert right_to_left(f"{HEBREW} (Fenwick 2019)")
    for text in ("", "12 34", "Reeds grow", f"{'The letter Alef is written so: '}א", CHINESE):
        assert not right_to_left(text)


def test_pieces_of_a_line_are_joined_from_the_right_and_columns_are_not() -> None:
    right, left = line("קנים גדלים", x=300, width=100), line("לאט באגם", x=195, width=100)
    far = line("מדדנו את", x=60, width=100)
    page = page_of([left, right, far], own_text=HEBREW)
    join_right_to_left(page)
    assert [x.text for x in page.lines] == ["קנים גדלים לאט באגם", "מדדנו את"]


def test_a_page_from_left_to_right_is_left_as_it_is() -> None:
    page = page_of([line("left", x=195, width=100), line("right", x=300, width=100)], own_text="left right")
    join_right_to_left(page)
    assert [x.text for x in page.lines] == ["left", "right"]


def test_text_on_its_side_is_told_where_it_is_all_that_a_page_has(reader: Reader, tmp_path: Path) -> None:
    maker = PaperMaker(1)
    maker.title("Reed Beds and a Table", ["Ada Fenwick"])
    maker.paragraph(prose(43, 10))
    side = Canvas()
    side.ops.append("BT /F1 10 Tf 0 1 -1 0 300 100 Tm (A table that lies on its side) Tj ET")
    (tmp_path / "side.pdf").write_bytes(write_pages([*maker.pages, side]))
    paper = reader.read(tmp_path / "side.pdf")
    assert [w.page for w in paper.warnings if w.code == "turned"] == [2]
