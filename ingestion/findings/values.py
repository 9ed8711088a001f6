"""The numbers of a finding as records: metric, value, unit, condition, what it is compared with, and its interval.

Every number stands in the sentence as printed; only the metric may come from a table or from the sentences before. It
must not know whether the sentence is a finding.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import msgspec

from hierarchy.nodes import Value
from ingestion.findings.comparisons import pairs
from ingestion.findings.conditions import condition
from ingestion.findings.cues import patterns, table
from ingestion.findings.grouping import SYMBOL
from ingestion.findings.intervals import Interval, intervals, symbol_of
from ingestion.findings.measured import NOTHING, Around, measure
from ingestion.findings.metrics import Named, named, owner
from ingestion.findings.numbers import Number, numbers
from ingestion.findings.outcomes import outcomes
from ingestion.findings.units import dimension, is_physical, is_unit
from ingestion.reading.cues import either

DIFFERED = re.compile(r"\b(?:differ\w*|vari(?:ed|es)|vary)\s*$", re.I)
BOUND = re.compile(r"\b(?:less|fewer|more|no more)\s+than\b|[,;].*?(?=\b)", re.I)
ABSOLUTE = re.compile(r"\s*(?:±|\+/[-−])\s*[\d.]+\s?(?:%|[^\W\d_]{1,3}(?!\w))?")  # the deviation behind a number
JOINED = re.compile(r"\s*(?:and|or|to|–|-)\s*")
PLACES = frozenset({"above", "below", "behind", "ahead"})
LENGTH = re.compile(r"[cdmkµμn]?m|\w*met(?:re|er)s?")  # "3.8 cm behind the first row" is no lag
REMEMBERED = 4  # measures
MOST = 12  # values of one sentence: more are a table in words
NO_CHANGE = re.compile(r"\b(?:from|than|against)\b", re.I)  # "the loss fell from"
BOTH_AFTER = re.compile(
    r"\s+(?:each|apiece)\b|\s+(?:in|at|for|with|on|under)\s+both\b|,\s+(?:exactly\s+)?the same as\b", re.I
)
BOTH = re.compile(r"\b(?:both|either|each of the)\b[^.;]{0,60}$", re.I)


class Read(msgspec.Struct, frozen=True):
    """What was read of a sentence: its values, whether it ties them into pairs itself, the measures named, the last one
    first, and the sign of its first change (0 where there is none)."""

    values: tuple[Value, ...]
    told: bool
    metrics: tuple[str, ...]
    change: int = 0


def read_values(sentence: str, around: Around = NOTHING) -> Read:
    """The values that a sentence states; what stands around it may tell what they measure."""
    found, names = numbers(sentence), named(sentence)
    specific = [n.name for n in reversed(names) if not n.generic and " of " not in n.name]
    last = tuple(dict.fromkeys((*specific, *around.before)))[:REMEMBERED]
    held = intervals(sentence, found)
    free = outcomes(sentence, found, held)
    if not free or len(free) > MOST:
        return Read((), False, last)
    close = {i: _close(sentence, found[i]) for i in free}
    for a, b in reversed(list(pairwise(free))):
        if (
            close[b]
            and not close[a]
            and found[a].unit == found[b].unit
            and JOINED.fullmatch(sentence[found[a].end : found[b].start])
        ):
            close[a] = close[b]  # "41% and 36% more"
    change = {i: close[i] or _change(sentence, found, i) for i in free}
    measures = {i: words for i in free if (words := _measured(sentence, found[i], names))}
    compared, told = pairs(sentence, found, free, change.__getitem__, {i for i in free if close[i]}, measures)
    bases = {base for held_bases in compared.values() for base in held_bases}
    values: list[Value] = []
    for i in free:
        if told and i in bases and i not in compared:
            continue
        number = found[i]
        name = owner(names, number.start, number.end)
        following = min((n.start for n in found if n.start >= number.end), default=len(sentence))
        stated = Value(
            measure(sentence, number, names, around, bool(change[i])),
            number.value,
            number.unit or next((u for b in compared.get(i, ()) if (u := found[b].unit) and is_unit(u)), None),
            condition(sentence, name.end if name else None, number.end, following),
            None,
            _interval(i, free, held),
        )
        base_values = [found[b].value for b in compared.get(i, ())] or _same(
            sentence, number, [found[j] for j in free if not change[j]]
        )
        values += [msgspec.structs.replace(stated, baseline=base) for base in base_values] or [stated]
    told = told or any(v.value == v.baseline for v in values)
    return Read(tuple(values), told, last, next((c for c in change.values() if c in (1, -1)), 0))


def _change(sentence: str, found: Sequence[Number], i: int) -> int:
    """1 where the number is a gain, -1 a loss, 2 a difference without a sign, 0 where it is no change."""
    number = found[i]
    before = sentence[max(0, number.start - 70) : number.start]
    less = patterns("comparisons")["less"]
    if (noun := _nouns().search(before)) and not NO_CHANGE.search(noun.group()):
        return -1 if less.search(noun.group()) else 2 if (noun[1] or noun[2]).lower() in ("difference", "gap") else 1
    if verb := _verbs().search(before):
        if DIFFERED.search(before[: verb.start()]):
            return 2
        led = BOUND.sub(" ", before[max(0, verb.start() - 45) : verb.end()])
        return -1 if less.search(led) else 1
    return 0


def _measured(sentence: str, number: Number, names: Sequence[Named]) -> frozenset[str]:
    """The words of the measure that a number has of its own, none where it has none."""
    if (symbol := symbol_of(sentence, number)) and symbol not in ("M", "Mdn"):
        return frozenset({SYMBOL, symbol})
    name = owner(names, number.start, number.end)
    return frozenset(name.name.lower().split()) if name and not name.generic else frozenset()


def _close(sentence: str, number: Number) -> int:
    """1 where a comparative right behind a number makes it a gain, -1 a loss, 0 where none stands there."""
    after = sentence[number.end : number.end + 50]
    after = after[deviation.end() :] if (deviation := ABSOLUTE.match(after)) else after
    match = _comparative().match(after)
    if match is None or (match[1] in PLACES and LENGTH.fullmatch(number.unit or "")):
        return 0
    if match[1] in ("behind", "ahead") and is_physical(number.unit) and dimension(number.unit) != "time":
        return 0  # "0.9 l/s behind the pond"
    fewer = "fewer_time" if dimension(number.unit) == "time" else "less"
    return -1 if patterns("comparisons")[fewer].fullmatch(match[1]) else 1


@cache
def _comparative() -> re.Pattern[str]:
    return re.compile(rf"\s+({either(table('comparisons')['comparative']['words'])})\b(?!\s+recent)")


@cache
def _nouns() -> re.Pattern[str]:
    nouns = either(table("metrics")["change"]["words"])
    to = r"(?:rose|fell|grew|shrank|amount\w*|increased|decreased)\s+to"
    link = rf"(?:of|was|is|were|are|at|by|{to}|remains|remained|reached|about|only|nearly|almost|around|just|still)"
    led = rf"\b({nouns})s?(?:\s+[^\W\d_][\w’'-]*){{0,8}}?\s+{link}\s*$"
    return re.compile(rf"{led}|(?:\(|,\s+(?:an?|the)\s+)(?:[a-z]+\s+){{0,2}}({nouns})\s*[:=]?\s*$", re.I)


@cache
def _verbs() -> re.Pattern[str]:
    verbs = either(table("metrics")["change"]["verbs"])
    return re.compile(
        rf"(?<!made )(?<!make )(?<!makes )(?<!took )(?<!takes )\b{verbs}"
        r"(?:\s+(?:only|about|just|another|less than|more than|up to|nearly|almost|over|"
        r"at most|at least|between|roughly|around|some|a further|on average|an?\s+\w+))*\s*$",
        re.I,
    )


def _interval(i: int, free: Sequence[int], held: Sequence[Interval]) -> tuple[float, float] | None:
    """The interval that is printed next behind a number, before any other number."""
    later = min((j for j in free if j > i), default=10**6)
    return next(((one.low, one.high) for one in held if not one.spread and i <= one.first < max(later, i + 1)), None)


def _same(sentence: str, number: Number, levels: Sequence[Number]) -> list[float]:
    """The number itself, where "both" have it; `levels` are the measured numbers that are no changes."""
    both = BOTH.search(sentence[: number.start]) or BOTH_AFTER.match(sentence[number.end :])
    alone = sum(not _is_count(n) for n in levels) == 1
    return [number.value] if alone and both and not _is_count(number) else []


def _is_count(number: Number) -> bool:
    return number.whole and not (number.unit and is_unit(number.unit))
