"""Pass 7: what the first page says of the paper: title, authors, abstract, keywords, year, identifiers, language.

It puts together what the files of each part find, and gives their lines a role, so that no author block and no licence
box becomes a passage. What a page says beats the PDF's metadata, which is often a template's; each field keeps its
origin.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from hierarchy.identity import fold
from hierarchy.paper import Author
from ingestion.pages import Document, Line, PageModel, Role
from ingestion.reading.front.abstract import Abstract, find_abstract
from ingestion.reading.front.affiliations import NOTE
from ingestion.reading.front.authors import read_authors
from ingestion.reading.front.first_prose import first_prose
from ingestion.reading.front.identifiers import find_arxiv, find_doi
from ingestion.reading.front.keywords import begins_keywords, find_keywords, told_keywords
from ingestion.reading.front.label import Start, find_start
from ingestion.reading.front.language import language_of
from ingestion.reading.front.names import is_name, read_names
from ingestion.reading.front.title import TEMPLATE, find_title, plausible_title, title_text
from ingestion.reading.front.year import find_year
from ingestion.reading.headings.finding import CANONICAL, Heading
from ingestion.reading.lines.joining import Vocabulary
from ingestion.reading.lines.typography import Typography

FRONT_ROLES = (Role.BODY, Role.HEADING, Role.TABLE, Role.FIGURE, Role.FOOTNOTE, Role.FORMULA)
LETTERS_FOR_LANGUAGE = 4_000


class Front(NamedTuple):
    """What the first page says; `origin` tells for each field whether a page or the metadata gave it."""

    title: str
    title_lines: list[Line]
    authors: tuple[Author, ...]
    abstract: Abstract | None
    keywords: tuple[str, ...]
    year: int | None
    doi: str | None
    arxiv: str | None
    language: str | None
    origin: dict[str, str]


def read_front(document: Document, measures: Typography, headings: list[Heading], vocabulary: Vocabulary) -> Front:
    """Reads the first page and gives the lines of title and authors their role."""
    page = document.pages[0]
    origin: dict[str, str] = {}
    start = find_start(page, headings, measures)
    told = plausible_title(document)
    title_lines = find_title(page, _bottom(page, start), measures, told)
    # A title may have been taken for a heading; it is none.
    _drop_headings(headings, title_lines)
    for line in title_lines:
        line.role = Role.TITLE
    start = find_start(page, headings, measures)
    title = title_text(title_lines, vocabulary) if title_lines else ""
    origin["title"] = "page"
    if len(fold(title)) < 4 and told:
        title, origin["title"] = told, "metadata"
    zone = _zone(page, start, title_lines, headings, measures)
    listed = min((x.y0 for x in zone if begins_keywords(x)), default=float("inf"))
    below = [x for x in zone if (not title_lines or x.y0 > title_lines[0].y0) and x.y1 < listed + x.size / 2]
    foot = _notes(page, zone)
    authors = read_authors(below, foot, page.links)
    if authors:
        origin["authors"] = "page"
    else:
        authors = _told_authors(document.metadata.get("author", ""))
        if authors:
            origin["authors"] = "metadata"
    _drop_headings(headings, [h.lines[0] for h in headings if _is_author_block(h, zone)])
    for line in [*zone, *foot]:
        if line.role in FRONT_ROLES:
            line.role = Role.FRONT
    abstract = find_abstract(document, start, headings, measures)
    keywords = _keywords(document, vocabulary, headings, origin)
    doi, doi_origin = find_doi(document, zone)
    arxiv, arxiv_origin = find_arxiv(document, zone)
    year, year_origin = find_year(document, [*zone, *foot], title)
    found = {"doi": doi_origin, "arxiv": arxiv_origin, "year": year_origin}
    origin |= {name: source for name, source in found.items() if source}
    if abstract is not None:
        origin["abstract"] = "page"
    language = _language(document)
    if language:
        origin["language"] = "text"
    return Front(title, title_lines, authors, abstract, keywords, year, doi, arxiv, language, origin)


def _bottom(page: PageModel, start: Start) -> float:
    """Where title and authors end at the latest: the middle of a line that may stand on the label's own."""
    return start.line.middle - 0.4 * start.line.size if start.line is not None else 0.6 * page.height


