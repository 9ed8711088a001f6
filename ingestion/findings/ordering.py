"""Which of numbers that stand side by side comes first in order: "0.90 with one caller ..., 0.54 with five", "5.6 hours
without it and 7.2 hours with it", "38 species on deep roofs and 24 on shallow ones".

It must not know what the numbers measure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from ingestion.findings.cues import patterns, table
from ingestion.findings.numbers import Number
from ingestion.reading.cues import either

LEVEL = re.compile(r"(?<![\w.,])(\d+(?:[.,]\d+)*)(?!\w)")
CONDITION = re.compile(r"\b(?:at|with|in|after|for|from|on|under|by|until|within|during|below|above)\s+", re.I)
ASIDE = re.compile(r"\([^()]*\)?")
REACHED = re.compile(
    r"\b(?:fell|rose|grew|dropped|increased|decreased|declined|shrank|sank|climbed|improved|worsened|up|down)\s+(?:only\s+)?to\s+$",
    re.I,
)
REACH = 45  # characters behind a number that may still tell what it holds for


def is_control(sentence: str, found: Sequence[Number], group: Sequence[int]) -> bool:
    """Whether the later of two numbers is what the first is compared with: "78% with it and 66% without"."""
    control = patterns("comparisons")["control"]
    first, second = (_around(sentence, found, group, at) for at in range(2))
    return bool(control.search(second)) and not control.search(first)


def control_of(sentence: str, found: Sequence[Number], group: Sequence[int]) -> int | None:
    """The only one of three and more numbers that is told of a control; None where there is none."""
    control = patterns("comparisons")["control"]
    told = [i for at, i in enumerate(group) if control.search(_around(sentence, found, group, at))]
    return told[0] if len(told) == 1 and len(group) > 2 else None


def in_order(sentence: str, found: Sequence[Number], group: Sequence[int]) -> bool:
    """Whether the numbers of a group are told in an order, from the first on: what they hold for rises ("with one, with
    five", "at 7 days, at 28 days"), or comes later, or is a control at the first."""
    told = [_around(sentence, found, group, at) for at in range(len(group))]
    levels = [_level(text) for text in told]
    if all(level is not None for level in levels) and len(set(levels)) == len(levels):
        return True
    cues = patterns("comparisons")
    first, rest = told[0], " ".join(told[1:])
    if cues["control"].search(first) and not cues["control"].search(rest):
        return True
    rest += sentence[found[group[-1]].end : found[group[-1]].end + REACH]
    if REACHED.search(sentence[: found[group[1]].start]):
        return True
    return bool(cues["later"].search(rest)) and not cues["later"].search(first)


def _around(sentence: str, found: Sequence[Number], group: Sequence[int], at: int) -> str:
    """What stands around a number of the group, as far as it belongs to it: behind it up to the next one, or, where
    the numbers stand behind what they hold for ("A had 12, B 9"), before it."""
    end = found[group[at]].end
    following = found[group[at + 1]].start if at + 1 < len(group) else min(len(sentence), end + REACH)
    behind = re.split(r"[,;]|\band\b|\bbut\b|\bwhile\b|\bwhereas\b", ASIDE.sub(" ", sentence[end:following]))[0]
    if CONDITION.match(behind.lstrip()):
        return behind
    before = ASIDE.sub(" ", sentence[found[group[at - 1]].end if at else 0 : found[group[at]].start])
    return re.split(r"[,;)]\s|\band\b|\bbut\b|\bwhile\b|\bwhereas\b", before)[-1] if at else before


def _level(text: str) -> float | None:
    """The only number in what a number holds for, written in digits or as a word."""
    digits = [float(m.replace(",", "")) for m in LEVEL.findall(text)]
    if not digits and (word := _spelled().search(text)):
        digits = [float(_words().index(word.group().lower()) + 1)]
    return digits[0] if len(digits) >= 1 else None


def _words() -> list[str]:
    return ["one", *table("numbers")["spelled"]["words"]]


@cache
def _spelled() -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){either(_words())}(?![\w-])", re.I)
