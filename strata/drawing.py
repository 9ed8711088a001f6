"""Draws what was understood of a paper over its pages, so that a wrong reading is seen at a glance.

Headings by level, passages in reading order, captions and what they belong to, references, and what was left out. The
pages are drawn in the contained child process. It must not know how a paper is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from hierarchy.errors import UsageError
from hierarchy.paper import Paper
from hierarchy.positions import Box, Positions, Span
from ingestion.containment import Reader
from ingestion.settings import IngestionSettings
from ingestion.tasks import Outline, Picture

WIDTH = 1_400  # pixels
HEADING, FLOAT, REFERENCE, LEFT_OUT = (200, 30, 30), (150, 60, 190), (120, 90, 40), (150, 150, 150)
TITLE = (230, 120, 0)
PASSAGES = {
    "paragraph": (30, 90, 200),
    "list": (0, 140, 150),
    "caption": (150, 60, 190),
    "table": (150, 60, 190),
    "formula": (20, 140, 60),
    "code": (90, 110, 20),
    "footnote": (110, 110, 170),
}


def draw_reading(paper: Paper, folder: Path, settings: IngestionSettings) -> list[Path]:
    """Writes FOLDER/page-001.png and so on: each page with what was understood of it.

    Args:
        paper: as read from the file that is still at its path.
        folder: made where it does not exist.
        settings: the limits of the process that draws.

    Raises:
        UsageError: cannot_write, where the pictures cannot be written.
        ReadError: where a page cannot be drawn.
    """
    outlines = list(outlines_of(paper))
    written: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with closing(Reader(settings)) as reader:
            for page in paper.pages:
                on_page = tuple(outline for number, outline in outlines if number == page.number)
                target = folder / f"page-{page.number:03}.png"
                target.write_bytes(reader.draw(Path(paper.path), Picture(page.number, (), WIDTH, outlines=on_page)))
                written.append(target)
    except OSError as error:
        raise UsageError(
            f"The pictures cannot be written to {folder} ({error.strerror or error}).",
            "Name a folder that you may write to.",
            "cannot_write",
        ) from error
    return written


def outlines_of(paper: Paper) -> Iterator[tuple[int, Outline]]:
    """What to draw, each with the number of its page; passages count up in reading order."""
    yield from _drawn(paper.title_places, TITLE, "title")
    count = 0
    for section in paper.sections:
        if section.heading:
            named = f"H{section.level} {section.number or ''} [{section.kind}]"
            yield section.page, Outline(section.box, HEADING, named)
        for passage in section.passages:
            count += 1
            yield from _drawn(passage.places, PASSAGES.get(passage.type, LEFT_OUT), f"{count} {passage.type}")
    for item in (*paper.figures, *paper.tables):
        if item.region is not None:
            yield item.region.page, Outline(item.region.box, FLOAT, item.label)
    for reference in paper.references:
        yield from _drawn(reference.places, REFERENCE, reference.id)
    for left in paper.left_out:
        yield left.span.page, Outline(left.span.box, LEFT_OUT, left.what)


def _drawn(places: Positions, color: tuple[int, int, int], label: str) -> Iterator[tuple[int, Outline]]:
    """An outline for each part of a page that a text takes, around its lines."""
    for page, box in _parts(places.spans()):
        yield page, Outline(box, color, label)


def _parts(spans: Iterable[Span]) -> Iterator[tuple[int, Box]]:
    """Boxes around lines that follow each other; a line that stands higher begins another column."""
    now: tuple[int, Box] | None = None
    for span in spans:
        if now is not None and now[0] == span.page and span.box[3] > now[1][1] and span.box[1] > now[1][3] - 40:
            a, b = now[1], span.box
            now = now[0], (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))
        else:
            if now is not None:
                yield now
            now = span.page, span.box
    if now is not None:
        yield now
