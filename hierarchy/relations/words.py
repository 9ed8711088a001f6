"""The tables of words that relations are read with, kept as data in `words/`, and the patterns made of them.

It must not know findings.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

WORDS = Path(__file__).parent / "words"


@cache
def table(name: str) -> dict[str, Any]:
    """The table `words/NAME.toml`."""
    return tomllib.loads((WORDS / f"{name}.toml").read_text("utf-8"))


def anywhere(words: Iterable[str]) -> re.Pattern[str]:
    """Finds any of some words or phrases standing alone, the longest first; a star stands for any ending."""
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    parts = (re.escape(word).replace(r"\*", r"\w*").replace(r"\ ", r"\s+") for word in ordered)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(parts)})(?!\w)", re.I)


@cache
def cue(name: str) -> re.Pattern[str]:
    """The words of a heading of `directions.toml`."""
    return anywhere(table("directions")[name]["words"])


@cache
def units() -> dict[str, tuple[str, float]]:
    """Each unit as printed, with its kind and its factor to the base."""
    return {name: (kind, float(factor)) for name, (kind, factor) in table("units")["units"].items()}


@cache
def contrast_pattern() -> re.Pattern[str]:
    """Finds any word that excludes another."""
    return anywhere(word for group in table("contrasts")["groups"] for word in group)


@lru_cache(maxsize=10_000)
def contrasts_of_word(word: str) -> tuple[tuple[int, int], ...]:
    """The groups of excluding words that a word is in, and its place there."""
    groups = enumerate(table("contrasts")["groups"])
    return tuple((g, i) for g, group in groups for i, one in enumerate(group) if anywhere([one]).fullmatch(word))


@cache
def metrics() -> dict[str, str]:
    """Each way a metric is written, in small letters, with the name that is shown."""
    return {way.lower(): line[0] for line in table("metrics")["names"] for way in line}


@cache
def metric_pattern() -> re.Pattern[str]:
    """Finds a metric by any of its names."""
    return anywhere(metrics())


@cache
def opposites() -> frozenset[frozenset[str]]:
    """Pairs of metrics of which one rises where the other falls."""
    return frozenset(frozenset(pair) for pair in table("metrics")["opposites"])
