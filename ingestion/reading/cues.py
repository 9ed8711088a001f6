"""Tables of cue words, kept as data in `words/`, and the patterns that are made of them.

It must not know what a word is a cue for.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

WORDS = Path(__file__).parent / "words"


@cache
def table(name: str) -> dict[str, Any]:
    """The table `words/NAME.toml`: lists of words, by heading and key."""
    return tomllib.loads((WORDS / f"{name}.toml").read_text("utf-8"))


def alternatives(words: Iterable[str]) -> str:
    """A pattern that matches any of these words, the longest first; their spaces match any number of them."""
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in ordered)


def either(words: Iterable[str]) -> str:
    """The same as one group."""
    return f"(?:{alternatives(words)})"


def whole(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern for `fullmatch`, without regard to case."""
    return re.compile(either(words), re.I)


def anywhere(words: Iterable[str], stems: Iterable[str] = ()) -> re.Pattern[str]:
    """Finds any of some words standing alone, or a word that begins with one of `stems`."""
    return re.compile(rf"(?<!\w){either(words)}(?!\w)" + (rf"|(?<!\w){either(stems)}" if stems else ""), re.I)
