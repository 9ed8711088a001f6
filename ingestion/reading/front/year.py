"""The year of a paper as its pages print it: in running heads, side bars, stamps, copyright lines and dates.

Of several years that of publication counts: what the venue prints, then "published", then a copyright, an archive's
stamp, and only then when it was accepted or received. It must not know what the lines are besides.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from hierarchy.identity import fold
from ingestion.pages import Document, Line, Role
from ingestion.reading.cues import anywhere, either, table
from ingestion.reading.front.identifiers import DOI, YEAR

CUES = table("front")["year"]
PUBLISHED, ACCEPTED, RECEIVED = (anywhere(CUES[key]) for key in ("published", "accepted", "received"))
VENUE = anywhere(CUES["venues"])
COPYRIGHT = re.compile(r"©|\(c\)\s*(?=\d{4})|copyright|licensed", re.I)
ISSUE = re.compile(
    r"\b\d{1,4}\s?\(\d{1,4}(?:[-–]\d{1,4})?\)|\b\d{1,3}\.\d{1,3}\s\(#\d{1,4}\)|et al\.,?\s\(?(?:19|20)\d\d"
)
DATE = re.compile(
    rf"(?:\b\d{{1,2}}(?:st|nd|rd|th)?\W{{1,3}})?\b{either(CUES['months'])}\b\W{{0,3}}(?:\d{{1,2}}\b\W{{1,3}})?(?:19|20)\d\d|\b(?:19|20)\d\d[-/.]\d{{1,2}}[-/.]\d{{1,2}}\b|\b\d{{1,2}}[/.]\d{{1,2}}[/.](?:19|20)\d\d\b",
    re.I,
)
ADDRESS = re.compile(r"https?:\S+|www\.\S+|\S+@\S+")
VENUE_RANK, PUBLISHED_RANK, COPYRIGHT_RANK, STAMP_RANK, DATE_RANK, ACCEPTED_RANK, RECEIVED_RANK = range(7)


class Dated(NamedTuple):
    """A year and how much its place says: the lowest rank wins."""

    rank: int
    year: int


def find_year(document: Document, zone: Sequence[Line], title: str) -> tuple[int | None, str]:
    """The year and its origin."""
    made = re.match(r"D:((?:19|20)\d\d)", document.metadata.get("creationDate", ""))
    latest = int(made[1]) + 1 if made else 2049
    found = [d for d in _printed(document, zone, title) if d.year <= latest]
    if found:
        best = min(d.rank for d in found)
        years = Counter(d.year for d in found if d.rank == best)
        # "Received 2019, published 2020" on one line: the later one is the publication.
        return max(years, key=lambda year: (years[year], year)), "page"
    return (int(made[1]), "metadata") if made else (None, "")


def _printed(document: Document, zone: Sequence[Line], title: str) -> Iterable[Dated]:
    first = document.pages[0]
    for text in first.turned:
        yield from _ranked(text, STAMP_RANK)
    for page in document.pages[:4]:
        heads = [x for x in page.lines if x.role == Role.FURNITURE and _is_edge(x, page.height)]
        for line in heads:
            yield from _ranked(_without(line.text, title), VENUE_RANK if _names_venue(line, heads) else DATE_RANK)
    beside = [x for x in first.lines if x.role == Role.FURNITURE and not _is_edge(x, first.height)]
    foot = [
        x for x in first.lines if x.y0 > 0.75 * first.height and x.role in (Role.FRONT, Role.FOOTNOTE, Role.FURNITURE)
    ]
    label = ""
    for line in [*zone, *beside, *foot]:
        text = _without(line.text, title)
        # In a side bar the label stands above its date.
        yield from _ranked(f"{label} {text}", None)
        label = text if len(text.split()) <= 3 and not YEAR.search(text) else ""


def _ranked(text: str, otherwise: int | None) -> Iterable[Dated]:
    """The years in a line with what the words before each say of it."""
    text = DOI.sub(" ", ADDRESS.sub(" ", text))
    before = 0
    rank = otherwise
    for year in YEAR.finditer(text):
        said = text[before : year.start()]
        if PUBLISHED.search(said):
            rank = PUBLISHED_RANK
        elif RECEIVED.search(said) and not ACCEPTED.search(said):
            rank = RECEIVED_RANK
        elif ACCEPTED.search(said):
            rank = ACCEPTED_RANK
        elif COPYRIGHT.search(text):
            rank = COPYRIGHT_RANK
        elif otherwise is None:
            rank = VENUE_RANK if ISSUE.search(text) or VENUE.search(said) else DATE_RANK if DATE.search(text) else None
        if rank is not None:
            yield Dated(rank, int(year[1]))
        before = year.end()


def _names_venue(line: Line, heads: Sequence[Line]) -> bool:
    """Whether a running head tells the venue: in its own words, in those beside it, or by volume and issue."""
    beside = " ".join(x.text for x in heads if abs(x.middle - line.middle) < 0.6 * line.size)
    return bool(ISSUE.search(line.text) or VENUE.search(beside))


def _is_edge(line: Line, height: float) -> bool:
    return line.y1 < 0.11 * height or line.y0 > 0.88 * height


def _without(text: str, title: str) -> str:
    """The line without the title, whose years are not the paper's."""
    if len(title) < 8 or not YEAR.search(title):
        return text
    if fold(text) and fold(text) in fold(title):
        return ""
    return text.replace(title, " ")
