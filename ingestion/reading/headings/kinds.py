"""Pass 12: the kind of a section: from its heading, else from the section above it, else from how its text speaks.

The cue words stand in `words/kinds.toml`. It must not know where a section stands on the page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from ingestion.reading.cues import alternatives, table, whole

APPENDIX_NUMBER = re.compile(r"(?:[A-Z]|S\d{1,2})(?:\.|$)")
FLOAT_NUMBER = re.compile(r"\b(table|figure|fig\.)\s*[\dIVX]+", re.I)
LEAST_CUES = 2  # different cues: one alone may stand anywhere
MOST_TEXT = 6_000  # letters of a section that are looked at
NEVER = re.compile(r"(?!)")


class Cues(NamedTuple):
    """What tells a kind in a heading."""

    kind: str
    whole: re.Pattern[str]
    words: re.Pattern[str]
    weak: re.Pattern[str]


@cache
def _headings() -> tuple[Cues, ...]:
    rows = table("kinds")["heading"]
    return tuple(
        Cues(
            row["kind"],
            whole(row["whole"]) if "whole" in row else NEVER,
            _beginning(row.get("words", [])),
            _beginning(row.get("weak", [])),
        )
        for row in rows
    )


@cache
def _text() -> dict[str, re.Pattern[str]]:
    return {kind: _beginning(phrases) for kind, phrases in table("kinds")["text"].items()}


def _beginning(words: Sequence[str]) -> re.Pattern[str]:
    """Finds these where a word begins; Chinese and Japanese have no spaces to tell."""
    if not words:
        return NEVER
    spaced = [word for word in words if word[0] < "\u3040"]
    other = [word for word in words if word[0] >= "\u3040"]
    parts = [rf"\b(?:{alternatives(spaced)})"] if spaced else []
    return re.compile("|".join(parts + ([alternatives(other)] if other else [])), re.I)


def kind_of(heading: str, number: str | None, parent: str | None) -> str:
    """The kind (docs/contract.md) of a section with this heading under a section of kind `parent`."""
    if parent == "appendix" or (number and APPENDIX_NUMBER.match(number) and parent is None):
        return "appendix"
    text = heading.strip(" .:")
    for cues in _headings():
        if cues.whole.fullmatch(text) or cues.words.search(text):
            return cues.kind
    if parent in (None, "other", "abstract", "front"):
        for cues in _headings():
            if cues.weak.search(text):
                return cues.kind
    return parent or "other"


class Told(NamedTuple):
    """What is known of a section in its turn: the kind that its heading tells, its level, its paragraphs."""

    kind: str
    level: int
    text: str


def settle(sections: Sequence[Told]) -> list[str]:
    """The kinds of a paper's sections, with those that no heading tells decided by their text and their place."""
    kinds = [section.kind for section in sections]
    above: list[int] = []
    for i, section in enumerate(sections):
        while above and sections[above[-1]].level >= section.level:
            above.pop()
        if kinds[i] == "other":
            end = next((j for j in range(i + 1, len(sections)) if sections[j].level <= section.level), len(sections))
            text = " ".join(s.text[:MOST_TEXT] for s in sections[i:end])
            kinds[i] = kind_from_text(text, before=kinds[:i], after=kinds[end:])
            if kinds[i] == "other" and above:
                kinds[i] = kinds[above[-1]]
        if section.level and kinds[i] not in ("front", "abstract"):
            above.append(i)
    return kinds


def kind_from_text(text: str, before: Sequence[str] = (), after: Sequence[str] = ()) -> str:
    """The kind of a section whose heading does not tell, from its text; `other` where that does not tell either.

    The kinds `before` and `after` it in the paper speak too: what stands between introduction and experiments is more
    likely a method, what comes first an introduction.
    """
    found = dict.fromkeys(_text(), 0)
    for kind, pattern in _text().items():
        found[kind] += len({m.lower() for m in pattern.findall(FLOAT_NUMBER.sub(r"\1", text[:MOST_TEXT]))})
    if set(before) <= {"front", "abstract"}:
        found["introduction"] += 1
    else:
        found["introduction"] = 0
    if {"result", "experiment"} & set(after) and "introduction" in before:
        found["method"] += 1
    if {"result", "experiment", "method", "discussion"} & set(after):
        found["conclusion"] = found["limitation"] = 0
    best = max(found, key=lambda kind: found[kind])
    return best if found[best] >= LEAST_CUES and found[best] > sorted(found.values())[-2] else "other"
