"""What the outcomes and directions of two statements come to together: agreement, contradiction, or neither.

It takes for granted that both are on the same thing; it must not know whether they are.
"""

from __future__ import annotations

from collections import Counter

from hierarchy.relations.comparison import SAME, Facing, Match, matches
from hierarchy.relations.cues import agreement
from hierarchy.relations.orientation import turned
from hierarchy.relations.outcome import Outcome
from hierarchy.relations.statement import NOISE, Statement, is_clear
from hierarchy.relations.terms import Weight
from hierarchy.relations.words import opposites

FEW = 3
LEAST_FIT_APART = 0.3
LEAST_FIT = 0.2  # the words around two numbers must have this much in common
CLEAR_FACE = 0.3  # of the agreement of directions, between -1 and 1
FAR = 0.1  # of the larger of two numbers of one finding: so far apart, they differ
LEAST_LEVEL_FIT = 0.45  # numbers that nothing is compared with agree or not by accident more easily


def outlook(a: Statement, b: Statement, weight: Weight) -> tuple[int, list[Match]]:
    """1 for agreement, -1 for contradiction, 0 for neither, and how the outcomes were paired."""
    faces = facing(a, b, weight)
    paired = matches(a, b, weight, faces)
    if a.direction == b.direction == "none":
        return 1, paired
    crossed = faces.sure and faces.sides < 0
    if "none" not in (a.direction, b.direction) and not crossed and same_ends(a, b):
        return 1, paired
    if any(s.direction == "none" and _same_pair(s, other) for s, other in ((a, b), (b, a))):
        return 1, paired  # the very numbers between which one sees no difference
    changes = [m for m in paired if m.change and m.fit >= LEAST_FIT]
    if changes and ((going := _voted(changes)) or not (a.contrast or b.contrast)):
        return going, paired
    if none := _one_without_effect(a, b):
        return none, paired
    if two := _two_sided(a, b):
        return two, paired
    levels = [m for m in paired if not m.change and m.fit >= LEAST_LEVEL_FIT]
    if levels:
        going = _voted(levels)
        return (going if going > 0 or _single(a, b) else 0), paired
    if a.outcomes and b.outcomes and (a.changes or a.levels) and paired:
        return 0, paired
    return _directions(a, b, weight, faces), paired


def same_ends(a: Statement, b: Statement) -> bool:
    """Whether both ends of a change in one stand, nearly, as two numbers in the other; or two numbers in each."""
    return _same_pair(a, b) or _same_pair(b, a) or _same_levels(a.levels, b.levels)


def _voted(found: list[Match]) -> int:
    """The verdict of the pair that fits best, unless one that fits nearly as well says otherwise."""
    best = found[0]
    if best.verdict < 0 and best.fit < LEAST_FIT_APART:
        return 0
    much = 0.8 if best.verdict > 0 else 0.5  # a contradiction yields to less
    return 0 if any(m.verdict * best.verdict < 0 and m.fit > much * best.fit for m in found[1:]) else best.verdict


def _one_without_effect(a: Statement, b: Statement) -> int:
    """-1 where one finds no difference and the other a clear one."""
    nothing = (a.direction == "none", b.direction == "none")
    if any(nothing):
        other = a if nothing[1] else b
        if a.mixed or b.mixed:
            return 0
        if len(other.outcomes) > FEW:
            return 0  # of a list, some other number may be meant
        clear = [o for o in other.changes if is_clear(o)]
        if clear or (len(other.levels) == 2 and _apart(*other.levels)) or _far(other.contrast):
            return -1
        if other.direction in ("increase", "decrease") and other.backed and other.levels and not other.changes:
            return -1
    return 0


def _two_sided(a: Statement, b: Statement) -> int:
    """1 where both set two numbers side by side, or one of them tells a change, and the sizes are alike."""
    sizes = [_size(s) for s in (a, b)]
    if None in sizes or sizes[0] is None or sizes[1] is None or sizes[0][0] != sizes[1][0]:
        return 0
    small, large = sorted((sizes[0][1], sizes[1][1]))
    return 1 if large and small >= SAME * large else 0


def _size(s: Statement) -> tuple[str, float] | None:
    """The kind and size of the one difference that a statement tells."""
    if len(s.changes) == 1 and not s.levels:
        return s.changes[0].kind, abs(s.changes[0].delta or 0.0)
    if len(s.levels) == 2 and not s.changes and s.levels[0].kind == s.levels[1].kind:
        return s.levels[0].kind, abs((s.levels[0].value or 0.0) - (s.levels[1].value or 0.0))
    return None


def _single(a: Statement, b: Statement) -> bool:
    """Whether some kind of number stands once in each, so that there is no doubt which is compared with which."""
    kinds = [Counter(o.kind for o in s.outcomes) for s in (a, b)]
    return any(kinds[0][kind] == kinds[1][kind] == 1 for kind in kinds[0])


def _apart(x: Outcome, y: Outcome) -> bool:
    """Whether two numbers of one finding are far from each other."""
    return x.kind == y.kind and abs((x.value or 0.0) - (y.value or 0.0)) > FAR * max(
        abs(x.value or 0), abs(y.value or 0)
    )


def _far(contrast: Outcome | None) -> bool:
    if contrast is None or contrast.value is None or contrast.base is None:
        return False
    return abs(contrast.value - contrast.base) > FAR * max(abs(contrast.value), abs(contrast.base))


def _same_pair(a: Statement, b: Statement) -> bool:
    return any(
        c.base is not None
        and c.value is not None
        and abs(c.base - c.value) > 0.005 * abs(c.base)
        and any(
            _nearly(c.base, x.value) and _nearly(c.value, y.value)
            for x in b.levels
            for y in b.levels
            if x is not y and x.kind == y.kind == c.kind
        )
        for c in a.changes
    )


def _same_levels(a: list[Outcome], b: list[Outcome]) -> bool:
    """Whether each has as many numbers, two of them far from each other, and those of the one are the other's."""
    if len(a) != len(b) or len(a) < 2 or {o.kind for o in a + b} != {a[0].kind} or not any(_apart(x, a[0]) for x in a):
        return False
    return all(
        _nearly(x or 0.0, y)
        for x, y in zip(sorted(o.value or 0.0 for o in a), sorted(o.value or 0.0 for o in b), strict=True)
    )


def _nearly(x: float, y: float | None) -> bool:
    return y is not None and abs(x - y) <= max(0.07 * max(abs(x), abs(y)), NOISE if abs(x) <= 1 else 0.0)


def facing(a: Statement, b: Statement, weight: Weight) -> Facing:
    """How the directions of two statements face each other."""
    opposite = not a.metrics & b.metrics and any(frozenset((x, y)) in opposites() for x in a.metrics for y in b.metrics)
    polarity = 1 if a.removes and b.removes else a.polarity * b.polarity
    way = turned(a.sides, a.terms, b.sides, b.terms, weight)
    return Facing(-1 if opposite or a.sides.low != b.sides.low else 1, polarity * way.way, way.sure)


def _directions(a: Statement, b: Statement, weight: Weight, faces: Facing) -> int:
    """What the words of direction come to where no numbers decide."""
    none = [s.direction == "none" for s in (a, b)]
    if any(none):
        if a.mixed or b.mixed or not (a.backed or b.backed):
            return 0
        return -1 if {a.direction, b.direction} & {"increase", "decrease"} else 0
    face = agreement(a.cues, b.cues, weight)
    if abs(face) >= CLEAR_FACE:
        return faces.sign * (1 if face > 0 else -1)
    return 0
