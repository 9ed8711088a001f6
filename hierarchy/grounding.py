"""Whether a sentence that a language model wrote is borne out by the sentences that it says it was made from.

Three tests that a program can do: every number of it stands there, its words are there or near, and it does not turn
them round. None proves that it follows from them; together they stop what is invented. It must not know papers.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

# A minus belongs to a number only where nothing stands right before it: "3-5" is a range, "COVID-19" a name.
NUMBER = re.compile(
    r"(?<![A-Za-z0-9_.])(?:(?<![\w)\]])[-−–])?(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)?(?:\.\d+|(?<=\d))(?:[eE][-+]?\d+)?"
)
AFTER_NAME = re.compile(r"(?<=[A-Za-z])(?<!\d[eE])[-–](\d+(?:\.\d+)?)")
SUFFIX = re.compile(r"(?:ations?|ators?|ated|ating|ences?|ents?|ings?|ed|es|s|ly)$")
SIGNED = r"(?:about |only )?([-−]?\d+(?:\.\d+)?)"
FROM_TO = re.compile(rf"\bfrom {SIGNED}(?:\s?%|\s[a-zA-Z]+)? to {SIGNED}")
CLAUSE = re.compile(r"[;:]|,\s|\.\s|\b(?:and|while|but|whereas)\b")
OR_MORE = re.compile(r"\b(?:or|and) (more|less|fewer|above|below|higher|lower|larger|smaller)\b", re.I)
HOLDS_ZERO = re.compile(r"[-−]\d+(?:\.\d+)?%? (?:to|and) \+?\d|\bincludes? zero\b")
WORD = re.compile(r"[^\W_]+(?:['’]t\b)?")


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


def numbers_in(text: str) -> frozenset[str]:
    """The numbers of a text, in one spelling: "0.90", ".9" and "0.9" are one number, "five" and "5" are.

    Signs that stand for numbers without being digits ("½", "五") are given as they are. Words for one are left out:
    they mean other things too often.
    """
    plain = "".join(_as_digit(c) for c in text)
    found = {_spelling(m.group()) for m in NUMBER.finditer(plain) if any(c.isdigit() for c in m.group())}
    found |= {_spelling(m.group(1)) for m in AFTER_NAME.finditer(plain)}
    found |= {c for c in plain if c.isnumeric() and not c.isdigit()}
    return frozenset(found | _spelled_out(plain))


def has_number(value: float, numbers: Iterable[str]) -> bool:
    """Whether a value is one of these numbers, as `numbers_in` gives them; the sign of a value may be left out."""
    spelled = _spelling(repr(value))
    return any(spelled in (number, number.lstrip("-")) for number in numbers)


def invented(text: str, numbers: Iterable[str]) -> list[str]:
    """The numbers of a text that are not among these; one that stands there with a minus may be told without."""
    there = set(numbers)
    there |= {number.lstrip("-") for number in there}
    return sorted(numbers_in(text) - there)


def coverage(text: str, sources: Iterable[str]) -> float:
    """The share of a text's words, small words aside, that stand in one of the sources in some form; 1 for no words."""
    wanted = stems(text)
    if not wanted:
        return 1.0
    return len(wanted & frozenset().union(*map(stems, sources))) / len(wanted)


def stems(text: str) -> frozenset[str]:
    """What a text is about: the beginnings of its words, small words, numbers and single letters aside."""
    words = (w.lower() for w in WORD.findall(_bare(text)))
    stop = _stop()
    return frozenset(_stem(w) for w in words if w not in stop and len(w) > 1 and not w[0].isdigit())


def turns_round(text: str, source: str) -> bool:
    """Whether a text says more where its source only says less, or the other way round, denies what its source affirms,
    or lets a number rise that it tells as falling."""
    said, there = leanings(text), leanings(source)
    bounds, bounds_there = _bounds(text), _bounds(source)
    if (there and not said <= there) or (bounds_there and not bounds <= bounds_there):
        return True
    return (denies(text) and not denies(source)) or bool(_wrong_ways(text) - _wrong_ways(source))


def leanings(text: str) -> frozenset[str]:
    """Whether a text has words for more ("rising"), for less ("falling"), for both, or for neither."""
    words = {w.lower() for w in WORD.findall(OR_MORE.sub(" ", text))}
    named: dict[str, list[str]] = _table()["stems"]
    return frozenset(name for name, begin in named.items() if any(w.startswith(tuple(begin)) for w in words))


def denies(text: str) -> bool:
    """Whether a text has a word that turns a statement round, or an interval that holds zero."""
    words = {w.lower() for w in WORD.findall(text)}
    negative = any(w in _table()["negations"] or w.endswith(("n't", "n’t")) for w in words)
    return negative or HOLDS_ZERO.search(text) is not None


def _bounds(text: str) -> frozenset[str]:
    """The words of "five or more", "ten or fewer"."""
    return frozenset(m.group(1).lower().replace("fewer", "less") for m in OR_MORE.finditer(text))


def _wrong_ways(text: str) -> frozenset[tuple[str, str]]:
    """The pairs of "from A to B" whose numbers go another way than the verb before them says."""
    ways: dict[str, list[str]] = _table()["verbs"]
    found: set[tuple[str, str]] = set()
    for clause in CLAUSE.split(text):
        for match in FROM_TO.finditer(clause):
            before = [w.lower() for w in WORD.findall(clause[: match.start()])]
            verbs = [way for w in before for way, begin in ways.items() if w.startswith(tuple(begin))]
            start, end = (float(match.group(i).replace("−", "-")) for i in (1, 2))
            if verbs and start != end and (verbs[-1] == "up") != (start < end):
                found.add((match.group(1), match.group(2)))
    return frozenset(found)


@cache
def _stop() -> frozenset[str]:
    table = _table()
    return frozenset([*table["stop"], *table["numbers"], *table["tens"], *table["negations"]])


def _spelled_out(text: str) -> set[str]:
    numbers: dict[str, int] = _table()["numbers"]
    tens: dict[str, int] = _table()["tens"]
    found, waiting = set[str](), 0
    for word in (w.lower() for w in WORD.findall(text)):
        if waiting and numbers.get(word, 10) < 10:
            found.add(str(waiting + numbers[word]))
            waiting = 0
            continue
        if waiting:
            found.add(str(waiting))
        waiting = tens.get(word, 0)
        if word in numbers:
            found.add(str(numbers[word]))
    return found | ({str(waiting)} if waiting else set())


def _spelling(number: str) -> str:
    plain = number.replace(",", "").replace("−", "-").replace("–", "-")
    try:
        value = Decimal(plain).normalize()
    except ArithmeticError:  # no number, or one beyond all measure
        return plain
    if not value.is_finite():
        return plain
    return "0" if value == 0 else format(value, "f" if -20 < value.adjusted() < 20 else "e")


def _as_digit(sign: str) -> str:
    """A digit of any script as one of ours."""
    if sign.isascii():
        return sign
    value = unicodedata.decimal(sign, None)
    return sign if value is None else str(value)


def _bare(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _stem(word: str) -> str:
    """A light stem, so that "annotated" meets "annotators", and "agree" meets "agreed"."""
    return (SUFFIX.sub("", word) if len(word) > 5 else word.rstrip("s")).rstrip("e")
