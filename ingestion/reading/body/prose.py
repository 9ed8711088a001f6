"""Tells running text from the words of tables and drawings, on pages that have captions.

Lines that follow each other closely, over most of their column, are prose, and so is what ends their paragraph. It must
not know captions, nor what lies between the prose.
"""

from __future__ import annotations

import re

from hierarchy.positions import Box
from ingestion.pages import Line, PageModel
from ingestion.reading.lines.typography import Typography

NUMBERED = re.compile(r"(?:\d{1,2}|[A-Z]|[IVX]{1,5})(?:\.\d{1,2}){0,3}\.?\s+[A-Z]")
PLAIN = re.compile(r"[^\W\d_]{2,}[,.;:)]*")
PART = re.compile(r"\([a-h]\)(?:\s|$)")
WIDE = 0.62  # of its column
NEAR = 1.7  # times the size, from one line of a paragraph to the next


def find_prose(page: PageModel, lines: list[Line], measures: Typography, frames: list[Box]) -> set[int]:
    """The ids of the lines that are running text, headings over it included; `frames` are boxes drawn around words."""
    edges = _edges(page, lines, measures)
    ordered = sorted(lines, key=lambda line: (line.middle, line.x0))
    alone = {id(line) for line in ordered} - _side_by_side(ordered)
    below = {id(line): _next(ordered, i) for i, line in enumerate(ordered)}
    prose: set[int] = set()
    for line in ordered:
        after = below[id(line)]
        if after is None or not _is_wide(line, edges) or any(_holds(frame, line) for frame in frames):
            continue
        if id(line) in alone and _is_plain(line) and _follows(line, after) and id(after) in alone:
            prose |= {id(line), id(after)}
    for line in ordered:  # the short last line of a paragraph
        after = below[id(line)]
        if id(line) in prose and after is not None and after.block == line.block and _follows(line, after):
            prose.add(id(after))
    for line in ordered:
        after = below[id(line)]
        if id(line) in alone and after is not None and id(after) in prose and _heads(line, after, measures):
            prose.add(id(line))
    return prose - _part_captions(ordered, below, measures)


def _part_captions(ordered: list[Line], below: dict[int, Line | None], measures: Typography) -> set[int]:
    """Small print that begins "(a)": it names a part of a figure, and belongs to it."""
    found: set[int] = set()
    for line in ordered:
        small = line.size < measures.size - 0.4
        if small and (id(line) in found or PART.match(line.text)):
            found.add(id(line))
            after = below[id(line)]
            if after is not None and _follows(line, after):
                found.add(id(after))
    return found


def _edges(page: PageModel, lines: list[Line], measures: Typography) -> dict[int, tuple[float, float]]:
    """Where each column begins and ends."""
    edges: dict[int, tuple[float, float]] = {}
    for column in {line.column for line in lines}:
        own = [x for x in page.lines if x.column == column and abs(x.size - measures.size) < 1.2] or lines
        edges[column] = (min(x.x0 for x in own), max(x.x1 for x in own))
    return edges


def _side_by_side(ordered: list[Line]) -> set[int]:
    """Lines with another one beside them in their own column."""
    found: set[int] = set()
    for i, a in enumerate(ordered):
        for b in ordered[i + 1 : i + 12]:
            if b.y0 > a.y1:
                break
            overlap = min(a.y1, b.y1) - max(a.y0, b.y0)
            if a.column == b.column and overlap > 0.5 * min(a.height, b.height) and abs(a.size - b.size) < 2:
                found |= {id(a), id(b)}
    return found


def _next(ordered: list[Line], i: int) -> Line | None:
    """The nearest line below that stands under this one."""
    line = ordered[i]
    for other in ordered[i + 1 : i + 30]:
        if other.middle - line.middle > 3 * line.size:
            return None
        if other.middle - line.middle > 0.5 * line.size and other.x0 < line.x1 and other.x1 > line.x0:
            return other
    return None


def _is_wide(line: Line, edges: dict[int, tuple[float, float]]) -> bool:
    left, right = edges[line.column]
    return line.width > WIDE * (right - left)


def _is_plain(line: Line) -> bool:
    plain = sum(bool(PLAIN.fullmatch(word.text)) for word in line.words)
    return plain >= 3 and plain > 0.45 * len(line.words)


def _follows(line: Line, after: Line) -> bool:
    alike = abs(line.size - after.size) < 0.6 and after.column == line.column
    return alike and after.middle - line.middle < NEAR * line.size and abs(after.x0 - line.x0) < 4 * line.size


def _heads(line: Line, after: Line, measures: Typography) -> bool:
    """Whether a line is set as a heading of the running text below it."""
    distinct = line.bold or line.size > measures.size + 0.5 or line.text.isupper() or bool(NUMBERED.match(line.text))
    near = after.middle - line.middle < 2.8 * max(line.size, after.size)
    return distinct and near and abs(line.x0 - after.x0) < 6 * line.size and line.size > measures.size - 0.6


def _holds(box: Box, line: Line) -> bool:
    return box[0] - 2 < line.x0 and line.x1 < box[2] + 2 and box[1] - 2 < line.middle < box[3] + 2
