"""Extractive summaries: the sentences of a text that stand for it best.

First form: the sentences nearest to the mean of all sentence vectors, near-repetitions left out. It must not know what
the sentences are about.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hierarchy.encoder import Matrix, unit
from hierarchy.nodes import Vector

SAME = 0.92  # cosine from which two sentences say the same


def central(vectors: Matrix, most: int, eligible: Sequence[bool] | None = None) -> list[int]:
    """Indices of up to `most` central rows, in their own order.

    Args:
        vectors: unit rows, shape (sentences, dimension).
        most: how many are wanted.
        eligible: which rows may be chosen; all count for the mean.
    """
    if not len(vectors):
        return []
    nearness = vectors @ vectors.mean(axis=0)
    chosen: list[int] = []
    for i in np.argsort(-nearness, kind="stable"):
        if eligible is not None and not eligible[i]:
            continue
        if all(float(vectors[i] @ vectors[j]) < SAME for j in chosen):
            chosen.append(int(i))
        if len(chosen) == most:
            break
    return sorted(chosen)


def pooled(vectors: Sequence[Vector], weights: Sequence[float]) -> Vector:
    """The weighted mean of unit vectors, at length 1; there must be one at least."""
    return unit(np.average(np.stack(vectors), axis=0, weights=np.asarray(weights) + 1e-9))
