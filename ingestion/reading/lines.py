"""Pass 1: puts fragments of one printed line together.

An extraction cuts a line at wide spaces, formulas and raised marks; words on one baseline with no column gap between
them are one line again.
"""

from __future__ import annotations

from ingestion.pages import Line, PageModel

WIDEST_SPACE = 1.1  # times the size: a column gap is wider


def join_fragments(page: PageModel) -> None:
    """Merges neighbouring fragments of a block that share a baseline; keeps the order of the lines."""
    merged: list[Line] = []
    for line in page.lines:
        last = merged[-1] if merged else None
        if last is not None and _continues(last, line):
            last.words.extend(line.words)
            last.refresh()
        else:
            merged.append(line)
    page.lines = merged


def _continues(a: Line, b: Line) -> bool:
    if a.block != b.block:
        return False
    overlap = min(a.y1, b.y1) - max(a.y0, b.y0)
    gap = b.x0 - a.x1
    size = max(a.size, b.size)
    return overlap > 0.4 * min(a.height, b.height) and -0.6 * size < gap < WIDEST_SPACE * size
