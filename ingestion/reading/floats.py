"""Pass 5: captions, and the words inside tables and drawings.

A caption begins a block with a label ("Figure 3:", "Table 2."), a table is rows of fragments side by side, and what
lies in a drawing is small or scattered. None of it may stand in the middle of a paragraph.
"""

from __future__ import annotations

import itertools
import re

from ingestion.pages import Line, PageModel, Role
from ingestion.reading.typography import Typography

LABEL = re.compile(
    r"(?P<kind>Figure|Fig\.?|FIGURE|FIG\.?|Table|TABLE|Tab\.|Algorithm|Listing|Scheme|Box)\s*"
    r"(?P<number>[A-Z]?\.?\d{1,3}(?:\.\d{1,2})?[a-z]?|[IVXL]{1,5}|[A-Z](?=[:.]))\s*(?P<mark>[:.|—–]|$)?"
)


def label_of(line: Line) -> re.Match[str] | None:
    """The label with which a line begins, if it can begin a caption."""
    return LABEL.match(line.text)


def is_table(label: re.Match[str]) -> bool:
    """Whether the caption is a table's."""
    return label["kind"].lower().startswith("tab")


def mark_floats(page: PageModel, measures: Typography) -> None:
    """Gives captions, tables and the words of drawings their role; the page's lines are in reading order."""
    _mark_captions(page, measures)
    rows = _scattered(page)
    captions = [(i, line) for i, line in enumerate(page.lines) if line.role == Role.CAPTION and label_of(line)]
    for i, line in enumerate(page.lines):
        if line.role != Role.BODY or not (i in rows or _is_small(line, measures)):
            continue
        near = _nearest(line, captions)
        table = near is not None and is_table(near)
        if i in rows or near is not None:
            line.role = Role.TABLE if table or (near is None and i in rows) else Role.FIGURE


def _mark_captions(page: PageModel, measures: Typography) -> None:
    lines = page.lines
    for i, line in enumerate(lines):
        label = label_of(line) if line.role == Role.BODY else None
        if label is None or not _starts_block(lines, i, measures):
            continue
        named = line.words[0].style
        distinct = line.size < measures.size - 0.4 or named.bold or named.font != _usual_font(line)
        if not (label["mark"] or distinct):
            continue
        line.role = Role.CAPTION
        for j in range(i + 1, len(lines)):
            a, b = lines[j - 1], lines[j]
            step = b.middle - a.middle
            same = abs(b.size - line.size) < 0.6 and b.column == line.column and b.role == Role.BODY and not label_of(b)
            if (
                not same
                or not 0 < step < 1.35 * max(measures.pitch * line.size / measures.size, 1.1 * line.size)
                or _ends(a, b, line)
            ):
                break
            b.role = Role.CAPTION


def _ends(a: Line, b: Line, first: Line) -> bool:
    """Whether line `a` ends its caption: a sentence ends well before the edge, and `b` begins anew in another block."""
    return a.text.endswith((".", ":", ")")) and b.block != a.block and (a.x1 < first.x1 - 20 or b.block != first.block)


def _starts_block(lines: list[Line], i: int, measures: Typography) -> bool:
    if i == 0 or lines[i - 1].column != lines[i].column or lines[i - 1].role != Role.BODY:
        return True
    a, b = lines[i - 1], lines[i]
    return b.block != a.block or b.middle - a.middle > 1.3 * measures.pitch or abs(a.size - b.size) > 0.6


def _usual_font(line: Line) -> str:
    return line.words[-1].style.font


def _scattered(page: PageModel) -> set[int]:
    """Lines with another one beside them in their own column, and short lines between such: the rows of a table."""
    lines = [(i, x) for i, x in enumerate(page.lines) if x.role == Role.BODY]
    beside: set[int] = set()
    for (i, a), (j, b) in itertools.pairwise(lines):
        overlap = min(a.y1, b.y1) - max(a.y0, b.y0)
        if a.column == b.column and overlap > 0.5 * min(a.height, b.height) and (b.x0 > a.x1 or a.x0 > b.x1):
            beside |= {i, j}
    grown = set(beside)
    for (h, _), (i, b), (j, _) in zip(lines, lines[1:], lines[2:], strict=False):
        if h in grown and j in beside and len(b.words) <= 6:
            grown.add(i)
    # One pair alone is a formula with its number, or a line that was cut.
    return grown if len(grown) >= 4 else set()


def _is_small(line: Line, measures: Typography) -> bool:
    return line.size < measures.size - 0.6


def _nearest(line: Line, captions: list[tuple[int, Line]]) -> re.Match[str] | None:
    """The label of the caption that is nearest above or below, within a third of a page."""
    best, label = 250.0, None
    for _, caption in captions:
        if caption.column not in (line.column, 0) and line.column != 0:
            continue
        distance = max(caption.y0 - line.y1, line.y0 - caption.y1, 0.0)
        if distance < best:
            best, label = distance, label_of(caption)
    return label
