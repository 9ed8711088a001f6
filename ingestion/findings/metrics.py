"""What is measured: names of measures in a sentence, and which of them a number belongs to.

It must not know what the numbers are compared with.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import msgspec

from ingestion.findings.cues import table
from ingestion.findings.numbers import Number
from ingestion.findings.units import dimension, is_physical
from ingestion.reading.cues import either

OF = re.compile(
    r"\s+(?:of|on|to)\s+(?:the\s+|all\s+|these\s+|those\s+)?(?!(?:was|were|is|are|the)\b)[a-z][\w-]*"
    r"(?:\s+(?!(?:was|were|is|are|rose|fell|from|to|by|and|that|in|on|for|with|of|at|which)\b)[a-z][\w-]*){0,2}"
)


class Named(msgspec.Struct, frozen=True):
    """A measure's name as printed at [start, end); `generic` where it does not tell what is measured ("the score")."""

    name: str
    start: int
    end: int
    generic: bool


def named(sentence: str) -> list[Named]:
    """The measures that a sentence names, in order."""
    found: list[Named] = []
    for m in _pattern().finditer(sentence):
        name, generic = m.group(), m.group().lower() in _generic()
        if m.group().lower().split()[-1] in _of() and (of := OF.match(sentence[m.end() :])):
            name, generic = name + of.group(), False
        found.append(Named(re.sub(r"\s+", " ", name).strip(), m.start(), m.end(), generic))
    return found


def is_score(name: str) -> bool:
    """Whether a measure has no unit but percent or points."""
    low = name.lower()
    return any(word in low for word in table("metrics")["score"]["words"])


def fits(name: str, number: Number) -> bool:
    """Whether a measure may have the number's unit: a score has but percent and points, a time is never bare."""
    if is_physical(number.unit) and dimension(number.unit) != "ratio":
        return not is_score(name)
    return number.unit is not None or number.whole or not _physical().search(name)


def owner(names: Sequence[Named], start: int, end: int) -> Named | None:
    """The measure that the number at [start, end) belongs to: the nearest before it, else the one right behind it."""
    behind = [n for n in names if 0 <= n.start - end <= 12]
    before = [n for n in names if n.end <= start]
    specific = [n for n in before if not n.generic]
    if behind and not behind[0].generic and (not before or behind[0].start - end <= 2):
        return behind[0]
    if specific:
        return specific[-1]
    return before[-1] if before else (behind[0] if behind else None)


@cache
def _physical() -> re.Pattern[str]:
    return re.compile(rf"\b{either(table('metrics')['physical']['words'])}$", re.I)


@cache
def _generic() -> frozenset[str]:
    return frozenset(word.lower() for word in table("metrics")["generic"]["words"])


@cache
def _of() -> frozenset[str]:
    return frozenset(table("metrics")["of"]["words"])


@cache
def _pattern() -> re.Pattern[str]:
    words = table("metrics")
    before = either(words["modifier"]["words"])
    whole, short = either(words["metric"]["words"]), either(words["abbreviation"]["words"])
    return re.compile(rf"(?<!\w)(?:(?i:(?:{before}[\s-]+){{0,3}}{whole})|{short})(?![\w@]|,\d)")
