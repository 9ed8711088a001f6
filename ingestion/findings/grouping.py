"""Which numbers of a sentence that no words tie may be held against each other: those of one measure and unit, told
in one clause or two by two.

It must not know which of them is compared with which.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from itertools import pairwise

from ingestion.findings.numbers import Number

WITHIN = re.compile(r"\band\b|\bagainst\b|\bv(?:ersu)?s?\.?\s")
CLAUSE = re.compile(r"[;:]\s")
BREAK = re.compile(r"[,;]|\bbut\b|\bwhile\b|\bwhereas\b")
SYMBOL = "="  # among the words of a measure that is a symbol: "R² = 0.83"
NO_MEASURES: Mapping[int, Set[str]] = {}


def blocks(sentence: str, found: Sequence[Number], group: Sequence[int]) -> list[Sequence[int]]:
    """Numbers that are told clause by clause, or two by two: "62% and 41% in summer, 30% and 22% in winter"."""
    links = [sentence[found[a].end : found[b].start] for a, b in pairwise(group)]
    parts: list[list[int]] = [[i] for i in group[:1]]
    for i, link in zip(group[1:], links, strict=False):
        if CLAUSE.search(link):
            parts.append([i])
        else:
            parts[-1].append(i)
    if len(parts) > 1 and any(len(part) > 1 for part in parts):
        return [*parts]
    if len(group) < 4 or len(group) % 2:
        return [group]
    if all(WITHIN.search(link) and not BREAK.search(link) for link in links[::2]) and all(
        BREAK.search(link) for link in links[1::2]
    ):
        return [group[i : i + 2] for i in range(0, len(group), 2)]
    return [group]


def of_one_kind(found: Sequence[Number], group: Sequence[int], measures: Mapping[int, Set[str]]) -> list[list[int]]:
    """A group by what its numbers may measure."""

    def same_measure(a: int, b: int) -> bool:
        one, other = measures.get(a), measures.get(b)
        if SYMBOL in (one or ()) or SYMBOL in (other or ()):
            return one == other
        return not one or not other or bool(one & other)

    out: list[list[int]] = []
    for i in group:
        same = next((h for h in out if alike(found[h[0]], found[i]) and same_measure(h[0], i)), None)
        if same is None:
            out.append([i])
        else:
            same.append(i)
    return [part for group in out for part in (_by_unit(found, group) if len(group) > 2 else [group])]


def _by_unit(found: Sequence[Number], group: Sequence[int]) -> list[list[int]]:
    """More than two numbers by their unit: one without any is no longer surely like the others."""
    units = dict.fromkeys(found[i].unit for i in group)
    return [[i for i in group if found[i].unit == unit] for unit in units]


def alike(a: Number, b: Number) -> bool:
    """Whether two numbers may measure the same: in the same unit, or, where one has none, both with decimals or both
    without."""
    if a.unit and b.unit:
        return a.unit == b.unit or a.unit.startswith(f"{b.unit} ") or b.unit.startswith(f"{a.unit} ")
    return a.whole == b.whole
