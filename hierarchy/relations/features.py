"""What is weighed of a pair of findings, by name: first whether they are on the same thing under comparable conditions,
then whether they go together or against each other.

All of it is the same whichever of the two comes first. It must not know weights, vectors or papers.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import fsum

from hierarchy.relations.comparison import (
    LEAST_NEAR,
    Match,
    covered,
    dice,
    excludes,
    excluding,
    of_condition,
    quantities_apart,
)
from hierarchy.relations.cues import agreement
from hierarchy.relations.outlook import facing, same_ends
from hierarchy.relations.statement import Statement
from hierarchy.relations.surroundings import Surroundings
from hierarchy.relations.terms import Weight

Features = Mapping[str, float]
SIGNS = {"increase": 1.0, "decrease": -1.0}
MANY = 3.0  # of anything that is counted, more speak no louder


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
    strange = sorted(
        (_strange(a.terms, b.terms, around_b.terms, weight), _strange(b.terms, a.terms, around_a.terms, weight))
    )
    names = bool(a.names and b.names)
    return {
        "meaning": cosine,
        "meaning beyond": max(0.0, cosine - 0.6),
        "words": dice(a.terms, b.terms, weight),
        "around": dice(around_a.terms | a.terms, around_b.terms | b.terms, weight),
        "covered by the other": min(first, second),
        "covers the other": max(first, second),
        "title": dice(around_a.title, around_b.title, weight),
        "strange in both": strange[0],
        "strange in one": strange[1],
        "metric": float(bool(a.metrics & b.metrics)),
        "other metric": float(named and not a.metrics & b.metrics),
        "name": float(names and bool(set(a.names) & set(b.names))),
        "other name": float(names and not set(a.names) & set(b.names)),
        "quantity": min(MANY, len(shared)),
        "other quantity": min(MANY, len(apart)),
        "excluding quantity": min(MANY, sum(excludes(noun, a, b) for noun in apart)),
        "excluding words": min(MANY, len(excluding(a, b))),
    }


def grounds(a: Statement, b: Statement, paired: list[Match]) -> Features:
    """What the outcomes tell of the same: that they start from near numbers, that they are of one kind."""
    kinds = [{o.kind for o in s.outcomes} for s in (a, b)]
    return {
        "base": max((m.near for m in paired), default=0.0),
        "fit": max((m.fit for m in paired), default=0.0),
        "ends": float(same_ends(a, b)),
        "kind": float(bool(kinds[0] & kinds[1])),
        "other kind": float(all(kinds) and not kinds[0] & kinds[1]),
    }


def opposition(a: Statement, b: Statement, going: int, paired: list[Match], weight: Weight) -> Features:
    """What speaks for two statements on the same thing going against each other."""
    none = [s.direction == "none" for s in (a, b)]
    other = a if none[1] else b
    signs = [SIGNS.get(s.direction or "", 0.0) for s in (a, b)]
    turned = facing(a, b, weight).sign
    changes = [m.verdict for m in paired if m.change]
    levels = [m.verdict for m in paired if not m.change]
    alone = none[0] != none[1] and other.backed and not (a.mixed or b.mixed)
    return {
        "against": float(going < 0),
        "with": float(going > 0),
        "none against a direction": float(alone and other.direction in SIGNS),
        "none against numbers": float(alone and other.direction not in SIGNS and bool(other.outcomes)),
        "none against change": float(alone and any(o.delta and not o.unclear for o in other.outcomes)),
        "none, numbers alike": float(alone and (going > 0 or same_ends(a, b))),
        "none in both": float(all(none)),
        "directions": turned * signs[0] * signs[1],
        "words of direction": 0.0 if any(none) else turned * agreement(a.cues, b.cues, weight),
        "otherwise from the same start": float(_otherwise(paired)),
        "change": float(changes[0]) if changes else 0.0,
        "any change against": float(-1 in changes),
        "any change with": float(1 in changes),
        "level": float(levels[0]) if levels else 0.0,
        "any level with": float(1 in levels),
        "same ends": float(same_ends(a, b)),
    }


def _otherwise(paired: list[Match]) -> bool:
    """Whether the changes that fit best start from the same and come to something else."""
    first = next((m for m in paired if m.change), None)
    return first is not None and first.verdict < 0 and first.near >= LEAST_NEAR


def _strange(mine: frozenset[str], theirs: frozenset[str], around: frozenset[str], weight: Weight) -> float:
    """The weight of terms that the other neither says nor has around it; of the rarest three."""
    heavy = sorted((weight(t) for t in mine - theirs - around), reverse=True)[:3]
    return fsum(heavy) / (3 * weight(""))
