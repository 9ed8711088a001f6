"""Pass 2: learns how the paper is set: the size of its body, the distance of its lines, its columns.

Everything later is judged against these measures, so no threshold speaks of one journal's template.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import numpy as np

from ingestion.pages import Document, Line, PageModel, Role


class Typography(NamedTuple):
    """`size`: of the body's letters, in points. `pitch`: from line to line. `gutters`: for each page where the column
    gap stands (None for one column). `justified`: whether most long lines end at one edge."""

    size: float
    pitch: float
    gutters: tuple[float | None, ...]
    justified: bool


def learn(document: Document) -> Typography:
    """Measures a document whose fragments are joined."""
    sizes: Counter[float] = Counter()
    for line in document.lines(Role.BODY):
        for word in line.words:
            sizes[word.style.size] += len(word.text)
    size = max(sizes, key=lambda s: (sizes[s], -s), default=10.0)
    gutters = tuple(_gutter(page, size) for page in document.pages)
    found = [g for g in gutters if g is not None]
    # A page of tables or references may hide its gutter; its neighbours tell.
    if len(found) >= 0.5 * len(gutters):
        usual = sorted(found)[len(found) // 2]
        gutters = tuple(
            usual if g is None and _crossing(sized := _sized(p, size), usual) < 0.5 * max(1, len(sized)) else g
            for g, p in zip(gutters, document.pages, strict=True)
        )
    return Typography(size, _pitch(document, size), gutters, _is_justified(document, size, gutters))


def _sized(page: PageModel, size: float) -> list[Line]:
    return [line for line in page.lines if line.role == Role.BODY and abs(line.size - size) < 1.2]


def _crossing(lines: list[Line], x: float) -> int:
    return sum(line.x0 < x - 4 and line.x1 > x + 4 for line in lines)


def _gutter(page: PageModel, size: float) -> float | None:
    """Where the fewest lines cross the middle of the page, if hardly any do and both sides are full of lines."""
    lines = _sized(page, size)
    if len(lines) < 12:
        return None
    edges = np.array([(line.x0, line.x1) for line in lines])
    places = np.arange(76, 125) * page.width / 200
    crossings = ((edges[:, :1] < places - 4) & (edges[:, 1:] > places + 4)).sum(axis=0)
    at = np.lexsort((abs(places - page.width / 2), crossings))[0]
    best, crossing = float(places[at]), int(crossings[at])
    left = sum(line.x1 <= best + 4 and line.width > 0.2 * page.width for line in lines)
    right = sum(line.x0 >= best - 4 and line.width > 0.2 * page.width for line in lines)
    return best if min(left, right) >= 5 and crossing < 0.6 * min(left, right) + 2 else None


def _pitch(document: Document, size: float) -> float:
    pitches: Counter[float] = Counter()
    for page in document.pages:
        for a, b in zip(page.lines, page.lines[1:], strict=False):
            step = b.middle - a.middle
            if (
                a.block == b.block
                and abs(a.size - size) < 0.5
                and abs(b.size - size) < 0.5
                and 0.8 * size < step < 2.5 * size
            ):
                pitches[round(step * 2) / 2] += 1
    return max(pitches, key=lambda p: (pitches[p], -p), default=1.2 * size)


def _is_justified(document: Document, size: float, gutters: tuple[float | None, ...]) -> bool:
    """Whether most long lines end at the same edge."""
    ends: Counter[tuple[bool, int]] = Counter()
    for page in document.pages:
        gutter = gutters[page.number - 1]
        for line in _sized(page, size):
            if line.width > 0.25 * page.width:
                ends[(gutter is not None and line.x0 > gutter, round(line.x1 / 3))] += 1
    total = sum(ends.values())
    return bool(total) and sum(n for _, n in ends.most_common(4)) > 0.5 * total
