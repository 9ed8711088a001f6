"""How sure it is that two findings are on the same thing under comparable conditions: a sum of what speaks for it.

The weights were set on one field of invented papers, after a logistic regression over these features; they are no
probabilities of anything else. It must not know outcomes' verdicts.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

import msgspec

from hierarchy.relations.comparison import Match, covered, dice, excludes, excluding, of_condition, quantities_apart
from hierarchy.relations.statement import Statement
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


class Surroundings(msgspec.Struct, frozen=True):
    """The terms that stand around a finding: of its passage, headings and title, and of its title alone."""

    terms: frozenset[str]
    title: frozenset[str]


class Sameness(msgspec.Struct, frozen=True):
    """`score`: 0 is as likely as not, on a scale of log odds; `conflicts`: conditions that exclude each other."""

    score: float
    conflicts: tuple[str, ...]

    @property
    def share(self) -> float:
        """The score as a number between 0 and 1."""
        return 1 / (1 + math.exp(-self.score))


def rarity(documents: Iterable[frozenset[str]]) -> Weight:
    """What a term weighs: the rarer among the findings, the more (inverse document frequency, Spärck Jones 1972)."""
    counted: Counter[str] = Counter()
    total = 0
    for terms in documents:
        counted.update(terms)
        total += 1
    weights = {term: math.log((total + 1) / (count + 0.5)) for term, count in counted.items()}
    unknown = math.log((total + 1) / 0.5)
    return lambda term: weights.get(term, unknown)


def sameness(
    a: Statement,
    b: Statement,
    around_a: Surroundings,
    around_b: Surroundings,
    cosine: float,
    weight: Weight,
) -> Sameness:
    """How sure it is that two statements are on the same thing."""
    first = covered(a.terms, b.terms, around_a.terms, weight)
    second = covered(b.terms, a.terms, around_b.terms, weight)
    apart = [noun for noun in quantities_apart(a, b) if of_condition(noun)]
    shared = [n for n in a.quantities if n in b.quantities and n not in apart and of_condition(n)]
    named = bool(a.metrics and b.metrics)
    features = {
        "meaning": cosine,
        "around": dice(around_a.terms | a.terms, around_b.terms | b.terms, weight),
        "covered by the other": min(first, second),
        "covers the other": max(first, second),
        "title": dice(around_a.title, around_b.title, weight),
        "metric": float(bool(a.metrics & b.metrics)),
        "other metric": float(named and not a.metrics & b.metrics),
        "quantity": float(len(shared)),
        "other quantity": float(len(apart)),
    }
    score = CONSTANT + sum(WEIGHTS[name] * value for name, value in features.items())
    return Sameness(score, (*(f"group {g}" for g in excluding(a, b)), *(n for n in apart if excludes(n, a, b))))


def based(same: Sameness, paired: list[Match]) -> Sameness:
    """The same, with what it tells that outcomes start from near numbers."""
    near = max((m.near for m in paired), default=0.0)
    return Sameness(same.score + WEIGHTS["base"] * near, same.conflicts)
