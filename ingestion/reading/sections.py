"""Pass 13: puts headings and passages together into sections with ids, paths and kinds."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from hierarchy.identity import Occurrences
from hierarchy.paper import Passage, Section
from hierarchy.positions import Box, Positions
from ingestion.pages import Document, Line, Role
from ingestion.reading.headings import Heading
from ingestion.reading.joining import Vocabulary, join
from ingestion.reading.kinds import kind_of
from ingestion.reading.paragraphs import find_blocks
from ingestion.reading.typography import Typography

ABSTRACT_LABEL = re.compile(r"(?:abstract|summary)\s*(?:[:.—–-]\s*|(?=[A-Z]))", re.I)
KEYWORDS = re.compile(
    r"(?:keywords|key words|index terms|ccs concepts|categories and subject|general terms|acm reference)\b", re.I
)
LEAST_LETTERS = 3
PASSAGE_ROLES = (Role.BODY, Role.CAPTION, Role.TABLE, Role.CODE, Role.FORMULA, Role.FOOTNOTE)


class Draft(msgspec.Struct):
    """A section before it has an id; without a heading it is the text before the first one, or an abstract."""

    heading: Heading | None
    lines: list[Line]
    abstract: bool = False


def cut_sections(document: Document, headings: list[Heading]) -> list[Draft]:
    """Shares the lines out over the headings that they stand under, in reading order."""
    begins = {id(h.lines[0]): h for h in headings}
    drafts = [Draft(None, [])]
    for line in document.lines():
        if id(line) in begins:
            drafts.append(Draft(begins[id(line)], []))
        elif line.role in PASSAGE_ROLES:
            drafts[-1].lines.append(line)
    _find_abstract(drafts)
    return [d for d in drafts if d.heading is not None or d.lines]


def _find_abstract(drafts: list[Draft]) -> None:
    """Text before the first heading is the abstract, when it is labelled so or is a paragraph on the first page."""
    front = drafts[0]
    if any(
        d.heading is not None and re.fullmatch(r"abstract|summary", d.heading.text.strip(" .:"), re.I) for d in drafts
    ):
        return
    body = [i for i, line in enumerate(front.lines) if line.role == Role.BODY]
    start = next((i for i in body if ABSTRACT_LABEL.match(front.lines[i].text)), body[0] if body else None)
    if start is None or len(body) < 3:
        return
    line = front.lines[start]
    label = ABSTRACT_LABEL.match(line.text)
    if label:
        skip = len(label.group().split())
        first = line.words[0].text
        inner = re.match(r"(?:abstract|summary)\s*[:.—–-]?", first, re.I)
        if inner and inner.end() < len(first):  # "Abstract—We"
            line.words[0] = line.words[0]._replace(text=first[inner.end() :])
        elif len(line.words) > skip:
            del line.words[:skip]
        line.refresh()
    drafts.insert(1, Draft(None, front.lines[start:], abstract=True))
    front.lines = front.lines[:start]


def build_sections(
    drafts: Iterable[Draft], paper: str, measures: Typography, vocabulary: Vocabulary
) -> tuple[Section, ...]:
    """Sections in reading order; ids from what they say, parents from levels."""
    ids = Occurrences(paper)
    sections: list[Section] = []
    above: list[Section] = []
    for draft in drafts:
        heading = draft.heading
        text = heading.text if heading else "Abstract" if draft.abstract else ""
        level = heading.level if heading else 1
        while above and above[-1].level >= level:
            above.pop()
        parent = above[-1] if above and heading else None
        number = heading.number if heading else None
        path = (*(parent.path if parent else ()), *([f"{number} {text}" if number else text] if text else []))
        kind = (
            "abstract"
            if draft.abstract
            else kind_of(text, number, parent.kind if parent else None)
            if heading
            else "front"
        )
        lines = heading.lines if heading else draft.lines[:1]
        section = Section(
            id=ids.section((*(parent.path if parent else ()), text)),
            parent=parent.id if parent else None,
            heading=text,
            number=number,
            level=level,
            kind=kind,
            page=lines[0].page,
            box=_around(lines),
            path=path,
            passages=tuple(_passages(draft.lines, ids, measures, vocabulary, kind)),
        )
        sections.append(section)
        if heading:
            above.append(section)
    return tuple(sections)


def _passages(
    lines: list[Line], ids: Occurrences, measures: Typography, vocabulary: Vocabulary, kind: str
) -> Iterable[Passage]:
    for block in find_blocks(lines, measures):
        text, places = join(block.lines, vocabulary)
        if sum(c.isalnum() for c in text) < LEAST_LETTERS or (kind in ("abstract", "front") and KEYWORDS.match(text)):
            continue
        yield Passage(ids.passage(text), block.type, text, places)


def abstract_of(sections: Iterable[Section]) -> str:
    """The words of the section of kind abstract."""
    return " ".join(
        p.text for s in sections if s.kind == "abstract" for p in s.passages if p.type in ("paragraph", "list")
    )


def title_places(lines: list[Line], vocabulary: Vocabulary) -> Positions:
    """Where the title stands."""
    return join(lines, vocabulary)[1]


def _around(lines: list[Line]) -> Box:
    page = [line for line in lines if line.page == lines[0].page]
    return (min(x.x0 for x in page), min(x.y0 for x in page), max(x.x1 for x in page), max(x.y1 for x in page))
