"""How well a sentence tells an aspect of its paper, by its section and its words (`words/aspects.toml`).

It must not know the other sentences.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path

import msgspec

from hierarchy.summaries import Candidate, displays
from ingestion.reading.cues import anywhere

WORDS = Path(__file__).parent / "words" / "aspects.toml"
CUE = 1.0
HOME = 0.6  # of a sentence with a weak cue, or with none in a section of that kind
MEASURED = 0.2  # a number in a sentence that tells of data or findings
FOUND = -0.4  # a finding tells what came out, not of what or how
CITES = -0.4
DANGLES = -0.3
POINTS = -0.3  # at a figure or table, which a card does not show
FORMAL = -0.5  # a formula in running text
NOTHING = re.compile(r"(?!)")
NUMBER = re.compile(r"\d")
FORMULA = re.compile(r"=.*=|[∑∏∈∀∂∼]|:\s+where\b")


class Aspect(msgspec.Struct, frozen=True):
    """What tells one aspect; as in the table."""

    least: float
    kinds: Mapping[str, float]
    strong: Sequence[str]
    does: Sequence[str]
    of: Sequence[str]
    never: Sequence[str]
    home: Sequence[str]
    weak: Sequence[str]
    questions: Sequence[str] = ()


@cache
def aspects() -> dict[str, Aspect]:
    """The table, by the names of a card's fields."""
    return msgspec.convert(tomllib.loads(WORDS.read_text("utf-8")), dict[str, Aspect])


@lru_cache(maxsize=8192)  # a paper is read twice in a run
def strength(candidate: Candidate, name: str, *, dangles: bool) -> float | None:
    """How well a sentence tells the aspect; None where it does not.

    Args:
        candidate: a whole sentence.
        name: a field of a card.
        dangles: whether the sentence leans on the one before.
    """
    aspect = aspects()[name]
    if candidate.kind not in aspect.kinds or _pattern(name, "never").search(candidate.text):
        return None
    if _tells(candidate, name):
        score = CUE
    elif _is_at_home(candidate, name) or _pattern(name, "weak").search(candidate.text):
        score = HOME
    else:
        return None
    score += aspect.kinds[candidate.kind] + CITES * candidate.cites + DANGLES * dangles
    score += FOUND * (name in ("data", "method") and candidate.finding)
    score += MEASURED * (name in ("data", "findings") and bool(NUMBER.search(candidate.text)))
    return score + POINTS * displays(candidate.text) + FORMAL * bool(FORMULA.search(candidate.text))


def _tells(candidate: Candidate, name: str) -> bool:
    text = candidate.text
    if name == "findings" and candidate.finding:
        return True
    if text.endswith("?") and _pattern(name, "questions").match(text):
        return True
    if _pattern(name, "strong").search(text):
        return True
    return bool(_pattern(name, "does").search(text) and _pattern(name, "of").search(text))


def _is_at_home(candidate: Candidate, name: str) -> bool:
    aspect = aspects()[name]
    return candidate.kind in aspect.home and (not aspect.of or bool(_pattern(name, "of").search(candidate.text)))


@cache
def _pattern(name: str, which: str) -> re.Pattern[str]:
    words = getattr(aspects()[name], which)
    return anywhere(words) if words else NOTHING
