"""Which pairs of findings are worth a comparison: those near in meaning, by products of blocks of vectors.

It must not know what is compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from hierarchy.encoder import Matrix

BLOCK = 2048  # findings compared with as many at once
NEAREST, FLOOR = 12, 0.25  # of each new finding, above this cosine; from 8 on more of them change nothing
MOST = 150_000  # pairs: of many new findings fewer are compared with each,
FEWEST = 3  # but no fewer than these
OTHERS_NEAREST, OTHERS_FLOOR = 3, 0.55  # of each of the others among the new ones

Indices = npt.NDArray[np.intp]


def near_pairs(vectors: Matrix, groups: Sequence[int], new: int) -> Iterator[tuple[int, int, float]]:
    """Pairs (i, j, cosine) with i < j and i among the first `new` rows, of different groups, in the order of i and j.

    Each new finding comes with those nearest to it, each of the others with those of the new ones that are nearest to
    it. Equally near ones are taken in their order.

    Args:
        vectors: unit rows, shape (findings, dimension); the new ones come first.
        groups: the paper of each row; findings of one paper are no pair.
        new: how many rows are new.
    """
    total = len(vectors)
    if not new or total < 2:
        return
    owner = np.asarray(groups)
    mine = _Nearest(new, max(FEWEST, min(NEAREST, MOST // new)), FLOOR)
    theirs = _Nearest(total - new, OTHERS_NEAREST, OTHERS_FLOOR)
    for top in range(0, new, BLOCK):
        rows = slice(top, min(top + BLOCK, new))
        for left in (*range(top, new, BLOCK), *range(new, total, BLOCK)):
            right = min(left + BLOCK, new if left < new else total)
            cosines = vectors[rows] @ vectors[left:right].T
            own = np.flatnonzero(np.isin(owner[rows], owner[left:right]))
            cosines[own] = np.where(owner[top + own][:, None] == owner[left:right], np.float32(-1.0), cosines[own])
            mine.take(top, left, cosines)
            if left >= new:
                theirs.take(left - new, top, cosines, turned=True)
            elif left > top:  # the block below the diagonal
                mine.take(left, top, cosines, turned=True)
    pairs = {(min(i, j), max(i, j)): cosine for i, j, cosine in mine.kept()}
    pairs |= {(i, new + j): cosine for j, i, cosine in theirs.kept()}
    yield from ((i, j, cosine) for (i, j), cosine in sorted(pairs.items()))


class _Nearest:
    """The nearest of each finding so far, the nearest first: at most `most`, all above `floor`."""

    def __init__(self, findings: int, most: int, floor: float) -> None:
        self._most = most
        self._cosines: Matrix = np.full((findings, most), floor, np.float32)
        self._mates: Indices = np.full((findings, most), -1, np.intp)

    def take(self, top: int, left: int, cosines: Matrix, *, turned: bool = False) -> None:
        """Takes in a block: of the findings from `top` on, with those from `left` on; `turned`: they are columns."""
        near = np.flatnonzero(cosines > self._least(top, cosines, turned))
        if not len(near):
            return
        rows, columns = np.divmod(near, cosines.shape[1])
        found = cosines[rows, columns]
        if turned:
            rows, columns = columns, rows
        order = np.lexsort((columns, -found, rows))
        rows, columns, found = rows[order], columns[order], found[order]
        touched, start, count = np.unique(rows, return_index=True, return_counts=True)
        rank = np.arange(len(rows)) - np.repeat(start, count)
        place, few = np.repeat(np.arange(len(touched)), count), rank < self._most
        beside = np.full((len(touched), self._most), -1.0, np.float32)
        mates = np.full((len(touched), self._most), -1, np.intp)
        beside[place[few], rank[few]] = found[few]
        mates[place[few], rank[few]] = columns[few] + left
        at = touched + top
        both = np.concatenate([self._cosines[at], beside], axis=1)
        best = np.argsort(-both, axis=1, kind="stable")[:, : self._most]
        self._cosines[at] = np.take_along_axis(both, best, 1)
        self._mates[at] = np.take_along_axis(np.concatenate([self._mates[at], mates], axis=1), best, 1)

    def _least(self, top: int, cosines: Matrix, turned: bool) -> Matrix:
        """What is nearer than this may be among the nearest, to be compared with the block. Where few are known yet, a
        look at all of the block spares sorting most of it."""
        height, width = cosines.shape[::-1] if turned else cosines.shape
        least = self._cosines[top : top + height, -1].copy()
        open_ = np.flatnonzero(self._mates[top : top + height, -1] < 0)
        if len(open_) and width > self._most:
            seen = cosines[:, open_].T if turned else cosines[open_]
            nearest = np.partition(seen, width - self._most, axis=1)[:, width - self._most]
            least[open_] = np.maximum(least[open_], np.nextafter(nearest, np.float32(-2.0)))
        return least if turned else least[:, None]

    def kept(self) -> Iterator[tuple[int, int, float]]:
        """The finding, the one near to it, and their cosine."""
        rows, places = np.nonzero(self._mates >= 0)
        mates, cosines = self._mates[rows, places], self._cosines[rows, places]
        yield from zip(rows.tolist(), mates.tolist(), cosines.tolist(), strict=True)
