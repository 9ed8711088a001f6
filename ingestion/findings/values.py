"""The numbers of a finding as records: metric, value, unit, condition, what it is compared with, and its interval.

Every number stands in the sentence as printed; only the metric may come from a table or from the sentences before. It
must not know whether the sentence is a finding.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import msgspec

from hierarchy.nodes import Value
from hierarchy.paper import Float
from ingestion.findings.comparisons import pairs
from ingestion.findings.conditions import condition
from ingestion.findings.cues import patterns, table
from ingestion.findings.intervals import Interval, intervals
from ingestion.findings.metrics import Named, is_score, named, owner
from ingestion.findings.numbers import Number, numbers
from ingestion.findings.outcomes import outcomes
from ingestion.findings.units import PERCENT, is_physical, is_unit
from ingestion.reading.cues import either

MOST = 12  # values of one sentence: more are a table in words
NO_CHANGE = re.compile(r"\b(?:from|than|against)\b", re.I)  # "the loss fell from"
BOTH_AFTER = re.compile(r"\s+(?:in|at|for|with|on|under)\s+both\b|,\s+(?:exactly\s+)?the same as\b", re.I)
SHARE_OF = re.compile(
    r"\s+of\s+(?:the\s+|all\s+|these\s+|those\s+|its\s+|their\s+|our\s+)?((?!\d)[a-z][\w-]*(?:\s+(?!(?:was|were|is|are|had|and|in|on|that|with|of|for|to|at|against|compared)\b)[a-z][\w-]*){0,2})"
)
BOTH = re.compile(r"\b(?:both|either|each)\b[^.;]{0,60}$", re.I)
SUBJECT = re.compile(
    r"(?:^|[,;]\s+|\b(?:the|a|an|that|of|and|mean|median)\s+)((?:[a-z][\w-]*\s+){0,2}[a-z][\w-]{3,})"
    r"(?:\s+(?:in|on|of|for|at|by|with|over)\s+[^,;.]{1,50}?)?\s+(?:was|were|is|are|rose|fell|grew|dropped|lasted|increased|decreased|reached)\b",
    re.I,
)


class Read(msgspec.Struct, frozen=True):
    """What was read of a sentence: its values, whether it ties them into pairs itself, the last measure named, and the
    sign of its first change (0 where there is none)."""

    values: tuple[Value, ...]
    told: bool
    metric: str | None
    change: int = 0


def read_values(
    sentence: str, metric_before: str | None, tables: Sequence[Float], metric_above: str | None = None
) -> Read:
    """The values that a sentence states.

    Args:
        sentence: its words.
        metric_before: the last specific measure that was named before it in its passage.
        tables: those that the passage refers to; only those that the sentence names are looked at.
        metric_above: a measure that the heading or a caption names.
    """
    found, names = numbers(sentence), named(sentence)
    specific = [n.name for n in names if not n.generic and " of " not in n.name]
    last = specific[-1] if specific else metric_before
    context = [n for n in (metric_before, metric_above) if n]
    held = intervals(sentence, found)
    free = outcomes(sentence, found, held)
    if not free or len(free) > MOST:
        return Read((), False, last)
    change = {i: _change(sentence, found, i) for i in free}
    compared, told = pairs(sentence, found, free, change.__getitem__)
    bases = {base for held_bases in compared.values() for base in held_bases}
    values: list[Value] = []
    for i in free:
        if told and i in bases and i not in compared:
            continue
        number = found[i]
        name = owner(names, number.start, number.end)
        metric = _metric(sentence, number, name, context, tables, bool(change[i]))
        following = min((n.start for n in found if n.start >= number.end), default=len(sentence))
        stated = Value(
            metric,
            number.value,
            number.unit or next((u for b in compared.get(i, ()) if (u := found[b].unit) and is_unit(u)), None),
            condition(sentence, name.end if name else None, number.end, following),
            None,
            _interval(i, free, held),
        )
        base_values = [found[b].value for b in compared.get(i, ())] or _same(sentence, number, free)
        values += [msgspec.structs.replace(stated, baseline=base) for base in base_values] or [stated]
    told = told or any(v.value == v.baseline for v in values)
    return Read(tuple(values), told, last, next((c for c in change.values() if c in (1, -1)), 0))


def _change(sentence: str, found: Sequence[Number], i: int) -> int:
    """1 where the number is a gain, -1 a loss, 2 a difference without a sign, 0 where it is no change."""
    number = found[i]
    before, after = sentence[max(0, number.start - 70) : number.start], sentence[number.end : number.end + 14]
    less = patterns("comparisons")["less"]
    if (noun := _nouns().search(before)) and not NO_CHANGE.search(noun.group()):
        return -1 if less.search(noun.group()) else 2 if (noun[1] or noun[2]).lower() in ("difference", "gap") else 1
    if verb := _verbs().search(before):
        return -1 if less.search(verb.group()) or less.search(before) else 1
    if close := re.match(r"\s+(above|below|better|worse|higher|lower|more|less|longer|shorter|behind|ahead)\b", after):
        return -1 if less.search(close[1]) else 1
    return 0


@cache
def _nouns() -> re.Pattern[str]:
    nouns = either(table("metrics")["change"]["words"])
    link = r"(?:of|was|is|were|are|to|at|by|remains|remained|reached|about|only|nearly|almost|around|just|still)"
    led = rf"\b({nouns})s?(?:\s+[^\W\d_][\w’'-]*){{0,8}}?\s+{link}\s*$"
    return re.compile(rf"{led}|(?:\(|,\s+(?:an?|the)\s+)({nouns})\s*:?\s*$", re.I)


@cache
def _verbs() -> re.Pattern[str]:
    verbs = either(table("metrics")["change"]["verbs"])
    return re.compile(
        rf"\b{verbs}(?:\s+(?:only|about|just|another|less than|more than|up to|nearly|almost|over|"
        r"at most|at least|an?\s+\w+))*\s*$",
        re.I,
    )


def _metric(
    sentence: str,
    number: Number,
    name: Named | None,
    context: Sequence[str],
    tables: Sequence[Float],
    change: bool,
) -> str | None:
    """What a number measures: named beside it, in the head of its column, or before, else its sentence's subject."""
    if number.unit in PERCENT and (of := SHARE_OF.match(sentence[number.end :])):
        return f"share of {of[1]}"
    named_here = name if name and fits(name.name, number) else None
    told = named_here.name if named_here and not named_here.generic else _header(sentence, number, tables)
    told = told or next((n for n in context if fits(n, number)), None)
    told = told or (named_here.name if named_here else None) or _subject(sentence, number)
    return f"difference in {told}" if change and told and not told.lower().startswith("difference") else told


