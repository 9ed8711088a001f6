"""The best of many scored rows, in the one order of all legs. It must not know what the scores are."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Rows: TypeAlias = npt.NDArray[np.int64]
Ranked: TypeAlias = list[tuple[int, float]]


def ranked(rows: Rows, scores: npt.NDArray[np.floating], k: int) -> Ranked:
    """(row, score) of the k best, best first; ties in the order of rows. Both arrays have shape (n,), k is above 0."""
    if k < len(rows):
        likely = scores >= np.partition(scores, -k)[-k]
        rows, scores = rows[likely], scores[likely]
    best = np.lexsort((rows, -scores))[:k]
    return list(zip(rows[best].tolist(), scores[best].tolist(), strict=True))
