"""Which way a finding goes: increase, decrease, none (no difference), difference, or None where nothing is compared.

It must not know what is measured.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from hierarchy.nodes import Value
from ingestion.findings.cues import patterns

NOT = re.compile(r"\b(?:not|no|never|nor|neither|n['’]t|without|hardly|barely|little)\W+(?:\w+\W+){0,2}$", re.I)


def direction(sentence: str, values: Sequence[Value], told: bool) -> str | None:
    """The direction of what a sentence states.

    Args:
        sentence: its words.
        values: what was read from it.
        told: whether the sentence itself ties its numbers into pairs.
    """
    cues = patterns("comparisons")
    spanning = [v for v in values if v.interval and v.value is not None and v.interval[0] <= 0 <= v.interval[1]]
    if cues["none"].search(sentence) or (spanning and (len(spanning) == len([v for v in values if v.interval]))):
        return "none"
    first = next((v for v in values if v.value is not None and v.baseline is not None), None)
    if told and first is not None and first.value is not None and first.baseline is not None:
        return "none" if first.value == first.baseline else "increase" if first.value > first.baseline else "decrease"
    up, down = (_first(cues[name], sentence) for name in ("up", "down"))
    if up is not None or down is not None:
        rises = down is None or (up is not None and up <= down)
        at = min(x for x in (up, down) if x is not None)
        if NOT.search(sentence[:at]):
            return "none"
        return "increase" if rises else "decrease"
    if first is not None and first.value is not None and first.baseline is not None and first.value != first.baseline:
        return "increase" if first.value > first.baseline else "decrease"
    return "difference" if cues["apart"].search(sentence) else None


def _first(pattern: re.Pattern[str], sentence: str) -> int | None:
    match = pattern.search(sentence)
    return match.start() if match else None
