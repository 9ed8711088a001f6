"""What stands around a finding, and what a term weighs among others.

It must not know what is compared.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

import msgspec

from hierarchy.relations.terms import Weight


class Surroundings(msgspec.Struct, frozen=True):
    """The terms that stand around a finding: of its passage, headings and title, and of its title alone."""

    terms: frozenset[str]
    title: frozenset[str]


class _Weights(dict[str, float]):
    """What terms weigh; one that was never counted is the rarest."""

    def __init__(self, weights: dict[str, float], unknown: float) -> None:
        super().__init__(weights)
        self._unknown = unknown

    def __missing__(self, term: str) -> float:
        return self._unknown


def rarity(documents: Iterable[frozenset[str]]) -> Weight:
    """What a term weighs: the rarer among the findings, the more (inverse document frequency, Spärck Jones 1972)."""
    counted: Counter[str] = Counter()
    total = 0
    for terms in documents:
        counted.update(terms)
        total += 1
    weights = {term: math.log((total + 1) / (count + 0.5)) for term, count in counted.items()}
    return _Weights(weights, math.log((total + 1) / 0.5)).__getitem__
