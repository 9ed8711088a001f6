"""Which papers are about the same: for each its few nearest by their vectors, where they are near enough.

It must not know where vectors come from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from hierarchy.encoder import Matrix
from hierarchy.nodes import Vector

NEAREST = 4
LEAST = 0.5  # cosine of two papers' vectors from which people call them papers about the same; chance gives .4
BLOCK = 512  # papers compared with all at once

Near = list[tuple[str, float]]


class Topics:
    """The nearest papers of each paper; a paper that comes, changes or goes costs one comparison with all."""

    def __init__(self) -> None:
        self._vectors: dict[str, Vector] = {}
        self._near: dict[str, Near] = {}

    def update(self, vectors: Mapping[str, Vector], removed: Iterable[str] = ()) -> None:
        """Takes vectors of new and changed papers (unit, float32), and forgets papers that went."""
        gone = set(removed)
        for paper in gone:
            self._vectors.pop(paper, None)
            self._near.pop(paper, None)
        self._vectors |= vectors
        touched = gone | set(vectors)
        if not touched or not self._vectors:
            return
        ids = sorted(self._vectors)
        matrix: Matrix = np.stack([self._vectors[i] for i in ids])
        again = [i for i, paper in enumerate(ids) if self._is_stale(paper, touched)]
        for start in range(0, len(again), BLOCK):
            rows = again[start : start + BLOCK]
            for row, nearness in zip(rows, matrix[rows] @ matrix.T, strict=True):
                self._near[ids[row]] = _best(ids, nearness, row)
        if vectors and (old := np.setdiff1d(np.arange(len(ids)), again)).size:
            self._welcome(vectors, [ids[i] for i in old], matrix[old])

    def _welcome(self, vectors: Mapping[str, Vector], ids: list[str], matrix: Matrix) -> None:
        """Puts new papers among the nearest of papers that need no other comparison."""
        new = sorted(vectors)
        for paper, nearness in zip(new, np.stack([vectors[i] for i in new]) @ matrix.T, strict=True):
            for i in np.flatnonzero(nearness >= LEAST):
                known = [*self._near[ids[i]], (paper, round(float(nearness[i]), 4))]
                self._near[ids[i]] = sorted(known, key=_order)[:NEAREST]

    def pairs(self) -> dict[tuple[str, str], float]:
        """Pairs of papers, the smaller id first, of which one is among the nearest of the other, and their cosine."""
        return {(min(a, b), max(a, b)): score for a, near in self._near.items() for b, score in near}

    def _is_stale(self, paper: str, touched: set[str]) -> bool:
        """Whether a paper must be compared with all: it is new or changed, or lost one of its nearest."""
        return paper in touched or any(other in touched for other, _ in self._near[paper])


def _best(ids: list[str], nearness: Vector, own: int) -> Near:
    nearness[own] = -1.0
    few = np.flatnonzero(nearness >= LEAST)
    found = [(ids[i], round(float(nearness[i]), 4)) for i in few]
    return sorted(found, key=_order)[:NEAREST]


def _order(found: tuple[str, float]) -> tuple[float, str]:
    return -found[1], found[0]
