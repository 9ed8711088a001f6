"""Cue words sought in a question: each alone, without regard to case; a pattern is made only of what may stand there.

To compile the patterns of all tables costs more than a whole search, and a question holds few cues; so a cue is first
sought as plain text. It must not know what cues stand for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

ANYWHERE = r"(?<!\w)"
START = r"(?:^|[,:;–—]|\s-)\s*"  # at the beginning, or after a dash, colon or comma


class Cues:
    """Cues of one meaning; in each "*" is the rest of a word, and a space any white space.

    >>> Cues(["contradict*", "agree on"]).stand_in("Who contradicts whom?")
    True
    """

    def __init__(self, anywhere: Iterable[str], start: Iterable[str] = ()) -> None:
        named = [*((ANYWHERE, cue) for cue in anywhere), *((START, cue) for cue in start)]
        self._cues = [(re.split(r"[\s*]", cue, maxsplit=1)[0].lower(), before, cue) for before, cue in named]

    def stand_in(self, text: str) -> bool:
        """Whether any of them stands in a text."""
        small = text.lower()
        return any(head in small and _pattern(before, cue).search(text) for head, before, cue in self._cues)


@cache
def _pattern(before: str, cue: str) -> re.Pattern[str]:
    escaped = re.escape(cue).replace(r"\*", r"\w*").replace(r"\ ", r"\s+")
    return re.compile(rf"{before}(?:{escaped})(?!\w)", re.I)
