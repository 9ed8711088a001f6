"""How sure it is that two findings on the same thing go against each other, by what is compared of them.

A logistic regression, whose weights were learned by `python -m training.relations`. It must not know how the
features are read.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from hierarchy.relations.words import table


def against(features: Mapping[str, float]) -> float:
    """The probability, between 0 and 1, that they go against each other rather than together.

    Args:
        features: those of `features.opposition`.
    """
    learned = table("against")
    score = learned["constant"] + math.fsum(learned["weights"][name] * value for name, value in features.items())
    return float(1 / (1 + math.exp(-score)))
