"""Which pairs of findings are worth a comparison: those near in meaning, by products of blocks of vectors.

It must not know what is compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from hierarchy.encoder import Matrix

BLOCK = 2048
FLOOR = 0.25
SMALL = 4000  # findings; up to here every pair above the floor is compared
NEAREST = 3  # of each finding, in a larger pool
LARGE_FLOOR = 0.55


def near_pairs(vectors: Matrix, groups: Sequence[int], new: int) -> Iterator[tuple[int, int, float]]:
    """Pairs (i, j, cosine) with i < j and i among the first `new` rows, of different groups.

    `vectors` are unit rows, shape (findings, dimension). In a large pool each of the new findings has its nearest, and
    each of the others its nearest among the new ones.
    """
    total = len(vectors)
    if not new or total < 2:
        return
    owner = np.asarray(groups)
    small = total <= SMALL
    floor = FLOOR if small else LARGE_FLOOR
    kept: set[tuple[int, int]] = set()
    best: Matrix = np.full((total, NEAREST), -1.0, np.float32)
    mate: npt.NDArray[np.int64] = np.full((total, NEAREST), -1, np.int64)
    for low in range(0, new, BLOCK):
        rows = slice(low, min(low + BLOCK, new))
        for left in range(low, total, BLOCK):
            columns = slice(left, min(left + BLOCK, total))
            cosines = vectors[rows] @ vectors[columns].T
            cosines[owner[rows][:, None] == owner[columns][None, :]] = -1.0
            if left == low:
                cosines[np.tril_indices(cosines.shape[0], 0, cosines.shape[1])] = -1.0
            if small:
                for r, c in zip(*np.nonzero(cosines >= floor), strict=True):
                    yield low + int(r), left + int(c), float(cosines[r, c])
                continue
            _keep(best, mate, rows, left, cosines)
            _keep(best, mate, columns, low, cosines.T)
    if small:
        return
    for i, k in zip(*np.nonzero(best >= floor), strict=True):
        j = int(mate[i, k])
        pair = (min(int(i), j), max(int(i), j))
        if pair not in kept:
            kept.add(pair)
            yield (*pair, float(best[i, k]))


def _keep(best: Matrix, mate: npt.NDArray[np.int64], rows: slice, left: int, cosines: Matrix) -> None:
    """Takes the nearest of a block in beside those that were nearest before."""
    rising = np.nonzero(cosines.max(axis=1) > np.maximum(best[rows].min(axis=1), LARGE_FLOOR))[0]
    if not len(rising):
        return
    block = cosines[rising]
    k = min(NEAREST, block.shape[1])
    places = np.argpartition(-block, k - 1, axis=1)[:, :k]
    at = rising + rows.start
    values = np.concatenate([best[at], np.take_along_axis(block, places, 1)], axis=1)
    mates = np.concatenate([mate[at], places + left], axis=1)
    order = np.argsort(-values, axis=1, kind="stable")[:, :NEAREST]
    best[at] = np.take_along_axis(values, order, 1)
    mate[at] = np.take_along_axis(mates, order, 1)
