"""Pass 4: the order in which a page is read.

Lines over the full width cut the page into bands; within a band the left column comes before the right one. Lines in a
margin beside the text (licence boxes, notes of the editors) are furniture.
"""

from __future__ import annotations

from collections import Counter

from ingestion.pages import Line, PageModel, Role
from ingestion.reading.lines.direction import right_to_left
from ingestion.reading.lines.typography import Typography

FULL, LEFT, RIGHT = 0, 1, 2
MARGIN = 0.27  # of the page's width: a margin column is narrower


def order_page(page: PageModel, measures: Typography) -> None:
    """Sorts the page's lines into reading order and gives each its column: 0 full width, 1 left, 2 right."""
    _mark_margin(page, measures)
    gutter = measures.gutters[page.number - 1]
    if gutter is None:
        page.lines = _rows(page.lines)
        return
    columns = (FULL, RIGHT, LEFT) if right_to_left(page.own_text) else (FULL, LEFT, RIGHT)
    for line in page.lines:
        crosses = line.x0 < gutter - 4 and line.x1 > gutter + 4
        line.column = FULL if crosses else LEFT if (line.x0 + line.x1) / 2 < gutter else RIGHT
    for line in [x for x in page.lines if x.column == FULL and _is_overfull(x, page.lines)]:
        line.column = LEFT
    ordered: list[Line] = []
    band: list[Line] = []
    for line in sorted(page.lines, key=lambda item: (item.middle, item.x0)):
        if line.column == FULL and line.role == Role.BODY:
            ordered += _by_column(band, columns)
            band = []
            ordered.append(line)
        else:
            band.append(line)
    page.lines = ordered + _by_column(band, columns)


def _is_overfull(line: Line, lines: list[Line]) -> bool:
    """Whether a line of the left column, such as one that ends in a long address, only runs on into the gutter or over
    the right column: others stand above or below it at its edge, and one of the right column at its height."""
    near = [x for x in lines if x is not line and abs(x.middle - line.middle) < 1.6 * line.size]
    column = any(x.column == LEFT and abs(x.x0 - line.x0) < 1 and len(x.words) > 3 for x in near)
    return column and any(
        x.column == RIGHT and len(x.words) > 3 and min(x.y1, line.y1) - max(x.y0, line.y0) > 0.2 * line.size
        for x in near
    )


def _by_column(band: list[Line], columns: tuple[int, ...]) -> list[Line]:
    return [line for column in columns for line in _rows([x for x in band if x.column == column])]


def _rows(lines: list[Line]) -> list[Line]:
    """From top to bottom; lines on one height from left to right."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda item: item.middle):
        if rows and line.middle - rows[-1][0].middle < 0.35 * min(line.size, rows[-1][0].size):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda item: item.x0)]


def _mark_margin(page: PageModel, measures: Typography) -> None:
    """A narrow strip of smaller text wholly beside the body's edge is a margin column."""
    body = [
        x
        for x in page.lines
        if x.role == Role.BODY and abs(x.size - measures.size) < 0.6 and x.width > 0.25 * page.width
    ]
    if len(body) < 8:
        return
    edges = Counter(round(line.x0 / 3) * 3 for line in body)
    left = min((edge for edge, count in edges.items() if count >= 0.1 * len(body)), default=0)
    right = max(line.x1 for line in body)
    small = [x for x in page.lines if x.role == Role.BODY and x.size < measures.size - 0.4]
    for strip in ([x for x in small if x.x1 < left - 4], [x for x in small if x.x0 > right + 4]):
        # A strip as wide as a column is one: small print beside the body, such as references beside an appendix.
        if strip and max(x.x1 for x in strip) - min(x.x0 for x in strip) < MARGIN * page.width:
            for line in strip:
                line.role = Role.FURNITURE
