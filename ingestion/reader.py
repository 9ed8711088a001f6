"""Reads one PDF as a paper: the passes of this package, one after the other, over one page model.

Runs inside the contained child process. It must not know the tree, stores or encoders.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

from hierarchy.identity import paper_id, text_hash
from hierarchy.paper import LeftOut, Page, Paper, ReadWarning
from hierarchy.positions import Span
from ingestion.pages import Document, Role
from ingestion.passes import Layout
from ingestion.pdf.extract import extract
from ingestion.pdf.layout import lay_out
from ingestion.reading.body.code import mark_code
from ingestion.reading.body.footnotes import mark_footnotes
from ingestion.reading.body.formulas import mark_formulas
from ingestion.reading.body.pitch import name_typewriters
from ingestion.reading.doubt import doubtful_pages
from ingestion.reading.floats.finding import mark_floats
from ingestion.reading.floats.linking import link_floats
from ingestion.reading.front.matter import read_front
from ingestion.reading.headings.finding import find_headings
from ingestion.reading.labels import has_labels
from ingestion.reading.lines.direction import join_right_to_left
from ingestion.reading.lines.fragments import join_fragments
from ingestion.reading.lines.furniture import mark_furniture
from ingestion.reading.lines.joining import Vocabulary
from ingestion.reading.lines.order import order_page
from ingestion.reading.lines.typography import Typography, learn
from ingestion.reading.missing import give_back_front, missing
from ingestion.reading.references.citations import Citations
from ingestion.reading.references.fields import reference_of
from ingestion.reading.references.lists import mark_references
from ingestion.reading.sections import abstract_of, build_sections, cut_sections, title_places
from ingestion.reading.seen import mark_seen


def read_paper(path: Path, layout: Layout = "never", ocr: str = "") -> Paper:
    """Reads a PDF.

    Args:
        path: the file.
        layout: which pages a layout model looks at besides the rules: "never" any, "always" each, "auto" those that
            the rules do not explain well.
        ocr: the languages in which pages that are pictures are read by OCR; none are where it is empty.

    Raises:
        ReadError: with one of the codes of `hierarchy.errors.READ_CODES`.
    """
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    document = extract(path, ocr, has_labels)
    if layout == "always":
        lay_out(path, document)
        return understand(document, path, sha256)
    untouched = deepcopy(document) if ocr and layout != "never" else None  # OCR is too slow to be done again
    paper, measures = _understood(document, path, sha256)
    if layout == "never" or not (numbers := doubtful_pages(document.pages, measures)):
        return paper
    again = untouched or extract(path, asks_drawn=has_labels)  # understanding has changed the first
    lay_out(path, again, numbers)
    return understand(again, path, sha256)


def understand(document: Document, path: Path, sha256: str) -> Paper:
    """Runs the passes over a page model."""
    return _understood(document, path, sha256)[0]


def _understood(document: Document, path: Path, sha256: str) -> tuple[Paper, Typography]:
    name_typewriters(document)
    for page in document.pages:
        join_right_to_left(page)
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
    vocabulary = Vocabulary(document)
    front = read_front(document, measures, headings, vocabulary)
    give_back_front(document)
    for page in document.pages:
        mark_formulas(page, measures)
    words = "\n".join(page.own_text for page in document.pages)
    name = paper_id(front.doi, front.arxiv, front.title, front.authors[0].family if front.authors else "", words)
    references = tuple(reference_of(i, lines, vocabulary) for i, lines in enumerate(entries, 1))
    sections = build_sections(
        cut_sections(document, headings, front.abstract), name, measures, vocabulary, Citations(references, document)
    )
    sections, figures, tables = link_floats(found, sections, vocabulary)
    abstract = abstract_of(sections)
    document.warnings += missing(document, front.title, abstract, sections, entries)
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
        references=references,
        hidden_text=tuple(document.hidden),
        warnings=(*document.warnings, *_hidden_warnings(document)),
        origin=front.origin,
        title_places=title_places(front.title_lines, vocabulary),
        left_out=tuple(_left_out(document)),
        ocr=document.ocr,
        language=front.language,
        keywords=front.keywords,
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


def _hidden_warnings(document: Document) -> list[ReadWarning]:
    return [
        ReadWarning(
            "hidden_text", f"{len(h.text.split())} word(s) that no reader can see ({h.reason}) were left out.", h.page
        )
        for h in document.hidden
    ]
