"""How two statements compare: whether they are on the same thing under the same conditions, and how their outcomes go.

Everything here is symmetric but for names; it must not know vectors, nor what is concluded.
"""

from __future__ import annotations

from math import fsum

import msgspec

from hierarchy.relations.outcome import Outcome
from hierarchy.relations.statement import NOISE, Statement, observed
from hierarchy.relations.terms import Weight
from hierarchy.relations.words import units

ALIKE = 0.8
SAME, APART = 0.6, 0.4  # the smaller change over the larger: the same outcome; another one
LEVEL_SAME, LEVEL_APART = 0.9, 0.72
QUANTITY = 1.25
DOUBLE, SEVERAL = 2.0, 3.0
DOSES = frozenset(kind for kind, _ in units().values())
LEAST_NEAR = 0.4  # of two bases; those that differ by more than a thirteenth are other bases


class Match(msgspec.Struct, frozen=True):
    """How two outcomes go together: 1 they agree, -1 they contradict, 0 neither; and how well their words fit.
    `opposite`: one rose and the other fell; `sure`: it is known which side of each is which."""

    verdict: int
    fit: float
    near: float
    change: bool
    opposite: bool = False
    sure: bool = False


class Facing(msgspec.Struct, frozen=True):
    """-1 in `metric` where what is measured in one is the opposite of what is measured in the other; in `sides` where
    one tells the comparison from the other side, or of the cause taken away; else 1. `sure` where both name their
    sides."""

    metric: int
    sides: int
    sure: bool = False

    @property
    def sign(self) -> int:
        """-1 where the same direction means the opposite."""
        return self.metric * self.sides


def covered(a: frozenset[str], b: frozenset[str], around: frozenset[str], weight: Weight) -> float:
    """The share of b's terms, by weight, that a says; a term that only stands around a counts half."""
    total = fsum(map(weight, b))
    return fsum(weight(t) if t in a else 0.5 * weight(t) for t in b if t in a or t in around) / total if total else 0.0


def dice(a: frozenset[str], b: frozenset[str], weight: Weight) -> float:
    """The weight of the common terms over the mean weight."""
    total = fsum(map(weight, a)) + fsum(map(weight, b))
    return 2 * fsum(map(weight, a & b)) / total if total else 0.0


def excluding(a: Statement, b: Statement) -> list[int]:
    """Groups of excluding words of which the two name different ones."""
    return [g for g, words in a.contrasts.items() if g in b.contrasts and not words & b.contrasts[g]]


def quantities_apart(a: Statement, b: Statement) -> list[str]:
    """What is counted in both, but no number of it is the same, nor near."""
    apart: list[str] = []
    for noun, numbers in a.quantities.items():
        others = b.quantities.get(noun)
        if others and not any(_near(x, y) for x in numbers for y in others):
            apart.append(noun)
    return apart


def of_condition(noun: str) -> bool:
    """Whether another number of this is another condition, not a larger study."""
    return noun not in observed()


def excludes(noun: str, a: Statement, b: Statement) -> bool:
    """Whether another number of this is so much another condition that the two cannot be compared: twice as much of
    what has a unit or is a share of others, several times as many of what is only counted."""
    times = DOUBLE if noun in DOSES or noun.endswith(" in") else SEVERAL
    return not any(_near(x, y, times) for x in a.quantities[noun] for y in b.quantities[noun])


def _near(x: float, y: float, times: float = QUANTITY) -> bool:
    return max(x, y) <= times * min(x, y) if min(x, y) > 0 else x == y


def matches(a: Statement, b: Statement, weight: Weight, faces: Facing) -> list[Match]:
    """The outcomes of two statements, paired by their words, the best first."""
    mine, theirs = _told(a), _told(b)
    pairs: list[tuple[float, int, int]] = []
    for i, (x, x_terms) in enumerate(mine):
        for j, (y, y_terms) in enumerate(theirs):
            left_out = (x.ablated and not b.removes) or (y.ablated and not a.removes)
            if _kinds_meet(x, y) and x.level == y.level and not left_out:
                pairs.append((_fit(a, x_terms, b, y_terms, weight), i, j))
    out: list[Match] = []
    used_a: set[int] = set()
    used_b: set[int] = set()
    for fit, i, j in sorted(pairs, key=lambda p: (mine[p[1]][0].level, -p[0], p[1] + p[2], abs(p[1] - p[2]))):
        if i not in used_a and j not in used_b:
            used_a.add(i)
            used_b.add(j)
            x, y = _one_kind(mine[i][0], theirs[j][0])
            if faces.metric > 0 or not x.level:
                y = _faced(y, faces)
                if faces.sure and not (x.signed or y.signed):
                    x, y = _from_nearer_end(x, y)
                out.append(verdict(_sure(x, faces), _sure(y, faces), fit, faces.sure))
    return out


