"""The numbers of a finding as outcomes: what rose or fell from where to where, by how much, and what was only measured.

Read from the printed words, since values come from rules that leave some out; units are folded to a base, so that 52%
and 0.52 compare. It must not know other findings.
"""

from __future__ import annotations

import re
from math import log

from hierarchy.nodes import Finding, Value
from hierarchy.relations.before_numbers import is_condition, is_done, way_before
from hierarchy.relations.belonging import ablated_from, continued, holds, merged, with_intervals, within
from hierarchy.relations.outcome import Outcome
from hierarchy.relations.printed import alike, folded, pair, patterns, plain

BELOW = frozenset(
    (
        "below",
        "lower",
        "shorter",
        "worse",
        "less",
        "smaller",
        "slower",
        "fewer",
        "cooler",
        "colder",
        "lighter",
        "thinner",
    )
)
LESS = re.compile(
    r"\b(?:loss|lost|loses?|cost|costs|fall|fell|drop|decrease|reduction|decline|reduced|lower(?:ed)?)\b", re.I
)


def outcomes_of(finding: Finding) -> tuple[Outcome, ...]:
    """The outcomes of a finding, in the order of its words; of its values where its words show none."""
    return outcomes_in(finding.quote) or tuple(
        o for i, value in enumerate(finding.values) if (o := _of_value(value, i)) is not None
    )


def outcomes_in(text: str) -> tuple[Outcome, ...]:
    """The outcomes that a text states, in order."""
    text = plain(text)
    printed = patterns()
    found: list[Outcome] = []
    intervals: list[tuple[int, str, tuple[float, float]]] = []
    free = [True] * (len(text) + 1)

    def take(match: re.Match[str]) -> bool:
        spans = [
            match.span(i)
            for i in range(1, match.re.groups + 1)
            if match.group(i) and match.group(i)[0] in "+-.0123456789"
        ]
        if not all(free[a] for a, _ in spans):
            return False
        for a, b in spans:
            free[a:b] = [False] * (b - a)
        return True

    for name in ("relative", "times", "correlation"):
        for match in printed[name].finditer(text):
            if take(match) and (outcome := _beside_none(name, match)) is not None:
                found.append(outcome)
    for match in printed["interval"].finditer(text):
        if take(match):
            kind, low, high = pair(match, 1)
            kind = kind if match.group(2) or match.group(4) else ""
            intervals.append((match.start(), kind, (min(low, high), max(low, high))))
    for match in printed["from"].finditer(text):
        if not alike(match):
            continue
        if not is_done(text[: match.start()]) and take(match):
            kind, base, value = pair(match, 1)
            found.append(Outcome(value, base, value - base, None, kind, match.start(), match.end()))
        else:
            take(match)
    for match in printed["against"].finditer(text):
        if alike(match) and take(match):
            kind, value, base = pair(match, 1)
            found.append(Outcome(value, base, value - base, None, kind, match.start(), match.end(), False))
    for match in printed["bare"].finditer(text):
        if "." not in match.group(1) and "%" not in match.group():
            continue
        if take(match):
            kind, first, second = pair(match, 1)
            before = [o for o in found if o.end <= match.start()]
            if (
                text[match.start() - 1] == "("
                and before
                and before[-1].delta is not None
                and within(first, second, before[-1].delta)
            ):
                intervals.append((match.start(), kind if match.group(2) or match.group(4) else "", (first, second)))
            else:
                found.append(Outcome(second, first, second - first, None, kind, match.start(), match.end()))
    for match in printed["delta"].finditer(text):
        if take(match):
            kind, delta = folded(match.group(2), match.group(3))
            signed = not re.match("differ|changed|worth", match.group(1), re.I)
            going = way_before(text, match.start()) if match.group(1).lower() == "by" else 1
            if LESS.fullmatch(match.group(1)) or going < 0:
                delta = -abs(delta)
            signed = signed and going != 0
            found.append(Outcome(None, None, delta, None, kind, match.start(), match.end(), signed))
    for match in printed["over"].finditer(text):
        if ("." in match.group(1) or match.group(2)) and take(match):
            kind, delta = folded(match.group(1), match.group(2))
            sign = -1 if match.group(3).lower() in BELOW else 1
            kind = "change" if match.group(2) in ("%", "percent") else kind
            found.append(Outcome(None, None, sign * delta, None, kind, match.start(), match.end()))
    levels: list[Outcome] = []
    for match in printed["number"].finditer(text):
        measured = "." in match.group(1) or match.group(2)
        if measured and not is_condition(text, match) and take(match):
            kind, value = folded(match.group(1), match.group(2))
            levels.append(Outcome(value, None, None, None, kind, match.start(), match.end()))
    found.sort(key=lambda o: o.start)
    found += [
        o for change in found if change.value is None for level in levels if (o := continued(text, change, level))
    ]
    changes = merged(sorted(found, key=lambda o: o.start), levels)
    levels = [level for level in levels if not any(c.start <= level.start < c.end for c in changes)]
    changes += [ablated_from(text, level, levels[0]) for level in levels]
    return tuple(with_intervals(sorted(changes, key=lambda o: o.start), intervals))


def _beside_none(name: str, match: re.Match[str]) -> Outcome | None:
    """A ratio of odds, hazards or risks beside 1, by its logarithm; a correlation beside 0."""
    numbers = [float(g.replace(",", "")) for g in match.groups() if g]
    if name == "correlation":
        value, kind, numbers = numbers[0], "correlation", numbers
    else:
        if min(numbers) <= 0:
            return None
        numbers, kind = [log(n) for n in numbers], "relative"
        value = numbers[0]
    interval = (min(numbers[1:]), max(numbers[1:])) if len(numbers) == 3 else None
    if interval and not interval[0] <= value <= interval[1]:
        interval = None
    return Outcome(None, None, value, interval, kind, match.start(), match.end())


def _of_value(value: Value, place: int) -> Outcome | None:
    if value.value is None:
        return None
    number = repr(value.value)
    kind, number_of = folded(number, value.unit)
    base = None if value.baseline is None else folded(repr(value.baseline), value.unit)[1]
    delta = None if base is None else number_of - base
    interval = None
    if value.interval is not None:
        low, high = (folded(repr(v), value.unit)[1] for v in value.interval)
        interval = (low, high) if delta is None or holds(low, high, delta) else None
    return Outcome(number_of, base, delta, interval, kind, place, place)
