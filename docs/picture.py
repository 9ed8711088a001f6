"""Draws the README's picture: the page of an answer's first quote, with the quote marked on it word by word.

Run after `make demo`: `.venv/bin/python docs/picture.py`. It draws the boxes that Strata keeps, and finds none itself.
"""

from __future__ import annotations

from pathlib import Path

import pymupdf

from strata import Assistant

ROOT = Path(__file__).resolve().parent.parent
PROJECT = "wetland-calls"
QUESTION = "What macro F1 did contrastive pretraining reach in heavy rain?"


def main() -> None:
    """Writes docs/quote.png."""
    with Assistant(PROJECT) as assistant:
        citation = assistant.ask(QUESTION).citations[0]
    with pymupdf.open(ROOT / "data" / "sample" / PROJECT / citation.file) as pdf:
        page = pdf[citation.page - 1]
        for span in citation.spans:
            page.add_highlight_annot(pymupdf.Rect(span.box))
        last = max(span.box[3] for span in citation.spans)
        first = min(span.box[1] for span in citation.spans)
        clip = pymupdf.Rect(40, max(0, first - 150), page.rect.width - 40, min(page.rect.height, last + 110))
        page.get_pixmap(dpi=110, clip=clip).save(ROOT / "docs" / "quote.png")


if __name__ == "__main__":
    main()
