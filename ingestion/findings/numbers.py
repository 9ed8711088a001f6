"""The numbers of a sentence that measure something: their value, their unit as printed, and where they stand.

Years, citations, the numbers of tables and sections, and numbers inside names are none. It must not know what they
measure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import msgspec

from ingestion.findings.cues import table
from ingestion.reading.cues import either

TOKEN = re.compile(
    r"(?<![\w.,/^_-])(?P<sign>[-−–+]\s?)?(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)(?![\w]|[./:]\d)"
    r"|(?<![\w.,/^_-])(?P<sign2>[-−–+]\s?)?(?P<digits2>\d+(?:\.\d+)?|\.\d+)"
    r"(?=(?:x|×|ms|s|h|k?Hz|dB|mm|cm|km|m|kg|g|W|mW|K|pp|MB|GB)\b)"
)
BRACKETED = re.compile(r"\[\s*\d+(?:\s*[,;–-]\s*\d+)*\s*\]|\([^()]*\b(?:19|20)\d\d[a-z]?(?:[,;][^()]*)?\)")
CITED = re.compile(r"\(\s*(?:19|20)\d\d[a-z]?\s*\)|\b(?:et al\.?|and \w+),?\s*\(?(?:19|20)\d\d")
YEAR = re.compile(r"(?:1[89]|20)\d\d")
COUNTED = re.compile(
    r"\s+(?:(?:out\s+)?of\s+(?:the\s+|its\s+|these\s+|those\s+|our\s+|all\s+)?(?:\d+\s+)?)?(?:[a-z-]+\s+)??"
    r"([a-z]{3,}s|species|people)\b"
)
ADJACENT = re.compile(r"\s+([a-z]{3,}(?<!i)s|species|people)\b(?!\s+(?:of|than)\b)")
PER = re.compile(r"(?:\s+per\s+|\s?/\s?)(?:square\s+|cubic\s+)?[a-zA-Z]+[²³23]?(?!\w)|\s[a-z]{1,2}\s?[−-][123](?!\w)")
DETERMINED = re.compile(
    r"\b(?:the|these|those|all|our|its|their|both|with|of|in|on|for|at|from|between|among|over|every|per|to|by|into|across)"
    r"\s+$",
    re.I,
)


class Number(msgspec.Struct, frozen=True):
    """A number as printed at [start, end) of its sentence, unit included; `whole` where it has no decimals."""

    value: float
    unit: str | None
    start: int
    end: int
    whole: bool


def numbers(sentence: str) -> list[Number]:
    """The measured numbers of a sentence, in order."""
    barred = [m.span() for pattern in (BRACKETED, CITED) for m in pattern.finditer(sentence) if _is_citation(m.group())]
    found: list[Number] = []
    for match in TOKEN.finditer(sentence):
        digits = match["digits"] or match["digits2"]
        start, end = match.span()
        if any(a <= start < b for a, b in barred) or _is_label(sentence, start, digits):
            continue
        after = sentence[end:]
        if re.match(r"-[^\W\d]", after) and not re.match(r"-(?:point|fold|percent)", after):
            continue  # "a 2-gram model", "10-fold" excepted
        unit, width = _unit(after, "." not in digits)
        if unit is None and YEAR.fullmatch(digits):
            continue
        sign = (match["sign"] or match["sign2"] or "").strip()
        if sign == "–" or (sign and start and sentence[start - 1].isdigit()):
            sign = ""
        value = float(digits.replace(",", "")) * (-1 if sign in ("-", "−") else 1)
        found.append(Number(value, unit, start, end + width, "." not in digits))
    found += _spelled(sentence)
    return shared_units(sentence, sorted(found, key=lambda n: n.start))


def _spelled(sentence: str) -> list[Number]:
    """Counts written as words, where something counted follows ("four days")."""
    out: list[Number] = []
    for match in _spelling().finditer(sentence):
        unit, width = _unit(sentence[match.end() :], True)
        if unit is not None and not DETERMINED.search(sentence[: match.start()]) and match.start():
            value = float(table("numbers")["spelled"]["words"].index(match.group().lower()) + 2)
            out.append(Number(value, unit, match.start(), match.end() + width, True))
    return out


def shared_units(sentence: str, found: Sequence[Number]) -> list[Number]:
    """Numbers that are named together take the unit of the last: "from 18.6 to 29.8 days"."""
    out = list(found)
    for i in range(len(out) - 2, -1, -1):
        between = sentence[out[i].end : out[i + 1].start]
        later = out[i + 1].unit
        if (
            out[i].unit is None
            and later
            and _units().fullmatch(later)
            and re.fullmatch(r"\s*(?:to|and|or|–|-|±|, and|against|vs\.?)\s*", between)
        ):
            out[i] = msgspec.structs.replace(out[i], unit=later)
    return out


def _is_citation(text: str) -> bool:
    return not re.search(r"\d\.\d|%|interval|CI\b", text)


@cache
def _units() -> re.Pattern[str]:
    return re.compile(rf"[\s-]*({either(table('numbers')['unit']['words'])})(?![\w²])")


@cache
def _spelling() -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){either(table('numbers')['spelled']['words'])}(?![\w-])", re.I)


@cache
def _labels() -> tuple[re.Pattern[str], frozenset[str], frozenset[str]]:
    group = table("numbers")["label"]
    return (
        re.compile(rf"(?<!\w)({either(group['words'])})\s*\(?$", re.I),
        frozenset(group["years_only"]),
        frozenset(group["places"]),
    )


def _unit(after: str, whole: bool) -> tuple[str | None, int]:
    """The unit at the beginning of what follows a number, and how many characters it takes."""
    if match := _units().match(after):
        per = PER.match(after[match.end() :]) if match[1] not in ("%", "percent") else None
        unit = match[1] + (per.group() if per else "")
        return re.sub(r"\s+", " ", unit), match.end() + (per.end() if per else 0)
    counted = (COUNTED if whole else ADJACENT).match(after)
    if counted is None:
        return None, 0
    per = PER.match(after[counted.end() :])
    return re.sub(r"\s+", " ", counted[1] + (per.group() if per else "")), 0


def _is_label(sentence: str, start: int, digits: str) -> bool:
    pattern, years_only, places = _labels()
    before = pattern.search(sentence[:start])
    if before is None:
        return False
    word = before[1].lower()
    return bool(YEAR.fullmatch(digits)) if word in years_only else word in places or "." not in digits
