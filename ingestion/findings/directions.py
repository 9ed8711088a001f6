"""Which way a finding goes: increase, decrease, none (no difference), difference, or None where nothing is compared.

It must not know what is measured.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from hierarchy.nodes import Value
from ingestion.findings.cues import patterns

NOT = re.compile(r"\b(?:not|no|never|nor|neither|n['’]t|without|hardly|barely|little)\W+(?:\w+\W+){0,2}$", re.I)


def direction(sentence: str, values: Sequence[Value], told: bool, change: int = 0) -> str | None:
    """The direction of what a sentence states.

    Args:
        sentence: its words.
        values: what was read from it.
        told: whether the sentence itself ties its numbers into pairs.
        change: 1 where its first change is a gain in number, -1 a loss, 0 where no number is either.
    """
    cues = patterns("comparisons")
    first = next((v for v in values if v.value is not None and v.baseline is not None), None)
    spanning = [v for v in values if v.interval and v.interval[0] < 0 < v.interval[1]]
    if spanning and len(spanning) == len([v for v in values if v.interval]):
        return "none"
    if told and first is not None:
        return _between(first)
    if cues["none"].search(sentence):
        return "none"
    if change:
        return "increase" if change > 0 else "decrease"
    up, down = (_first(cues[name], sentence) for name in ("up", "down"))
    if up is not None or down is not None:
        if NOT.search(sentence[: min(x for x in (up, down) if x is not None)]):
            return "none"
        return "increase" if down is None or (up is not None and up <= down) else "decrease"
    if first is not None:
        return _between(first)
    top, bottom = (_first(cues[name], sentence) for name in ("top", "bottom"))
    if (top is None) != (bottom is None):
        return "increase" if bottom is None else "decrease"
    return "difference" if cues["apart"].search(sentence) else None


def _between(value: Value) -> str:
    """From what a value is compared with to the value."""
    difference = (value.value or 0.0) - (value.baseline or 0.0)
    return "none" if difference == 0 else "increase" if difference > 0 else "decrease"


def _first(pattern: re.Pattern[str], sentence: str) -> int | None:
    match = pattern.search(sentence)
    return match.start() if match else None
