"""Pass 13: puts headings and passages together into sections with ids, paths and kinds."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

import msgspec

from hierarchy.identity import Occurrences
from hierarchy.paper import Passage, Section
from hierarchy.positions import Positions, around
from ingestion.pages import Document, Line, Role
from ingestion.reading.body.paragraphs import find_blocks
from ingestion.reading.front.abstract import Abstract
from ingestion.reading.headings.finding import Heading
from ingestion.reading.headings.kinds import Told, kind_of, settle
from ingestion.reading.headings.numbering import SUPPLEMENT, UPPER
from ingestion.reading.lines.joining import Vocabulary, join
from ingestion.reading.lines.typography import Typography
from ingestion.reading.references.citations import Citations, raised_spans

LEAST_LETTERS = 3
PASSAGE_ROLES = (Role.BODY, Role.CAPTION, Role.TABLE, Role.CODE, Role.FORMULA, Role.FOOTNOTE)


class Draft(msgspec.Struct):
    """A section before it has an id; without a heading it is the text before the first one, or an abstract."""

    heading: Heading | None
    lines: list[Line]
    abstract: bool = False


def cut_sections(document: Document, headings: list[Heading], abstract: Abstract | None) -> list[Draft]:
    """Shares the lines out over the headings that they stand under, in reading order."""
    begins = {id(h.lines[0]): h for h in headings}
    inside = {id(line) for line in abstract.lines} if abstract else set()
    drafts = [Draft(None, [])]
    summary: Draft | None = None
    for line in document.lines():
        if id(line) in begins:
            heading = begins[id(line)]
            drafts.append(Draft(heading, []))
            if abstract is not None and heading is abstract.heading:
                summary = drafts[-1]
                summary.abstract = True
        elif id(line) in inside:
            if summary is None:
                summary = Draft(None, [], abstract=True)
                drafts.append(summary)
            summary.lines.append(line)
        elif line.role in PASSAGE_ROLES:
            # What follows an abstract without a heading is text of its own.
            if drafts[-1] is summary and line.role == Role.BODY:
                drafts.append(Draft(None, []))
            drafts[-1].lines.append(line)
    return [d for d in drafts if d.heading is not None or d.lines]


def build_sections(
    drafts: Iterable[Draft], paper: str, measures: Typography, vocabulary: Vocabulary, citations: Citations
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
        kind = "abstract" if draft.abstract else _kind(text, heading, parent) if heading else "front"
        lines = heading.lines if heading else draft.lines[:1]
        section = Section(
            id=ids.section((*(parent.path if parent else ()), text)),
            parent=parent.id if parent else None,
            heading=text,
            number=number,
            level=level,
            kind=kind,
            page=lines[0].page,
            box=around([line.box for line in lines if line.page == lines[0].page]),
            path=path,
            passages=tuple(_passages(draft.lines, ids, measures, vocabulary, citations)),
        )
        sections.append(section)
        if heading:
            above.append(section)
    kinds = settle([Told(s.kind, s.level if s.heading else 0, _running(s)) for s in sections])
    return tuple(msgspec.structs.replace(s, kind=kind) for s, kind in zip(sections, kinds, strict=True))


def _running(section: Section) -> str:
    return " ".join(p.text for p in section.passages if p.type in ("paragraph", "list"))


def _letter(heading: Heading) -> str | None:
    """The letter that numbers an appendix; "V" among Roman numbers is none."""
    if heading.place is not None and heading.place[0].kind not in (UPPER, SUPPLEMENT):
        return None
    return heading.number


def _kind(text: str, heading: Heading, parent: Section | None) -> str:
    """The kind of a section that is not the abstract: a summary elsewhere concludes."""
    kind = kind_of(text, _letter(heading), parent.kind if parent else None)
    return "conclusion" if kind == "abstract" and text.lower().startswith("summ") else kind


def _passages(
    lines: list[Line], ids: Occurrences, measures: Typography, vocabulary: Vocabulary, citations: Citations
) -> Iterable[Passage]:
    for block in find_blocks(lines, measures):
        text, places = join(block.lines, vocabulary)
        if sum(c.isalnum() for c in islice(text, 200)) < LEAST_LETTERS:
            continue
        cites = citations.of(text, raised_spans(block.lines, text))
        yield Passage(ids.passage(text), block.type, text, places, cites)


def abstract_of(sections: Iterable[Section]) -> str:
    """The words of the first section of kind abstract that has any: a second one is in another language, or for other
    readers."""
    return next(filter(None, (_running(s) for s in sections if s.kind == "abstract")), "")


def title_places(lines: list[Line], vocabulary: Vocabulary) -> Positions:
    """Where the title stands."""
    return join(lines, vocabulary)[1]
