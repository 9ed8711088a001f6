"""Two numbers that a finding sets side by side, each in a clause of its own, as one comparison: which of them is that
of what is compared, and what each clause is on.

It must not know other findings.
"""

from __future__ import annotations

import re
from functools import cache

import msgspec

from hierarchy.relations.orientation import Sides
from hierarchy.relations.outcome import Outcome
from hierarchy.relations.terms import terms_of
from hierarchy.relations.words import anywhere, table

JOINT = re.compile(r"[,;:]\s|\.\s|\s(?:and|but|while|whereas|than|against)\s")
END = re.compile(r"[;.]\s|,\s")


class Contrast(msgspec.Struct, frozen=True):
    """The comparison of two numbers; `sides` what each of the two is on, the compared one's first."""

    outcome: Outcome
    sides: Sides


def contrasted(text: str, outcomes: tuple[Outcome, ...], sides: Sides) -> Contrast | None:
    """The one comparison that a plain text makes with two numbers of a kind; None where it has more numbers, or fewer.

    The number that is compared with is that of the clause that speaks of what was before, or of none of the cause; the
    second where neither or both do.
    """
    pair = _pair(outcomes)
    if pair is None:
        return None
    a, b = pair
    between = text[a.end : b.start]
    joint = JOINT.search(between)
    start = max((m.end() for m in re.finditer(r"[;.]\s", text[: a.start])), default=0)
    stop = END.search(text, b.end)
    left = text[start : a.end + (joint.start() if joint else 0)]
    right = text[a.end + (joint.end() if joint else 0) : stop.start() if stop else len(text)]
    one, two = terms_of(left), terms_of(right)
    earlier, later = (_base().search(part) is not None for part in _near(text, a, b))
    first, second = (b, a) if earlier and not later else (a, b)
    known = earlier != later
    delta = (first.value or 0.0) - (second.value or 0.0)
    outcome = Outcome(first.value, second.value, delta, None, a.kind, a.start, b.end, known)
    if known:
        return Contrast(outcome, Sides(frozenset(), frozenset(), sides.low))
    if sides.last and (not joint or not terms_of(between)):
        return Contrast(outcome, sides)
    return Contrast(outcome, Sides(one - two, two - one, sides.low))


def _pair(outcomes: tuple[Outcome, ...]) -> tuple[Outcome, Outcome] | None:
    """The two numbers, where just two of a kind stand by themselves and no change of that kind is told."""
    for kind in dict.fromkeys(o.kind for o in outcomes):
        mine = [o for o in outcomes if o.kind == kind]
        if len(mine) == 2 and all(o.level and o.value is not None for o in mine):
            return mine[0], mine[1]
    return None


def _near(text: str, a: Outcome, b: Outcome) -> tuple[str, str]:
    """The words that go with each of two numbers: up to the joint between them, and from the joint on."""
    between = text[a.end : b.start]
    joints = list(JOINT.finditer(between))
    cut = a.end + (joints[-1].end() if joints else 0)
    opening = max((m.end() for m in JOINT.finditer(text[: a.start])), default=0)
    stop = re.search(r"[;.),]", text[b.end :])
    return text[opening:cut], text[cut : b.end + (stop.start() if stop else len(text))]


@cache
def _base() -> re.Pattern[str]:
    return anywhere(table("metrics")["base"])
