"""Papers some of whose pages are pictures, and the mark of tests that need Tesseract.

They are skipped where it is not installed, but not where CI is to prove them.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import pymupdf
import pytest
from pdfs import PaperMaker, prose

from ingestion.pdf.ocr import Ocr

needs_tesseract = pytest.mark.skipif(
    not Ocr("eng").ready and not os.environ.get("CI"), reason="Tesseract is not installed (tesseract-ocr)"
)


def paper_of(pages: int = 1) -> PaperMaker:
    maker = PaperMaker(1)
    maker.title("Reed Beds in Old Papers", ["Ada Fenwick"])
    maker.heading("Introduction")
    maker.paragraph(prose(31, 40 * pages))
    return maker


def scanned(data: bytes, pages: Callable[[int], bool] = lambda _: True) -> bytes:
    """The same file with some of its pages turned into pictures."""
    with pymupdf.open(stream=data, filetype="pdf") as pdf, pymupdf.open() as made:
        for index in range(pdf.page_count):
            if not pages(index):
                made.insert_pdf(pdf, from_page=index, to_page=index)
                continue
            size = pdf[index].rect
            picture = pdf[index].get_pixmap(dpi=200, colorspace=pymupdf.csGRAY)
            made.new_page(width=size.width, height=size.height).insert_image(size, pixmap=picture)
        return bytes(made.tobytes(deflate=True))
