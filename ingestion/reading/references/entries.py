"""Splits the lines of a list of references into its entries, as printed.

Four things tell where an entry begins, and the first that the list keeps to is believed: markers that count up or are
keys in brackets; two left edges (a hanging indent, or an indented first line); wider gaps; and last the words alone.
It must not know where the list stands in the paper, nor what an entry says.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ingestion.pages import Line
from ingestion.reading.references.words import NO_KEYS

NUMBERS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\[\s?(\d{1,4})\s?\]",
        r"\((\d{1,3})\)(?=\s|$)",
        r"(\d{1,3})\.(?=\s|$|[^\W\d_])",
        r"(\d{1,3})\)(?=\s|$)",
        r"(\d{1,3})(?=\s+[“\"'‘(]?[^\W\d_a-z]|\s*$|[^\W\d_a-z])",
    )
)
KEY = re.compile(r"\[\s?(?P<key>[^\W\d_][^\][]{1,60})(?:\]|$)")
NAME = r"[^\W\d_a-z][\w'’`´¨ˇ˜^.-]*"
STARTS = re.compile(  # "Family, G.", "G. H. Family", "Given Family," or an organisation
    rf"(?:(?:van|von|de|der|den|di|da|la|le|el|al|bin|del|dos|d’|ter)\s){{0,2}}{NAME}"
    rf"(?:,\s{NAME}|(?:\s{NAME}){{1,4}}(?:,|\.|:|;|\s\(|\sand\s|\s&\s|\set\sal)|(?:\s{NAME}){{0,3}}$|\sand\s|\s&\s|[.,]\s\(?\d{{4}}|:\s)"
)
FINISHED = re.compile(r"(?:[.\])”\"?!>;]|\d[a-z]?|https?://\S+|\b10\.\d{4,9}/\S+)$")
YEAR = re.compile(r"(?<!\d)(?:1[6-9]|20)\d\d[a-z]?(?!\d)")
MOST_SKIPPED = 3  # entries in a row whose numbers may be lost


class Row(NamedTuple):
    """Lines on one baseline: an entry's number may stand apart from its words."""

    lines: list[Line]
    page: int
    column: int
    x0: float
    x1: float
    middle: float
    size: float
    text: str

    @property
    def place(self) -> tuple[int, int]:
        return self.page, self.column


def rows_of(lines: Sequence[Line]) -> list[Row]:
    """Lines in reading order as rows; what holds neither letter nor figure is left out."""
    groups: list[list[Line]] = []
    for line in lines:
        if not any(c.isalnum() for c in line.text):
            continue
        last = groups[-1][-1] if groups else None
        if (
            last is not None
            and (last.page, last.column) == (line.page, line.column)
            and abs(last.middle - line.middle) < 0.4 * max(last.size, line.size)
            and line.x0 > last.x1 - 2
        ):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [
        Row(
            group,
            group[0].page,
            group[0].column,
            group[0].x0,
            group[-1].x1,
            group[-1].middle,
            max(line.size for line in group),
            " ".join(line.text for line in group),
        )
        for group in groups
    ]


def split_entries(lines: Sequence[Line]) -> list[list[Line]]:
    """The entries of one list, each as its lines."""
    rows = rows_of(lines)
    if not rows:
        return []
    begins = _by_numbers(rows) or _by_keys(rows) or _by_edges(rows) or _by_gaps(rows) or _by_words(rows)
    entries: list[list[Line]] = []
    for i, row in enumerate(rows):
        if i in begins or not entries:
            entries.append(list(row.lines))
        else:
            entries[-1].extend(row.lines)
    return entries


def numbered_from(rows: Sequence[Row], least: int) -> set[int]:
    """The rows with which numbered entries begin; empty where fewer than `least` numbers count up."""
    left = _left_edges(rows)
    best: list[int] = []
    for pattern in NUMBERS:
        chain: list[int] = []
        value = 0
        for i, row in enumerate(rows):
            found = pattern.match(row.text)
            if not found or row.x0 > left[row.place] + 14:
                continue
            number = int(found[1])
            if value < number <= value + MOST_SKIPPED if chain else i < 2:
                chain.append(i)
                value = number
        if len(chain) > len(best):
            best = chain
    return set(best) if len(best) >= least else set()


def _by_numbers(rows: list[Row]) -> set[int]:
    """A list of two or more; a list of a single entry is numbered when it begins so in brackets."""
    found = numbered_from(rows, 2)
    if len(found) >= max(2, len(rows) / 20):
        return found
    return {0} if NUMBERS[0].match(rows[0].text) and len(rows) < 8 else set()


def _by_keys(rows: list[Row]) -> set[int]:
    left = _left_edges(rows)

    def begins(row: Row) -> bool:
        key = KEY.match(row.text)
        return key is not None and row.x0 < left[row.place] + 3 and not _is_no_key(key["key"])

    found = {i for i, row in enumerate(rows) if begins(row)}
    return found if 0 in found and len(found) >= max(1, len(rows) / 12) else set()


