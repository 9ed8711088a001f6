"""Choosing several sentences that do not say the same: maximal marginal relevance (Carbonell and Goldstein 1998).

It must not know how the scores came about.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hierarchy.encoder import Matrix
from hierarchy.summaries.centrality import Scores

RELEVANCE = 0.7
SAME = 0.92  # cosine from which two sentences say the same


def spread(
    scores: Scores, vectors: Matrix, lengths: Sequence[int], *, most: int, words: int, relevance: float = RELEVANCE
) -> list[int]:
    """Indices of good rows that differ from each other, the best first.

    Args:
        scores: not negative; a row of score 0 is never chosen.
        vectors: unit rows, shape (sentences, dimension).
        lengths: the words of each.
        most: at most so many rows.
        relevance: what a score counts against novelty, from 0 to 1.
        words: stops when so many words are reached; the row that reaches them is the last.
    """
    taken: list[int] = []
    open_rows = scores > 0
    nearest = np.zeros(len(scores))
    share = scores / max(float(scores.max(initial=0.0)), 1e-12)
    total = 0
    while open_rows.any() and len(taken) < most and total < words:
        gain = relevance * share - (1 - relevance) * np.maximum(nearest, 0.0)
        best = int(np.argmax(np.where(open_rows, gain, -np.inf)))
        taken.append(best)
        total += lengths[best]
        cosines = vectors @ vectors[best]
        nearest = np.maximum(nearest, cosines)
        open_rows &= cosines < SAME
        open_rows[best] = False
    return taken
