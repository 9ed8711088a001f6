"""The cells of a table, from where its words and rules stand; None where the grid is not whole.

Columns are what white strips over all rows part; rows are printed lines, or several where a cell is broken over lines.
Each word goes into exactly one cell. It must not know captions, nor how the table was found.
"""

from __future__ import annotations

import itertools
from typing import NamedTuple

from hierarchy.positions import Box
from ingestion.pages import Word

STRIP = 0.37  # times the size: the narrowest white strip between columns; spaces between words are up to a third
SPACE = 0.5  # times the size: a wider space within a line begins another piece
CLOSE = 0.3  # times the size: a narrower space is one between words, even in a head
MOST_ROWS, MOST_COLUMNS = 120, 40
Rows = tuple[tuple[str, ...], ...]


class Piece(NamedTuple):
    """Words of one line with no wide space between."""

    words: list[Word]
    x0: float
    x1: float

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


class Row(NamedTuple):
    """Pieces on one baseline."""

    pieces: list[Piece]
    top: float
    bottom: float


def rows_of(words: list[Word], rules: list[Box]) -> Rows | None:
    """The cells, row by row; a cell over several columns stands in the first of them, the others are empty."""
    lines = _lines(words)
    if not 2 <= len(lines) <= MOST_ROWS:
        return None
    size = sorted(word.style.size for word in words)[len(words) // 2]
    head = _head(lines, rules)
    columns = _columns(lines, head, size)
    if columns is None or not 2 <= len(columns) <= MOST_COLUMNS:
        return None
    edges = [right for _, right in columns[:-1]]
    lines = [_recut(line, edges) if i < head else line for i, line in enumerate(lines)]
    cells = [_placed(line, columns) for line in lines]
    if not _is_whole(cells):
        return None
    groups = _grouped(lines, cells, head, rules, size)
    rows = [tuple(" ".join(filter(None, parts)) for parts in zip(*group, strict=True)) for group in groups]
    return tuple(rows) if len(rows) >= 2 else None


def _lines(words: list[Word]) -> list[Row]:
    """The printed lines, each cut at its wide spaces."""
    groups: list[list[Word]] = []
    for word in sorted(words, key=lambda w: (w.box[1] + w.box[3]) / 2):
        middle = (word.box[1] + word.box[3]) / 2
        last = groups[-1] if groups else None
        if last is not None:
            tall = max(last, key=lambda w: w.style.size)
            top, bottom = tall.box[1], tall.box[3]
            inner = 0.22 * (bottom - top)
            if top + inner < middle < bottom - inner:
                last.append(word)
                continue
        groups.append([word])
    return [_row(sorted(group, key=lambda w: w.box[0])) for group in groups]


def _row(words: list[Word]) -> Row:
    pieces: list[list[Word]] = [[words[0]]]
    for a, b in itertools.pairwise(words):
        if b.box[0] - a.box[2] > SPACE * max(a.style.size, b.style.size):
            pieces.append([b])
        else:
            pieces[-1].append(b)
    return Row([_piece(p) for p in pieces], min(w.box[1] for w in words), max(w.box[3] for w in words))


def _recut(line: Row, edges: list[float]) -> Row:
    """A line of the head, whose words may stand closer than those of the columns below it."""
    pieces: list[Piece] = []
    for piece in line.pieces:
        start = 0
        for i, (a, b) in enumerate(itertools.pairwise(piece.words), 1):
            near = 0.5 * a.style.size
            wide = b.box[0] - a.box[2] > CLOSE * a.style.size
            if wide and any(a.box[2] - near < edge < b.box[0] + near for edge in edges):
                pieces.append(_piece(piece.words[start:i]))
                start = i
        pieces.append(_piece(piece.words[start:]))
    return line._replace(pieces=pieces)


def _piece(words: list[Word]) -> Piece:
    return Piece(words, words[0].box[0], max(w.box[2] for w in words))


def _head(lines: list[Row], rules: list[Box]) -> int:
    """How many lines stand above the first rule that has lines above it; 0 without such a rule."""
    for i, (a, b) in enumerate(itertools.pairwise(lines), 1):
        if _is_ruled(a, b, rules):
            return i
    return 0


def _is_ruled(a: Row, b: Row, rules: list[Box]) -> bool:
    return any(a.bottom - 2 < (r[1] + r[3]) / 2 < b.top + 2 for r in rules)


def _columns(lines: list[Row], head: int, size: float) -> list[tuple[float, float]] | None:
    """From where to where each column reaches. Lines with cells over several columns do not count."""
    least = STRIP * size
    most = max(len(line.pieces) for line in lines)
    if most < 2:
        return None
    # Lines with few pieces may hold spanning cells; those with most of them show the columns.
    below = lines[head:] if len(lines) - head >= 2 else lines
    full = [line for line in below if _is_full(line, most)]
    if not full:
        return None
    strips = _strips(full, least)
    if not strips:
        return None
    for line in lines:
        if line in full:
            continue
        crossed = [s for s in strips if any(p.x0 < s[0] and p.x1 > s[1] for p in line.pieces)]
        if crossed and len(line.pieces) > 1 and len(crossed) < len(strips):
            continue  # spans some columns, as a head over several does
        if not crossed:
            strips = [t for s in strips for t in _narrowed(s, line, least)]
    edges = [min(line.pieces[0].x0 for line in lines), *[(a + b) / 2 for a, b in strips]]
    edges.append(max(line.pieces[-1].x1 for line in lines))
    return list(itertools.pairwise(edges))


def _is_full(line: Row, most: int) -> bool:
    return len(line.pieces) >= max(2, 0.6 * most)


def _strips(lines: list[Row], least: float) -> list[tuple[float, float]]:
    """White strips that no piece of these lines touches, with words on both sides."""
    spans = sorted((p.x0, p.x1) for line in lines for p in line.pieces)
    strips, edge = [], spans[0][1]
    for x0, x1 in spans:
        if x0 - edge >= least:
            strips.append((edge, x0))
        edge = max(edge, x1)
    return strips


def _narrowed(strip: tuple[float, float], line: Row, least: float) -> list[tuple[float, float]]:
    """What a line with words beside a strip leaves of it; all of it where nothing would be left."""
    left, right = strip
    for piece in line.pieces:
        if piece.x0 < right and piece.x1 > left:
            if piece.x0 <= left:
                left = max(left, piece.x1)
            elif piece.x1 >= right:
                right = min(right, piece.x0)
            else:  # a column of its own, filled in few rows
                return [t for t in ((left, piece.x0), (piece.x1, right)) if t[1] - t[0] >= least]
    return [(left, right)] if right - left > 0 else [strip]


class Cells(NamedTuple):
    """A line's text by column; how many of its pieces reach over several columns, how many cells are filled, and how
    many pieces share a cell with another."""

    texts: list[str]
    spanning: int
    filled: int
    crowded: int


def _placed(line: Row, columns: list[tuple[float, float]]) -> Cells:
    texts = [""] * len(columns)
    spanning = 0
    for piece in line.pieces:
        least = 0.15 * (piece.x1 - piece.x0)
        touched = [i for i, (x0, x1) in enumerate(columns) if min(piece.x1, x1) - max(piece.x0, x0) > least]
        touched = touched or [min(range(len(columns)), key=lambda i: abs(sum(columns[i]) - piece.x0 - piece.x1))]
        spanning += len(touched) > 1
        at = touched[0]
        texts[at] = f"{texts[at]} {piece.text}".strip()
    filled = sum(bool(t) for t in texts)
    return Cells(texts, spanning, filled, len(line.pieces) - filled)


def _is_whole(cells: list[Cells]) -> bool:
    """Whether the rows fit their columns: cells over several stand only in heads, or alone in a row of their own."""
    plain = [i for i, c in enumerate(cells) if not c.spanning and c.filled >= 2]
    if len(plain) < 2:
        return False
    first = plain[0]
    for i, c in enumerate(cells):
        if c.spanning and i > first + 1 and c.filled > 1:
            return False
    if sum(bool(c.crowded) for c in cells) > 0.3 * len(cells):
        return False
    inner = [cells[i] for i in plain]
    share = sum(c.filled for c in inner) / (len(inner) * len(cells[0].texts))
    columns = zip(*(c.texts for c in inner), strict=True)
    return share >= 0.45 and all(sum(bool(t) for t in column) >= max(1, 0.15 * len(inner)) for column in columns)


def _grouped(lines: list[Row], cells: list[Cells], head: int, rules: list[Box], size: float) -> list[list[list[str]]]:
    """Lines that are one row: within a cell lines follow each other more closely than rows do; the head, above the
    first rule below any line, is one row unless some of its cells reach over several columns."""
    pairs = list(itertools.pairwise(lines))
    ruled = [_is_ruled(a, b, rules) for a, b in pairs]
    gaps = [b.top - a.bottom for a, b in pairs]
    one_head = head > 1 and not any(c.spanning for c in cells[:head]) and max(gaps[: head - 1]) < 0.9 * size
    tight = _tight([g for g, r in zip(gaps[head:], ruled[head:], strict=True) if not r], size)
    groups = [[cells[0].texts]]
    for i, cell in enumerate(cells[1:]):
        within = i + 1 < head
        plain = not cell.spanning and not cells[i].spanning
        both = min(cell.filled, cells[i].filled) > 0.6 * len(cell.texts)
        if not ruled[i] and plain and (one_head if within else gaps[i] < tight and not both):
            groups[-1].append(cell.texts)
        else:
            groups.append([cell.texts])
    return groups


def _tight(gaps: list[float], size: float) -> float:
    """Gaps below this are within a row; minus infinity where all lines are rows of their own."""
    steps = [(b - a, (a + b) / 2) for a, b in itertools.pairwise(sorted(gaps))]
    widest, at = max(steps, default=(0.0, 0.0))
    return at if widest > 0.25 * size else float("-inf")
