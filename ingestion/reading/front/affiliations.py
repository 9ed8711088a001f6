"""Which institution is whose: by the marks that names and institutions share, else by standing in one block.

It must not know how names are recognised.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from hierarchy.positions import Box
from ingestion.pages import Line
from ingestion.reading.cues import anywhere, table
from ingestion.reading.front.contacts import ORCID, addresses, without_addresses
from ingestion.reading.front.names import CLOSE, OPEN, SYMBOLS, with_accents
from ingestion.reading.front.year import DATE
from ingestion.reading.front.zone import printed
from ingestion.reading.lines.rows import rows

NOTE = anywhere(table("front")["note"]["cues"])
MARK = re.compile(
    rf"(?:^|(?<=[\s,;.)])){OPEN}?\(?(?:(?P<mark>\d{{1,2}}|[a-z](?![a-z]))[).,]?{CLOSE}?(?=\s|[^\W\d_]|[({OPEN}]|$)|"
    rf"(?P<sign>[{re.escape(SYMBOLS)}]{{1,3}}){CLOSE}?)",
    re.M,
)
CONTACT = re.compile(r"(?:e-?mails?|correspond\w+(?: authors?)?|orcid|https?)\s*(?:to|at)?\s*[:：]?\s*", re.I)
LONGEST = 400


class Placed(NamedTuple):
    """A name where it stands: its line, its box there, and the line and the edge where it ends."""

    name: str
    marks: tuple[str, ...]
    line: Line
    box: Box
    last: Line
    end: float


class Tied(NamedTuple):
    """What was tied to names, by their place in the list."""

    texts: dict[int, list[str]]
    emails: dict[int, str]


def affiliations_of(placed: list[Placed], others: Sequence[Line], foot: Sequence[Line]) -> Tied:
    """Ties the lines around names to them; `foot` are notes at the foot of the page, which only marks tie."""
    marks = {mark for p in placed for mark in p.marks}
    ordered = [line for row in rows(others) for line in row if not DATE.search(line.text)]
    marked = _by_mark(ordered, _single(marks)) if marks else {}
    for note in _notes(foot) if marks else []:
        marked = _by_mark(note, _single(marks)) | marked
    said = {mark: text for mark, (text, _) in marked.items() if _is_institution(text)}
    emails: dict[int, str] = {}
    texts: dict[int, list[str]] = {}
    if said:
        for i, p in enumerate(placed):
            own = [m for mark in p.marks for m in ([mark] if mark in said or not mark.isdigit() else list(mark))]
            texts[i] = list(dict.fromkeys(said[m] for m in own if m in said))
    else:
        texts = _by_block(placed, ordered, emails)
    for mark, (_, found) in marked.items():
        bearers = [i for i, p in enumerate(placed) if mark in p.marks]
        if len(bearers) == len(found) == 1:
            emails.setdefault(bearers[0], found[0])
    return Tied(texts, emails)


def _notes(foot: Sequence[Line]) -> list[list[Line]]:
    """The notes at the foot, each with its lines."""
    notes: list[list[Line]] = []
    for line in foot:
        if notes and notes[-1][-1].block == line.block and notes[-1][-1].column == line.column:
            notes[-1].append(line)
        else:
            notes.append([line])
    return notes


def _single(marks: set[str]) -> set[str]:
    """The marks, and the figures of those that were run together: "12" may be 1 and 2."""
    return marks | {figure for mark in marks if mark.isdigit() for figure in mark}


def _by_mark(lines: list[Line], marks: set[str]) -> dict[str, tuple[str, list[str]]]:
    """What stands behind each mark: its text and its e-mail addresses."""
    text = printed(lines).text
    found: list[tuple[str, int, int]] = []
    for match in MARK.finditer(text):
        mark = match["mark"] or match["sign"]
        raised, first = match.group().startswith(OPEN), match.start() == 0 or text[match.start() - 1] == "\n"
        follows = text[match.end() : match.end() + 1]
        expected = (
            (follows.isspace() or follows.isupper())
            and mark.isdigit()
            and bool(found)
            and found[-1][0].isdigit()
            and int(mark) == int(found[-1][0]) + 1
        )
        if mark in marks and (raised or first or expected or mark in SYMBOLS):
            found.append((mark, match.start(), match.end()))
    out: dict[str, tuple[str, list[str]]] = {}
    stops = [start for _, start, _ in found[1:]]
    for (mark, _, start), stop in zip(found, [*stops, len(text)], strict=False):
        said = text[start:stop]
        if mark not in out:
            out[mark] = (_clean(said), [a.email for a in addresses(said)])
    return out


def _by_block(placed: list[Placed], others: list[Line], emails: dict[int, str]) -> dict[int, list[str]]:
    """Without marks: what stands below names belongs to them, up to the next row of names."""
    texts: dict[int, list[str]] = {}
    for row in rows({id(p.line): p.line for p in placed}.values()):
        inside = [i for i, p in enumerate(placed) if any(p.line is line for line in row)]
        bottom = min((p.line.y0 for p in placed if p.line.y0 > row[0].y1 - 2), default=float("inf"))
        below = [line for line in others if row[0].middle < line.middle < bottom - 1]
        if not below:
            continue
        shared = len(row) == 1 or all(len(r) == 1 for r in rows(below))
        blocks: dict[int, list[str]] = {}
        for line in below:
            if shared or len(_over(line, row)) > 1:
                owners = inside
            else:
                nearest = min(row, key=lambda head: abs(head.x0 + head.x1 - line.x0 - line.x1))
                owners = [i for i in inside if placed[i].line is nearest]
            for i in owners:
                blocks.setdefault(i, []).append(printed([line]).text)
        for i, lines in blocks.items():
            found = [a.email for text in lines for a in addresses(text)]
            if len(found) == 1 and sum(found[0] in text for own in blocks.values() for text in own) == 1:
                emails.setdefault(i, found[0])
            said = [text for text in map(_clean, lines) if _is_institution(text)]
            if said:
                texts.setdefault(i, []).append(", ".join(line.strip(" ,") for line in said)[:LONGEST])
    # A row of names with nothing of its own below it stands in the block of the next one.
    last: list[str] = []
    for i in reversed(range(len(placed))):
        last = texts.setdefault(i, last)
    return texts


def _over(line: Line, row: list[Line]) -> list[Line]:
    """The heads of blocks of which a line covers most."""
    return [x for x in row if min(line.x1, x.x1) - max(line.x0, x.x0) > 0.6 * x.width]


def _clean(text: str) -> str:
    """The text without addresses, marks and labels."""
    text = without_addresses(text)
    note = NOTE.search(text)
    if note and note.start() > 12:
        text = text[: note.start()]
    text = re.sub(rf"{OPEN}[^{CLOSE}]*{CLOSE}", " ", text)
    text = re.sub(r"(?<=[^\W\d_])- ?\n(?=[a-z])", "", text)
    text = re.sub(r"\s+", " ", CONTACT.sub(" ", ORCID.sub(" ", with_accents(text))))
    return re.sub(r"\s+([,;.])", r"\1", text).strip(" ,;:.\n|–—-")[:LONGEST]


def _is_institution(text: str) -> bool:
    return sum(c.isalpha() for c in text) >= 2 and not NOTE.search(text)
