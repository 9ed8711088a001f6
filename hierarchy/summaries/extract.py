"""The steps of a summary: rank the sentences, keep the best of a part for the whole above it, choose lines.

A section's sentences are ranked among themselves; what it keeps, its best and its findings, is all that the paper's
summary sees of it, so that the cost of the paper does not grow with the square of its length.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hierarchy.encoder import Matrix
from hierarchy.summaries.candidates import Candidate
from hierarchy.summaries.centrality import Scores, centrality
from hierarchy.summaries.priors import priors
from hierarchy.summaries.redundancy import spread
from hierarchy.summaries.whole import is_whole

KEPT = 5  # sentences that a section gives to what is above it, besides its findings
NO_LIMIT = 1_000_000


def ranked(candidates: Sequence[Candidate], vectors: Matrix, *, fragments: bool = False) -> Scores:
    """How well each sentence stands for all, shape (candidates,); 0 where it is not whole.

    Args:
        candidates: all sentences; each counts as a neighbour, whole or not.
        vectors: unit rows, shape (candidates, dimension).
        fragments: let all count, whole or not.
    """
    if not candidates:
        return np.zeros(0)
    whole = np.array([fragments or is_whole(c.text) for c in candidates])
    return np.where(whole, centrality(vectors, priors(candidates)), 0.0)


def central(vectors: Matrix, most: int) -> list[int]:
    """Indices, in their order, of up to `most` rows that stand for all and differ from each other.

    Args:
        vectors: unit rows of anything, shape (rows, dimension).
    """
    count = len(vectors)
    return sorted(spread(centrality(vectors, np.ones(count)), vectors, [1] * count, most=most, words=NO_LIMIT))


def kept(candidates: Sequence[Candidate], scores: Scores) -> list[int]:
    """Indices, in their order, of what a part gives to the whole above it: its best sentences and its findings."""
    best = [int(i) for i in np.argsort(-scores, kind="stable")[:KEPT]]
    findings = [i for i, c in enumerate(candidates) if c.finding]
    return sorted(i for i in {*best, *findings} if scores[i] > 0)


def chosen(
    candidates: Sequence[Candidate], vectors: Matrix, scores: Scores, *, most: int = NO_LIMIT, words: int = NO_LIMIT
) -> list[int]:
    """Indices of the lines of a summary, in their order: up to `most` sentences, or until `words` are reached."""
    lengths = [len(c.text.split()) for c in candidates]
    return sorted(spread(scores, vectors, lengths, most=most, words=words))