def _zone(
    page: PageModel, start: Start, title: list[Line], headings: list[Heading], measures: Typography
) -> list[Line]:
    """The lines above the text: over the whole page, or over the column of a title that has only one."""
    bottom = _bottom(page, start)
    wide = any(x.column == 0 for x in title) or not title or start.line is None or start.line.column == 0
    found = [
        x for x in page.lines if x.role in FRONT_ROLES and x.middle < bottom and (wide or x.column == title[0].column)
    ]
    found = _without_text_beside(page, found, bottom, measures)
    prose = first_prose([x for x in found if not title or x.y0 > title[-1].y0])
    if prose is not None:
        # Text that stands before the abstract's label, such as a note on updates under its own head.
        above = [h for h in headings if h.lines[0] in found and 0 < prose.y0 - h.lines[-1].y0 < 4 * prose.size]
        top = min([prose.y0, *(h.lines[0].y0 for h in above)])
        found = [x for x in found if x.y0 < top]
    # Without a text to end it the zone is what stands near the title: slides, posters, covers.
    return found if start.line is not None else found[:40]


def _without_text_beside(page: PageModel, zone: list[Line], bottom: float, measures: Typography) -> list[Line]:
    """The zone without lines of a right column's text that begins a little higher than the left one's."""
    right = [x for x in page.lines if x.column == 2 and x.role in FRONT_ROLES and x.width > 0.3 * page.width]
    text: set[int] = set()
    for after, line in zip(reversed(right), list(reversed(right))[1:], strict=False):
        goes_on = abs(after.size - line.size) < 0.5 and 0 < after.middle - line.middle < 1.4 * measures.pitch
        if line.middle < bottom and goes_on and (after.middle >= bottom or id(after) in text):
            text.add(id(line))
    return [x for x in zone if id(x) not in text]


def _notes(page: PageModel, zone: list[Line]) -> list[Line]:
    """Notes about the paper elsewhere on its first page: correspondence, licence, dates, affiliations."""
    inside = {id(line) for line in zone}
    usual = max(
        (x.size for x in page.lines if x.role == Role.BODY and id(x) not in inside and len(x.words) > 5), default=0.0
    )
    small = [x for x in page.lines if id(x) not in inside and x.role in FRONT_ROLES and x.size < usual - 0.4]
    blocks: dict[tuple[int, int], list[Line]] = {}
    for line in small:
        blocks.setdefault((line.column, line.block), []).append(line)
    return [line for lines in blocks.values() if _is_note(lines) for line in lines]


def _is_note(lines: list[Line]) -> bool:
    if lines[0].role in (Role.FIGURE, Role.TABLE):
        return False
    text = " ".join(line.text for line in lines)
    return bool(NOTE.search(text)) or bool(re.search(r"\S@\S+\.\w{2}", text))


def _is_author_block(heading: Heading, zone: list[Line]) -> bool:
    """Names set in bold above the abstract look like headings; a real one there has a number or a usual name."""
    inside = any(line is heading.lines[0] for line in zone)
    return inside and not heading.number and not CANONICAL.fullmatch(heading.text)


def _drop_headings(headings: list[Heading], lines: list[Line]) -> None:
    inner = {id(line) for line in lines}
    headings[:] = [h for h in headings if not any(id(line) in inner for line in h.lines)]


def _told_authors(told: str) -> tuple[Author, ...]:
    """The metadata's authors, where they are names and not what a program wrote."""
    if not told or TEMPLATE.fullmatch(told):
        return ()
    return tuple(Author(named.name) for named in read_names(told.replace(" - ", ", ")) if is_name(named.name))


def _keywords(
    document: Document, vocabulary: Vocabulary, headings: list[Heading], origin: dict[str, str]
) -> tuple[str, ...]:
    found, lines = find_keywords(document, vocabulary)
    heads = {id(line) for h in headings for line in h.lines}
    # Under a heading of their own they are a section's text.
    owned = bool(lines) and id(lines[0]) in heads
    for line in lines:
        if not owned and line.role in FRONT_ROLES:
            line.role = Role.FRONT
    if found:
        origin["keywords"] = "page"
        return found
    told = told_keywords(document.metadata.get("keywords", ""))
    if told:
        origin["keywords"] = "metadata"
    return told


def _language(document: Document) -> str | None:
    """The language of the running text, from the middle of the paper where there is most of it."""
    middle = len(document.pages) // 2
    parts: list[str] = []
    letters = 0
    for page in [*document.pages[middle:], *document.pages[:middle]]:
        for line in page.lines:
            if line.role == Role.BODY and letters < LETTERS_FOR_LANGUAGE:
                parts.append(line.text)
                letters += len(line.text)
    return language_of(" ".join(parts))
