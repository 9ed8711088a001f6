"""The numbers of a finding as outcomes: what rose or fell from where to where, by how much, and what was only measured.

Read from the printed words, since values come from rules that leave some out; units are folded to a base, so that 52%
and 0.52 compare. It must not know other findings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import log

from hierarchy.nodes import Finding, Value
from hierarchy.relations.before_numbers import is_condition, is_done, way_before
from hierarchy.relations.belonging import ablated_from, continued, holds, merged, with_intervals, within
from hierarchy.relations.outcome import Outcome
from hierarchy.relations.printed import NUMBER, alike, folded, pair, patterns, plain, spread
from hierarchy.relations.terms import numerals

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
EFFECT = re.compile(
    r"(?:\(|\b(?:effect|elasticity|coefficient|slope|estimate|change|trend|beta|β)s?\b[^.;]{0,30})\s*$", re.I
)
NUMBER_LAST = re.compile(rf"({NUMBER})(?:\s?[^\s\d(]{{1,12}}){{0,3}}\s*$")
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
    reading = _Reading(text)
    for name in ("relative", "times", "correlation", "fold"):
        reading.beside_none(name)
    reading.signed()
    reading.intervals()
    reading.from_to()
    reading.against()
    reading.bare()
    reading.deltas()
    reading.over()
    levels = reading.levels()
    found = sorted(reading.found, key=lambda o: o.start)
    found += [
        o for change in found if change.value is None for level in levels if (o := continued(text, change, level))
    ]
    changes = merged(sorted(found, key=lambda o: o.start), levels)
    levels = [level for level in levels if not any(c.start <= level.start < c.end for c in changes)]
    changes += [ablated_from(text, level, levels[0]) for level in levels]
    return tuple(with_intervals(sorted(changes, key=lambda o: o.start), reading.bounds))


class _Reading:
    """The numbers of a plain text, each taken once, by the way of printing that tells most of it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: list[Outcome] = []
        self.bounds: list[tuple[int, str, tuple[float, float]]] = []
        self._printed = patterns()
        self._free = [True] * (len(text) + 1)

    def _matches(self, name: str) -> Iterator[re.Match[str]]:
        return self._printed[name].finditer(self.text)

    def _take(self, match: re.Match[str]) -> bool:
        """Takes the numbers of a match, unless one of them is taken."""
        groups = range(1, match.re.groups + 1)
        spans = [match.span(i) for i in groups if match.group(i) and match.group(i)[0] in "+-.0123456789"]
        if not all(self._free[a] for a, _ in spans):
            return False
        for a, b in spans:
            self._free[a:b] = [False] * (b - a)
        return True

    def beside_none(self, name: str) -> None:
        for match in self._matches(name):
            if self._take(match) and (outcome := _beside_none(name, match)) is not None:
                self.found.append(outcome)

    def intervals(self) -> None:
        for match in self._matches("interval"):
            if self._take(match):
                kind, low, high = pair(match, 1)
                kind = kind if match.group(2) or match.group(4) else ""
                self.bounds.append((match.start(), kind, (min(low, high), max(low, high))))

    def from_to(self) -> None:
        for match in self._matches("from"):
            if alike(match) and self._take(match) and not is_done(self.text[: match.start()]):
                kind, base, value = pair(match, 1)
                self.found.append(Outcome(value, base, value - base, None, kind, match.start(), match.end()))

    def against(self) -> None:
        for match in self._matches("against"):
            if alike(match) and self._take(match):
                kind, value, base = pair(match, 1)
                delta, interval = value - base, spread(match.group(), value - base)
                way = re.search(r"\b(?:up|down) from\b", match.group(), re.I) is not None
                self.found.append(Outcome(value, base, delta, interval, kind, match.start(), match.end(), way))

    def bare(self) -> None:
        """A range in brackets is the interval of the number before it, if it can be; else "A to B" is a change."""
        for match in self._matches("bare"):
            interval = self._is_interval(match)
            measured = interval or "." in match.group(1) or "%" in match.group()
            if not measured or not alike(match) or not self._take(match):
                continue
            kind, first, second = pair(match, 1)
            if interval:
                kind = kind if match.group(2) or match.group(4) else ""
                self.bounds.append((match.start(), kind, (first, second)))
            else:
                self.found.append(Outcome(second, first, second - first, None, kind, match.start(), match.end()))

    def _is_interval(self, match: re.Match[str]) -> bool:
        if self.text[match.start() - 1] != "(":
            return False
        _, low, high = pair(match, 1)
        before = [o for o in self.found if o.end <= match.start()]
        if before and before[-1].delta is not None and within(low, high, before[-1].delta):
            return True
        last = NUMBER_LAST.search(self.text[: match.start() - 1])
        return last is not None and within(low, high, folded(last.group(1), match.group(2) or match.group(4))[1])

    def signed(self) -> None:
        """A change in brackets with its interval: "(−1 point, −5 to 3)"."""
        for match in self._matches("signed"):
            if self._take(match):
                kind, delta = folded(match.group(1), match.group(2))
                low, high = (folded(match.group(i), match.group(2))[1] for i in (3, 4))
                interval = (min(low, high), max(low, high))
                self.found.append(Outcome(None, None, delta, interval, kind, match.start(), match.end()))

    def deltas(self) -> None:
        for match in self._matches("delta"):
            if not self._take(match):
                continue
            kind, delta = folded(match.group(2), match.group(3))
            signed = not re.match("differ|changed|worth", match.group(1), re.I)
            going = way_before(self.text, match.start()) if match.group(1).lower() == "by" else 1
            if LESS.fullmatch(match.group(1)) or going < 0:
                delta = -abs(delta)
            signed = signed and going != 0
            self.found.append(Outcome(None, None, delta, None, kind, match.start(), match.end(), signed))

    def over(self) -> None:
        for match in self._matches("over"):
            if ("." in match.group(1) or match.group(2)) and self._take(match):
                kind, delta = folded(match.group(1), match.group(2))
                sign = -1 if match.group(3).lower() in BELOW else 1
                kind = "change" if match.group(2) in ("%", "percent") else kind
                self.found.append(Outcome(None, None, sign * delta, None, kind, match.start(), match.end()))

    def levels(self) -> list[Outcome]:
        """What is left: numbers that nothing is compared with, but for those of conditions."""
        levels: list[Outcome] = []
        for match in self._matches("number"):
            measured = "." in match.group(1) or match.group(2) or "±" in match.group()
            if measured and not is_condition(self.text, match) and self._take(match):
                kind, value = folded(match.group(1), match.group(2))
                interval = spread(match.group(), value)
                if _is_change(self.text, match):
                    self.found.append(Outcome(None, None, value, interval, kind, match.start(), match.end()))
                else:
                    levels.append(Outcome(value, None, None, interval, kind, match.start(), match.end()))
        return levels


def _is_change(text: str, match: re.Match[str]) -> bool:
    """Whether a number with a sign is a change: one with a plus; one with a minus in brackets, or of an effect."""
    sign = match.group(1)[0]
    return sign == "+" or (sign == "-" and EFFECT.search(text[: match.start()]) is not None)


def _beside_none(name: str, match: re.Match[str]) -> Outcome | None:
    """A ratio of odds, hazards or risks beside 1, by its logarithm, and so "twice as many"; a correlation beside 0."""
    if name == "fold":
        return Outcome(None, None, log(_fold(match)), None, "fold", match.start(), match.end())
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


def _fold(match: re.Match[str]) -> float:
    twice, part, number = match.groups()
    if twice:
        return 2.0
    if part:
        return 0.5 if part == "half" else 1 / 3 if part.endswith("third") else 0.25
    return numerals().get(number.lower()) or max(1e-9, abs(float(number.replace(",", ""))))


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
