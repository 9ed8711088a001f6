"""The words of a text that say what it is on, cut to their stems.

It must not know findings.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache

from hierarchy.relations.words import anywhere, cue, table

Weight = Callable[[str], float]
WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
ENDINGS = (
    *("ations", "ation", "ings", "ing", "ments", "ment", "ities", "ity", "ies", "ers", "ed", "er", "es", "s", "ly"),
    *("e", "y", "al"),
)


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """A word without its ending, so that its forms compare."""
    word = word.lower()
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    return word[:-1] if len(word) > 4 and word[-1] == word[-2] else word


@lru_cache(maxsize=200_000)
def term(word: str) -> str | None:
    """The term of a word; None for one that says nothing about what a finding is on."""
    if len(word) < 2 or _stop().fullmatch(word) or word.lower() in numerals():
        return None
    if cue("increase").fullmatch(word) or cue("decrease").fullmatch(word):
        return None
    return stem(word)


def terms_of(text: str) -> frozenset[str]:
    """The terms of a text; of a compound, its parts."""
    parts = (part for word in WORD.findall(text) for part in word.split("-"))
    return frozenset(t for part in parts if (t := term(part)) is not None)


@cache
def numerals() -> dict[str, float]:
    """Numbers that are written as words."""
    return {word: float(n) for word, n in table("units")["words"].items()}


@cache
def _stop() -> re.Pattern[str]:
    return anywhere(table("terms")["stop"])
