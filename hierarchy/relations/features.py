"""What is weighed of a pair of findings, by name: first whether they are on the same thing under comparable conditions,
then whether they go together or against each other.

All of it is the same whichever of the two comes first. It must not know weights, vectors or papers.
"""

from __future__ import annotations

from collections.abc import Mapping

from hierarchy.relations.comparison import (
    LEAST_NEAR,
    Match,
    covered,
    dice,
    of_condition,
    quantities_apart,
)
from hierarchy.relations.cues import agreement
from hierarchy.relations.outlook import facing, same_ends
from hierarchy.relations.statement import Statement
from hierarchy.relations.surroundings import Surroundings
from hierarchy.relations.terms import Weight

Features = Mapping[str, float]
EFFECT, NUMBERS = "none against a direction", "none against numbers"
SAME_START = "otherwise from the same start"
OPPOSITE = "opposite changes of known sides"
SAME_ENDS = "same ends"
SIGNS = {"increase": 1.0, "decrease": -1.0}


def likeness(
    a: Statement, b: Statement, around_a: Surroundings, around_b: Surroundings, cosine: float, weight: Weight
) -> Features:
    """What speaks for two statements being on the same thing under comparable conditions, before their outcomes are
    compared."""
    first = covered(a.terms, b.terms, around_a.terms, weight)
    second = covered(b.terms, a.terms, around_b.terms, weight)
    apart = [noun for noun in quantities_apart(a, b) if of_condition(noun)]
    shared = [n for n in a.quantities if n in b.quantities and n not in apart and of_condition(n)]
    named = bool(a.metrics and b.metrics)
    return {
        "meaning": cosine,
        "around": dice(around_a.terms | a.terms, around_b.terms | b.terms, weight),
        "covered by the other": min(first, second),
        "covers the other": max(first, second),
        "title": dice(around_a.title, around_b.title, weight),
        "metric": float(bool(a.metrics & b.metrics)),
        "other metric": float(named and not a.metrics & b.metrics),
        "quantity": float(len(shared)),
        "other quantity": float(len(apart)),
    }


def opposition(a: Statement, b: Statement, going: int, paired: list[Match], weight: Weight) -> Features:
    """What speaks for two statements on the same thing going against each other."""
    none = [s.direction == "none" for s in (a, b)]
    other = a if none[1] else b
    signs = [SIGNS.get(s.direction or "", 0.0) for s in (a, b)]
    turned = facing(a, b, weight).sign
    changes = [m.verdict for m in paired if m.change]
    levels = [m.verdict for m in paired if not m.change]
    ends = same_ends(a, b)
    alone = none[0] != none[1] and other.backed and not (a.mixed or b.mixed)
    return {
        "against": float(going < 0),
        "with": float(going > 0),
        EFFECT: float(alone and other.direction in SIGNS),
        NUMBERS: float(alone and other.direction not in SIGNS and bool(other.outcomes)),
        "none against change": float(alone and any(o.delta and not o.unclear for o in other.outcomes)),
        "none, numbers alike": float(alone and (going > 0 or ends)),
        "none in both": float(all(none)),
        "directions": turned * signs[0] * signs[1],
        "words of direction": 0.0 if any(none) else turned * agreement(a.cues, b.cues, weight),
        SAME_START: float(_otherwise(paired)),
        "change": float(changes[0]) if changes else 0.0,
        "opposite changes": float(any(m.opposite for m in paired)),
        OPPOSITE: float(any(m.opposite and m.sure for m in paired)),
        "any change against": float(-1 in changes),
        "any change with": float(1 in changes),
        "level": float(levels[0]) if levels else 0.0,
        "any level with": float(1 in levels),
        SAME_ENDS: float(ends),
    }


def _otherwise(paired: list[Match]) -> bool:
    """Whether the changes that fit best start from the same and come to something else."""
    first = next((m for m in paired if m.change), None)
    return first is not None and first.verdict < 0 and first.near >= LEAST_NEAR
