"""Intervals of uncertainty as printed, and numbers of a sentence that are no measurements: levels, p-values, samples.

It must not know what the intervals belong to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from ingestion.findings.cues import table
from ingestion.findings.numbers import Number

LEAD = re.compile(
    r"(?:\binterval(?:\s+(?:of|for)\s+[^()\d]{0,60}?)?(?:\s+(?:is|was|of|from|between|runs from))*|\bC\.?I\.?s?)"
    r"\s*[:=,(\[]*\s*(?:from\s+)?$",
    re.I,
)
JOINT = re.compile(r"\s*(?:to|–|—|-|,|;|and)\s*")
LEVEL = re.compile(r"^\s*(?:-\s*)?(?:bootstrap\s+|credible\s+|confidence\s+)*(?:interval|CI\b|confidence|C\.I\.)")
SPREAD = re.compile(r"\b(?:IQR|quartiles|(?:inter-?quartile\s+)?range|min[-–]max)\s*[:=,]?\s*(?:of\s+|from\s+)?$", re.I)
P_VALUE = re.compile(r"\bp\s*[-−]?(?:values?)?\s*(?:[<=>≤≥]|of|is|was|less than|below|above)\s*$", re.I)
SYMBOL = re.compile(r"(?<!\w)([^\W\d_]\w{0,3}²?)\s*(?:\([\d.,\s]*\)\s*)?([=<>≤≥])\s*$")
BARE = re.compile(
    r"(?<!\w)(?:SD|SE|SEM|s\.d\.|s\.e\.(?:m\.)?|standard (?:error|deviation))\s*[:=]?\s*(?:of\s+)?$"
    r"|(?<!\w)(?:t|F|χ²|χ2|z|Z|Q|H|U|df)\s*(?:=\s*|\(\s*(?:[\d.]+\s*,\s*)?)$"
    r"|(?<!\w)(?:t|F|χ²|χ2|z|Z|H|U|T)_?\s?\(?\d+(?:\s?,\s?\d+)?\)?\s*[=<>]\s*$"
)


NEAR = 48  # characters before a number that may tell what it is
SURE = re.compile(r"\s*(?:±|\+/[-−]|[(\[]\s*(?:9\d|68)\s?%)")  # as only measurements are printed


class Interval(msgspec.Struct, frozen=True):
    """From `low` to `high`, printed from the number `first` to `last` (indices in the sentence's numbers); a `spread`
    tells how far single cases lie apart (quartiles, a range) and is no interval of uncertainty."""

    low: float
    high: float
    first: int
    last: int
    spread: bool = False


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
        elif JOINT.fullmatch(between) and SPREAD.search(sentence[: a.start]):
            out.append(Interval(a.value, b.value, i, i + 1, spread=True))
            i += 2
        elif JOINT.fullmatch(between) and (LEAD.search(sentence[: a.start]) or _encloses(sentence, found, i)):
            high = -b.value if b.value < a.value < 0 else b.value
            out.append(Interval(min(a.value, high), max(a.value, high), i, i + 1))
            i += 2
        else:
            i += 1
    return out


def _encloses(sentence: str, found: Sequence[Number], i: int) -> bool:
    """Whether a number stands right before "A to B" and lies between the two: "1.01, 0.93 to 1.09"."""
    if i == 0 or (found[i].whole and not _in_brackets(sentence, found, i)):
        return False
    between = sentence[found[i - 1].end : found[i].start]
    low, high = sorted((found[i].value, found[i + 1].value))
    return bool(re.fullmatch(r"\s*[,;]?\s*[\[(]?\s*", between)) and low < found[i - 1].value < high


def _in_brackets(sentence: str, found: Sequence[Number], i: int) -> bool:
    """Whether "A to B" has brackets of its own."""
    before, after = sentence[: found[i].start].rstrip(), sentence[found[i + 1].end :].lstrip()
    return before.endswith(("(", "[")) and after.startswith((")", "]"))


def symbol_of(sentence: str, number: Number) -> str | None:
    """The symbol that a number is the value of: "d" in "d = 0.41"."""
    match = SYMBOL.search(sentence[max(0, number.start - NEAR) : number.start])
    return match[1] if match else None


def is_aside(sentence: str, number: Number) -> bool:
    """Whether a number is no measurement: the level of an interval, a p-value, a test's statistic, the value of a
    symbol that names no measure."""
    before, after = sentence[max(0, number.start - NEAR) : number.start], sentence[number.end :]
    if LEVEL.match(after) or P_VALUE.search(before) or BARE.search(before):
        return True
    symbol = symbol_of(sentence, number)
    measures = table("metrics")["symbol"]
    known = bool(symbol in measures["words"] or (symbol in measures["decimals"] and (not number.whole or number.unit)))
    return symbol is not None and not known and not SURE.match(after)
