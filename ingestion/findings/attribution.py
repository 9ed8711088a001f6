"""Whose finding a sentence tells: the paper's own, or one that it reports of others.

A sentence reports others where a citation is its subject ("Li et al. (2021) found ..."), where it ends in citations and
nothing in it is the authors' own, or where it says so without a name. It must not know what a finding is.
"""

from __future__ import annotations

import re
from functools import cache

from ingestion.findings.cues import cues_in, table
from ingestion.reading.cues import either

NAME = r"[^\W\d_a-z][^\W\d_]*(?:[-’'][^\W\d_]+)*"
YEARS = r"\(\s*(?:(?:19|20)\d\d[a-z]?)(?:\s*[,;]\s*(?:19|20)\d\d[a-z]?)*\s*\)"
BRACKET = r"\[[\d,;\s–-]+\]"
OTHERS = rf"\s+(?:and|&)\s+(?:{NAME}|colleagues|coworkers|co-workers)"
SUBJECT = rf"(?:{NAME}(?:\s+et\s+al\.?,?|{OTHERS})?\s*(?:{YEARS}|{BRACKET})|{NAME}\s+et\s+al\.?,?|{BRACKET})"
NAMES = re.compile(rf"(?:{NAME}\s+et\s+al\.?,?|{NAME}{OTHERS})\s*(?:{YEARS}|{BRACKET})|{NAME}\s+{YEARS}")
CITATION = re.compile(rf"{YEARS}|\([^()]*\b(?:19|20)\d\d[a-z]?[^()]*\)|\[\d+(?:\s*[,;–-]\s*\d+)*\]|\bet\s+al\b")
LEADING = re.compile(r"^(?:(?:In|By|From|With|At|For|On|As)\b[^,]{0,80},\s*|[A-Z][a-z]+,\s*|(?:The|A|An|Both)\s+)?")
CLAUSE = re.compile(r",\s+(?:but|and|so|while|whereas|which|who|as|in|for)\b|;")


def goes_on_reporting(sentence: str, before: str, reported: bool) -> bool:
    """Whether a sentence goes on about those whom the one before it names ("Their trigger lasted 29.8 days").

    Args:
        sentence: its words.
        before: the sentence before it.
        reported: whether that one tells what others found.
    """
    if not _theirs().match(sentence) or "own" in cues_in("attribution", sentence):
        return False
    return reported or bool(NAMES.search(before))


def is_reported(sentence: str, section_kind: str) -> bool:
    """Whether the sentence tells what others found or did."""
    rest = sentence[LEADING.match(sentence).end() :]  # type: ignore[union-attr]  # it matches the empty string
    if _subject().match(rest):
        return True
    own = "own" in cues_in("attribution", sentence)
    if own:
        return False
    if _possessive().search(sentence[:100]):
        return True
    cited = list(CITATION.finditer(sentence))
    if cited and section_kind in ("background", "introduction"):
        return True
    return "impersonal" in cues_in("attribution", sentence) and section_kind not in ("result", "abstract")


@cache
def _theirs() -> re.Pattern[str]:
    return re.compile(rf"{either(table('attribution')['theirs']['words'])}\b")


@cache
def _subject() -> re.Pattern[str]:
    verbs = either(table("attribution")["reporting"]["words"])
    return re.compile(rf"{SUBJECT}(?:[^.;]{{0,40}}?)\s+(?:have\s+|has\s+|had\s+|also\s+|later\s+|however\s+)*{verbs}\b")


@cache
def _possessive() -> re.Pattern[str]:
    studies = either(table("attribution")["study"]["words"])
    verbs = either(table("attribution")["reporting"]["words"])
    return re.compile(
        rf"\b(?:reported|found|shown|proposed|introduced|observed|described)\s+(?:by|in)\s+{SUBJECT}"
        rf"|^They\s+{verbs}\b|^(?:The\s+|In\s+the\s+)?{studies}\s+{verbs}\b"
    )
