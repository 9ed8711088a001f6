"""The numbers of a sentence that measure something: their value, their unit as printed, and where they stand.

Years, citations, the numbers of tables and sections, and numbers inside names are none. It must not know what they
measure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache

import msgspec

from ingestion.findings.cues import table
from ingestion.findings.units import PERCENT, bare_per_at, is_physical, is_unit, per_at, unit_at
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
    r"\s+(?:(?:out\s+)?of\s+(?:the\s+|its\s+|these\s+|those\s+|our\s+|all\s+)?(?:\d+\s+)?)?"
    r"(?:(?!(?:was|were|is|are|had|has|of|in|on|at|and|or|to|with|for|than|from|by|as|more|less|per|after|before|against|while|but|the|when|if|where|which|that|because|although|once|since|until|via"
    r"|under|over|into|among|between|during|without|within|through|whereas|versus|compared|respectively|had|did|using)\b)[a-z-]+\s+){0,2}?"
    r"((?!thirds|quarters|fifths|tenths)[a-z]{3,}s|species|people|taxa|genera|larvae|fish|children|women|men|mice|cattle|fungi)\b"
)
ADJACENT = re.compile(r"\s+([a-z]{3,}(?<!i)s|species|people)\b(?!\s+(?:of|than)\b)")
CLOCK = re.compile(r"\s*(?:am|pm|a\.m\.|p\.m\.|o'clock|o’clock)(?!\w)", re.I)
ASIDE = re.compile(r"\s+\((?:(?:95|90|99)\s?%[^()]*|[\d.,]+\s?(?:to|–|-)\s?[\d.,]+)\)(?=\s)")
POWER = re.compile(r"\s?[×x·⋅*]\s?10\s?(?:\^|[-−–]|e)?\s?\d+")  # without a unit mostly p-values and learning rates
SCALE = re.compile(r"\s+(million|billion|thousand|trillion)\b")
TENS = re.compile(r"[×x·⋅*]\s?$")
MORE = re.compile(r"\s+(?:more|fewer|additional|extra)(?=\s)")
DETERMINED = re.compile(
    r"\b(?:the|these|those|all|our|its|their|both|with|of|in|on|for|at|from|between|among|over|every|per|to|by|into|across)"
    r"\s+$",
    re.I,
)


THE = re.compile(
    r"\b(?:the|these|those|all|our|its|their|both|first|last|every|each|per|in|for|at|after|within|over|until|age|aged|than)\s+$",
    re.I,
)  # "in three weeks" is no outcome, "by three weeks" is one


TOGETHER = re.compile(
    r"\s*(?:to|and|or|–|-|±|, and|against|v|vs\.?|versus|compared with|compared to|(?:down |up )?from|instead of"
    r"|rather than|than)\s*"
)
LABEL = 24  # characters before a number that a label may take
COMMA = re.compile(r"\s*,\s*")
LISTED = re.compile(
    r"^\s*(?:(?:in|on|at|for|with|without|of|under|by|after|among|when|where)\b[^.;:()]{0,50})?(?:,|\band\b)(?:\s+[\w’'-]+){0,6}\s+$"
)
AFTER = re.compile(
    r"^[^;]{0,40}\b(?:down from|up from|against|versus|compared with|compared to|instead of|than)\s+(?:the\s+)?$"
)


class Number(msgspec.Struct, frozen=True):
    """A number as printed at [start, end) of its sentence, unit included; `whole` where it has no decimals."""

    value: float
    unit: str | None
    start: int
    end: int
    whole: bool


@lru_cache(maxsize=256)
def numbers(sentence: str) -> Sequence[Number]:
    """The measured numbers of a sentence, in order."""
    barred = [m.span() for pattern in (BRACKETED, CITED) for m in pattern.finditer(sentence) if _is_citation(m.group())]
    found: list[Number] = []
    for match in TOKEN.finditer(sentence):
        digits = match["digits"] or match["digits2"]
        start, end = match.span()
        if any(a <= start < b for a, b in barred) or _is_label(sentence, start, digits):
            continue
        if found and start < found[-1].end:
            continue  # "per 1,000 people" belongs to the unit
        after = sentence[end:]
        if re.match(r"-[^\W\d]", after) and not re.match(r"-(?:point|fold|percent)", after):
            continue  # "a 2-gram model", "10-fold" excepted
        if re.match(r"s\b", after) and YEAR.fullmatch(digits):
            continue  # "the 1960s"
        if CLOCK.match(after) or (digits == "10" and TENS.search(sentence[:start])):
            continue
        unit, width = _powered(after) if POWER.match(after) else _unit(after, "." not in digits)
        if unit is None and YEAR.fullmatch(digits):
            continue
        sign = (match["sign"] or match["sign2"] or "").strip()
        if sign == "–" or (sign and start and sentence[start - 1].isdigit()):
            sign = ""
        value = float(digits.replace(",", "")) * (-1 if sign in ("-", "−") else 1)
        found.append(Number(value, unit, start, end + width, "." not in digits))
    found += _spelled(sentence)
    shared = shared_units(sentence, sorted(found, key=lambda n: n.start))
    return tuple(n for n in shared if n.unit is None or not POWER.fullmatch(n.unit))


def _powered(after: str) -> tuple[str | None, int]:
    """A power of ten with the unit behind it: " × 10−12 m2/s"."""
    power = POWER.match(after)
    assert power is not None
    told = unit_at(after[power.end() :])
    unit = power.group() if told is None else f"{power.group().strip()} {told[0]}"
    return unit, power.end() + (told[1] if told else 0)


def _spelled(sentence: str) -> list[Number]:
    """Counts written as words, where something counted follows ("four days")."""
    out: list[Number] = []
    for match in _spelling().finditer(sentence):
        unit, width = _unit(sentence[match.end() :], True)
        led = (THE if unit is not None and is_unit(unit) else DETERMINED).search(sentence[: match.start()])
        if unit is not None and not led and match.start():
            value = float(table("numbers")["spelled"]["words"].index(match.group().lower()) + 2)
            out.append(Number(value, unit, match.start(), match.end() + width, True))
    return out


def shared_units(sentence: str, found: Sequence[Number]) -> list[Number]:
    """Numbers that are named together take the unit of the last: "from 18.6 to 29.8 days"."""
    out = list(found)
    shared: set[int] = set()
    for i in range(len(out) - 2, -1, -1):
        between = sentence[out[i].end : out[i + 1].start]
        later = out[i + 1].unit
        listed = i + 1 in shared and COMMA.fullmatch(between)  # "4, 17 and 46%"
        if out[i].unit is None and later and (listed or TOGETHER.fullmatch(between)):
            shared.add(i)
            out[i] = msgspec.structs.replace(out[i], unit=later)
        elif (
            later
            and later.startswith((f"{out[i].unit} per ", f"{(out[i].unit or '').strip()} "))
            and TOGETHER.fullmatch(between)
        ):
            out[i] = msgspec.structs.replace(out[i], unit=later)  # "2.1% versus 3.4% per year"
    for i in range(len(out) - 1):
        one, following = out[i], out[i + 1]
        between = sentence[one.end : following.start]
        physical = one.unit in PERCENT or is_physical(one.unit)
        if (
            following.unit is not None
            or one.unit is None
            or (following.whole != one.whole and not (physical and following.whole))
        ):
            continue
        between = re.sub(rf"^(?:\s+[a-z-]+){{0,2}}?\s+{re.escape(one.unit)}\b", "", between)  # a noun that it counts
        if AFTER.search(between) or (LISTED.match(between) and _is_alone(sentence, following)):
            out[i + 1] = msgspec.structs.replace(following, unit=one.unit)  # "23 times a day, down from 37"
    return out


def _is_alone(sentence: str, number: Number) -> bool:
    """Whether no noun follows that the number could count: "24 on shallow roofs"."""
    return bool(
        re.match(
            r"\s*(?:[,.;)]|$|(?:in|on|at|for|with|without|under|by|after|among|when|where|and|respectively)\b)",
            sentence[number.end :],
        )
    )


def _is_citation(text: str) -> bool:
    return not re.search(r"\d\.\d|%|interval|CI\b", text)


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
    if told := unit_at(after):
        return told
    if (aside := ASIDE.match(after)) and (told := unit_at(after[aside.end() :])):
        return told[0], 0  # "67.3 (95% CI 66.3 to 68.3) km/s"
    if (scale := SCALE.match(after)) and not re.match(r"\s+(?:times|of)\b", after[scale.end() :]):
        rest = after[scale.end() :]
        of, width = _unit(rest, True)
        return (f"{scale[1]} {of}" if of and width else scale[1]), scale.end() + (width if of else 0)
    if (more := MORE.match(after)) and (told := unit_at(after[more.end() :])):
        return told[0], 0  # "3.4 more days"
    if per := bare_per_at(after):
        return per.strip(), len(per)
    counted = (COUNTED if whole else ADJACENT).match(after)
    if counted is None:
        return None, 0
    per = per_at(after[counted.end() :])
    return re.sub(r"\s+", " ", counted[1] + per), counted.end() + len(per) if per else 0


def _is_label(sentence: str, start: int, digits: str) -> bool:
    pattern, years_only, places = _labels()
    before = pattern.search(sentence[max(0, start - LABEL) : start])
    if before is None:
        return False
    word = before[1].lower()
    return bool(YEAR.fullmatch(digits)) if word in years_only else word in places or "." not in digits