def _is_no_key(key: str) -> bool:
    plain = key.strip().lower()
    return plain in NO_KEYS or plain.startswith(("cs.", "stat.", "math.", "accessed", "http", "online"))


def _by_edges(rows: list[Row]) -> set[int]:
    """Two left edges: the rows at that edge which more often reads like an entry's beginning."""
    indent = _indent(rows)
    if indent is None:
        return set()
    left = _left_edges(rows, indent)
    outer = {i for i, row in enumerate(rows) if row.x0 < left[row.place] + 0.5 * min(indent, 8)}
    inner = set(range(len(rows))) - outer
    if _share(rows, outer) >= _share(rows, inner):
        return {i for i in outer if i == 0 or not _goes_on(rows[i - 1], rows[i])}
    return {
        i for i in inner if abs(rows[i].x0 - left[rows[i].place] - indent) < 3 and not _goes_on(rows[i - 1], rows[i])
    }


def _goes_on(before: Row, row: Row) -> bool:
    """Whether a row at the edge of beginnings is none: a word cut before it, or no beginning at all."""
    cut = before.text.endswith("-") and row.text[:1].islower()
    return cut or (row.text[:1].islower() and not STARTS.match(row.text) and not FINISHED.search(before.text))


def _share(rows: Sequence[Row], chosen: set[int]) -> float:
    """How many of these rows read like an entry's beginning after the end of another."""
    fits = sum(bool(STARTS.match(rows[i].text)) and (i == 0 or _is_finished(rows[i - 1])) for i in chosen)
    return fits / max(1, len(chosen))


def _is_finished(row: Row) -> bool:
    return bool(FINISHED.search(row.text.rstrip()))


def _indent(rows: list[Row]) -> float | None:
    """The distance of a list's two left edges, if it has two."""
    left = _left_edges(rows)
    offsets = Counter(round(row.x0 - left[row.place]) for row in rows)
    outer = sum(n for offset, n in offsets.items() if offset <= 2)
    further = {d: offsets[d - 1] + offsets[d] + offsets[d + 1] for d in offsets if 4 <= d <= 60}
    if not further:
        return None
    indent = max(further, key=lambda d: (further[d], offsets[d], -d))
    enough = max(1, 0.15 * len(rows))
    return float(indent) if further[indent] >= enough and outer >= max(1, 0.08 * len(rows)) else None


def _left_edges(rows: Sequence[Row], indent: float | None = None) -> dict[tuple[int, int], float]:
    """Where each column of each page begins. A column may hold the rest of one entry only: where `indent` is known, the
    same column of pages that have both edges tells."""
    edges: dict[tuple[int, int], float] = {}
    for place in {row.place for row in rows}:
        starts = Counter(round(row.x0) for row in rows if row.place == place)
        edges[place] = float(min(x for x, n in starts.items() if n >= 0.04 * sum(starts.values())))
    if indent is None:
        return edges
    whole = {row.place for row in rows if abs(row.x0 - edges[row.place] - indent) < 2}
    for place in edges.keys() - whole:
        others = [edges[other] for other in whole if other[1] == place[1]]
        if others:
            alone = min(others, key=lambda x: abs(edges[place] - x)) + indent - 2 < edges[place]
        else:
            alone = _share(rows, {i for i, row in enumerate(rows) if row.place == place}) < 0.2
        if alone:
            edges[place] -= indent
    return edges


def _by_gaps(rows: list[Row]) -> set[int]:
    steps = Counter(round(2 * (b.middle - a.middle)) / 2 for a, b in itertools.pairwise(rows) if a.place == b.place)
    if not steps:
        return set()
    pitch = min((s for s, n in steps.items() if n >= 0.15 * sum(steps.values()) and s > 0), default=0.0)
    wide = {
        i
        for i, (a, b) in enumerate(itertools.pairwise(rows), 1)
        if a.place == b.place and b.middle - a.middle > 1.12 * pitch and b.middle - a.middle > pitch + 1
    }
    if len(wide) < max(1, 0.06 * len(rows)) or len(wide) > 0.9 * len(rows) or _share(rows, wide) < 0.3:
        return set()
    return wide | {0} | _heads(rows, lambda a, b: _is_finished(a) and bool(STARTS.match(b.text)))


def _heads(rows: list[Row], begins: Callable[[Row, Row], bool]) -> set[int]:
    """The first rows of columns that begin an entry."""
    return {i for i, (a, b) in enumerate(itertools.pairwise(rows), 1) if a.place != b.place and begins(a, b)}


def _by_words(rows: list[Row]) -> set[int]:
    """A row that reads like a beginning after one that ends early or ends an entry with a year in it."""
    right = {place: max(row.x1 for row in rows if row.place == place) for place in {row.place for row in rows}}
    found = {0}
    dated = bool(YEAR.search(rows[0].text))
    for i, (a, b) in enumerate(itertools.pairwise(rows), 1):
        early = a.x1 < right[a.place] - 2 * a.size
        if _is_finished(a) and STARTS.match(b.text) and (early or a.text.endswith((".", ")"))) and dated:
            found.add(i)
            dated = False
        dated = dated or bool(YEAR.search(b.text))
    return found
