"""The vectors of a level in memory, for a process that asks often.

The first searches of a process read sqlite-vec's index; from the third on a large level is held as one matrix, whose
product costs a quarter. It is thrown away when any process has changed the file.
"""

from __future__ import annotations

import apsw
import numpy as np

from hierarchy.encoder import Matrix
from hierarchy.nodes import Level, Vector
from hierarchy.sqlite.schema import rows_of

SEARCHES_BEFORE = 2
LEAST_ROWS = 2_000
MOST_BYTES = 1 << 30


class LevelMatrices:
    """Matrices by level, valid for one state of the file."""

    def __init__(self, connection: apsw.Connection, dimension: int) -> None:
        self._connection = connection
        self._dimension = dimension
        self._state: tuple[int, int] | None = None
        self._searches: dict[Level, int] = {}
        self._held: dict[Level, tuple[np.ndarray[tuple[int], np.dtype[np.int64]], Matrix]] = {}

    def nearest(self, vector: Vector, level: Level, k: int) -> list[tuple[int, float]] | None:
        """(row, cosine) of the nearest, best first; None where the index on disk should be asked."""
        state = self._now()
        if state != self._state:
            self._state, self._held = state, {}
        self._searches[level] = self._searches.get(level, 0) + 1
        if level not in self._held and not self._load(level):
            return None
        rows, matrix = self._held[level]
        scores = matrix @ vector
        k = min(k, len(rows))
        best = np.argpartition(-scores, k - 1)[:k]
        best = best[np.lexsort((rows[best], -scores[best]))]
        return [(int(rows[i]), float(scores[i])) for i in best]

    def _load(self, level: Level) -> bool:
        if self._searches[level] <= SEARCHES_BEFORE:
            return False
        first, last = rows_of(level)
        count = next(
            iter(self._connection.execute("SELECT count(*) FROM nodes WHERE row BETWEEN ? AND ?", (first, last)))
        )[0]
        if not LEAST_ROWS <= int(count) <= MOST_BYTES // (4 * self._dimension):
            return False
        rows = np.empty(int(count), np.int64)
        matrix = np.empty((int(count), self._dimension), np.float32)
        query = self._connection.execute("SELECT row, vector FROM vectors WHERE row BETWEEN ? AND ?", (first, last))
        for i, (row, blob) in enumerate(query):
            rows[i], matrix[i] = row, np.frombuffer(blob, np.float32)
        self._held[level] = rows, matrix
        return True

    def _now(self) -> tuple[int, int]:
        version = next(iter(self._connection.execute("PRAGMA data_version")))[0]
        return int(version), self._connection.total_changes()
