"""How well a summary says what the authors' own abstract says: ROUGE (Lin 2004, "ROUGE: a package for automatic
evaluation of summaries") at equal words, and what other ways of taking sentences would give.

It must not know how summaries are made, nor where papers lie.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from rouge_score.rouge_scorer import RougeScorer

METRICS = ("rouge1", "rougeL")
DRAWS = 10_000

Floats = npt.NDArray[np.float64]


class Difference(msgspec.Struct, frozen=True):
    """The mean of paired differences, and its 95% interval."""

    mean: float
    low: float
    high: float


def rouge(reference: str, summary: str) -> Floats:
    """F1 of ROUGE-1 and ROUGE-L with Porter stems, shape (2,)."""
    found = _scorer().score(reference, summary)
    return np.array([found[metric].fmeasure for metric in METRICS])


@cache
def _scorer() -> RougeScorer:
    from rouge_score.rouge_scorer import RougeScorer  # needed only where summaries are measured

    return RougeScorer(list(METRICS), use_stemmer=True)


def cut(sentences: Sequence[str], words: int) -> str:
    """The first `words` words of some sentences."""
    return " ".join(" ".join(sentences).split()[:words])


def first_sentences(sections: Sequence[Sequence[str]], words: int) -> str:
    """The first sentence of each section, then the second of each, until there are `words`."""
    rounds = max(map(len, sections), default=0)
    return cut([section[i] for i in range(rounds) for section in sections if i < len(section)], words)


def random_sentences(sections: Sequence[Sequence[str]], words: int, seed: int) -> str:
    """Sentences drawn by lot until there are `words`, in reading order."""
    every = [sentence for section in sections for sentence in section]
    order = list(range(len(every)))
    random.Random(seed).shuffle(order)
    taken: list[int] = []
    for i in order:
        if sum(len(every[j].split()) for j in taken) >= words:
            break
        taken.append(i)
    return cut([every[i] for i in sorted(taken)], words)


def difference(ours: Floats, others: Floats, seed: int = 0) -> Difference:
    """By how much the first are above the second, paired, with the interval of a percentile bootstrap (Efron 1979).

    Args:
        ours: a score for each paper, shape (papers,), one paper at least.
        others: the same papers' scores by another way.
        seed: of the bootstrap's draws.
    """
    paired = ours - others
    draws = np.random.default_rng(seed).integers(len(paired), size=(DRAWS, len(paired)))
    low, high = np.percentile(paired[draws].mean(axis=1), (2.5, 97.5))
    return Difference(float(paired.mean()), float(low), float(high))
