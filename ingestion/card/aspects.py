"""How well a sentence tells an aspect of its paper, by its section and its words (`words/aspects.toml`).

It must not know the other sentences.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import msgspec

from hierarchy.summaries import Candidate
from ingestion.reading.cues import anywhere

WORDS = Path(__file__).parent / "words" / "aspects.toml"
CUE = 1.0
MEASURED = 0.2  # a number in a sentence that tells of data or findings
CITES = -0.4
DANGLES = -0.3
POINTS = -0.3  # at a figure or table, which a card does not show
NUMBER = re.compile(r"\d")
POINTER = re.compile(
    r"\b(?:Table|Figure|Fig\.|Tab\.|Eq\.|Equation|Section|Sec\.|Appendix)\s*\(?[\dA-Z]|\bfollows:|\bbelow\b"
)


class Aspect(msgspec.Struct, frozen=True):
    """What tells one aspect; as in the table."""

    least: float
    kinds: Mapping[str, float]
    strong: Sequence[str]
    does: Sequence[str]
    of: Sequence[str]
    never: Sequence[str]


@cache
def aspects() -> dict[str, Aspect]:
    """The table, by the names of a card's fields."""
    return msgspec.convert(tomllib.loads(WORDS.read_text("utf-8")), dict[str, Aspect])


def strength(candidate: Candidate, name: str, *, dangles: bool) -> float | None:
    """How well a sentence tells the aspect; None where it does not.

    Args:
        candidate: a whole sentence.
        name: a field of a card.
        dangles: whether the sentence leans on the one before.
    """
    aspect = aspects()[name]
    if candidate.kind not in aspect.kinds:
        return None
    if not _tells(candidate, name) or _pattern(name, "never").search(candidate.text):
        return None
    score = aspect.kinds[candidate.kind] + CUE
    score += MEASURED * (name in ("data", "findings") and bool(NUMBER.search(candidate.text)))
    score += CITES * candidate.cites + DANGLES * dangles + POINTS * bool(POINTER.search(candidate.text))
    return score


def _tells(candidate: Candidate, name: str) -> bool:
    if name == "findings" and candidate.finding:
        return True
    if name == "limitations" and candidate.kind == "limitation":
        return True
    if _pattern(name, "strong").search(candidate.text):
        return True
    aspect = aspects()[name]
    both = aspect.does and _pattern(name, "does").search(candidate.text) and _pattern(name, "of").search(candidate.text)
    return bool(both)


@cache
def _pattern(name: str, which: str) -> re.Pattern[str]:
    return anywhere(getattr(aspects()[name], which))
