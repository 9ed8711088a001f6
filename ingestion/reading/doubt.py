"""How far the rules' reading of a page may be trusted: the lines that it does not explain well.

A second look at a page costs fifty times the first; it is worth it only where something does not fit. It must not know
who takes the second look.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from ingestion.pages import Line, PageModel, Role
from ingestion.reading.body.footnotes import is_marked
from ingestion.reading.lines.typography import Typography

FLOATS = (Role.TABLE, Role.FIGURE, Role.FORMULA)


class Doubt(NamedTuple):
    """A line that its role does not explain, and why."""

    line: Line
    reason: str


def doubtful_pages(pages: list[PageModel], measures: Typography) -> list[int]:
    """The numbers of the pages that are worth a second look: one line in doubt is enough (docs/decisions/0013)."""
    return [page.number for page in pages if any(True for _ in doubts(page, measures))]


def doubts(page: PageModel, measures: Typography) -> Iterator[Doubt]:
    """What on an understood page does not fit.

    Args:
        page: its lines have their roles.
        measures: of the paper.
    """
    marked = {line.block for line in page.lines if line.role == Role.FOOTNOTE and is_marked(line)}
    starts = Counter((line.column, round(line.x0 / 4)) for line in page.lines if line.role == Role.BODY)
    for line in page.lines:
        if line.role in FLOATS and is_running(line, measures):
            yield Doubt(line, "running text in a float")
        elif line.role == Role.FOOTNOTE and line.block not in marked and len(line.words) <= 3:
            yield Doubt(line, "a note without a mark")
        elif line.role == Role.BODY and not _is_prose(line) and starts[(line.column, round(line.x0 / 4))] < 3:
            yield Doubt(line, "a loose piece in the body")


def is_running(line: Line, measures: Typography) -> bool:
    """Words in the body's size, mostly letters: not code, formulas, notes, or words in drawings."""
    wordy = len(line.words) >= 4 and _is_lettered(line, 0.7)
    return wordy and abs(line.size - measures.size) < 0.6


def _is_prose(line: Line) -> bool:
    return len(line.words) >= 3 and _is_lettered(line, 0.6)


def _is_lettered(line: Line, share: float) -> bool:
    """Whether letters are more than this share of what is printed."""
    return sum(c.isalpha() for c in line.text) > share * len(line.text.replace(" ", ""))
