"""Late interaction: each token of a question looks for its nearest token in a passage.

Khattab and Zaharia 2020, "ColBERT", section 3.3, here with a weight for each of the question's tokens: what the encoder
learned of it, times its rarity among the passages compared. It must not know what is done with the scores.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from hierarchy.encoder import Tokens
from hierarchy.nodes import Vector


def late_interaction(question: Tokens, passages: Sequence[Tokens]) -> Vector:
    """The weighted mean, over a question's tokens, of the best cosine in each passage; shape (passages,), -1 to 1."""
    weights = token_weights(question, passages)
    scores = [
        float((question.vectors @ passage.vectors.T).max(axis=1) @ weights) if len(passage.ids) else 0.0
        for passage in passages
    ]
    return np.array(scores, np.float32)


def token_weights(question: Tokens, passages: Sequence[Tokens]) -> Vector:
    """What each token of a question counts among these passages, summing to 1 where it has any; shape (tokens,)."""
    weights = question.weights * _rarity(question, passages)
    total = float(weights.sum())
    return np.asarray(weights / total if total > 0 else weights, dtype=np.float32)


def _rarity(question: Tokens, passages: Sequence[Tokens]) -> Vector:
    """The inverse document frequency of each token of the question, as BM25 has it, shape (tokens,)."""
    held = Counter(token for passage in passages for token in set(passage.ids.tolist()))
    n = len(passages)
    rarity = [math.log(1 + (n - held[token] + 0.5) / (held[token] + 0.5)) for token in question.ids.tolist()]
    return np.array(rarity, np.float32)
