"""Asks PyMuPDF's layout model what stands where on a page: a small neural network over boxes and a picture of the page.

It ships with PyMuPDF, works offline, and costs some 50 times a fast reading of the page; loading it costs .8 CPU s and
130 MB, so it is imported only here and only when asked. It must not know what becomes of its answer.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from hierarchy.paper import ReadWarning
from hierarchy.positions import box_of
from ingestion.pages import Document, Region
from ingestion.pdf.extract import opened

LARGEST = 1_600.0  # points: a larger page is a poster, whose picture would take hundreds of megabytes
MOST_DRAWN = 6_000  # things on a page: with 5,700 the model takes 3 CPU s, with 26,000 over five minutes
KINDS = frozenset(
    {
        "title",
        "section-header",
        "text",
        "list-item",
        "table",
        "picture",
        "caption",
        "formula",
        "footnote",
        "page-header",
        "page-footer",
    }
)


def lay_out(path: Path, document: Document, numbers: Collection[int] | None = None) -> None:
    """Gives the pages with these numbers, or all, their regions.

    A page that is turned, too large, or drawn of too many things for the model keeps none, and a warning says so.

    Raises:
        ReadError: where the file cannot be opened.
    """

    with opened(path) as pdf:
        for model in document.pages:
            if numbers is not None and model.number not in numbers:
                continue
            page = pdf[model.number - 1]
            if page.rotation or max(model.width, model.height) > LARGEST or len(page.get_bboxlog()) > MOST_DRAWN:
                message = "The page is turned, too large or too crowded for the layout model; it was read without."
                document.warnings.append(ReadWarning("no_layout", message, model.number))
            else:
                model.regions = _regions(page)


def _regions(page: Any) -> list[Region]:
    page.get_layout()
    return [Region(str(kind), box_of(box)) for *box, kind in page.layout_information or () if kind in KINDS]