def _from_nearer_end(x: Outcome, y: Outcome) -> tuple[Outcome, Outcome]:
    """Two comparisons of the same two things, of which either may be the one compared with, told from the things whose
    numbers are the nearer."""
    if x.value is None or y.value is None or _near_numbers(x.value, y.value) <= _base_near(x, y):
        return x, y
    return _turned(x), _turned(y)


def _turned(o: Outcome) -> Outcome:
    interval = (-o.interval[1], -o.interval[0]) if o.interval else None
    return msgspec.structs.replace(o, value=o.base, base=o.value, delta=-(o.delta or 0.0), interval=interval)


def _told(s: Statement) -> list[tuple[Outcome, frozenset[str]]]:
    """What a statement tells in numbers, each with the terms that speak of it."""
    alone = len(s.outcomes) == 1
    told = [(o, s.terms if alone else near) for o, near in zip(s.outcomes, s.local, strict=False)]
    if s.direction == "none" and alone and s.outcomes[0].level:
        # "0.69 at both rates" starts and ends at it.
        told.append((msgspec.structs.replace(s.outcomes[0], base=s.outcomes[0].value, delta=0.0), s.terms))
    return [*told, (s.contrast, s.terms)] if s.contrast else told


def _fit(a: Statement, mine: frozenset[str], b: Statement, theirs: frozenset[str], weight: Weight) -> float:
    if len(a.outcomes) == 1:
        return covered(mine, theirs, frozenset(), weight)
    return covered(theirs, mine, frozenset(), weight) if len(b.outcomes) == 1 else dice(mine, theirs, weight)


def _kinds_meet(x: Outcome, y: Outcome) -> bool:
    """Whether two numbers are of one kind; a score of 62.9 and a gain of 3.2 points are, too."""
    return x.kind == y.kind or ({x.kind, y.kind} == {"share", "bare"} and all(_hundreds(o) for o in (x, y)))


def _hundreds(o: Outcome) -> bool:
    """Whether a number is a share, or may be one that is told in hundredths."""
    if o.kind == "share":
        return True
    known = [abs(v) for v in (o.value, o.base) if v is not None]
    return bool(known) and all(1 < v <= 100 for v in known)


def _one_kind(x: Outcome, y: Outcome) -> tuple[Outcome, Outcome]:
    if x.kind == y.kind:
        return x, y
    return tuple(o if o.kind == "share" else _hundredth(o) for o in (x, y))  # type: ignore[return-value]


def _hundredth(o: Outcome) -> Outcome:
    value, base, delta = (None if v is None else v / 100 for v in (o.value, o.base, o.delta))
    interval = (o.interval[0] / 100, o.interval[1] / 100) if o.interval else None
    return msgspec.structs.replace(o, value=value, base=base, delta=delta, interval=interval, kind="share")


def _sure(o: Outcome, faces: Facing) -> Outcome:
    """An outcome whose sides are known, where both statements name them."""
    return msgspec.structs.replace(o, signed=True) if faces.sure and not o.signed else o


def _faced(o: Outcome, faces: Facing) -> Outcome:
    """An outcome as the other statement would tell it: from the other end, or of the opposite of what is measured."""
    if o.delta is None or (faces.metric, faces.sides) == (1, 1):
        return o
    delta, interval = o.delta, o.interval
    if faces.sign < 0:
        delta, interval = -delta, (-interval[1], -interval[0]) if interval else None
    value, base = (o.base, o.value) if faces.sides < 0 else (o.value, o.base)
    if faces.metric < 0:
        value = base = None
    return msgspec.structs.replace(o, delta=delta, interval=interval, value=value, base=base)


