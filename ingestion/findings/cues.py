"""The cue words of findings: tables in `words/`, and the patterns that are made of them.

It must not know what a sentence is made into.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from ingestion.reading.cues import anywhere

SHORTEST = 4  # characters of a stem
WORD = re.compile(r"\w+")
SPACE = re.compile(r"\s")
WORDS = Path(__file__).with_name("words")


@cache
def table(name: str) -> dict[str, Any]:
    """The table `words/NAME.toml`."""
    return tomllib.loads((WORDS / f"{name}.toml").read_text("utf-8"))


@cache
def patterns(name: str) -> Mapping[str, re.Pattern[str]]:
    """The groups of a table that have `words` (and `stems`), each as the pattern that finds them."""
    groups = {key: group for key, group in table(name).items() if isinstance(group, dict) and "words" in group}
    return {key: anywhere(group["words"], group.get("stems", ())) for key, group in groups.items()}


class Index:
    """The cues of all groups of a table by their first word, so that one pass over a text finds them all: what
    `patterns` finds, several times as fast, but for cues that a text prints with more than one space."""

    def __init__(self, groups: Mapping[str, Mapping[str, Any]]) -> None:
        self._words: dict[str, list[tuple[str, str]]] = {}
        self._stems: dict[str, list[tuple[str, str]]] = {}
        for name, group in groups.items():
            for cue in group["words"]:
                self._words.setdefault(WORD.findall(cue.lower())[0], []).append((cue.lower(), name))
            for stem in group.get("stems", ()):
                self._stems.setdefault(stem[:SHORTEST], []).append((stem.lower(), name))
        for held in (*self._words.values(), *self._stems.values()):
            held.sort(key=lambda cue: -len(cue[0]))

    def spans(self, text: str) -> dict[str, list[tuple[int, int]]]:
        """Where the cues of each group stand, in order, the longest that fits; groups without any are left out."""
        low = SPACE.sub(" ", text.lower())
        found: dict[str, list[tuple[int, int]]] = {}
        for match in WORD.finditer(low):
            start, word = match.span()[0], match.group()
            for whole, held in ((True, self._words.get(word)), (False, self._stems.get(word[:SHORTEST]))):
                for cue, name in held or ():
                    end = start + len(cue)
                    if not low.startswith(cue, start) or (whole and end < len(low) and low[end].isalnum()):
                        continue
                    spans = found.setdefault(name, [])
                    if not spans or spans[-1][1] <= start:
                        spans.append((start, end))
        return found


@lru_cache(maxsize=256)
def cues_in(name: str, text: str) -> Mapping[str, Sequence[tuple[int, int]]]:
    """Where the cues of each group of a table stand in a text, in order."""
    return _index(name).spans(text)


def distinct(name: str, group: str, text: str) -> int:
    """How many different cues of a group stand in a text."""
    return len({text[a:b].lower() for a, b in cues_in(name, text).get(group, ())})


@cache
def _index(name: str) -> Index:
    return Index({key: group for key, group in table(name).items() if isinstance(group, dict) and "words" in group})
