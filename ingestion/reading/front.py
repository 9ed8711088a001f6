"""Pass 7: title, authors, year and identifiers, as the first page says them.

What a page says beats the PDF's metadata, which is often a template's; each field keeps its origin.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from hierarchy.identity import fold
from hierarchy.paper import Author
from ingestion.pages import Document, Line, PageModel, Role
from ingestion.reading.headings import CANONICAL, Heading
from ingestion.reading.typography import Typography

ARXIV = re.compile(r"arXiv:\s*(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?", re.I)
ARXIV_DATE = re.compile(r"\b\d{1,2}\s+[A-Z][a-z]{2}\s+((?:19|20)\d\d)\b")
DOI = re.compile(r"\b(10\.\d{4,9}/[-._;()/:A-Za-z0-9<>]*[A-Za-z0-9])")
YEAR = re.compile(r"\b(19[6-9]\d|20[0-4]\d)\b")
DATED = re.compile(
    r"published|received|accepted|submitted|revised|©|copyright|\bvol(?:ume|\.)|proceedings|conference|workshop|journal|"
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december)\b",
    re.I,
)
AFFILIATION = re.compile(
    r"universit|institut|department|dept\b|laborator|\blabs?\b|school|college|faculty|cent(?:er|re)\b|research|academy|"
    r"\binc\b|\bltd\b|corporation|hospital|@|https?:|\bcity\b|\bgroup\b|google|microsoft|facebook|amazon|\bibm\b|street|"
    r"station|observatory|museum|foundation|\b(?:uk|usa|china|germany|france|india|canada|japan|italy|spain|rd|ave)\b",
    re.I,
)
NAME_WORD = re.compile(r"(?:[^\W\d_][\w.'’`´-]*\.?|(?:van|von|de|der|den|di|da|la|le|el|al|bin|del|dos)\b)")
NOT_NAMES = frozenset(
    [
        "abstract",
        "the",
        "of",
        "for",
        "and",
        "on",
        "in",
        "a",
        "an",
        "with",
        "from",
        "by",
        "to",
        "keywords",
        "student",
        "member",
        "senior",
        "fellow",
        "ieee",
        "equal",
        "contribution",
    ]
)


class Front(NamedTuple):
    """What the first page says; `origin` tells for each field whether a page or the metadata gave it."""

    title: str
    title_lines: list[Line]
    authors: tuple[Author, ...]
    year: int | None
    doi: str | None
    arxiv: str | None
    origin: dict[str, str]


def read_front(document: Document, measures: Typography, headings: list[Heading]) -> Front:
    """Reads the first page and gives the lines of title and authors their role."""
    page = document.pages[0]
    origin: dict[str, str] = {}
    stop = _body_start(page, headings)
    above = page.lines[:stop]
    title_lines = _title_lines(above, measures)
    # A title may have been taken for a heading; it is none.
    for heading in [h for h in headings if any(line in title_lines for line in h.lines)]:
        headings.remove(heading)
    for line in title_lines:
        line.role = Role.TITLE
    stop = _body_start(page, headings)
    for heading in [h for h in headings if _is_author_block(h, page.lines[:stop])]:
        headings.remove(heading)
    title = _joined(title_lines)
    origin["title"] = "page"
    if len(fold(title)) < 4 and document.metadata.get("title"):
        title, origin["title"] = document.metadata["title"].strip(), "metadata"
    authors = _authors(above, title_lines)
    if authors:
        origin["authors"] = "page"
    elif document.metadata.get("author"):
        names = re.split(r"\s*(?:;|,|\band\b|&)\s*", document.metadata["author"])
        authors = tuple(Author(name) for name in names if _is_name(name))
        if authors:
            origin["authors"] = "metadata"
    after_title = max((page.lines.index(line) for line in title_lines), default=-1)
    for line in page.lines[:stop]:
        if line.role in (Role.BODY, Role.HEADING, Role.TABLE, Role.FIGURE, Role.FOOTNOTE) and (
            page.lines.index(line) > after_title or _is_short(line, page)
        ):
            line.role = Role.FRONT
    doi, arxiv, year = _identifiers(document, page, stop, origin)
    return Front(title, title_lines, authors, year, doi, arxiv, origin)


def _body_start(page: PageModel, headings: list[Heading]) -> int:
    """Where the abstract or the first section begins: the index of its line on the first page."""
    first = [h.lines[0] for h in headings if h.lines[0].page == page.number]
    marks = [
        i
        for i, line in enumerate(page.lines)
        if re.match(r"(?:abstract|summary)\b\s*(?:[:.—–-]|$|[A-Z])", line.text.strip(), re.I)
        or (
            any(line is head for head in first)
            and re.match(
                r"(?:\d\.?\s+|I\.?\s+)?(?:introduction|summary|statement of need|abstract)", line.text.strip(), re.I
            )
        )
    ]
    if marks:
        return min(marks)
    # Without a label the abstract is the first paragraph of four full lines or more.
    run = 0
    for i, line in enumerate(page.lines):
        wide = line.width > 0.3 * page.width and len(line.words) >= 7 and not AFFILIATION.search(line.text)
        run = run + 1 if wide else 0
        if run == 4 and i - 3 > 0:
            return i - 3
    return min(len(page.lines), 12)


def _is_author_block(heading: Heading, above: list[Line]) -> bool:
    """Names set in bold above the abstract look like headings; a real one there has a number or a usual name."""
    inside = any(line is heading.lines[0] for line in above)
    return inside and not heading.number and not CANONICAL.fullmatch(heading.text)


def _title_lines(above: list[Line], measures: Typography) -> list[Line]:
    lines = [
        x for x in above if x.role in (Role.BODY, Role.HEADING, Role.FIGURE) and sum(c.isalpha() for c in x.text) >= 3
    ]
    if not lines:
        return []
    largest = max(line.size for line in lines)
    if largest < measures.size + 0.5:
        first = next((line for line in lines if line.bold), lines[0])
        largest = first.size
        lines = lines[lines.index(first) :]
    start = next(i for i, line in enumerate(lines) if line.size >= largest - 0.3)
    title = [lines[start]]
    for line in lines[start + 1 :]:
        near = 0 < line.middle - title[-1].middle < 2.2 * largest
        if (
            abs(line.size - largest) > 0.8
            or not near
            or (line.bold != title[0].bold and largest < measures.size + 2)
            or len(title) > 5
        ):
            break
        title.append(line)
    return title


def _authors(above: list[Line], title_lines: list[Line]) -> tuple[Author, ...]:
    """Names in the lines below the title, up to the first line that is none."""
    start = max((above.index(line) for line in title_lines), default=-1) + 1
    names: list[str] = []
    style: tuple[float, bool] | None = None
    for line in above[start:]:
        if line.role == Role.FURNITURE or re.match(r"\d", line.text):  # "1 Department of ..."
            continue
        pieces = re.split(r"\s*(?:,|;|·|•|\||\band\b|&|∗|†|‡|§|¶|\*)\s*", _without_marks(line))
        found = [piece.strip() for piece in pieces if _is_name(piece.strip())]
        # All authors are set alike; what is set otherwise is an affiliation or a note.
        if found and (style is None or (abs(style[0] - line.size) < 0.4 and style[1] == line.bold)):
            style = style or (line.size, line.bold)
            names += [name for name in found if name not in names]
    return tuple(Author(name) for name in names[:60])


def _without_marks(line: Line) -> str:
    """The line's words without raised marks and the figures that point to affiliations."""
    words = [w.text for w in line.words if not (w.style.raised and len(w.text) <= 6)]
    return re.sub(r"(?:(?<=[^\W\d_])|(?<=[^\W\d_]\s))[\d∗†‡§¶*]+(?:,\d+)*", "", " ".join(words))


