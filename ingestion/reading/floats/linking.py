"""Ties figures and tables to the passages: each caption to its passage, each passage to what it refers to.

It must not know how either was found.
"""

from __future__ import annotations

import msgspec

from hierarchy.paper import Float, Passage, Section
from hierarchy.positions import Positions, Span
from ingestion.reading.floats.finding import Found
from ingestion.reading.floats.mentions import mentions
from ingestion.reading.labels import label_of
from ingestion.reading.lines.joining import Vocabulary, join

Place = tuple[int, float, float]


def link_floats(
    found: list[Found], sections: tuple[Section, ...], vocabulary: Vocabulary
) -> tuple[tuple[Section, ...], tuple[Float, ...], tuple[Float, ...]]:
    """The sections with what their passages refer to, the figures, the tables."""
    captions = {_place(p.places): p.id for s in sections for p in s.passages if p.type == "caption"}
    figures: list[Float] = []
    tables: list[Float] = []
    for item in found:
        label = item.caption.label
        text, places = join(item.caption.lines, vocabulary)
        region = Span(item.page, tuple(round(v, 2) for v in item.region)) if item.region else None  # type: ignore[arg-type]
        words = text[label.end :].lstrip(" .:|–—-").rstrip(" .")
        record = Float(label.name, words, places, region, item.rows, captions.get(_place(places)))
        (tables if item.is_table else figures).append(record)
    labels = [f.label for f in (*figures, *tables)]
    return tuple(_referring(section, labels) for section in sections), tuple(figures), tuple(tables)


def _referring(section: Section, labels: list[str]) -> Section:
    passages = tuple(_named(p, mentions(p.text, labels)) for p in section.passages)
    return msgspec.structs.replace(section, passages=passages)


def _named(passage: Passage, names: tuple[str, ...]) -> Passage:
    own = label_of(passage.text) if passage.type == "caption" else None
    names = tuple(name for name in names if own is None or name != own.name)
    return msgspec.structs.replace(passage, floats=names) if names else passage


def _place(places: Positions) -> Place | None:
    """Where a text's first word stands."""
    first = places.words(0, 1)
    return (first[0].page, first[0].box[0], first[0].box[1]) if first else None
