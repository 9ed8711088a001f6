"""Who wrote the paper: the names below its title, each with affiliations, e-mail and ORCID as far as they are printed.

Names share one style. What ties the rest to them stands in affiliations.py and contacts.py. It must not know the title
or the abstract.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from hierarchy.identity import fold
from hierarchy.paper import Author
from hierarchy.positions import Box
from ingestion.pages import Line, Link
from ingestion.reading.front.affiliations import Placed, affiliations_of
from ingestion.reading.front.contacts import ORCID, addresses, share_out
from ingestion.reading.front.names import (
    CLOSE,
    COUNTRIES,
    OPEN,
    PLACES,
    SYMBOLS,
    Named,
    is_body,
    is_mononym,
    read_names,
    tidy,
)
from ingestion.reading.front.zone import Printed, printed
from ingestion.reading.lines.rows import rows

MOST = 3_000  # a collaboration may have as many authors
LISTED = re.compile(r"[,;&·•|]\s*$|(?<!\w)and\s*$")
BEGINS_MARKED = re.compile(rf"\s*(?:{OPEN}|\d|[{re.escape(SYMBOLS)}]\s?[A-Z])")
PIECE = re.compile(rf"[,;&·•|\n{OPEN}]|(?<!\w)and(?!\w)")


class Look(NamedTuple):
    """How names are set."""

    size: float
    bold: bool
    italic: bool


def read_authors(zone: Sequence[Line], foot: Sequence[Line], links: Sequence[Link]) -> tuple[Author, ...]:
    """The authors named in the lines between title and text; `foot` are notes elsewhere on the page."""
    placed, used = _find_names(zone)
    if not placed:
        return ()
    names = [p.name for p in placed]
    others = [line for line in zone if id(line) not in used and line.y0 >= min(p.line.y0 for p in placed) - 2]
    tied = affiliations_of(placed, others, foot)
    text = printed([*others, *foot]).text
    emails = list(dict.fromkeys(a.email for a in addresses(text.replace(OPEN, " ").replace(CLOSE, " "))))
    owners = share_out(emails, names)
    for at, email in tied.emails.items():
        if at not in owners and email not in owners.values():
            owners[at] = email
    orcids = _orcids(placed, zone, links)
    return tuple(
        Author(name, tuple(tied.texts.get(i, ())), owners.get(i), orcids.get(i)) for i, name in enumerate(names)
    )


def _find_names(zone: Sequence[Line]) -> tuple[list[Placed], set[int]]:
    """The names with their places, and the lines (by id) that hold them."""
    ordered = rows(zone)
    look = next((_look(line) for row in ordered for line in row if _holds_names(line)), None)
    if look is None:
        return _find_bodies(ordered)
    placed: list[Placed] = []
    used: set[int] = set()
    group: list[Line] = []
    for row in [*ordered, []]:
        fits = [line for line in row if _alike(_look(line), look) and not _is_other(line)]
        if len(row) == 1 and fits and (not group or fits[0].y0 - group[-1].y1 < 1.5 * look.size):
            group += fits
            continue
        for lines in [group, *([line] for line in fits)]:
            _take(lines, placed, used)
        group = []
        if len(row) == 1 and fits:
            _take(fits, placed, used)
    return placed[:MOST], used


def _take(lines: list[Line], placed: list[Placed], used: set[int]) -> None:
    """Reads lines that follow each other as one list of names."""
    if not lines:
        return
    text = _put_together(lines)
    known = {fold(p.name) for p in placed}
    for named in read_names(text.text):
        word, line = text.word_at(named.start)
        if fold(named.name) in known or not _covers(named, line, text.text):
            continue
        known.add(fold(named.name))
        last, end = text.word_at(max(named.start, named.end - 1))
        box: Box = (word.box[0], word.box[1], last.box[2] if end is line else line.x1, word.box[3])
        placed.append(Placed(named.name, named.marks, line, box, end, last.box[2]))
        used |= {id(line), id(end)}


def _put_together(lines: list[Line]) -> Printed:
    """Lines as one text; a name goes on over a line's end where what stands there is half a name."""
    out = printed(lines[:1], gaps=True)
    for line in lines[1:]:
        more = printed([line], gaps=True)
        before, after = PIECE.split(out.text)[-1].split(), PIECE.split(more.text)[0].split()
        goes_on = LISTED.search(out.text) or (bool(before) and min(len(before), len(after)) == 1)
        length = len(out.text) + 1
        out = Printed(
            out.text + (" " if goes_on else "\n") + more.text,
            out.starts + [(start + length, word, of) for start, word, of in more.starts],
        )
    return out


def _holds_names(line: Line) -> bool:
    """Whether most of a line is names."""
    if _is_other(line):
        return False
    text = printed([line], gaps=True).text
    letters = sum(c.isalpha() for c in re.sub(rf"{OPEN}[^{CLOSE}]*{CLOSE}", "", text))
    named = sum(c.isalpha() for n in read_names(text) for c in n.name)
    return letters > 0 and named >= 0.6 * letters


def _covers(named: Named, line: Line, text: str) -> bool:
    """Whether a name stands among names, rather than in a line that says something else."""
    return _holds_names(line) or "\n" not in text or len(line.words) <= 6


def _is_other(line: Line) -> bool:
    """Whether a line is certainly none of names: an address, an affiliation, a note that begins with its mark."""
    text = printed([line]).text
    if "@" in text or BEGINS_MARKED.match(text):
        return True
    return bool(PLACES.search(line.text) or COUNTRIES.search(line.text)) and not is_body(tidy(text))


def _find_bodies(ordered: list[list[Line]]) -> tuple[list[Placed], set[int]]:
    """Where no person is named: an organisation, or one word alone, on the first line."""
    for row in ordered[:3]:
        for line in row:
            names = read_names(printed([line], gaps=True).text)
            text = names[0].name if names else tidy(line.text)
            if names or (len(row) == 1 and row is ordered[0] and is_mononym(text)):
                marks = names[0].marks if names else ()
                return [Placed(text, marks, line, line.box, line, line.x1)], {id(line)}
    return [], set()


def _look(line: Line) -> Look:
    return Look(line.size, line.bold, line.italic)


def _alike(a: Look, b: Look) -> bool:
    return abs(a.size - b.size) < 0.5 and a.bold == b.bold and a.italic == b.italic


def _orcids(placed: list[Placed], zone: Sequence[Line], links: Sequence[Link]) -> dict[int, str]:
    """ORCIDs by the name they follow: a link laid over a name or beside it, or the number in print."""
    found: dict[int, str] = {}
    for address, box in links:
        number = ORCID.search(address) if "orcid.org" in address else None
        on_line = [
            (p.end if p.line is not p.last else p.box[2], i)
            for i, p in enumerate(placed)
            if p.last.y0 - 3 < (box[1] + box[3]) / 2 < p.last.y1 + 3 and p.box[0] < box[2]
        ]
        if number and on_line:
            # An icon stands behind its name; a link laid over the name ends with it.
            at = max(on_line)[1]
            found.setdefault(at, number[1])
    for line in zone:
        for number in ORCID.finditer(line.text):
            before = fold(line.text[: number.start()])
            near = [i for i, p in enumerate(placed) if fold(p.name) in before] or (
                [i for i, p in enumerate(placed) if p.line.y0 < line.y0 and p.box[0] < line.x1 and p.box[2] > line.x0][
                    -1:
                ]
            )
            if near:
                found.setdefault(near[-1], number[1])
    return found