def _is_name(text: str) -> bool:
    words = text.split()
    if not 2 <= len(words) <= 5 or AFFILIATION.search(text) or any(c.isdigit() for c in text):
        return False
    if any(word in NOT_NAMES or (len(word) > 2 and word.lower() in NOT_NAMES) for word in words):
        return False
    if not all(NAME_WORD.fullmatch(word) for word in words):
        return False
    return words[0][:1].isupper() and words[-1][:1].isupper() and len(words[-1].strip(".")) > 1


def _identifiers(
    document: Document, page: PageModel, stop: int, origin: dict[str, str]
) -> tuple[str | None, str | None, int | None]:
    stamps = [*page.turned, *(line.text for line in page.lines if line.role == Role.FURNITURE)]
    # Further down, a DOI on the first page is one that the text cites.
    top = [line.text for line in page.lines[:stop]] + stamps
    foot = [line.text for line in page.lines if line.y0 > 0.85 * page.height]
    said = "\n".join([*stamps, *top, *foot])
    arxiv = ARXIV.search("\n".join([*page.turned, *top]))
    doi = DOI.search(re.sub(r"(?<=/)\s+", "", said))
    year: int | None = None
    stamped = ARXIV_DATE.search("\n".join(page.turned))
    if stamped and arxiv:
        year = int(stamped[1])
    else:
        dated = [text for text in [*top, *foot] if DATED.search(text) and YEAR.search(text)]
        found = [int(y) for text in dated for y in YEAR.findall(text)]
        year = max(found) if found else None
    if year:
        origin["year"] = "page"
    else:
        created = re.match(r"D:(\d{4})", document.metadata.get("creationDate", ""))
        if created:
            year, origin["year"] = int(created[1]), "metadata"
    if doi:
        origin["doi"] = "page"
    if arxiv:
        origin["arxiv"] = "page"
    return (doi[1].lower() if doi else None), (arxiv[1] if arxiv else None), year


def _is_short(line: Line, page: PageModel) -> bool:
    return line.width < 0.6 * page.width


def _joined(lines: list[Line]) -> str:
    text = " ".join(line.text for line in lines)
    return re.sub(r"\s+", " ", re.sub(r"(\w)- (?=[a-z])", r"\1-", text)).strip(" *∗†‡")
