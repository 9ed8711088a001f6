"""Which neighbouring sentences tell one finding together: one and the interval of its difference, what was measured and
"it was" so much, one arm and the other in the same words.

It must not know which sentences are findings.
"""

from __future__ import annotations

import re
from functools import cache

from ingestion.findings.cues import table
from ingestion.findings.values import Read
from ingestion.reading.cues import either

GOES_ON = re.compile(
    r"^(?:The|Its|Their|This|That)\s+(?:\w+\s+){0,3}?(?:interval|CI|difference|gap|p-value)\b[^.]{0,60}\d"
)
LONGEST = 130  # characters of a sentence that only gives the interval or the difference
WORD = re.compile(r"[^\W\d_]{3,}")
FARTHEST = 320  # characters of two sentences together
ALIKE = 0.6  # of the words of the shorter of two sentences that tell the same of two arms
FEWEST = 2  # words that they share


def goes_on(sentence: str, following: str, first: Read, second: Read) -> bool:
    """Whether the sentence that follows one with a finding tells more of the same finding."""
    if GOES_ON.match(following) and len(following) <= LONGEST:
        return True
    if len(sentence) + len(following) > FARTHEST or not (_is_single(first) and _is_single(second)):
        return False
    one, other = first.values[0], second.values[0]
    if one.unit != other.unit or (one.metric != other.metric and not _is_same(sentence, following)):
        return False
    return bool(_contrast().match(following)) or _is_same(sentence, following)


def leads_to(sentence: str, following: str, first: Read, second: Read) -> bool:
    """Whether a sentence names what the one that follows it gives the value of: "The overlap was counted as ... It was
    0.38."."""
    if first.values or not second.values or len(sentence) + len(following) > FARTHEST:
        return False
    return bool(_anaphor().match(following)) and bool(first.metrics)


def _is_single(read: Read) -> bool:
    """Whether a sentence states one number, compared with none."""
    return len(read.values) == 1 and read.values[0].baseline is None and not read.change


def _is_same(sentence: str, following: str) -> bool:
    """Whether two sentences say the same in nearly the same words, of two things."""
    a, b = ({word.lower() for word in WORD.findall(text)} - _common() for text in (sentence, following))
    return len(a & b) >= max(FEWEST, ALIKE * min(len(a), len(b)))


@cache
def _common() -> frozenset[str]:
    return frozenset(table("joining")["common"]["words"])


@cache
def _contrast() -> re.Pattern[str]:
    return re.compile(rf"{either(table('joining')['contrast']['words'])}\b", re.I)


@cache
def _anaphor() -> re.Pattern[str]:
    verbs = either(table("joining")["verbs"]["words"])
    return re.compile(rf"(?:It|This|They|These|The\s+(?:result|value|average|mean|total))\s+(?:{verbs})\b")
