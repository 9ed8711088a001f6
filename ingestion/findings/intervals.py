"""Intervals of uncertainty as printed, and numbers of a sentence that are no measurements: levels, p-values, samples.

It must not know what the intervals belong to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from ingestion.findings.numbers import Number

LEAD = re.compile(
    r"(?:\binterval(?:\s+(?:of|for)\s+[^()\d]{0,60}?)?(?:\s+(?:is|was|of|from|between|runs from))*|\bC\.?I\.?s?)"
    r"\s*[:=,(\[]*\s*(?:from\s+)?$",
    re.I,
)
JOINT = re.compile(r"\s*(?:to|–|—|-|,|;|and)\s*")
LEVEL = re.compile(r"^\s*(?:-\s*)?(?:bootstrap\s+|credible\s+|confidence\s+)*(?:interval|CI\b|confidence|C\.I\.)")
P_VALUE = re.compile(r"\bp\s*[-−]?(?:values?)?\s*(?:[<=>≤≥]|of|is|was|less than|below|above)\s*$", re.I)
SYMBOL = re.compile(r"(?<!\w)(?!(?:r|R|κ|F)\b)[^\W\d_]\w{0,2}\s*[=<>≤≥]\s*$")


class Interval(msgspec.Struct, frozen=True):
    """From `low` to `high`, printed from the number `first` to `last` (indices in the sentence's numbers)."""

    low: float
    high: float
    first: int
    last: int


def intervals(sentence: str, found: Sequence[Number]) -> list[Interval]:
    """The intervals of a sentence; with "A ± B" both numbers count, A being the value itself."""
    out: list[Interval] = []
    i = 0
    while i + 1 < len(found):
        a, b = found[i], found[i + 1]
        between = sentence[a.end : b.start]
        if re.fullmatch(r"\s*(?:±|\+/[-−]|\\pm)\s*", between):
            out.append(Interval(round(a.value - b.value, 6), round(a.value + b.value, 6), i, i + 1))
            i += 2
        elif JOINT.fullmatch(between) and LEAD.search(sentence[: a.start]):
            high = -b.value if b.value < a.value < 0 else b.value
            out.append(Interval(min(a.value, high), max(a.value, high), i, i + 1))
            i += 2
        else:
            i += 1
    return out


def is_aside(sentence: str, number: Number) -> bool:
    """Whether a number is no measurement: the level of an interval, a p-value, the value of a symbol."""
    before, after = sentence[: number.start], sentence[number.end :]
    return bool(LEVEL.match(after) or P_VALUE.search(before) or SYMBOL.search(before))
