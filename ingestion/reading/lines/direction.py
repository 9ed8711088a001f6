"""Pages in scripts that run from right to left: the pieces of a line are put together in the order they are read.

An extraction gives the words of a piece in their logical order, and the pieces as they lie. Columns are read from the
right (ingestion/reading/lines/order.py). It must not know any language.
"""

from __future__ import annotations

import re

from ingestion.pages import Line, PageModel

LETTERS = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")  # Hebrew, Arabic, Syriac, Thaana, N'Ko
WORDY = re.compile(r"[^\W\d_]")
WIDEST_GAP = 1.5  # times the size: a column gap is wider


def right_to_left(text: str) -> bool:
    """Whether most letters belong to a script that is written from right to left."""
    if text.isascii():
        return False
    there = len(LETTERS.findall(text))
    return there > 0 and 2 * there > len(WORDY.findall(text))


def join_right_to_left(page: PageModel) -> None:
    """Merges the pieces of each line, the rightmost first; a page that runs from left to right is left as it is."""
    if not right_to_left(page.own_text):
        return
    joined: list[Line] = []
    for line in page.lines:
        last = joined[-1] if joined else None
        if last is not None and _on_one_line(last, line):
            right, left = (last, line) if last.x1 > line.x1 else (line, last)
            last.words = [*right.words, *left.words]
            last.refresh()
        else:
            joined.append(line)
    page.lines = joined


def _on_one_line(a: Line, b: Line) -> bool:
    overlap = min(a.y1, b.y1) - max(a.y0, b.y0)
    gap = max(a.x0, b.x0) - min(a.x1, b.x1)
    return overlap > 0.4 * min(a.height, b.height) and gap < WIDEST_GAP * max(a.size, b.size)
