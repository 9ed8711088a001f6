"""Which printed numbers belong together: a change with the two numbers it lies between, an interval with its change.

It must not know how numbers are printed.
"""

from __future__ import annotations

import re

import msgspec

from hierarchy.relations.outcome import Outcome
from hierarchy.relations.words import units


def within(low: float, high: float, delta: float) -> bool:
    return low <= delta <= high and abs((high - low) - abs(delta)) > 1e-9


def merged(found: list[Outcome], levels: list[Outcome]) -> list[Outcome]:
    """Changes, where "a difference of 0.02" belongs to the two numbers that it is the difference of."""
    out: list[Outcome] = []
    whole = [o for o in found if o.base is not None]
    for outcome in found:
        if outcome.base is not None:
            out.append(outcome)
            continue
        assert outcome.delta is not None
        if any(abs(abs(o.delta or 0.0) - abs(outcome.delta)) < 0.006 * (1 + abs(outcome.delta)) for o in whole):
            continue
        pair = next(
            (
                (a, b)
                for a in levels
                for b in levels
                if a.kind == b.kind
                and (b.kind == outcome.kind or {b.kind, outcome.kind} == {"bare", "share"})
                and a.value is not None
                and b.value is not None
                and a.start < b.start
                and abs(abs(a.value - b.value) - abs(outcome.delta)) < 0.006 * (1 + abs(outcome.delta))
            ),
            None,
        )
        if pair is None:
            out.append(outcome)
        else:
            a, b = pair
            assert a.value is not None
            value, base = (a.value, b.value) if (a.value - (b.value or 0)) * outcome.delta >= 0 else (b.value, a.value)
            out.append(
                Outcome(value, base, outcome.delta, outcome.interval, a.kind, a.start, outcome.end, outcome.signed)
            )
    return out


def continued(text: str, change: Outcome, level: Outcome) -> Outcome | None:
    """In "a loss of 0.2 for X and 0.1 for Y" the second number is a change like the first."""
    between = text[change.end : level.start]
    if change.end <= level.start and change.delta and level.value and re.fullmatch(r"[^.;,\d]{0,40}\band\s", between):
        sign = 1 if change.delta > 0 else -1
        return msgspec.structs.replace(level, value=None, delta=sign * level.value)
    return None


def ablated_from(text: str, level: Outcome, first: Outcome) -> Outcome:
    """In a list, "0.59 without X" is compared with the list's first number."""
    if level is not first and level.value is not None and first.value is not None and level.kind == first.kind:
        after = text[level.end : level.end + 40]
        if re.match(r"\s*(?:without|with no|minus)\b", after):
            return msgspec.structs.replace(level, base=first.value, delta=level.value - first.value, ablated=True)
    return level


def with_intervals(outcomes: list[Outcome], intervals: list[tuple[int, str, tuple[float, float]]]) -> list[Outcome]:
    """Each interval goes to the last outcome before it that it can belong to."""
    out = list(outcomes)
    for start, kind, (low, high) in intervals:
        for i in range(len(out) - 1, -1, -1):
            o = out[i]
            middle = o.value if o.level else o.delta
            if o.start > start or o.interval is not None or middle is None:
                continue
            if kind and kind != o.kind:
                continue
            if o.kind == "share" and not kind and max(abs(low), abs(high)) > 1:
                low, high = low / 100, high / 100
            elif not kind and o.kind not in ("share", "bare"):
                factor = next((f for k, f in units().values() if k == o.kind and holds(low * f, high * f, middle)), 1.0)
                low, high = low * factor, high * factor
            if not o.level and not holds(low, high, middle) and holds(-high, -low, middle):
                low, high = -high, -low
            if holds(low, high, middle):
                out[i] = msgspec.structs.replace(o, interval=(low, high))
                break
    return out


def holds(low: float, high: float, middle: float) -> bool:
    slack = 0.05 * (high - low) + 1e-9
    return low - slack <= middle <= high + slack
