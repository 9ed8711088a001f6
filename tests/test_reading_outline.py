"""The file's own outline: read within bounds, laid beside the pages, not believed blindly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pymupdf
from made_headings import BASE, BASIS, LONG, found, outlined, paragraph
from made_pages import block_of, line

from ingestion.pages import Document, OutlineEntry, Role
from ingestion.pdf.bookmarks import MOST_ENTRIES, bookmarks
from ingestion.reader import read_paper


def with_outline(document: Document, *entries: tuple[str, int]) -> Document:
    document.outline = [OutlineEntry(title, level, 1, None) for title, level in entries]
    return document


def test_an_outline_names_a_heading_that_nothing_else_tells() -> None:
    document = outlined(BASIS)
    plain = line("Where reeds stand", 72, 500, block=90)
    document.pages[0].lines += [plain, *block_of([LONG, LONG], y=520, width=400, block=91)]
    with_outline(document, ("1 Introduction", 1), ("2 Methods", 1), ("3 Results", 1), ("Where Reeds Stand", 2))
    assert found(document) == [*BASE, (None, "Where reeds stand", 2)]


def test_an_outline_names_a_run_in_heading() -> None:
    document = outlined(BASIS)
    document.pages[0].lines += paragraph("Sliding.", 500, bold=False, italic=True, block=90)
    with_outline(document, ("Introduction", 1), ("Methods", 1), ("Results", 1), ("Sliding", 2))
    assert found(document) == [*BASE, (None, "Sliding", 2)]


def test_entries_that_stand_on_no_page_are_dropped_and_what_the_page_shows_stays() -> None:
    document = with_outline(outlined(BASIS), ("Title Page", 1), ("Introduction", 1), ("Methods", 1))
    assert found(document) == BASE


def test_an_outline_of_another_paper_is_not_used_and_this_is_told() -> None:
    document = with_outline(outlined(BASIS), ("Moon", 1), ("Mars", 2), ("Venus", 2), ("Results", 3))
    assert found(document) == BASE
    assert [w.code for w in document.warnings] == ["outline"]


def test_levels_of_an_outline_that_contradict_the_numbers_are_not_used() -> None:
    document = with_outline(outlined(BASIS), ("Introduction", 1), ("Methods", 2), ("Results", 3))
    assert found(document) == BASE
    assert [w.code for w in document.warnings] == ["outline"]


def test_an_outlines_levels_hold_where_the_page_shows_none() -> None:
    names = [("Introduction", 12.0, True), ("Where reeds stand", 12.0, True), ("Results", 12.0, True)]
    document = with_outline(outlined(names), ("Introduction", 1), ("Where reeds stand", 2), ("Results", 1))
    assert [level for _, _, level in found(document)] == [1, 2, 1]


def test_a_caption_in_an_outline_is_no_heading() -> None:
    document = outlined(BASIS)
    document.pages[0].lines += [line("Figure 1: Reeds.", 72, 500, block=90, role=Role.CAPTION)]
    with_outline(document, ("Introduction", 1), ("Methods", 1), ("Results", 1), ("Figure 1: Reeds.", 2))
    assert found(document) == BASE


def pdf_with_outline(folder: Path, toc: list[list[Any]]) -> Path:
    path = folder / "outlined.pdf"
    with pymupdf.open() as pdf:
        for _ in range(2):
            pdf.new_page().insert_text((72, 72), "Reeds")
        pdf.set_toc(toc)
        pdf.save(path)
    return path


def test_an_outline_is_read_with_levels_and_pages(tmp_path: Path) -> None:
    with pymupdf.open(pdf_with_outline(tmp_path, [[1, "Intro", 1], [2, "Sites", 2], [1, "End", 2]])) as pdf:
        assert [e[:3] for e in bookmarks(pdf)] == [("Intro", 1, 1), ("Sites", 2, 2), ("End", 1, 2)]


def test_a_file_without_an_outline_has_no_entries(tmp_path: Path) -> None:
    with pymupdf.open(pdf_with_outline(tmp_path, [])) as pdf:
        assert bookmarks(pdf) == []


def test_an_outline_of_absurd_length_is_read_in_part(tmp_path: Path) -> None:
    toc = [[1, "x" * 400, 1], *([1, f"Reeds {i}", 1] for i in range(MOST_ENTRIES + 500))]
    with pymupdf.open(pdf_with_outline(tmp_path, toc)) as pdf:
        entries = bookmarks(pdf)
    assert MOST_ENTRIES - 10 < len(entries) <= MOST_ENTRIES
    assert entries[0].title == "Reeds 0"


def test_an_outline_that_runs_in_a_circle_ends(tmp_path: Path) -> None:
    path = pdf_with_outline(tmp_path, [[1, "One", 1], [1, "Two", 1]])
    with pymupdf.open(path) as pdf:
        first = next(x for x in range(1, pdf.xref_length()) if "(Two)" in pdf.xref_object(x, compressed=True))
        pdf.xref_set_key(first, "Next", f"{first} 0 R")
        pdf.save(tmp_path / "circle.pdf")
    with pymupdf.open(tmp_path / "circle.pdf") as pdf:
        assert len(bookmarks(pdf)) <= MOST_ENTRIES
    assert read_paper(tmp_path / "circle.pdf").pages
