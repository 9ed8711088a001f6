"""The phrase of a sentence that says what a number measures, where no known measure is named: the subject of what rose,
the object of what was lowered, or what stands right behind the number.

It must not know lists of measures, nor what the number is compared with.
"""

from __future__ import annotations

import re
from functools import cache

from ingestion.findings.cues import table
from ingestion.reading.cues import either

CLAUSE = re.compile(r"[;:]\s+|,\s+(?:and|but|while|whereas|so that|which|whose|where)\s+|\s+(?:while|whereas)\s+")
ADVERBIAL = re.compile(
    r"^(?:(?:(?:In|On|At|With|Without|For|Under|After|Before|During|By|From|Among|Across|Within|Over|Between|When|If|Once|As|Given|To|Of|Using|Averaged|Compared)\b"
    r"[^,]{0,90}|[A-Z][a-z]+ly|However|Overall|Moreover|Furthermore|Again|Still|Yet|Here),\s+)+"
)
DETERMINER = (
    r"(?:(?:the|an?|its|their|our|his|her|this|these|those|that|both|all|no|any|mean|whose|such|each|every)\s+)"
)
CUT = re.compile(
    r"\s+(?:of|in|on|at|for|by|with|without|from|to|than|over|under|between|among|during|after|before|across|when|where|which|that|who|as|and|or|but|per|if"
    r"|was|were|is|are|had|has|have|did|does|not|also|only|by|still|then|again|once|through|towards?)\b.*$",
    re.I,
)
OF = re.compile(r"^\s+of\s+(?:the\s+|all\s+|its\s+|their\s+|our\s+|these\s+)?((?:[a-z][\w-]*\s*){1,3})")
NOUN = re.compile(r"(?:[^\W\d_][\w’'/-]*\s+){0,4}[^\W\d_][\w’'/-]+")
BEHIND_IN = re.compile(rf"^\s+(?:of|in)\s+{DETERMINER}?", re.I)
CALLED = re.compile(
    rf"\b{DETERMINER}((?:[^\W\d_][\w-]*\s+){{1,3}})of\s+(?:about\s+|only\s+|up to\s+|at least\s+|nearly\s+)?$", re.I
)
GAINED = re.compile(
    r"\b(?:gain|loss|drop|fall|rise|increase|decrease|difference|reduction|improvement|average|mean|median|total)s?$"
)


def phrase(sentence: str, start: int, end: int) -> str | None:
    """What the number at [start, end) measures, as far as the sentence's grammar tells; None where it does not."""
    first = max((m.end() for m in CLAUSE.finditer(sentence[:start])), default=0)
    for begin in dict.fromkeys((first, 0)):
        clause = sentence[begin:start]
        found = _called(clause) or _object(clause) or _behind(sentence[end:]) or _subject(clause)
        if found:
            return found
    return None


def of_heading(heading: str) -> str | None:
    """What a heading names, None where it is one that every paper has."""
    plain = re.sub(r"^[\dIVX.]+\s+|^(?:Experiment|Study)\s+\d+\s*:?\s*", "", heading).strip(" .:")
    return (
        plain if re.search(r"[^\W\d_]{3}", plain) and plain.lower() not in _dull() and len(plain.split()) <= 5 else None
    )


def _called(clause: str) -> str | None:
    """ "a half-life of"."""
    match = CALLED.search(clause)
    return None if match is None or GAINED.search(match[1].strip()) else _clean(match[1])


def _object(clause: str) -> str | None:
    """ "raised the yield [of the field] from"."""
    found: str | None = None
    for match in _moves().finditer(clause):
        found = _clean(clause[match.end() :]) or found
    return found


def _behind(after: str) -> str | None:
    """ "16% lower odds", "2.2 points of accuracy", "0.2 SD in reading"."""
    compared = _compared().match(after)
    if compared and (told := _clean(after[compared.end() :])):
        return told
    match = BEHIND_IN.match(after)
    return _clean(after[match.end() :].split(",")[0]) if match else None


def _subject(clause: str) -> str | None:
    """ "the yield [of the field] was"."""
    clause = clause[m.end() :] if (m := ADVERBIAL.match(clause)) else clause
    match = _moved().search(clause)
    return _clean(clause[: match.start()]) if match else None


def _clean(text: str) -> str | None:
    """The head of a phrase with its modifiers: determiners and what hangs on it are cut, "of ..." kept."""
    text = re.sub(rf"^\s*{DETERMINER}+", "", re.split(r"[,;:()]", text.strip())[0], flags=re.I)
    cut = CUT.sub("", " " + text).strip()
    of = OF.match(" " + text[len(cut) :].strip()) if text.startswith(cut) else None
    match = NOUN.fullmatch(cut)
    if not match or cut.lower() in _empty() or cut.lower().split()[-1] in _empty():
        return None
    kept = CUT.sub("", " " + of[1]).strip() if of else ""
    return f"{cut} of {kept}" if kept else cut


@cache
def _moves() -> re.Pattern[str]:
    return re.compile(rf"\b{either(table('phrases')['moves']['words'])}\s+", re.I)


@cache
def _moved() -> re.Pattern[str]:
    return re.compile(rf"\s+{either(table('phrases')['moved']['words'])}\b")


@cache
def _compared() -> re.Pattern[str]:
    return re.compile(rf"\s+(?:{either(table('phrases')['compared']['words'])}\s+)")


@cache
def _empty() -> frozenset[str]:
    return frozenset(table("phrases")["empty"]["words"])


@cache
def _dull() -> frozenset[str]:
    return frozenset(table("phrases")["dull"]["words"])
