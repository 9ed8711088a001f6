"""Reads one PDF as a paper: the passes of this package, one after the other, over one page model.

Runs inside the contained child process. It must not know the tree, stores or encoders.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from hierarchy.identity import paper_id, text_hash
from hierarchy.paper import LeftOut, Page, Paper, ReadWarning, Reference
from hierarchy.positions import Span
from ingestion.pages import Document, Line, Role
from ingestion.passes import Layout
from ingestion.pdf.extract import extract
from ingestion.pdf.layout import lay_out
from ingestion.reading.code import mark_code
from ingestion.reading.doubt import doubtful_pages
from ingestion.reading.floats import mark_floats
from ingestion.reading.footnotes import mark_footnotes
from ingestion.reading.formulas import mark_formulas
from ingestion.reading.front import read_front
from ingestion.reading.furniture import mark_furniture
from ingestion.reading.headings import find_headings
from ingestion.reading.joining import Vocabulary, join
from ingestion.reading.labels import has_labels
from ingestion.reading.lines import join_fragments
from ingestion.reading.linking import link_floats
from ingestion.reading.order import order_page
from ingestion.reading.references import fields_of, mark_references
from ingestion.reading.sections import abstract_of, build_sections, cut_sections, title_places
from ingestion.reading.seen import mark_seen
from ingestion.reading.typography import Typography, learn


def read_paper(path: Path, layout: Layout = "never") -> Paper:
    """Reads a PDF.

    Args:
        path: the file.
        layout: which pages a layout model looks at besides the rules: "never" any, "always" each, "auto" those that
            the rules do not explain well.

    Raises:
        ReadError: with one of the codes of `hierarchy.errors.READ_CODES`.
    """
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    document = extract(path, has_labels)
    if layout == "always":
        lay_out(path, document)
        return understand(document, path, sha256)
    paper, measures = _understood(document, path, sha256)
    if layout == "never" or not (numbers := doubtful_pages(document.pages, measures)):
        return paper
    again = extract(path, has_labels)  # understanding has changed the first
    lay_out(path, again, numbers)
    return understand(again, path, sha256)


def understand(document: Document, path: Path, sha256: str) -> Paper:
    """Runs the passes over a page model."""
    return _understood(document, path, sha256)[0]


def _understood(document: Document, path: Path, sha256: str) -> tuple[Paper, Typography]:
    for page in document.pages:
        join_fragments(page)
    mark_furniture(document)
    measures = learn(document)
    for page in document.pages:
        order_page(page, measures)
    found = mark_floats(document, measures)
    for page in document.pages:
        mark_footnotes(page, measures)
        mark_seen(page, measures)
    mark_code(document)
    headings = find_headings(document, measures)
    entries = mark_references(document, headings)
    front = read_front(document, measures, headings)
    for page in document.pages:
        mark_formulas(page, measures)
    vocabulary = Vocabulary(document)
    words = "\n".join(page.own_text for page in document.pages)
    name = paper_id(front.doi, front.arxiv, front.title, front.authors[0].family if front.authors else "", words)
    sections = build_sections(cut_sections(document, headings), name, measures, vocabulary)
    sections, figures, tables = link_floats(found, sections, vocabulary)
    if not any(s.passages for s in sections):
        document.warnings.append(ReadWarning("no_body", "No running text was found."))
    abstract = abstract_of(sections)
    paper = Paper(
        file=path.name,
        path=str(path.resolve()),
        sha256=sha256,
        paper_id=name,
        reading=_reading(document),
        title=front.title,
        authors=front.authors,
        abstract=abstract,
        year=front.year,
        doi=front.doi,
        arxiv=front.arxiv,
        pages=tuple(Page(p.number, p.width, p.height, p.scanned, p.regions is not None) for p in document.pages),
        sections=sections,
        text_hash=text_hash(words),
        page_texts=tuple(p.own_text for p in document.pages),
        figures=figures,
        tables=tables,
        references=tuple(_references(entries, vocabulary)),
        hidden_text=tuple(document.hidden),
        warnings=(*document.warnings, *_hidden_warnings(document)),
        origin=front.origin | ({"abstract": "page"} if abstract else {}),
        title_places=title_places(front.title_lines, vocabulary),
        left_out=tuple(_left_out(document)),
    )
    return paper, measures


def _reading(document: Document) -> str:
    """Which of its pages a layout model has looked at: none, all, or some."""
    seen = [page.regions is not None for page in document.pages]
    return "layout" if all(seen) else "mixed" if any(seen) else "fast"


def _left_out(document: Document) -> Iterator[LeftOut]:
    for role, what in ((Role.FURNITURE, "page"), (Role.FRONT, "front")):
        for line in document.lines(role):
            yield LeftOut(Span(line.page, line.box), what)


def _references(entries: list[list[Line]], vocabulary: Vocabulary) -> list[Reference]:
    found: list[Reference] = []
    for i, lines in enumerate(entries, 1):
        text, places = join(lines, vocabulary)
        marker, year, doi, arxiv = fields_of(text)
        found.append(Reference(f"r{i}", marker, text, places, year=year, doi=doi, arxiv=arxiv))
    return found


def _hidden_warnings(document: Document) -> list[ReadWarning]:
    return [
        ReadWarning(
            "hidden_text", f"{len(h.text.split())} word(s) that no reader can see ({h.reason}) were left out.", h.page
        )
        for h in document.hidden
    ]
