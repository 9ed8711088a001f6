"""The dense leg over a whole level: exact cosine over the chunks that sqlite-vec keeps.

sqlite-vec stores vectors in chunks of one level each and keeps them true under writes; its wheel computes distances
without SIMD, so the chunks are multiplied by numpy instead, in a third of the time (docs/decisions/0004). A process
that asks often holds a large level as one matrix. The nearest of vectors that are expected are found together: one
product picks those that may be among them, whose cosines are then worked out as for a single one, so both give the
same bits. It must not know filters or words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import apsw
import numpy as np

from hierarchy.encoder import Matrix
from hierarchy.nodes import Level, Vector
from hierarchy.sqlite.held import State
from hierarchy.sqlite.ranked import Ranked, Rows, ranked
from hierarchy.sqlite.schema import CODES

SEARCHES_BEFORE = 2  # of a level, before it is held
LEAST_ROWS = 2_000
MOST_BYTES = 1 << 30
PRODUCT_BYTES = 1 << 26  # of cosines that are worked out together
BLOCK = 8  # rows; OpenBLAS multiplies so few in the calling thread, and leaves none spinning
ROUNDING = 1e-5  # more than two ways of working out a cosine in float32 differ

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
        self._expected: dict[bytes, int] = {}
        self._vectors = np.empty((0, dimension), np.float32)
        self._found: dict[tuple[Level, int], list[Ranked]] = {}

    def expect(self, vectors: Sequence[Vector]) -> None:
        """Says which vectors, of length 1, are asked for next; none ends it."""
        self._expected = {vector.tobytes(): place for place, vector in enumerate(vectors)}
        self._vectors = np.array(vectors, np.float32).reshape(-1, self._dimension)
        self._found = {}

    def find(self, vector: Vector, level: Level, k: int) -> Ranked:
        """(row, cosine) of the k nearest, best first; ties in the order of rows."""
        state = self.state()
        if state != self._state:
            self._state, self._held, self._found = state, {}, {}
        self._searches[level] = self._searches.get(level, 0) + 1
        if level not in self._held and (self._expected or self._searches[level] > SEARCHES_BEFORE):
            self._hold(level, 1 if self._expected else LEAST_ROWS)
        place = self._expected.get(vector.tobytes())
        if place is not None and level in self._held:
            if (level, k) not in self._found:
                self._found[level, k] = list(self._together(level, k))
            return self._found[level, k][place]
        parts = iter((self._held[level],)) if level in self._held else self._chunks(level)
        found: list[Rows] = []
        cosines: list[Vector] = []
        for rows, matrix in parts:  # one chunk at a time: memory that is let go of is used again by the next
            found.append(rows)
            cosines.append(_cosines(matrix, vector))
        return ranked(np.concatenate(found), np.concatenate(cosines), k) if found else []

    def state(self) -> State:
        """Changes whenever this or another connection has written to the file."""
        version = next(int(str(v)) for (v,) in self._connection.execute("PRAGMA data_version"))
        return version, self._connection.total_changes()

    def _together(self, level: Level, k: int) -> Iterator[Ranked]:
        """What each of the expected vectors finds."""
        rows, matrix = self._held[level]
        step = max(1, PRODUCT_BYTES // (4 * len(rows)))
        for start in range(0, len(self._vectors), step):
            vectors = self._vectors[start : start + step]
            for vector, near in zip(vectors, _product(matrix, vectors), strict=True):
                least = np.partition(near, -k)[-k] - ROUNDING if k < len(rows) else -np.inf
                maybe = np.flatnonzero(near >= least)
                yield ranked(rows[maybe], _cosines(matrix[maybe], vector), k)

    def _hold(self, level: Level, least: int) -> None:
        parts = [(rows, matrix.copy()) for rows, matrix in self._chunks(level)]
        rows = sum(len(r) for r, _ in parts)
        if least <= rows <= MOST_BYTES // (4 * self._dimension):
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


def _cosines(matrix: Matrix, vector: Vector) -> Vector:
    # As fast as a threaded product by CPU time, and leaves no threads spinning behind it.
    return np.asarray(np.einsum("ij,j->i", matrix, vector), np.float32)


def _product(matrix: Matrix, vectors: Matrix) -> Matrix:
    """The cosines of rows with vectors, to ROUNDING; shape (vectors, rows)."""
    turned, whole = np.ascontiguousarray(vectors.T), len(matrix) - len(matrix) % BLOCK
    out = np.empty((len(matrix), len(vectors)), np.float32)
    np.matmul(
        matrix[:whole].reshape(-1, BLOCK, matrix.shape[1]), turned, out=out[:whole].reshape(-1, BLOCK, len(vectors))
    )
    np.matmul(matrix[whole:], turned, out=out[whole:])
    return np.ascontiguousarray(out.T)
