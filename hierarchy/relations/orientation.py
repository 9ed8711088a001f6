"""Which way round a sentence tells its comparison, so that "A above B" and "B below A" compare.

It must not know numbers.
"""

from __future__ import annotations

import re
from functools import cache
from math import fsum

import msgspec

from hierarchy.relations.terms import Weight, terms_of
from hierarchy.relations.words import anywhere, table

LEAST = 0.5  # of the weight of a common term: how much clearer one way round must be than the other


class Sides(msgspec.Struct, frozen=True):
    """The terms of what is compared (`first`) and of what it is compared with (`last`), without those of both; empty
    where a sentence compares nothing by words. `low`: less of what is measured is better, and no word says better."""

    first: frozenset[str]
    last: frozenset[str]
    low: bool


def sides_of(text: str, metrics: frozenset[str]) -> Sides:
    """The two sides of the first comparison of a text that names these metrics."""
    match = _pattern("against").search(text)
    first: frozenset[str] = frozenset()
    last: frozenset[str] = frozenset()
    if match is not None:
        before = re.split(r"[;:]|\.\s|,\s(?:and|but|while)\s", text[: match.start()])[-1]
        after = re.split(r"[;:(]|\.\s|,\s", text[match.end() :])[0]
        left, right = terms_of(before), terms_of(after)
        first, last = left - right, right - left
    valued = _pattern("better").search(text) or _pattern("worse").search(text)
    low = _pattern("low").search(text) is not None and all(_pattern("low").search(name) for name in metrics)
    return Sides(first, last, low and not valued)


class Turned(msgspec.Struct, frozen=True):
    """-1 in `way` where two texts tell the same comparison from opposite sides, else 1; `sure` where both name their
    sides, so that either way is known."""

    way: int
    sure: bool


def turned(a: Sides, a_terms: frozenset[str], b: Sides, b_terms: frozenset[str], weight: Weight) -> Turned:
    """Which way round two texts tell the comparison that they share."""

    def common(x: frozenset[str], y: frozenset[str]) -> float:
        return fsum(weight(t) for t in x & y)

    if a.last and b.last:
        straight = 2 * common(a.last, b.last)  # what stands first also holds the verb and its object
        crossed = common(a.first, b.last) + common(a.last, b.first)
    elif a.last or b.last:
        one, terms = (a, b_terms) if a.last else (b, a_terms)
        straight, crossed = common(one.first, terms), common(one.last, terms)
    else:
        return Turned(1, False)
    clear = abs(crossed - straight) > LEAST and bool(a.last and b.last)
    return Turned(-1 if crossed > straight + LEAST else 1, clear)


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return anywhere(table("metrics")[name])