def verdict(x: Outcome, y: Outcome, fit: float, sure: bool = False) -> Match:
    """Whether two outcomes of one kind agree; `sure` where it is known which side of each is which."""
    near = _base_near(x, y)
    if x.delta is None or y.delta is None:
        return Match(_levels(x, y), fit, near, False)
    going = _changes(x, y, sure)
    if going < 0 and x.base is not None and y.base is not None and near < LEAST_NEAR:
        going = 0  # they start from elsewhere, so their conditions are not the same
    if not sure and not (x.signed and y.signed) and swapped(x, y):
        going = 1
    opposite = going < 0 and x.delta * y.delta < 0
    return Match(going, fit, near, True, opposite, sure)


def _changes(x: Outcome, y: Outcome, sure: bool) -> int:
    assert x.delta is not None
    assert y.delta is not None
    small, large = sorted((x, y), key=lambda o: abs(o.delta or 0.0))
    ds, dl = small.delta or 0.0, large.delta or 0.0
    scale = max(abs(small.base or 0.0), abs(large.base or 0.0))
    if dl == 0:
        return 1
    gap = abs(dl - ds)
    # Beside a base, a gap is small where it is small beside that; shares also have noise of their own.
    slight = gap <= (NOISE if x.kind == "share" else 0.03 * scale)
    if x.unclear and y.unclear:
        return 1
    if slight:
        return 1 if (ds * dl >= 0 or not (x.signed and y.signed)) and abs(ds) >= SAME * abs(dl) else 0
    if x.unclear != y.unclear:
        hidden, clear = (x, y) if x.unclear else (y, x)
        return _beside(hidden, clear)
    if ds * dl < 0:
        if not sure and x.base is None and y.base is None and abs(ds) >= ALIKE * abs(dl):
            return 0  # the same size: one word of direction of the two may have been misread
        if x.signed and y.signed:
            return -1
        return 1 if abs(ds) >= SAME * abs(dl) else 0
    if abs(ds) >= SAME * abs(dl):
        return 1
    # Both go the same way: that one goes further is only at odds where they start from the same.
    if abs(ds) > APART * abs(dl) or _within_interval(x, y) or _within_interval(y, x):
        return 0
    return -1 if _base_near(x, y) >= LEAST_NEAR or _intervals_apart(x, y) else 0


def _within_interval(x: Outcome, y: Outcome) -> bool:
    """Whether what one found lies within the other's uncertainty."""
    return x.interval is not None and y.delta is not None and x.interval[0] <= y.delta <= x.interval[1]


def _beside(unclear: Outcome, clear: Outcome) -> int:
    """What a difference that may be none says beside a clear one: it contradicts where it is far smaller, or turned."""
    assert unclear.delta is not None
    assert clear.delta is not None
    if unclear.signed and clear.signed and unclear.delta * clear.delta < 0:
        return -1
    if not clear.delta:
        return 1
    small = abs(unclear.delta) / abs(clear.delta)
    return -1 if small <= APART else 1 if SAME <= small <= 1 / SAME else 0


def _intervals_apart(x: Outcome, y: Outcome) -> bool:
    if x.interval is None or y.interval is None:
        return False
    return x.interval[1] < y.interval[0] or y.interval[1] < x.interval[0]


def swapped(x: Outcome, y: Outcome) -> bool:
    """Whether two comparisons set the same numbers side by side in another order."""
    if x.value is None or x.base is None or y.value is None or y.base is None:
        return False
    return _close(x.value, y.base) and _close(x.base, y.value) and not _close(x.value, x.base)


def _close(x: float, y: float) -> bool:
    return abs(x - y) <= 0.05 * max(abs(x), abs(y))


def _levels(x: Outcome, y: Outcome) -> int:
    assert x.value is not None
    assert y.value is not None
    low, high = sorted((abs(x.value), abs(y.value)))
    if x.value * y.value < 0 or _intervals_apart(x, y):
        return -1
    if high == 0 or low >= LEVEL_SAME * high or (x.kind == "share" and high - low <= NOISE):
        return 1
    for o, other in ((x, y), (y, x)):
        if o.interval is not None and other.value is not None and o.interval[0] <= other.value <= o.interval[1]:
            return 0
    return -1 if low <= LEVEL_APART * high else 0


def _base_near(x: Outcome, y: Outcome) -> float:
    """How near the numbers are that the two start from: 1 for the same."""
    return 0.0 if x.base is None or y.base is None else _near_numbers(x.base, y.base)


def _near_numbers(x: float, y: float) -> float:
    high = max(abs(x), abs(y))
    return max(0.0, 1 - abs(x - y) / high * 8) if high else 1.0
