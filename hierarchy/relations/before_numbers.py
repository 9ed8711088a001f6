"""What the words before a number make of it: a condition, something that was done, the way a change goes.

It must not know outcomes.
"""

from __future__ import annotations

import re

from hierarchy.relations.words import cue


def is_done(before: str) -> bool:
    """Whether the verb before "from A to B" says what was done, not what came of it ("raising the share from")."""
    clause = re.split(r"[.;:]", before)[-1]
    verbs = re.findall(
        r"\b(?:go|rais|lower|chang|increas|decreas|halv|enlarg|reduc|doubl|mov|step|extend)ing\b|\b\w+ed\b|\b(?:rose|fell|grew|lowers|raises|falls|rises)\b",
        clause,
        re.I,
    )
    return bool(verbs) and verbs[-1].lower().endswith("ing")


def is_condition(text: str, match: re.Match[str]) -> bool:
    """Whether a number says under what it was measured: a whole number after a preposition."""
    before = text[: match.start()]
    if match.group(2) in ("%", "percent") and not re.search(
        r"\b(?:of|sav\w+|dry|about)\s*$|\bthe \w+\s+$", before[-24:]
    ):
        return False
    if match.group(2) in ("%", "percent") and re.search(r"\ba \w+ of\s*$", before):
        return False
    prepositions = (
        r"\b(?:up to|with|at|of|for|on|under|using|within|above|below|over|per|each|first|than|save|saved|saving)\s+"
        r"(?:only\s+|about\s+|all\s+|the\s+)?$"
    )
    return "." not in match.group(1) and re.search(prepositions, before, re.I) is not None


def way_before(text: str, at: int) -> int:
    """The way that the last word of direction before a place goes; 0 where there is none in the sentence."""
    before = re.split(r"[.;]", text[:at])[-1]
    ups, downs = ([m.start() for m in cue(name).finditer(before)] for name in ("increase", "decrease"))
    if not ups and not downs:
        return 0
    return 1 if max(ups, default=-1) > max(downs, default=-1) else -1
