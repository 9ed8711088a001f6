"""Units as printed behind a number: words, and symbols put together as in the International System of Units.

It must not know what is measured.
"""

from __future__ import annotations

import re
from functools import cache

from ingestion.findings.cues import table
from ingestion.reading.cues import either

PERCENT = frozenset({"%", "percent", "per cent"})
POWER = r"(?:[²³]|\^[-−]?[123]|[-−⁻][123¹²³](?:/\d)?|(?<=m)[23])?(?!\d)"
PER = re.compile(
    r"\s+per\s+(?:\d{1,3}(?:,\d{3})+\s+|\d+\s+|(?:hundred|thousand|million)\s+)?(?:square\s+|cubic\s+)?[^\W\d_][\w²³]*(?:[-–][^\W\d_]\w*)?"
    r"(?:\s+(?:days|years|hours|months|births|people|persons|inhabitants|patients|words|tokens)\b)?"
    r"|\s+an?\s+(?:second|minute|hour|day|night|week|month|year)\b"
    r"|\s?/\s?(?:square\s+)?[a-zA-Z]+[²³23]?(?!\w)|(?:\s(?:[a-zA-Z]{1,2}|day|yr|plant|leaf)\s?[−-][123](?:/\d)?(?!\w))+"
)
TIME = re.compile(r"\s+(?:per|an?|each)\s+(?:second|minute|hour|day|night|week|month|year|decade)\b")
MANY = re.compile(
    r"\s+per\s+(?=(?:\d{3}|\d{1,3},\d{3}|hundred|thousand|million|cent|capita|hour|day|night|week|month|year|second|minute)\b)"
    r"|(?=\s+an?\s+(?:second|minute|hour|day|night|week|month|year)\b)"
)
# Short words without a vowel ("wpm") and words behind a degree sign are units that the table does not know.
UNKNOWN = re.compile(
    r"\s+((?!vs\b|st\b|nd\b|rd\b|th\b|by\b|my\b|why\b|try\b|dry\b|fly\b|sky\b|shy\b)[b-df-hj-np-tv-xz]{2,4}|°\s?[A-Za-z]+)(?![\w’'-]|\.\w)"
)
SLOPE = re.compile(r"\bper\s+(?:percentage|percent|point|degree|step|unit|doubling|standard|additional|extra|decade)\b")
NAMED_POINTS = re.compile(r"\s+[A-Z][\w@-]*\s+((?:percentage\s+)?points?)\b")


def unit_at(after: str) -> tuple[str, int] | None:
    """The unit at the beginning of what follows a number, with what it is told per, and how many characters it takes;
    None where there is none. Of "0.2 MOS points" the measure between is left to be read."""
    match = _spelled().match(after) or _symbols().match(after) or UNKNOWN.match(after)
    if match is None:
        named = NAMED_POINTS.match(after)
        return (re.sub(r"\s+", " ", named[1]), 0) if named else None
    rest = after[match.end() :]
    if match[1] in PERCENT:
        per = times.group() if (times := TIME.match(rest)) else ""
    else:
        per = "" if "point" in match[1] else spelled_per(rest) if "/" in match[1] else per_at(rest)
    return re.sub(r"\s+", " ", match[1] + per), match.end() + len(per)


def per_at(after: str) -> str:
    """What an amount is told per (" per hour"), as printed at the beginning; empty where nothing is."""
    match = PER.match(after)
    return match.group() if match else ""


def spelled_per(after: str) -> str:
    """The same, where it is written as a word: "l/s per hectare"."""
    match = PER.match(after)
    told = match.group() if match else ""
    return told if told.lstrip().startswith("per ") and not SLOPE.search(told) else ""


def is_unit(unit: str) -> bool:
    """Whether these are a unit's words, rather than a noun that is counted."""
    return unit.startswith("per ") or bool(
        _spelled().match(unit) or _symbols().match(unit) or UNKNOWN.match(" " + unit)
    )


def is_physical(unit: str | None) -> bool:
    """Whether it is a unit that is neither percent nor points."""
    return unit is not None and unit not in PERCENT and "point" not in unit and is_unit(unit)


def dimension(unit: str | None) -> str | None:
    """What a unit measures: time, temperature, ..."""
    return _dimensions().get(unit) if unit else None


def bare_per_at(after: str) -> str:
    """The same behind a bare number, where only rates are units: " per 1,000 births"."""
    return per_at(after) if MANY.match(after) else ""


@cache
def _dimensions() -> dict[str, str]:
    return {unit: name for name, units in table("units")["dimension"].items() for unit in units}


@cache
def _spelled() -> re.Pattern[str]:
    return re.compile(rf"[\s-]*({either(table('units')['spelled']['words'])})(?![\w²³]|-[^\W\d_]|/[^\W\d_])")


@cache
def _symbols() -> re.Pattern[str]:
    """An SI symbol, or a quotient or product of some; ambiguous ones count in a quotient only."""
    held = table("units")["symbol"]
    atom = rf"(?:{either(held['plain'])}|{either(held['prefixes'])}?{either(held['bases'])}){POWER}"
    alone = rf"(?!{either(held['never_alone'])}(?![\w²³/·]|\s+of\s+[a-z]))"
    joined = rf"{alone}{atom}(?:\s[A-Z][A-Za-z]?\d?(?=\s?/|\s+per\b))?(?:\s?[/·⋅]\s?{atom}(?:[·⋅]?{atom})?)*"
    return re.compile(rf"\s?({joined})(?![\w²³])(?!-[^\W\d_])")
