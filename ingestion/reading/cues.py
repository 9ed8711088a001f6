"""Tables of cue words, kept as data in `words/`, and the patterns that are made of them.

It must not know what a word is a cue for.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

WORDS = Path(__file__).parent / "words"


@cache
def table(name: str) -> dict[str, dict[str, list[str]]]:
    """The table of this name: lists of words, by heading and key."""
    loaded: dict[str, dict[str, list[str]]] = tomllib.loads((WORDS / f"{name}.toml").read_text("utf-8"))
    return loaded


def either(words: Iterable[str]) -> str:
    """A pattern for any of some words, the longest first, with any spaces between their parts."""
    longest = sorted(set(words), key=lambda word: (-len(word), word))
    return "(?:" + "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in longest) + ")"


def anywhere(words: Iterable[str], stems: Iterable[str] = ()) -> re.Pattern[str]:
    """Finds any of some words standing alone, or a word that begins with one of `stems`."""
    return re.compile(rf"(?<!\w){either(words)}(?!\w)" + (rf"|(?<!\w){either(stems)}" if stems else ""), re.I)
