"""Numbers of headings: reading one ("2.1", "A.1", "IV", "Appendix B", "§3", "1)"), and which of many follow each other.

A number alone may be a list's, a table's or a sentence's; those that belong to sections follow each other through the
paper. It knows numbers only, not how a heading is set.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from ingestion.reading.cues import alternatives, table

DECIMAL, ROMAN, UPPER, HAN = "decimal", "roman", "upper", "han"
PAREN, LOWER, SUPPLEMENT = "paren", "lower", "supplement"  # 1)  a)  S1
HAN_DIGITS = "零一二三四五六七八九"
MOST_HEADS = 25  # how far back a number may follow on another: bounds the work on hostile files
MOST_MISSED = 3  # numbers that may be missing between two
GAP = 0.6  # what a missing number between two costs
PART = r"\d{1,3}"
FORMS = (
    rf"{PART}(?:\.{PART}){{0,4}}",
    rf"[A-Z](?:\.{PART}){{1,4}}",
    rf"[IVXL]{{1,6}}[.-](?:[A-Z]|{PART})(?:[.-]?{PART})?",
    r"[IVXL]{1,6}",
    rf"S{PART}(?:\.{PART}){{0,3}}",
    r"[A-Z]",
)
WORD = alternatives(table("headings")["before_numbers"])
NUMBERED = re.compile(
    rf"(?:(?P<word>{WORD})\s*|(?P<sign>§)\s?)?(?P<number>{'|'.join(FORMS)})(?P<mark>[.:)]?)"
    r"(?=\s|$|(?<=\d\.)[^\W\d_])\s*(?:[—–:-]\s+)?",
    re.I,
)
ENCLOSED = re.compile(rf"\(?(?P<number>{PART}|[a-z]|[A-Z])\)\s+")
HAN_NUMBER = re.compile(r"(?P<chapter>第)?\s?(?P<number>[一二三四五六七八九十]{1,3})\s?(?:[、.．章节]|\s)\s?")


class Part(NamedTuple):
    """One part of a number: how it counts, and where it is in the count."""

    kind: str
    value: int


Path = tuple[Part, ...]


class Number(NamedTuple):
    """A number as printed, the ways in which it can be read, whether a word such as "Appendix" names it."""

    text: str
    readings: tuple[Path, ...]
    named: bool = False


def parse(text: str) -> tuple[Number, str] | None:
    """The number with which a line begins and the words after it; None without one."""
    if enclosed := ENCLOSED.match(text):
        number = enclosed["number"]
        part = Part(PAREN, int(number)) if number.isdigit() else Part(LOWER, ord(number.lower()) - ord("a") + 1)
        return Number(number, ((part,),)), text[enclosed.end() :]
    if found := NUMBERED.match(text):
        number, named = found["number"], bool(found["word"] or found["sign"])
        # Only figures may be read whatever the case: "a study" is no appendix.
        bare = len(number) == 1 and number.isalpha() and not (named or found["mark"])
        rest = text[found.end() :]
        readings = tuple(_readings(number)) if number.upper() == number else ()
        if readings and (rest[:1].isupper() or not bare):
            return Number(number, readings, named), rest
    if han := HAN_NUMBER.match(text):
        return Number(han["number"], ((Part(HAN, _han(han["number"])),),), bool(han["chapter"])), text[han.end() :]
    return None


def _readings(number: str) -> list[Path]:
    pieces = re.split(r"[.-]", number)
    first, rest = pieces[0], pieces[1:]
    if first.isdigit():
        heads = [Part(DECIMAL, int(first))]
    elif first[0] == "S" and first[1:].isdigit():
        heads = [Part(SUPPLEMENT, int(first[1:]))]
    else:
        heads = [Part(ROMAN, value)] if (value := roman(first)) else []
        if len(first) == 1:
            heads.append(Part(UPPER, ord(first) - ord("A") + 1))
    tail: list[Part] = []
    for piece in rest:
        letters = re.match(r"[A-Z]", piece)
        if letters:
            tail.append(Part(UPPER, ord(piece[0]) - ord("A") + 1))
            piece = piece[1:]
        if piece:
            tail.append(Part(DECIMAL, int(piece)))
    return [(head, *tail) for head in heads]


def roman(text: str) -> int | None:
    """The value of a Roman numeral up to 89, None where it is none."""
    values = {"I": 1, "V": 5, "X": 10, "L": 50}
    if not text or any(c not in values for c in text):
        return None
    total = 0
    for a, b in zip(text, f"{text[1:]} ", strict=True):
        total += -values[a] if b != " " and values[a] < values[b] else values[a]
    return total if 0 < total < 90 and to_roman(total) == text else None


def to_roman(value: int) -> str:
    """The Roman numeral of a number from 1 to 89."""
    out = ""
    for unit, sign in ((50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        while value >= unit:
            out, value = out + sign, value - unit
    return out


def _han(text: str) -> int:
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return HAN_DIGITS.index(text[-1])
    return 10 * (HAN_DIGITS.index(tens[-1]) if tens else 1) + (HAN_DIGITS.index(ones[-1]) if ones else 0)


def successors(before: Path, number: Number) -> list[tuple[Path, float]]:
    """The places at which a number can stand after the place `before`, each with what speaks against it."""
    found: list[tuple[Path, float]] = []
    for reading in number.readings:
        first = reading[0]
        if (cost := _step(before, reading)) is not None:
            found.append((reading, cost))
        if first.kind in (UPPER, SUPPLEMENT) and before[0].kind not in (UPPER, SUPPLEMENT) and _begins(reading):
            # An appendix begins a count of its own at the top; without its name it may also go on below.
            found.append((reading, 0.0 if number.named or before[0].kind == DECIMAL else 0.3))
        if len(reading) > 1 or number.named:
            continue
        for depth in range(len(before) - 1, 0, -1):  # counts that are open below the top: "B." after "II", "A."
            if before[depth].kind == first.kind and 0 < first.value - before[depth].value <= 2:
                skipped = first.value - before[depth].value - 1
                found.append(((*before[:depth], first), GAP * skipped))
                break
        if first.value == 1 and first.kind != before[-1].kind and _may_open(before, first.kind):
            found.append(((*before, first), 0.05))
    return found


def _may_open(before: Path, kind: str) -> bool:
    """Whether a count of this kind may begin below: letters and figures below Roman numbers."""
    if kind in {part.kind for part in before} or len(before) > 4:
        return False
    return before[0].kind in (ROMAN, HAN) or (kind == UPPER and before[0].kind == DECIMAL)


def _begins(path: Path) -> bool:
    return all(part.value == 1 for part in path)


def _step(before: Path, after: Path) -> float | None:
    """What speaks against `after` as the next place of one count; None where it cannot be."""
    common = 0
    while common < min(len(before), len(after)) and before[common] == after[common]:
        common += 1
    tail = after[common:]
    if common == len(before):  # deeper
        if not tail or any(part.value > 1 for part in tail[1:]) or tail[0].value > MOST_MISSED + 1:
            return None
        return GAP * (tail[0].value - 1 + len(tail) - 1)
    if not tail or tail[0].kind != before[common].kind:
        return None
    skipped = tail[0].value - before[common].value - 1
    if not 0 <= skipped <= MOST_MISSED or any(part.value > 1 for part in tail[1:]):
        return None
    return GAP * (skipped + len(tail) - 1)


def follow(numbers: Sequence[Number], weights: Sequence[float]) -> dict[int, Path]:
    """Those numbers (by index) that together make the weightiest count through the paper, each with its place."""
    best: list[list[tuple[float, int, int, Path]]] = []  # for each number its states: weight, before, its state, place
    for i, number in enumerate(numbers):
        states: dict[Path, tuple[float, int, int, Path]] = {}
        for reading in number.readings:
            if (cost := _start(reading)) is not None:
                states[reading] = (weights[i] - cost, -1, -1, reading)
        for j in range(max(0, i - MOST_HEADS), i):
            for k, (total, _, _, place) in enumerate(best[j]):
                for after, cost in successors(place, number):
                    value = total + weights[i] - cost
                    if after not in states or value > states[after][0]:
                        states[after] = (value, j, k, after)
        best.append(sorted(states.values(), key=lambda s: -s[0])[:2])
    ends = [(states[0][0], i) for i, states in enumerate(best) if states]
    if not ends:
        return {}
    chosen: dict[int, Path] = {}
    at, state = max(ends)[1], 0
    while at >= 0:
        _, before, before_state, place = best[at][state]
        chosen[at] = place
        at, state = before, before_state
    return dict(sorted(chosen.items()))


def _start(path: Path) -> float | None:
    """What speaks against a count that begins here; a chapter may begin with "4.1"."""
    if path[0].kind in (PAREN, LOWER):
        return None
    if len(path) == 1:
        return 0.0 if path[0].value <= 1 else GAP * (path[0].value - 1) if path[0].value <= 3 else None
    return GAP * (path[0].value > 1) if _begins(path[1:]) else None


def depths(places: Sequence[Path]) -> list[int]:
    """The level of each place, 1 at the top: of a chapter whose sections are "4.1", "4.2" those are the top."""
    least: dict[str, int] = {}
    for place in places:
        least[place[0].kind] = min(least.get(place[0].kind, 9), len(place))
    return [len(place) - least[place[0].kind] + 1 for place in places]
