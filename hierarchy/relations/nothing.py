"""Whether a sentence says that nothing differs: in words, by an interval around no effect, or by a p-value.

It must not know other findings.
"""

from __future__ import annotations

import re
from functools import cache

from hierarchy.relations.outcome import Outcome
from hierarchy.relations.words import anywhere, table

BETWEEN = 4  # words between a negation and what it denies
SIGNIFICANT = 0.05
P_VALUE = re.compile(r"\b[pP]\s*([<=>≤≥])\s*(0?\.\d+|1(?:\.0+)?)\b")
AS_AS = re.compile(
    r"\b(?<!twice )(?<!times )(?<!half )(?<!not )(?<!such )as\s+"
    r"(?!(?:well|soon|long as|far|part|a|an|the|in|for|with|to)\b)"
    r"(?![a-z]+ as (?:\d|possible|if|though|well))[a-z]+(?:\s[a-z]+)?"
    r"(?:\s(?:in|at|on|with|without|after|before|for|under|among)(?:\s[a-z-]+){1,4}?)?\s+as\b",
    re.I,
)
# "Within half an hour of those without", "to within 0.02 dex".
CLOSE = re.compile(
    r"\bwithin\s+(?:[^\s,;.]+\s){1,4}of\s+"
    r"(?:that|those|each other|one another|the (?:control|reference|baseline|other)\w*)\b|\bto within\b",
    re.I,
)
# "Was also 0.52", "stayed at 0.52", "again 4.1 and 4.2": the number that was told before.
STAYED = re.compile(
    r"\b(?:also|likewise|again|still|remained(?: at)?|stayed(?: at)?)\s+(?:only\s+)?(?=[-+]?\d*\.?\d)", re.I
)
# "The gain was lost", "the effect had vanished".
LOST = re.compile(
    r"\b(?:effects?|gains?|benefits?|advantages?|differences?|leads?|associations?|correlations?|improvements?|\w+ing)\b"
    r"[^.;]{0,60}?\b(?:was|were|is|are|had|has)\s+(?:entirely\s|wholly\s)?(?:lost|gone|vanished|disappeared)\b",
    re.I,
)
# "No rain fell" counts nothing's effect.
NOTHING_DID = re.compile(r"\bno\s+\w+\s+(?:fell|rose|grew|came|was\s\w+ed|were\s\w+ed)\b", re.I)
# "More visible, not less" says it twice.
OTHERWISE = re.compile(
    r",\s+not\s+(?:more|less|fewer|better|worse|higher|lower|larger|smaller|longer|shorter|faster|slower)\b", re.I
)
LINKS = r"(?!(?:and|but|which|that|or)\b)"  # a negation does not reach over these


def nothing_at(text: str) -> int | None:
    """Where the words of a text first say that nothing differs; None where they do not."""
    plain = re.sub("[’']", "'", text)
    for pattern in (_exceptions(), OTHERWISE, NOTHING_DID):
        plain = pattern.sub(lambda m: "_" * len(m.group()), plain)
    places = [
        m.start()
        for pattern in (_phrases(), _denied(), AS_AS, CLOSE, STAYED, LOST)
        if (m := pattern.search(plain)) is not None
    ]
    return min(places, default=None)


def by_probability(text: str) -> bool | None:
    """True where every p-value of a text is that of no difference, False where one is not, None for none."""
    found = [(sign in ("=", ">", "≥") and float(number) >= SIGNIFICANT) for sign, number in P_VALUE.findall(text)]
    return all(found) if found else None


def by_intervals(outcomes: tuple[Outcome, ...]) -> bool | None:
    """True where each interval of a change holds no change, False where one does not, None where there is none."""
    found = [low < 0 < high for o in outcomes if o.interval and o.delta is not None for low, high in (o.interval,)]
    return all(found) if found else None


@cache
def _phrases() -> re.Pattern[str]:
    return anywhere(table("nothing")["phrases"])


@cache
def _exceptions() -> re.Pattern[str]:
    return anywhere(table("nothing")["except"])


@cache
def _denied() -> re.Pattern[str]:
    negators, effects = (anywhere(table("nothing")[name]).pattern for name in ("negators", "effects"))
    return re.compile(rf"{negators}(?:[\s-]+{LINKS}[^\W\d]+,?){{0,{BETWEEN}}}?[\s-]+{effects}", re.I)
