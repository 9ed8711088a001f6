"""What reading a paper gives: its structure as the authors made it, with the place of every word.

These records cross from the reading process to the rest of Strata, and `Paper.to_dict()` is what `strata parse --json`
prints (docs/contract.md). They must not know how a page is read.
"""

from __future__ import annotations

from typing import Any

import msgspec

from hierarchy.positions import Box, Positions, Span

SUFFIXES = frozenset(("jr", "sr", "ii", "iii", "iv"))


class Author(msgspec.Struct, frozen=True):
    """One author as printed."""

    name: str
    affiliations: tuple[str, ...] = ()
    email: str | None = None
    orcid: str | None = None

    @property
    def family(self) -> str:
        """The family name: what stands before a comma, else the last word that is no "Jr." or "III"."""
        if "," in self.name:
            return self.name.split(",")[0]
        words = self.name.split() or [""]
        return next((word for word in reversed(words) if word.lower().strip(".") not in SUFFIXES), words[-1])


class Page(msgspec.Struct, frozen=True):
    """One page; width and height in points as it is shown; `layout` where a layout model has looked at it."""

    number: int
    width: float
    height: float
    scanned: bool = False
    layout: bool = False


class Cite(msgspec.Struct, frozen=True):
    """A citation as printed in running text, and the ids of the references that it means."""

    text: str
    references: tuple[str, ...]


class Passage(msgspec.Struct, frozen=True):
    """A paragraph, list, caption, table, formula, code or footnote, with the place of each word.

    `cites` are its citations in order, `floats` the labels of the figures and tables that it refers to.
    """

    id: str
    type: str
    text: str
    places: Positions
    cites: tuple[Cite, ...] = ()
    floats: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        spans = msgspec.to_builtins(self.places.spans())
        cites, floats = msgspec.to_builtins(self.cites), list(self.floats)
        return {"id": self.id, "type": self.type, "text": self.text, "spans": spans, "cites": cites, "floats": floats}


class Section(msgspec.Struct, frozen=True):
    """A heading and the passages up to the next one; level 1 is a top heading."""

    id: str
    parent: str | None
    heading: str
    number: str | None
    level: int
    kind: str
    page: int
    box: Box
    path: tuple[str, ...]
    passages: tuple[Passage, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        record = {name: getattr(self, name) for name in ("id", "parent", "heading", "number", "level", "kind", "page")}
        return record | {"box": list(self.box), "passages": [p.to_dict() for p in self.passages]}


class Float(msgspec.Struct, frozen=True):
    """A figure or table by its caption; `places` are the caption's words.

    `region` is where the figure or table itself stands, None where it was not found; `rows` are a table's cells, None
    where its grid is not whole; `passage` is the id of the caption's passage.
    """

    label: str
    caption: str
    places: Positions
    region: Span | None = None
    rows: tuple[tuple[str, ...], ...] | None = None
    passage: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "label": self.label,
            "caption": self.caption,
            "spans": msgspec.to_builtins(self.places.spans()),
            "region": msgspec.to_builtins(self.region),
            "passage": self.passage,
        }


class Reference(msgspec.Struct, frozen=True):
    """One entry of the list of references, as printed."""

    id: str
    marker: str | None
    text: str
    places: Positions
    title: str | None = None
    authors: tuple[str, ...] = ()
    year: int | None = None
    doi: str | None = None
    arxiv: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            **{name: getattr(self, name) for name in ("id", "marker", "text", "title", "year", "doi", "arxiv")},
            "authors": list(self.authors),
            "spans": msgspec.to_builtins(self.places.spans()),
        }


class HiddenText(msgspec.Struct, frozen=True):
    """Text of a page that no reader can see, kept out of everything else; `reason` is invisible, transparent, tiny,
    colour, outside or covered."""

    page: int
    text: str
    reason: str


class LeftOut(msgspec.Struct, frozen=True):
    """A part of a page that is in no passage: "page" (running heads, numbers, stamps) or "front" (authors, dates)."""

    span: Span
    what: str


class ReadWarning(msgspec.Struct, frozen=True):
    """Something about the reading that its user should know."""

    code: str
    message: str
    page: int | None = None


class Paper(msgspec.Struct, frozen=True):
    """A paper as read. `page_texts` holds each page's own words from another extraction call than the passages: what
    the check of quotes reads. `text_hash` is the same when the PDF was only saved again. `ocr` are the languages in
    which its pages that are pictures were read, empty where it has none or they were not."""

    file: str
    path: str
    sha256: str
    paper_id: str
    reading: str
    title: str
    authors: tuple[Author, ...]
    abstract: str
    year: int | None
    doi: str | None
    arxiv: str | None
    pages: tuple[Page, ...]
    sections: tuple[Section, ...]
    text_hash: str
    page_texts: tuple[str, ...] = ()
    figures: tuple[Float, ...] = ()
    tables: tuple[Float, ...] = ()
    references: tuple[Reference, ...] = ()
    hidden_text: tuple[HiddenText, ...] = ()
    warnings: tuple[ReadWarning, ...] = ()
    origin: dict[str, str] = {}
    title_places: Positions = Positions()
    language: str | None = None
    keywords: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    ocr: str = ""

    @property
    def unread(self) -> int:
        """How many of its pages are pictures that were not read."""
        return sum(warning.code == "unread" for warning in self.warnings)

    def to_dict(self) -> dict[str, Any]:
        """The record of `strata parse --json`."""
        return {
            "schema": 1,
            **{name: getattr(self, name) for name in ("file", "path", "sha256", "paper_id")},
            "pass": self.reading,
            "ocr": self.ocr or None,
            "title": self.title,
            "authors": msgspec.to_builtins(self.authors),
            "abstract": self.abstract,
            "year": self.year,
            "identifiers": {"doi": self.doi, "arxiv": self.arxiv},
            "language": self.language,
            "keywords": list(self.keywords),
            "pages": msgspec.to_builtins(self.pages),
            "sections": [s.to_dict() for s in self.sections],
            "figures": [f.to_dict() for f in self.figures],
            "tables": [t.to_dict() | {"rows": msgspec.to_builtins(t.rows)} for t in self.tables],
            "references": [r.to_dict() for r in self.references],
            "hidden_text": msgspec.to_builtins(self.hidden_text),
            "left_out": [msgspec.to_builtins(left.span) | {"what": left.what} for left in self.left_out],
            "warnings": msgspec.to_builtins(self.warnings),
            "origin": dict(self.origin),
        }
