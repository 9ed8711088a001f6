"""How headings could stand out in a paper: where its columns begin and end, the font of its body, a line's look.

It must not know which words make a heading.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ingestion.pages import Document, Line, Role, Word
from ingestion.reading.body.formulas import MATH_FONT
from ingestion.reading.lines.typography import Typography

CODE_FONT = re.compile(r"mono|courier|typewriter|code|consol|menlo|sftt|cmtt|lmtt|nimbusmon", re.I)
SMALL_CAPITALS = re.compile(r"csc|smallcap|-sc\b|caps|scosf|smcp", re.I)


class Look(NamedTuple):
    """How a heading is set; its size is rounded, since programs scale fonts by fractions of a point."""

    size: int
    bold: bool
    italic: bool
    capitals: bool
    run_in: bool = False


class Setting:
    """What the body of a document looks like, to tell what is set otherwise."""

    def __init__(self, document: Document, measures: Typography) -> None:
        self.measures = measures
        fonts: Counter[str] = Counter()
        edges: dict[tuple[int, int], list[Line]] = {}
        widths = {page.number: page.width for page in document.pages}
        self._rows: dict[int, list[Line]] = {}
        self._middles: dict[int, list[float]] = {}
        for line in document.lines():
            if line.role == Role.BODY and abs(line.size - measures.size) < 0.6:
                for word in line.words:
                    fonts[word.style.font] += len(word.text)
                if line.width > 0.25 * widths[line.page]:
                    edges.setdefault((line.page, line.column), []).append(line)
        self.fonts = {font for font, count in fonts.items() if count > 0.2 * fonts.total()}
        self._edges = {key: _edges(lines) for key, lines in edges.items() if len(lines) >= 3}
        self._usual = {
            column: _edges([x for (_, c), lines in edges.items() if c == column for x in lines])
            for column in {c for _, c in edges}
        }
        for page in document.pages:
            rows = sorted((x for x in page.lines if x.role != Role.FURNITURE), key=lambda x: x.middle)
            self._rows[page.number], self._middles[page.number] = rows, [x.middle for x in rows]

    def edges(self, line: Line) -> tuple[float, float]:
        """Where the column of a line begins and ends."""
        found = self._edges.get((line.page, line.column)) or self._usual.get(line.column)
        return found or (line.x0, line.x1)

    def is_aligned(self, line: Line) -> bool:
        """Whether a line begins near its column's edge, or stands in the column's middle."""
        left, right = self.edges(line)
        size = self.measures.size
        centred = abs((line.x0 + line.x1) / 2 - (left + right) / 2) < max(0.7 * size, 0.03 * (right - left))
        usual = self._usual.get(line.column, (left, right))[0]
        return centred or abs(line.x0 - left) < 2.5 * size or abs(line.x0 - usual) < 2.5 * size

    def is_alone(self, line: Line, *but: Line) -> bool:
        """Whether no other words of its column stand at its height."""
        reach = 0.45 * line.size
        middles, rows = self._middles[line.page], self._rows[line.page]
        for other in rows[bisect_left(middles, line.middle - reach) : bisect_left(middles, line.middle + reach)]:
            shares = other.column == line.column or 0 in (other.column, line.column)
            if other is not line and shares and all(other is not x for x in but) and len(other.text) > 1:
                return False
        return True

    def differs(self, word: Word) -> bool:
        """Whether a word is set otherwise than the body: bold, italic, or in another font that is no formula's."""
        style = word.style
        if MATH_FONT.search(style.font) or CODE_FONT.search(style.font):
            return style.bold
        return style.bold or style.italic or (bool(self.fonts) and style.font not in self.fonts)

    def is_distinct(self, line: Line) -> bool:
        """Whether a whole line is set unlike the body: larger, bold, in capitals, small capitals, or italic."""
        size = self.measures.size
        capitals = is_capital(line.text)
        if line.size > size + 0.6 or (line.bold and line.size > size - 0.7):
            return True
        if line.size < size - 0.6 and not capitals:
            return False
        return capitals or line.italic or bool(SMALL_CAPITALS.search(line.words[-1].style.font))


def look_of(words: Sequence[Word], text: str, *, run_in: bool = False) -> Look:
    """The look of a heading of these words."""
    letters = sum(len(w.text) for w in words) or 1
    sizes: Counter[float] = Counter()
    for word in words:
        sizes[word.style.size] += len(word.text)
    bold = sum(len(w.text) for w in words if w.style.bold) > 0.6 * letters
    italic = sum(len(w.text) for w in words if w.style.italic) > 0.6 * letters
    usual = max(sizes, key=lambda size: sizes[size], default=0.0)
    return Look(round(usual), bold, italic, is_capital(text), run_in)


def is_capital(text: str) -> bool:
    """Whether words of more than four letters are in capitals."""
    letters = [c for c in text if c.isalpha()]
    return len(letters) > 4 and all(c.isupper() for c in letters)


def _edges(lines: Iterable[Line]) -> tuple[float, float]:
    lefts: Counter[int] = Counter()
    rights: Counter[int] = Counter()
    for line in lines:
        lefts[round(line.x0)] += 1
        rights[round(line.x1)] += 1
    # A page of lists has most of its lines further in than its column begins.
    left = min(x for x, count in lefts.items() if count >= 0.12 * lefts.total() or count == max(lefts.values()))
    return float(left), float(max(rights, key=lambda x: (rights[x], x)))
