"""Where the characters of a text stand on the pages of its paper.

A `Positions` is a table with a row for each word: the range of characters that it takes in the text, its page, its
line, its box. It is fine enough to mark any quote word by word without opening the PDF again. It must not know what
kind of text it maps, nor who made it.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

Box = tuple[float, float, float, float]


def box_of(values: Iterable[float]) -> Box:
    """A box from anything with four numbers."""
    x0, y0, x1, y1 = values
    return float(x0), float(y0), float(x1), float(y1)


def around(boxes: Collection[Box]) -> Box:
    """The smallest box that holds all of some boxes, of which there is one at least."""
    return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)


def contains(box: Box, point: tuple[float, float]) -> bool:
    """Whether a point lies in a box."""
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


Table = npt.NDArray[np.int32]
COLUMNS = 8  # start, end, page, line, x0, y0, x1, y1
UNIT = 100.0  # boxes are kept in hundredths of a point


class Span(msgspec.Struct, frozen=True):
    """A part of one line: `page` counts from 1; `box` is x0, y0, x1, y1 in points, origin at the top left."""

    page: int
    box: Box


def page_said(page: int | None) -> str:
    """Where a quote stands, in a word for people; what has no page is the abstract of an entry without a PDF."""
    return "abstract" if page is None else f"p. {page}"


class WordBox(NamedTuple):
    """One word of a text: its characters `start:end`, its page, the number of its line, its box in points."""

    start: int
    end: int
    page: int
    line: int
    box: Box


class Positions(msgspec.Struct, frozen=True):
    """The words of a text with their places, packed; equal when they are byte for byte."""

    data: bytes = b""

    @classmethod
    def of(cls, words: Iterable[WordBox]) -> Positions:
        """Packs words; their order is the order of the text."""
        rows = [(w.start, w.end, w.page, w.line, *w.box) for w in words]
        values = np.array(rows, dtype=np.float64).reshape(-1, COLUMNS)
        values[:, 4:] *= UNIT
        return cls.from_table(np.rint(values).astype(np.int32))

    @classmethod
    def from_table(cls, table: Table) -> Positions:
        """Packs an int32 array of shape (words, 8)."""
        if not len(table):
            return cls()
        # Differences between rows are small numbers, which deflate well: a third of the size of the raw table.
        return cls(
            zlib.compress(np.diff(table, axis=0, prepend=np.zeros((1, COLUMNS), np.int32)).astype("<i4").tobytes(), 1)
        )

    def table(self) -> Table:
        """An int32 array of shape (words, 8): start, end, page, line, box in hundredths of a point."""
        if not self.data:
            return np.zeros((0, COLUMNS), np.int32)
        rows = np.frombuffer(zlib.decompress(self.data), dtype="<i4").reshape(-1, COLUMNS)
        return np.cumsum(rows, axis=0, dtype=np.int32)

    @property
    def first_page(self) -> int | None:
        """The page of the first word, read without unpacking the others."""
        if not self.data:
            return None
        first = zlib.decompressobj().decompress(self.data, COLUMNS * 4)
        return int(np.frombuffer(first, dtype="<i4")[2])

    def words(self, start: int = 0, end: int | None = None) -> tuple[WordBox, ...]:
        """The words that the characters `start:end` touch."""
        table = self._touched(start, end)
        boxes = (table[:, 4:] / UNIT).tolist()
        return tuple(
            WordBox(first, last, page, line, (x0, y0, x1, y1))
            for (first, last, page, line), (x0, y0, x1, y1) in zip(table[:, :4].tolist(), boxes, strict=True)
        )

    def spans(self, start: int = 0, end: int | None = None) -> tuple[Span, ...]:
        """The places of the characters `start:end`, one span for each line or part of a line."""
        table = self._touched(start, end)
        if not len(table):
            return ()
        begins = np.flatnonzero((table[1:, 2:4] != table[:-1, 2:4]).any(axis=1)) + 1
        first = np.concatenate(([0], begins))  # the words that begin a line
        low, high = np.minimum.reduceat(table[:, 4:6], first), np.maximum.reduceat(table[:, 6:], first)
        boxes = (np.concatenate((low, high), axis=1) / UNIT).tolist()
        pages = table[first, 2].tolist()
        return tuple(Span(page, (x0, y0, x1, y1)) for page, (x0, y0, x1, y1) in zip(pages, boxes, strict=True))

    def cut(self, start: int, end: int) -> Positions:
        """The positions of the part `start:end`, counted from its own first character."""
        table = self._touched(start, end).copy()
        table[:, 0] = np.maximum(table[:, 0] - start, 0)
        table[:, 1] = np.minimum(table[:, 1], end) - start
        return Positions.from_table(table)

    def _touched(self, start: int, end: int | None) -> Table:
        table = self.table()
        if start == 0 and end is None:
            return table
        stop = end if end is not None else np.iinfo(np.int32).max
        return table[(table[:, 1] > start) & (table[:, 0] < stop)]
