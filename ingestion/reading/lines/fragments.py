"""Pass 1: puts fragments of one printed line together.

An extraction cuts a line at wide spaces, formulas and raised marks; words on one baseline with no column gap between
them are one line again.
"""

from __future__ import annotations

from ingestion.pages import Line, PageModel

WIDEST_SPACE = 1.1  # times the size: a column gap is wider
MOST_OVER = 3  # words of the upper part of a fraction
WIDEST_STRETCHED = 4.0  # times the size: a space that justification has stretched, where the lines around run over it


def join_fragments(page: PageModel) -> None:
    """Merges neighbouring fragments of a block that share a baseline; keeps the order of the lines."""
    merged: list[Line] = []
    over: Line | None = None  # what stands over a bar in the line
    for i, line in enumerate(page.lines):
        last = merged[-1] if merged else None
        after = page.lines[i + 1] if i + 1 < len(page.lines) else None
        if after is not None and len(line.words) <= MOST_OVER and _is_over(line, after, last):
            over = line
            continue
        if over is not None:
            line.words[:0] = over.words
            line.refresh()
            over = None
        if last is not None and _continues(last, line):
            last.words.extend(line.words)
            last.refresh()
        else:
            merged.append(line)
    page.lines = _without_stretched(merged)


def _without_stretched(lines: list[Line]) -> list[Line]:
    """Joins the two halves of a justified line: its neighbours in the block begin and end where both together do."""
    joined: list[Line] = []
    for i, line in enumerate(lines):
        last = joined[-1] if joined else None
        if last is not None and _continues(last, line, WIDEST_STRETCHED):
            around = [x for x in (joined[-2] if len(joined) > 1 else None, *lines[i + 1 : i + 2]) if x is not None]
            near = [x for x in around if x.block == line.block and abs(x.middle - line.middle) < 2 * line.size]
            if near and all(abs(x.x1 - line.x1) < 2 and x.x0 - last.x0 < 2 * line.size for x in near):
                last.words.extend(line.words)
                last.refresh()
                continue
        joined.append(line)
    return joined


def _is_over(line: Line, after: Line, last: Line | None) -> bool:
    """Whether a small piece is the upper part of a fraction in a running line, whose lower part begins `after`."""
    first = after.words[0]
    if line.block != after.block or line.size > 0.85 * max(after.size, last.size if last else 0.0):
        return False
    within = first.box[0] - 1 < line.x0 and line.x1 < after.x1 and line.x1 - line.x0 < 12 * line.size
    above = 0.4 * line.size < (after.words[0].box[1] + after.words[0].box[3] - line.y0 - line.y1) / 2 < 1.6 * line.size
    low = abs(first.style.size - line.size) < 0.6  # the lower part is as small
    return within and above and low and after.x1 - after.x0 > 2 * (line.x1 - line.x0)


def _continues(a: Line, b: Line, widest: float = WIDEST_SPACE) -> bool:
    if a.block != b.block:
        return False
    overlap = min(a.y1, b.y1) - max(a.y0, b.y0)
    gap = b.x0 - a.x1
    size = max(a.size, b.size)
    return overlap > 0.4 * min(a.height, b.height) and -0.6 * size < gap < widest * size
