"""The two scores of a question and passages that were read token by token.

Cosine of the pooled vectors, and late interaction (Khattab and Zaharia 2020, "ColBERT"): each token of the question
looks for its nearest in the passage, and counts by what the encoder learned that it is worth and by how rare it is
among the passages. It must not know models, nor how scores are mixed.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from hierarchy.encoder import Tokens

Scores = npt.NDArray[np.float64]


def cosines(question: Tokens, passages: Sequence[Tokens]) -> Scores:
    """Cosine of each passage's vector to the question's, shape (passages,)."""
    return np.array([float(question.vector @ passage.vector) for passage in passages])


def late_interaction(question: Tokens, passages: Sequence[Tokens], among: Sequence[Tokens] | None = None) -> Scores:
    """Weighted mean of each question token's best cosine in the passage, from -1 to 1, shape (passages,).

    Args:
        question: its tokens weigh what the encoder says times their rarity.
        passages: one without tokens gets 0.
        among: where rarity is counted; None takes the passages.
    """
    seen = rarity(passages if among is None else among)
    weights = question.weights * np.array([seen(int(token)) for token in question.ids])
    if not len(weights) or weights.sum() <= 0:
        return np.zeros(len(passages))
    weights = weights / weights.sum()
    best = [(question.vectors @ p.vectors.T).max(axis=1) if len(p.ids) else 0 * weights for p in passages]
    return np.array([float(weights @ row) for row in best])


def rarity(passages: Sequence[Tokens]) -> Callable[[int], float]:
    """Inverse document frequency of a token as in BM25 (Robertson and Zaragoza 2009), above 0."""
    seen = Counter(token for passage in passages for token in set(passage.ids.tolist()))

    def of(token: int) -> float:
        return inverse_frequency(seen[token], len(passages))

    return of


def inverse_frequency(seen: int, of: int) -> float:
    """What a token weighs that `seen` of so many texts hold."""
    return math.log(1 + (of - seen + 0.5) / (seen + 0.5))
