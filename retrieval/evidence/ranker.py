"""A linear ranker: what each feature of a passage adds to its score. Its weights are data with a date (ranker.json).

Learned listwise (Cao et al. 2007, "Learning to Rank: From Pairwise Approach to Listwise Approach", top-one probability)
by `python -m training.ranker`. It must not know where features come from.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec
import numpy as np

from retrieval.evidence.features import NAMES, Features

WEIGHTS = Path(__file__).with_name("ranker.json")


class Ranker(msgspec.Struct, frozen=True):
    """Weights by the names of features; `mean` and `scale` standardise them first. `encoder` is the identity of the
    encoder of tokens that it was learned with, `date` when, `learned_from` of what."""

    date: str
    learned_from: str
    encoder: str
    mean: dict[str, float]
    scale: dict[str, float]
    weight: dict[str, float]

    def scores(self, rows: Features) -> Features:
        """One score for each row of features, in log odds, shape (rows,)."""
        mean, scale, weight = (
            np.array([table[name] for name in NAMES]) for table in (self.mean, self.scale, self.weight)
        )
        return np.asarray(((rows - mean) / scale) @ weight)


@cache
def ranker(path: Path = WEIGHTS) -> Ranker:
    """The ranker that ships."""
    return msgspec.json.decode(path.read_bytes(), type=Ranker)
