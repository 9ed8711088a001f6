"""Levels of headings: by number, else as the paper's own looks tell, else as the PDF's outline says.

A look that stands with numbers has their level; the look of Introduction and References is the top; other looks follow
by size and weight. A run-in heading stands below the heading that it is under.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from ingestion.reading.cues import table, whole
from ingestion.reading.headings.heading import Heading
from ingestion.reading.headings.numbering import depths
from ingestion.reading.headings.setting import Look

WORDS = table("headings")
CANONICAL = whole(WORDS["canonical"])
ALWAYS = whole(WORDS["unnumbered"])
DEEPEST = 6


def set_levels(headings: Sequence[Heading], outlined: Mapping[int, int]) -> None:
    """Sets the level of each heading, in reading order; `outlined` are levels of the PDF's outline by `id`."""
    counted = [h for h in headings if h.place is not None]
    for heading, depth in zip(counted, depths([h.place for h in counted if h.place]), strict=True):
        heading.level = depth
    _by_look(headings)
    for heading in headings:
        if id(heading) in outlined and heading.place is None:
            heading.level = outlined[id(heading)]
    above = 0  # the last heading that stands alone
    before = 0
    for heading in headings:
        if heading.run_in and heading.place is None and id(heading) not in outlined:
            heading.level = above + 1
        heading.level = max(1, min(heading.level, before + 1, DEEPEST))
        before = heading.level
        if not heading.run_in or heading.place is not None:
            above = heading.level


def _by_look(headings: Sequence[Heading]) -> None:
    """Levels of headings without a number that stand alone."""
    plain = [h for h in headings if h.place is None and not h.run_in]
    levels: dict[Look, int] = {}
    for heading in headings:
        if heading.place is not None and not heading.run_in:
            levels[heading.look] = min(levels.get(heading.look, DEEPEST), heading.level)
    if not levels:
        top = _top_looks(plain)
        levels = dict.fromkeys(top, 1)
    others = sorted({h.look for h in plain} - set(levels), key=_rank)
    known = sorted(levels, key=_rank)
    for look in others:
        larger = [levels[k] for k in known if _rank(k) < _rank(look)]
        levels[look] = min(max(larger, default=0) + 1, 4) if known or larger else 1
        known = sorted(levels, key=_rank)
    counts = Counter(h.look for h in headings)
    for heading in plain:
        look = heading.look
        heading.level = 1 if ALWAYS.fullmatch(heading.text) and counts[look] == 1 else levels[look]


def _top_looks(plain: Sequence[Heading]) -> set[Look]:
    """The looks of the headings that every paper has at its top."""
    votes = Counter(h.look for h in plain if CANONICAL.fullmatch(h.text))
    if not votes:
        first = min({h.look for h in plain}, key=_rank, default=None)
        return {first} if first else set()
    largest = min(votes, key=_rank)
    often = votes.most_common(1)[0][1]
    return {look for look, count in votes.items() if look == largest or count == often or _near(look, largest)}


def _near(a: Look, b: Look) -> bool:
    return a.size == b.size and a.bold == b.bold and a.italic == b.italic


def _rank(look: Look) -> tuple[int, bool, bool, bool]:
    """Sorts looks from the top down."""
    return (-look.size, not look.capitals, not look.bold, look.italic)
