"""Which numbers of a sentence are compared: pairs of a value and what it is compared with.

It must not know what the numbers measure; it reads how they are tied: "from A to B", "A against B", "A before and B
after", "A ..., B ..., a difference of D".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Set
from functools import cache
from itertools import pairwise

from ingestion.findings.cues import patterns, table
from ingestion.findings.grouping import NO_MEASURES, alike, blocks, of_one_kind
from ingestion.findings.numbers import Number
from ingestion.findings.ordering import control_of, in_order, is_control
from ingestion.reading.cues import either

LED = (
    r"\s+(?:(?:an?|about|only|nearly|almost|roughly|around|some|just|over|the|mean|median|average|of)\s+)*"
    r"(?:(?:M|Mdn)\s*=\s*)?$"
)
FROM = re.compile(rf"\bfrom{LED}", re.I)
TO = re.compile(rf"\bto{LED}", re.I)
PLAIN_TO = re.compile(r"\s*(?:to|→|->)\s*")
FROM_AGAIN = re.compile(r"\s+(?:,\s+)?(?:down\s+|up\s+)?from\s+(?:an?\s+\w+\s+of\s+|about\s+)?")
NEXT = re.compile(
    r"(?:\s*(?:±|\+/[-−])\s*[\d.]+\s?[^\s\d()]{0,12})?\s*,?\s*(?:against|v|vs\.?|versus|instead\s+of|and|compared\s+(?:with|to))\s*"
)
PART = re.compile(
    r"\b(?:of which|of whom|including|at most|at worst|up to|as much as)\s+(?:\w+\s+)?$", re.I
)  # of another
BY = re.compile(r"\bby\s+(?:about\s+|some\s+|only\s+)?$", re.I)
BETWEEN = re.compile(r"\bbetween\s+(?:about\s+)?$", re.I)
OPEN = re.compile(r"\((?:[^()\d]{0,24}\s)?$")
SIDE = re.compile(r"\s*(?:and|,|;|/)\s*")
CLOSED = re.compile(r"\s*(?:[)]|[,;]\s*(?:p|P|respectively|n\.\s?s)\b)")
FARTHEST = 70  # characters between "from A" and "to B"


Pairs = dict[int, list[int]]  # index of a value to the indices of what it is compared with


def pairs(
    sentence: str,
    found: Sequence[Number],
    free: Sequence[int],
    change: Callable[[int], int],
    close: Set[int] = frozenset(),
    measures: Mapping[int, Set[str]] = NO_MEASURES,
) -> tuple[Pairs, bool]:
    """Values and what they are compared with, by index in `found`, and whether the sentence says so in words.

    Args:
        sentence: the words.
        found: its numbers.
        free: indices of those that are measurements.
        change: of a number, 1 where it is a gain, -1 a loss, 2 a difference, 0 where it is no change at all.
        close: those that a comparative makes a change ("1.6 cm deeper").
        measures: the words of the measures that stand before numbers of their own; only like is held against like.
    """
    out: Pairs = {}
    taken: set[int] = set()
    side: set[int] = set()  # of pairs that stand side by side
    for a, b in pairwise(free):
        if a in taken or b in taken or bool(change(a)) != bool(change(b)):
            continue
        between = sentence[found[a].end : found[b].start]
        from_to = FROM.search(sentence[: found[a].start]) and TO.search(between) and len(between) <= FARTHEST
        plain = bool(PLAIN_TO.fullmatch(between))
        if plain and BY.search(sentence[: found[a].start]):
            taken |= {a, b}  # "by 1.7 to 2.4 ppm": a change and where it led, or a range of changes
            continue
        if (TO.search(sentence[: found[a].start]) and FROM_AGAIN.fullmatch(between)) or (
            plain and not from_to and patterns("comparisons")["ahead"].search(sentence[: found[a].start])
        ):
            taken |= {a, b}
            out.setdefault(a, []).append(b)
        elif from_to or plain:
            taken |= {a, b}
            if not _is_range(sentence, found[a]) and (from_to or sentence[: found[a].start].rstrip().endswith("(")):
                out.setdefault(b, []).append(a)
        elif _in_brackets(sentence, found[a], found[b]) and not _is_range(sentence, found[a]):
            taken |= {a, b}
            out.setdefault(a, []).append(b)
            side.add(a)
        elif between.strip() == "(" and _before().match(sentence[found[b].end :]):
            taken |= {a, b}
            out.setdefault(a, []).append(b)
        elif _says_before(sentence, found, a, b):
            taken |= {a, b}
            out.setdefault(b, []).append(a)
    _still_from(sentence, found, free, taken, out)
    _against(sentence, found, free, taken, out, close)
    told = bool(out.keys() - side)
    bases = {base for held in out.values() for base in held}
    left = [i for i in free if i not in taken and i not in out and i not in bases]
    left = [i for i in left if not PART.search(sentence[: found[i].start])]
    plain_left = [i for i in left if not change(i)]
    if len(plain_left) == 2 and (d := next((i for i in free if change(i)), None)) is not None:
        signed = found[d].value * (-1 if change(d) == -1 else 1)
        if (pair := _by_difference(found, plain_left[0], plain_left[1], signed)) is not None:
            out.setdefault(pair[0], []).append(pair[1])
            return out, True
    groups = [plain_left, *([i for i in left if change(i) == way] for way in (1, -1, 2))]
    if (
        len(left) == 2
        and found[left[0]].unit
        and found[left[0]].unit == found[left[1]].unit
        and not close & {*left}
        and change(left[0]) * change(left[1]) != -1
    ):
        groups = [left]  # "cost 140 hours for the one and 490 hours for the other"
    units = [same for whole in groups for same in of_one_kind(found, whole, measures)]
    for group in [part for same in units for part in blocks(sentence, found, same)]:
        if len(group) < 2 or _is_range(sentence, found[group[0]]):
            continue
        ordered = in_order(sentence, found, group)
        if len(group) == 2 and (is_control(sentence, found, group) or not ordered):
            out.setdefault(group[0], []).append(group[1])
            continue
        if (base := control_of(sentence, found, group)) is not None:
            for i in group:
                if i != base and found[i].unit == found[base].unit:
                    out.setdefault(i, []).append(base)
            continue
        for at, i in enumerate(group[1:], start=1):
            first = next((j for j in group[:at] if found[j].unit == found[i].unit and alike(found[j], found[i])), None)
            if first is not None:
                out.setdefault(i, []).append(first)
    return out, told


def _in_brackets(sentence: str, a: Number, b: Number) -> bool:
    """Whether two numbers, and no more, stand in brackets: "(224 and 226 words)"."""
    before, after = sentence[: a.start], sentence[b.end :]
    return bool(
        OPEN.search(before) and SIDE.fullmatch(sentence[a.end : b.start]) and CLOSED.match(after) and alike(a, b)
    )


def _still_from(sentence: str, found: Sequence[Number], free: Sequence[int], taken: set[int], out: Pairs) -> None:
    """Further "to C" of "from A to B": they start from A, too, or, where they come "back", from B."""
    for at, c in enumerate(free):
        before = sentence[: found[c].start]
        if c in taken or not TO.search(before) or FROM.search(before):
            continue
        told = [b for b in free[:at] if b in out and alike(found[b], found[c])]
        if told and (link := sentence[found[free[at - 1]].end : found[c].start]) and ";" not in link:
            out[c] = [told[-1]] if re.search(r"\b(?:back|again|then)\b", link) else list(out[told[-1]])
            taken.add(c)


def _against(
    sentence: str,
    found: Sequence[Number],
    values: Sequence[int],
    taken: set[int],
    out: Pairs,
    close: Set[int],
) -> None:
    """Pairs tied by "against" and the like, with those that "and" adds to them."""
    for at, b in enumerate(values):
        if at == 0 or b in taken:
            continue
        between = sentence[found[values[at - 1]].end : found[b].start]
        following = found[values[at + 1]].start if at + 1 < len(values) else len(sentence)
        if not _comparer().search(between) or _leads(sentence, found[b], following):
            continue
        earlier = [i for i in values[:at] if alike(found[i], found[b])]
        earlier = [i for i in earlier if not any(i in base for base in out.values())]
        earlier = [i for i in earlier if i not in close or b in close] or earlier
        if not earlier:
            continue
        a = earlier[-1]
        for one in earlier:
            if one not in out and one not in taken:
                out[one] = [b]
        out.setdefault(a, [b])
        taken.add(b)
        for c_at in range(at + 1, len(values)):
            c = values[c_at]
            link = sentence[found[values[c_at - 1]].end : found[c].start]
            if not re.search(r"\band\s+(?:\w+\s+){0,2}$", link) or ";" in link or "." in link.strip() or c in taken:
                break
            out[a].append(c)
            taken.add(c)


def _leads(sentence: str, number: Number, following: int) -> bool:
    """Whether a number in brackets is itself compared with the next: "22% less than with B (65 against 87%)"."""
    inside = re.search(r"\([^()\d]{0,40}$", sentence[: number.start])
    return bool(inside and NEXT.fullmatch(sentence[number.end : following]))


def _by_difference(found: Sequence[Number], a: int, b: int, difference: float) -> tuple[int, int] | None:
    """The pair whose difference is the one that is told."""
    for value, base in ((b, a), (a, b)):
        if abs(found[value].value - found[base].value - difference) <= 0.006 * max(1.0, abs(difference)):
            return value, base
    return None


def _says_before(sentence: str, found: Sequence[Number], a: int, b: int) -> bool:
    between = sentence[found[a].end : found[b].start]
    return bool(_before().match(between) and len(between) <= FARTHEST)


@cache
def _before() -> re.Pattern[str]:
    return re.compile(rf"\s+{either(table('comparisons')['before']['words'])}\b", re.I)


def _is_range(sentence: str, number: Number) -> bool:
    before = sentence[max(0, number.start - 40) : number.start]
    ranged = BETWEEN.search(before) or patterns("comparisons")["range"].search(before)
    return not before.endswith("(") and bool(ranged)


@cache
def _comparer() -> re.Pattern[str]:
    words = either(table("comparisons")["against"]["words"])
    apart = r"(?!and\b|or\b|but\b)[\w'’-]+"
    return re.compile(
        rf"(?<!\w){words}(?:(?:\s+{apart}){{0,6}}\s*|(?:\s+[\w'’-]+){{0,14}}\s*\((?:\s*(?:M|Mdn|mean|median)\s*=?\s*)?)$",
        re.I,
    )
