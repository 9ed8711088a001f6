"""How numbers are printed in a sentence: with units, in intervals, from and to, against each other, as changes.

Units are folded to a base, so that 52% and 0.52 compare. It must not know outcomes.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from math import fsum, sqrt

from hierarchy.relations.terms import numerals
from hierarchy.relations.words import units

NUMBER = r"[-+]?(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|(?<![\d.])\.\d+)"
COUNTED = r"(?!\s+(?:a|an|per|each|every)\b)"  # "23 times a day" counts; it does not compare
MEASURED = (
    r"(?:rate|level|amount|number|incidence|risk|odds|frequency|value|time|cost|price|speed|size|mass|volume|dose)"
)
GAP = r"[^.;()\d]"
# Numbers that measure nothing: years in brackets, citations, labels of figures, p-values.
NOISE = re.compile(
    r"\((?:[^()]*?\s)?(?:19|20)\d\d[a-z]?\)|\[[\d,\s–-]+\]|\b(?:tables?|figures?|figs?\.|equations?|eqs?\.|sections?|"
    r"appendix|seeds?|ref\.)\s*\(?\d+(?:\s*(?:to|and|,|–)\s*\d+)*\)?|\bp\s*[<=>≤≥]\s*0?\.\d+|\bF1\b|\bR2\b|(?<=[A-Za-z])-?\d+"
    r"|\b\d+-bit\b|\b\d\d(?:\.\d)?\s?%(?=\s*(?:confidence|credible|CI\b|intervals?))|\b(?:SD|SE|SEM|n|df|t|F)\s?=?\s?\d+(?:\.\d+)?\b"
    r"|\bs\.\s?[de]\.\s?=?\s?\d*\.?\d+\s?%?|\bwithin\s+\d*\.?\d+\s?\w*(?=\s+of\b)|\bto within\s+\d*\.?\d+",
    re.I,
)
# What follows a name of others in the same sentence is theirs.
THEIRS = re.compile(
    r"([,;]|\b(?:as|than|where|which)\b)((?:(?![,;]|\.\s).){0,60}?\bet al\.(?:(?!\.\s(?=[A-Z])).)*)", re.S
)


BOUNDS = (
    rf"(?:\s*[,;(:]?\s*\(?(?:[_\d]+\s?%?\s?)?(?i:\bCI\b|(?:confidence |credible )?intervals?\b)?\s*[,:=]?\s*"
    rf"[\[(]?\s*({NUMBER})\s*(?:to|–|-|,)\s*({NUMBER}))?"
)


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    unit = "|".join(
        re.escape(u).replace(r"\ ", r"\s") + (COUNTED if u == "times" else "")
        for u in sorted(units(), key=lambda u: (-len(u), u))
    )
    one = rf"({NUMBER})(?:\s?±\s?[\d.]+)?(?:\s?(?:({unit})(?![\w/])))?"
    return {
        # Odds, hazards and risks beside those of others, and correlations, each with its interval.
        "relative": re.compile(
            rf"(?:\b(?i:(?:odds|hazards?|risk|rate)\s+ratios?|relative\s+risk|ratio\s+of\s+(?:the\s+)?(?:odds|risks))\b"
            rf"|\ba?(?:OR|HR|RR|IRR|SHR|PR)\b)(?:[^.;\d+-]|_){{0,24}}?({NUMBER})(?!\s?%){BOUNDS}"
        ),
        "times": re.compile(rf"({NUMBER})[\s-](?:times|fold) the (?:odds|risks?|hazards?|rate)\b"),
        "correlation": re.compile(
            rf"(?:\b(?:r|rho|tau|d|g)|[ρτβ])\s*(?:=|\bof)\s*({NUMBER}){BOUNDS}|\bcorrelation(?:\s+coefficient)?\s+(?:of|was|is)\s+({NUMBER})"
        ),
        "interval": re.compile(
            rf"(?:intervals?|\bCI\b){GAP}{{0,30}}?[,:(\[]?\s*{one}\s*(?:to|–|-|,|and)\s*{one}", re.I
        ),
        "signed": re.compile(
            rf"\(\s*([-+]\d+(?:\.\d+)?)(?:\s?({unit})(?![\w/]))?\s*[,;]\s*(?:[_\d]+\s?%?\s?(?:CI\b)?:?\s*)?"
            rf"({NUMBER})\s*(?:to|–)\s*({NUMBER})",
            re.I,
        ),
        "from": re.compile(
            rf"\bfrom\s+(?:about\s+)?{one}(?:\s+(?:[^\s.;(]|\.\d)+){{0,6}}?,?\s+to\s+(?:only\s+|about\s+)?{one}"
        ),
        "bare": re.compile(rf"(?<=[(\s]){one}\s+to\s+{one}"),
        "against": re.compile(
            rf"{one}(?:{GAP}|\([^()]*\)|\d+(?=\s\w*Hz)){{0,60}}?(?:\bagainst|\bcompared (?:with|to)|\bversus|"
            rf"\bvs\.?|\binstead of|\brather than|\band not|\bup from|\bdown from)\s{GAP}{{0,60}}?{one}",
            re.I,
        ),
        "delta": re.compile(
            rf"\b(differences?|gains?|loss(?!\s(?:on|functions?|terms?|over)\b)|advantage|improvement|increase|decrease|reduction|rise|fall|drop|lead|adds?|"
            rf"added|costs?|lost|loses?|worth|grew|changed|by(?=\s+(?:only\s|about\s)?\W?\d))\b"
            rf"(?:(?!\b(?:from|after|within|during|before)\b){GAP}){{0,32}}?{one}",
            re.I,
        ),
        "over": re.compile(
            rf"{one}\s+(above|below|higher|lower|longer|shorter|better|worse|more|less|greater|smaller|faster|slower|fewer|cooler|"
            rf"warmer|hotter|colder|heavier|lighter|taller|thicker|thinner|earlier|later|wetter|drier|larger|deeper)\b",
            re.I,
        ),
        # "Twice as often", "one third of the rate", "1.65 times the", "2.2 times as likely".
        "fold": re.compile(
            rf"\b(?:(twice)|(half|(?:one|a) third|(?:one|a) quarter)|({NUMBER}|{'|'.join(numerals())})"
            r"(?:\s(?:and a half\s)?times|-?\s?fold))"
            rf"(?:\s(?:(?<=times )the|the(?=\s{MEASURED})|(?:that|those) (?:of|in|at|on|for)|as(?=\s\w+)"
            r"|more|higher|larger|greater|longer|faster|increase|rise)\b"
            rf"|(?<=third|arter)\sof the\s{MEASURED})",
            re.I,
        ),
        "spread": re.compile(rf"±\s?({NUMBER})(?:\s?({unit}))?"),
        "number": re.compile(rf"(?<![\w.]){one}"),
    }


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """A text with one kind of minus and space, and without numbers that measure nothing and clauses that tell what
    others found; every letter keeps its place."""
    text = THEIRS.sub(lambda m: m.group(1) + "_" * len(m.group(2)), text)
    text = text.replace("−", "-").replace("\u00a0", " ").replace("\u2009", " ").replace("’", "'")
    return NOISE.sub(lambda m: "_" * len(m.group()), text)


def folded(number: str, unit: str | None) -> tuple[str, float]:
    value = float(number.replace(",", ""))
    if unit is None:
        return ("share" if abs(value) <= 1 and "." in number else "bare"), value
    kind, factor = units().get(unit) or units().get(unit.lower()) or ("bare", 1.0)
    return kind, value * factor


def pair(match: re.Match[str], first: int) -> tuple[str, float, float]:
    """Two numbers with one unit; where only one of them shows it, it is that of both."""
    unit = match.group(first + 1) or match.group(first + 3)
    other = match.group(first + 3) or unit
    kind, a = folded(match.group(first), unit)
    last, b = folded(match.group(first + 2), other)
    return (last if kind == "bare" else kind), a, b


def alike(match: re.Match[str]) -> bool:
    """Whether two numbers can be compared: their units are of one kind, or one of them shows none."""
    kinds = {units().get(unit, ("", 0.0))[0] for unit in (match.group(2), match.group(4)) if unit}
    return len(kinds) < 2


def spread(printed: str, middle: float) -> tuple[float, float] | None:
    """What two times the printed uncertainties ("58.1 ± 1.9") leave open around a number; None without any."""
    wide = [folded(match.group(1), match.group(2))[1] for match in patterns()["spread"].finditer(printed)]
    if not wide:
        return None
    reach = 2 * sqrt(fsum(w * w for w in wide))
    return middle - reach, middle + reach
