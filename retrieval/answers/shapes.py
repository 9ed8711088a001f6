"""Which shape of answer a question asks for, by its cues and the level that fits it.

Cues are data (shapes.toml), as wildcards over words. It must not know what the library holds.
"""

from __future__ import annotations

import re
import tomllib
from enum import StrEnum
from functools import cache
from pathlib import Path

from hierarchy.nodes import Level
from hierarchy.relations.statement import metrics_of
from retrieval.records import Route

TABLE = Path(__file__).with_suffix(".toml")
MOST_LETTERS = 2_000  # of a question that are looked at for cues
WIDE = (Level.PROJECT, Level.PAPER)


class Shape(StrEnum):
    """The shapes of an answer."""

    PAPERS = "papers"  # a line for each paper that fits
    COUNT = "count"  # the same, and how many
    EXTREME = "extreme"  # the highest or lowest value that is stated
    COMPARISON = "comparison"  # what is said of each of two
    SIDES = "sides"  # findings that contradict or confirm each other
    THEMES = "themes"  # what the field is about
    GIST = "gist"  # what its papers say on a matter
    VALUE = "value"  # a number, with the sentence that states it
    STEPS = "steps"  # how something was done, in order
    SENTENCES = "sentences"  # the best sentences


def shape_of(question: str, route: Route) -> Shape:
    """The shape that a question asks for.

    >>> from retrieval.route import route
    >>> shape_of("How many papers use dropout?", route("How many papers use dropout?"))
    <Shape.COUNT: 'count'>
    """
    asked = question[:MOST_LETTERS]
    level = route.best
    if has("count", asked):
        return Shape.COUNT
    if has("extreme", asked) and metrics_of(asked) and (level in WIDE or has("papers", asked)):
        return Shape.EXTREME
    if has("sides", asked) and level in WIDE:
        return Shape.SIDES
    if has("comparison", asked) and level in WIDE:
        return Shape.COMPARISON
    if has("papers", asked) or level == Level.PAPER:
        return Shape.PAPERS
    if level == Level.PROJECT:
        return Shape.THEMES if has("themes", asked) else Shape.GIST
    if level == Level.SECTION:
        return Shape.STEPS if has("steps", asked) else Shape.SENTENCES
    return Shape.VALUE if metrics_of(asked) or has("value", asked) else Shape.SENTENCES


def has(name: str, question: str) -> bool:
    """Whether a question holds a cue of this name."""
    return bool(cues(name).search(question[:MOST_LETTERS]))


@cache
def whole_words() -> tuple[str, ...]:
    """Words that ask about a field as a whole, and not about a matter in it."""
    return tuple(_table()["whole"]["cues"])


@cache
def cues(name: str) -> re.Pattern[str]:
    """Finds any cue of this name; "word*" is a stem, " * " stands for up to three words."""
    either = "|".join(
        re.escape(cue).replace(r"\ \*\ ", r"\s+(?:[\w'’-]+\s+){0,3}").replace(r"\*", r"\w*").replace(r"\ ", r"\s+")
        for cue in sorted(_table()[name]["cues"], key=len, reverse=True)
    )
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.I)


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(TABLE.read_text("utf-8"))
