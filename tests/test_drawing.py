"""The pictures of `strata parse --draw`: each page, with what was understood of it."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest
from conftest import ROOT

from hierarchy.errors import UsageError
from hierarchy.paper import Paper
from ingestion.reader import read_paper
from ingestion.settings import IngestionSettings
from strata.drawing import HEADING, LEFT_OUT, REFERENCE, draw_reading, outlines_of

SAMPLE = ROOT / "data" / "sample" / "wetland-calls"


@pytest.fixture(scope="module")
def paper() -> Paper:
    return read_paper(sorted(SAMPLE.glob("*.pdf"))[0])


def test_everything_understood_has_its_outline(paper: Paper) -> None:
    labels = [outline.label for _, outline in outlines_of(paper)]
    assert labels.count("title") == 1
    assert sum(label.startswith("H1 ") for label in labels) >= 4
    passages = sum(len(section.passages) for section in paper.sections)
    assert {int(label.split()[0]) for label in labels if label[0].isdigit()} == set(range(1, passages + 1))
    assert {r.id for r in paper.references} <= set(labels)
    assert "page" in labels  # running heads and page numbers


def test_outlines_lie_on_their_pages(paper: Paper) -> None:
    sizes = {page.number: (page.width, page.height) for page in paper.pages}
    for number, outline in outlines_of(paper):
        x0, y0, x1, y1 = outline.box
        assert -1 <= x0 < x1 <= sizes[number][0] + 1
        assert -1 <= y0 < y1 <= sizes[number][1] + 1


def test_each_page_becomes_a_picture_with_its_outlines_in_colour(paper: Paper, tmp_path: Path) -> None:
    written = draw_reading(paper, tmp_path / "out", IngestionSettings())
    assert [path.name for path in written] == [f"page-{page.number:03}.png" for page in paper.pages]
    colors = {color for path in written for color in _colors(path)}
    for color in (HEADING, REFERENCE, LEFT_OUT):
        assert any(max(abs(a - b) for a, b in zip(color, other, strict=True)) < 20 for other in colors)


def test_a_folder_that_cannot_be_written_is_said(paper: Paper, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(UsageError, match="cannot be written"):
        draw_reading(paper, tmp_path / "file" / "out", IngestionSettings())


def _colors(path: Path) -> set[tuple[int, ...]]:
    picture = pymupdf.Pixmap(str(path))
    return {tuple(c) for c in picture.color_count(colors=True)}
