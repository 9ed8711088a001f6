"""How sure it is that two findings are on the same thing under comparable conditions: a sum of what speaks for it.

The weights were set on one field of invented papers, after a logistic regression over these features; they are no
probabilities of anything else. It must not know outcomes' verdicts.
"""

from __future__ import annotations

import math
from math import fsum

import msgspec

from hierarchy.relations.comparison import excludes, excluding, of_condition, quantities_apart
from hierarchy.relations.features import likeness
from hierarchy.relations.statement import Statement
from hierarchy.relations.surroundings import Surroundings
from hierarchy.relations.terms import Weight

WEIGHTS = {
    "meaning": 8.0,
    "around": 12.0,
    "covered by the other": 3.0,
    "covers the other": 0.8,
    "title": 2.0,
    "base": 1.8,
    "metric": 0.5,
    "other metric": -0.3,
    "quantity": 0.7,
    "other quantity": -0.7,
}
CONSTANT = -14.0


class Sameness(msgspec.Struct, frozen=True):
    """`score`: 0 is as likely as not, on a scale of log odds; `conflicts`: conditions that exclude each other."""

    score: float
    conflicts: tuple[str, ...]

    @property
    def share(self) -> float:
        """The score as a number between 0 and 1."""
        return 1 / (1 + math.exp(-self.score))


def sameness(
    a: Statement,
    b: Statement,
    around_a: Surroundings,
    around_b: Surroundings,
    cosine: float,
    weight: Weight,
) -> Sameness:
    """How sure it is that two statements are on the same thing."""
    features = likeness(a, b, around_a, around_b, cosine, weight)
    apart = [noun for noun in quantities_apart(a, b) if of_condition(noun)]
    score = CONSTANT + fsum(WEIGHTS[name] * features[name] for name in WEIGHTS if name in features)
    return Sameness(score, (*(f"group {g}" for g in excluding(a, b)), *(n for n in apart if excludes(n, a, b))))


def based(same: Sameness, near: float) -> Sameness:
    """The same, with how near the numbers are that the outcomes start from, between 0 and 1."""
    return Sameness(same.score + WEIGHTS["base"] * near, same.conflicts)
