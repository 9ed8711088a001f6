"""Which way a finding goes: increase, decrease, none (no difference), difference, or None where nothing is compared.

It must not know what is measured.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from hierarchy.nodes import Value
from ingestion.findings.cues import cues_in, table

NOT = re.compile(r"\b(?:not|no|never|nor|neither|n['’]t|without|hardly|barely|little)\W+(?:\w+\W+){0,2}$", re.I)
NO = re.compile(
    r"\b(?:no|not any|hardly any|little)\s+(?:\w+[\s-]+){0,2}?(?:differences?|effects?|associations?|links?"
    r"|relation\w*|dependence|bearing|role|correlations?|changes?|gains?|improvements?|benefits?|advantages?|help|influence|trends?|impact|sign|reduction|increase|decrease|loss)\b"
    r"|\b(?:not|n['’]t|never|hardly|nor|no longer)\s+(?:\w+\s+){0,2}?(?:mov|matter|depend|vary|varied|differ"
    r"|affect|chang|alter|relat|associat|correlat|impair|influenc|improv|rais|rise|rose|lower|reduc|increas|decreas|shorten|help|hurt)\w*"
    r"|\b(?:not|n['’]t|could|cannot|never|nor)\s+(?:\w+\s+)?(?:find|found|see|saw|observe|detect|show|have|identify|reveal|produce|bring|give|yield)\w*\s+(?:an?|any)\s+(?:\w+[\s-]+){0,2}?"
    r"(?:differences?|effects?|associations?|links?|relation\w*|correlations?|changes?|gains?|improvements?|benefits?|advantages?|influence|trends?|impact|interactions?)\b"
    r"|\bof\s+the\s+same\s+\w+|\b(?:at|in|for|to|had|has|gave|took|trapped|reached|of|about)\s+the\s+same\s+(?:\w+\s+)?(?:time|amount|number|level|rate|extent|size|length|degree|value|score|speed|pace|share|order)\b(?!\s+of\s+magnitude)"
    r"|\b(?:equal|equals|equalled|equaled|matched|matches)\s+(?:that|those|the)\b"
    r"|\b(?:perform|behave|look|do|did|were|are|was|fared?)\w*\s+alike\b"
    r"|\bneither\b[^.;]*\bnor\b|\bwithin\s+\d\S*\s+(?:(?:percentage\s+)?points?\s+|per\s?cent\s+)?of\b"
    r"|\b(?:was|were|is|are|did|do|does|performed|worked)\s+(?:just\s+|about\s+|nearly\s+|almost\s+)?as\s+(?!a\b|the\b|follows|shown)\w+"
    r"|^As (?:many|much|few|often)\b",
    re.I,
)
MAIN = re.compile(r"^.{25,}?(?:[,;]\s+(?:but|while|whereas|although|though|and|yet|so that)\s|;\s|\bexcept\b)", re.S)
BOUND = re.compile(
    r"\b(?:(?:no|not|slightly|far|much)\s+)?(?:more|less|fewer|greater|larger|higher|lower|smaller)\s+than\s+"
    r"(?=\d|halv|halved|doubl|tripl|half\b|an?\s+(?:half|third|quarter|fifth|tenth|dozen|hundred|thousand)|one\s|two|three|four|five|six|seven|eight|nine|ten|twice)"
    r"|\bat\s+(?:least|most|best|worst)\b|\bmore\s+or\s+less\b|\bonce\s+more\b",
    re.I,
)  # "more than 10,000 rows" is no rise
TIMES = frozenset({"times", "fold", "×", "x"})
RATIOS = frozenset(
    {
        "HR",
        "OR",
        "RR",
        "IRR",
        "aOR",
        "aHR",
        "SMR",
        "hazard ratio",
        "odds ratio",
        "risk ratio",
        "rate ratio",
        "relative risk",
    }
)


def direction(sentence: str, values: Sequence[Value], told: bool, change: int = 0) -> str | None:
    """The direction of what a sentence states.

    Args:
        sentence: its words.
        values: what was read from it.
        told: whether the sentence itself ties its numbers into pairs.
        change: 1 where its first change is a gain in number, -1 a loss, 0 where no number is either.
    """
    sentence = BOUND.sub(" ", sentence)
    cues = cues_in("comparisons", sentence)
    first = next((v for v in values if v.value is not None and v.baseline is not None), None)
    held = [v for v in values if v.interval]
    if held and all(_spans_none(v) for v in held):
        return "none"
    main = m.group() if (m := MAIN.match(sentence)) else sentence
    no_cue = next((a for a, b in cues.get("none", ()) if b <= len(main)), None)
    none = no_cue if no_cue is not None else m.start() if (m := NO.search(main)) else None
    if none is not None and (not told or first is None or _is_near(first) or none < _number_at(main)):
        return "none"
    if told and first is not None:
        return _between(first)
    if (sign := _correlated(values)) is not None:
        return sign
    if ("none" in cues or ("stays" in cues and first is None)) and not change:
        return "none"
    if change:
        return "increase" if change > 0 else "decrease"
    if "negatively" in cues or "part" in cues:
        return "decrease"
    if any(v.unit in TIMES and (v.value or 0.0) > 1 for v in values) and "down" not in cues:
        return "increase"
    up, down = (cues[name][0][0] if name in cues else None for name in ("up", "down"))
    if up is not None or down is not None:
        if NOT.search(sentence[: min(x for x in (up, down) if x is not None)]):
            return "none"
        return "increase" if down is None or (up is not None and up <= down) else "decrease"
    if first is not None:
        return _between(first)
    if values and (values[0].value or 0.0) < 0:
        return "decrease"
    if ("top" in cues) != ("bottom" in cues):
        return "increase" if "top" in cues else "decrease"
    return "difference" if "apart" in cues else None


def _correlated(values: Sequence[Value]) -> str | None:
    """The sign of a coefficient of correlation, or of a ratio of odds, risks or rates, where one is stated."""
    known = table("comparisons")["signed"]
    for v in values:
        if v.value is None or v.metric is None:
            continue
        name = v.metric.lower()
        none = (
            1.0
            if v.metric in RATIOS
            else 0.0
            if name in known["words"] or name.endswith(tuple(known["ends"]))
            else None
        )
        if none is not None and abs(v.value - none) > known["least"]:
            return "increase" if v.value > none else "decrease"
    return None


def _is_near(value: Value) -> bool:
    """Whether it differs by less than a twentieth from what it is compared with."""
    a, b = abs(value.value or 0.0), abs(value.baseline or 0.0)
    return abs(a - b) <= 0.05 * max(a, b)


def _number_at(text: str) -> int:
    match = re.search(r"\d", text)
    return match.start() if match else len(text)


def _spans_none(value: Value) -> bool:
    """Whether its interval holds what stands for no difference: 1 for a ratio, else 0."""
    assert value.interval is not None
    none = 1.0 if value.metric in RATIOS else 0.0
    return value.interval[0] < none < value.interval[1]


def _between(value: Value) -> str:
    """From what a value is compared with to the value."""
    difference = (value.value or 0.0) - (value.baseline or 0.0)
    return "none" if difference == 0 else "increase" if difference > 0 else "decrease"
