"""Marks: whether what is marked on a page's picture is the quote and nothing else, and how fast the picture is there.

Over every quote of the answers to the sample's questions, and 100 of those to the QASPER questions. The words under a
mark are read from the PDF by another call than the one that placed them.
"""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pymupdf

from benchmarks.bench import PROJECT, Bench
from benchmarks.figures import Figure, MissingDataError, percentiles
from benchmarks.sample import answered
from hierarchy.nodes import Node
from hierarchy.positions import Span
from ingestion.pdf.picture import MARGIN
from strata.assistant import Assistant
from strata.pictures import PagePictures
from strata.settings import Settings

MOST_QASPER = 100


def measure(bench: Bench) -> Iterator[Figure]:
    home = bench.home()
    asked = answered(bench, home)[1]
    cited = [(project, c) for project, row in asked for c in row.get("citations", [])]
    yield from _right("sample", home, cited)
    try:
        rows = bench.answered("marks", "ask")[1]
    except MissingDataError:
        return
    some = [(PROJECT, c) for row in rows for c in row.get("citations", [])]
    yield from _right("QASPER", bench.papers.home, some[:: max(1, len(some) // MOST_QASPER)][:MOST_QASPER])


def _right(name: str, home: Path, cited: Sequence[tuple[str, dict[str, Any]]]) -> Iterator[Figure]:
    settings = Settings(home=home)
    pictures = PagePictures(settings.ingestion)
    marked = right = 0
    times: list[float] = []
    for project in sorted({project for project, _ in cited}):
        with Assistant(project, settings) as assistant:
            for citation in (c for of, c in cited if of == project):
                paper = assistant.paper(citation["paper"])
                assert paper is not None
                spans = msgspec.convert(citation["spans"], list[Span])
                start = time.monotonic()
                pictures.draw(paper, citation["page"], spans, around=110)
                times.append(1000 * (time.monotonic() - start))
                marked += bool(spans)
                right += _letters(_under(paper, spans)) == _letters(citation["quote"])
    pictures.close()
    yield Figure(f"{name}: quotes", len(cited), "quotes", least=1)
    yield Figure(f"{name}: quotes with a mark", marked / len(cited), "share", least=0.98)
    yield Figure(f"{name}: marks over the quote's words and no others", right / len(cited), "share", least=0.98)
    yield from percentiles(f"{name}: picture of a page, by the clock", times[1:], "ms", most_p95=300)


def _under(paper: Node, spans: Sequence[Span]) -> str:
    """The words whose middle lies under a mark, in the order of the marks."""
    found: list[str] = []
    with pymupdf.open(paper.metadata["path"]) as pdf:
        for span in spans:
            x0, y0, x1, y1 = span.box
            for word in pdf[span.page - 1].get_text("words"):
                x, y = (word[0] + word[2]) / 2, (word[1] + word[3]) / 2
                if x0 - MARGIN <= x <= x1 + MARGIN and y0 - MARGIN <= y <= y1 + MARGIN:
                    found.append(word[4])
    return "".join(found)


def _letters(text: str) -> str:
    return "".join(sorted(c for c in unicodedata.normalize("NFKC", text) if c.isalnum()))
