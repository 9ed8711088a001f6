"""The dense leg over a whole level: exact cosine over the chunks that sqlite-vec keeps.

sqlite-vec stores vectors in chunks of one level each and keeps them true under writes; its wheel computes distances
without SIMD, so the chunks are multiplied by numpy instead, in a third of the time (docs/decisions/0004). A process
that asks often holds a large level as one matrix. It must not know filters or words.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import apsw
import numpy as np
import numpy.typing as npt

from hierarchy.encoder import Matrix
from hierarchy.nodes import Level, Vector
from hierarchy.sqlite.schema import CODES

SEARCHES_BEFORE = 2  # of a level, before it is held
LEAST_ROWS = 2_000
MOST_BYTES = 1 << 30

State: TypeAlias = tuple[int, int]
Rows: TypeAlias = npt.NDArray[np.int64]

VECTORS = "nearest_vector_chunks00"
CHUNKS = "SELECT chunk_id, validity, rowids FROM nearest_chunks WHERE partition00 = ?"


class Nearest:
    """Finds the nearest rows of a level; what it holds in memory is valid for one state of the file."""

    def __init__(self, connection: apsw.Connection, dimension: int) -> None:
        self._connection = connection
        self._dimension = dimension
        self._state: State | None = None
        self._searches: dict[Level, int] = {}
        self._held: dict[Level, tuple[Rows, Matrix]] = {}

    def find(self, vector: Vector, level: Level, k: int) -> list[tuple[int, float]]:
        """(row, cosine) of the k nearest, best first; ties in the order of rows."""
        state = self.state()
        if state != self._state:
            self._state, self._held = state, {}
        self._searches[level] = self._searches.get(level, 0) + 1
        if level not in self._held and self._searches[level] > SEARCHES_BEFORE:
            self._hold(level)
        parts = iter((self._held[level],)) if level in self._held else self._chunks(level)
        found: list[Rows] = []
        cosines: list[Vector] = []
        for rows, matrix in parts:  # one chunk at a time: memory that is let go of is used again by the next
            found.append(rows)
            # As fast as a threaded product by CPU time, and leaves no threads spinning behind it.
            cosines.append(np.einsum("ij,j->i", matrix, vector))
        if not found:
            return []
        rows, scores = np.concatenate(found), np.concatenate(cosines)
        k = min(k, len(rows))
        best = np.argpartition(-scores, k - 1)[:k]
        best = best[np.lexsort((rows[best], -scores[best]))]
        return [(int(rows[i]), float(scores[i])) for i in best]

    def state(self) -> State:
        """Changes whenever this or another connection has written to the file."""
        version = next(int(str(v)) for (v,) in self._connection.execute("PRAGMA data_version"))
        return version, self._connection.total_changes()

    def _hold(self, level: Level) -> None:
        parts = [(rows, matrix.copy()) for rows, matrix in self._chunks(level)]
        rows = sum(len(r) for r, _ in parts)
        if LEAST_ROWS <= rows <= MOST_BYTES // (4 * self._dimension):
            self._held[level] = np.concatenate([r for r, _ in parts]), np.concatenate([m for _, m in parts])

    def _chunks(self, level: Level) -> Iterator[tuple[Rows, Matrix]]:
        """The rows and unit vectors of each chunk, good until the next; bits of `validity` tell which are."""
        vectors = buffer = None
        for chunk, validity, rowids in self._connection.execute(CHUNKS, (CODES[level],)):
            taken = np.unpackbits(np.frombuffer(validity, np.uint8), bitorder="little").astype(bool)
            rows = np.frombuffer(rowids, np.int64)
            if vectors is None or buffer is None:
                vectors = self._connection.blob_open("main", VECTORS, "vectors", chunk, False)
                buffer = np.empty((len(rows), self._dimension), np.float32)
            else:
                vectors.reopen(chunk)
            vectors.read_into(buffer.data.cast("B"))  # half the time of a column's value, which is copied twice
            if taken.all():
                yield rows, buffer
            elif taken.any():
                yield rows[taken], buffer[taken]
        if vectors is not None:
            vectors.close()
