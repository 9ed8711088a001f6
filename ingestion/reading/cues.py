"""The tables of cue words in `words/`, read once. What the words mean is the business of whoever asks for them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """The table `words/NAME.toml`."""
    return tomllib.loads(files("ingestion.reading").joinpath("words", f"{name}.toml").read_text("utf-8"))


def alternatives(words: Iterable[str]) -> str:
    """A pattern that matches any of these words, the longest first; their spaces match any number of them."""
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in ordered)


def whole(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern for `fullmatch`, without regard to case."""
    return re.compile(f"(?:{alternatives(words)})", re.I)
