"""Reads a page that is a picture, by Tesseract: its engine is in the PDF library, the data of its languages is not.

It is asked for explicitly: it takes seconds a page. It must not know which pages need it, nor what they say.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import pymupdf

from ingestion.limits import grant_cpu

DPI = 300  # what Tesseract is made for
MOST_PIXELS = 25_000_000  # of a page's picture: A4 at 300 dpi has 8.7 million
PAGE_S = 15  # CPU seconds that a page may take; most take 3 to 5
LEAST_STEP = 0.25  # between two sizes of type that OCR can tell
PLACES = (
    "/usr/share/tesseract-ocr/*/tessdata",
    "/usr/share/tessdata",
    "/usr/share/tesseract/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
    "/opt/local/share/tessdata",
)


class Recognised(NamedTuple):
    """A page as OCR reads it: in the library's blocks and words, and as plain text."""

    content: dict[str, Any]
    words: list[tuple[Any, ...]]
    text: str


class Ocr:
    """Reads pages in some languages ("eng", "deu+eng"); without any it reads none."""

    def __init__(self, languages: str) -> None:
        self.languages = languages
        self._data = _folder(languages) if languages else None

    @property
    def ready(self) -> bool:
        """Whether it was asked for and has what it needs."""
        return self._data is not None

    @property
    def advice(self) -> str:
        """What to do so that a scan can be read, one sentence; empty where nothing is missing."""
        if self.ready:
            return ""
        if not self.languages:
            return "Use --ocr (or STRATA_OCR=1) to read scans by Tesseract, which the package tesseract-ocr brings."
        wanted = ", ".join(f"tesseract-ocr-{code.replace('_', '-')}" for code in self.languages.split("+"))
        return f"Install Tesseract and its languages (packages tesseract-ocr, {wanted}); or set TESSDATA_PREFIX."

    def read(self, page: Any, flags: int) -> Recognised | None:
        """The words of a page's picture; None where it cannot be read."""
        if self._data is None:
            return None
        grant_cpu(PAGE_S)
        size = max(1.0, page.rect.width * page.rect.height)
        dpi = int(min(DPI, 72 * (MOST_PIXELS / size) ** 0.5))
        try:
            found = page.get_textpage_ocr(
                flags=flags, language=self.languages, dpi=max(1, dpi), full=True, tessdata=str(self._data)
            )
        except (RuntimeError, pymupdf.mupdf.FzErrorBase):
            return None
        return Recognised(_evened(found.extractDICT()), found.extractWORDS(), str(found.extractText()))


def _evened(content: dict[str, Any]) -> dict[str, Any]:
    """Gives lines of nearly one size that size: OCR measures each word by the letters that it happens to have."""
    lines = [line for block in content["blocks"] for line in block.get("lines", ()) if line["spans"]]
    sizes = [median(span["size"] for span in line["spans"]) for line in lines]
    if not sizes:
        return content
    usual = median(sizes)
    for line, size in zip(lines, sizes, strict=True):
        for span in line["spans"]:
            span["size"] = usual if abs(size - usual) < LEAST_STEP * usual else size
    return content


def _folder(languages: str) -> Path | None:
    """The folder that has the data of all these languages."""
    names = [f"{code}.traineddata" for code in languages.split("+")]
    return next((folder for folder in _folders() if all((folder / name).is_file() for name in names)), None)


def _folders() -> Iterator[Path]:
    if given := os.environ.get("TESSDATA_PREFIX"):
        yield from (Path(given), Path(given) / "tessdata")
        return
    for place in PLACES:
        yield from sorted(Path("/").glob(place.lstrip("/")), reverse=True)
