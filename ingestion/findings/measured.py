"""What a number measures: a measure named beside it, the head of its column, the phrase that it stands by, a measure
named before or above, or at last what its unit measures.

It must not know what the number is compared with.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from hierarchy.paper import Float
from ingestion.findings.intervals import symbol_of
from ingestion.findings.metrics import Named, fits, is_score, owner
from ingestion.findings.numbers import Number
from ingestion.findings.phrases import of_heading, phrase
from ingestion.findings.units import PERCENT, dimension, is_unit

SHARE_OF = re.compile(
    r"\s+of\s+(?:the\s+|all\s+|these\s+|those\s+|its\s+|their\s+|our\s+)?((?!\d|on\b|either\b|them\b)[a-z][\w-]*"
    r"(?:\s+(?!(?:was|were|is|are|had|and|in|on|that|with|of|for|to|at|against|compared|after|before|took|found|by|who|only|instead"
    r"|fell|rose|than)\b)[a-z][\w-]*){0,2})"
)
CLAUSE = re.compile(r";\s|,\s+(?:and|but|while|whereas)\s")


class Around(msgspec.Struct, frozen=True):
    """What stands around a sentence: the specific measures that its passage named before it (the last one first), the
    measure that its heading or a caption names, the heading itself, and the tables that its passage refers to."""

    before: tuple[str, ...] = ()
    above: str | None = None
    heading: str = ""
    tables: tuple[Float, ...] = ()


NOTHING = Around()


def measure(sentence: str, number: Number, names: Sequence[Named], around: Around, change: bool) -> str | None:
    """What a number of a sentence measures, None where nothing tells.

    Args:
        sentence: its words.
        number: one of its numbers.
        names: the measures that it names.
        around: what stands around it.
        change: whether the number is a difference of what is measured.
    """
    told = _told(sentence, number, names, around)
    return f"difference in {told}" if change and told and not told.lower().startswith("difference") else told


def _told(sentence: str, number: Number, names: Sequence[Named], around: Around) -> str | None:
    if symbol := symbol_of(sentence, number):
        return symbol
    if number.unit in PERCENT and (of := SHARE_OF.match(sentence[number.end :])):
        return f"share of {of[1]}"
    name = owner(names, number.start, number.end)
    here = name if name and fits(name.name, number) else None
    near = here is not None and not CLAUSE.search(sentence[here.end : number.start])
    if here and near and not here.generic:
        return here.name
    if head := _header(sentence, number, around.tables):
        return head
    context = [n for n in (*around.before, around.above) if n and fits(n, number)]
    scores = number.unit is None and not number.whole and [n for n in context if is_score(n)]
    if scores:
        return scores[0]
    named_phrase = phrase(sentence, number.start, number.end)
    return (
        named_phrase
        or (here.name if here and not here.generic else None)
        or (context[0] if context else None)
        or (here.name if here else None)
        or of_heading(around.heading)
        or dimension(number.unit)
        or (f"number of {number.unit}" if number.unit and not is_unit(number.unit) else None)
    )


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