def fits(name: str, number: Number) -> bool:
    """Whether a measure may have the number's unit: a score has none but percent and points."""
    return not (is_physical(number.unit) and is_score(name))


def _header(sentence: str, number: Number, tables: Sequence[Float]) -> str | None:
    """The head of the only column that holds the number, in a table that the sentence names."""
    printed = re.sub(r"[^\d.].*$", "", sentence[number.start : number.end].lstrip("-−–+ "))
    for one in tables:
        if not one.rows or not one.label or one.label.lower() not in sentence.lower():
            continue
        columns = {
            c
            for row in one.rows[1:]
            for c, cell in enumerate(row)
            if re.match(rf"\D?{re.escape(printed)}(?!\d)", cell.strip())
        }
        if len(columns) == 1 and re.search(r"[^\W\d_]{2}", head := one.rows[0][columns.pop()]):
            return head.strip()
    return None


def _subject(sentence: str, number: Number) -> str | None:
    """The noun before the verb that gives the number: "the runtime falls to"."""
    matches = list(SUBJECT.finditer(sentence[: number.start]))
    noun = matches[-1][1].strip() if matches else ""
    return noun if noun and not noun.endswith("s") else None  # many things are seldom what is measured


def _interval(i: int, free: Sequence[int], held: Sequence[Interval]) -> tuple[float, float] | None:
    """The interval that is printed next behind a number, before any other number."""
    later = min((j for j in free if j > i), default=10**6)
    return next(((one.low, one.high) for one in held if i <= one.first and one.first < max(later, i + 1)), None)


def _same(sentence: str, number: Number, free: Sequence[int]) -> list[float]:
    """The number itself, where "both" have it."""
    both = BOTH.search(sentence[: number.start]) or BOTH_AFTER.match(sentence[number.end :])
    return [number.value] if len(free) == 1 and both and not number.whole else []
