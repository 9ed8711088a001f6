"""Extracts the page model from a PDF. Only this room calls PyMuPDF, so that another reader could take its place.

It runs inside the contained child process (ingestion/child.py): the file is hostile until shown otherwise. It must not
understand what it extracts; hidden text is told apart here only because the page's drawing is at hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pymupdf

from hierarchy.errors import ReadError
from hierarchy.paper import HiddenText, ReadWarning
from hierarchy.positions import Box, box_of
from ingestion.pages import Document, Drawn, Line, PageModel, Style, Word
from ingestion.pdf.accents import composed
from ingestion.pdf.hidden import Ink, hidden_reason
from ingestion.pdf.painted import PaintedPage

FLAGS = pymupdf.TEXT_PRESERVE_WHITESPACE | pymupdf.TEXT_MEDIABOX_CLIP | pymupdf.TEXT_CID_FOR_UNKNOWN_UNICODE
AGAIN = "Download or copy it again."
MOST_PAGES = 2_000
MOST_LETTERS = 400_000  # on one page: a book has 4,000
MOST_LINES = 5_000
SPACES = re.compile(r"\S+")

pymupdf.TOOLS.mupdf_display_errors(False)
pymupdf.TOOLS.mupdf_display_warnings(False)


def extract(path: Path, asks_drawn: Callable[[str], bool] = lambda words: False) -> Document:
    """Reads all pages of a PDF; what is drawn on a page only where `asks_drawn` says so of its words.

    Raises:
        ReadError: encrypted, not_a_pdf, empty, damaged, too_large or no_text.
    """
    with opened(path) as pdf:
        if pdf.page_count > MOST_PAGES:
            raise ReadError(
                f"The file has {pdf.page_count} pages; Strata reads up to {MOST_PAGES}.",
                "Split it into parts.",
                "too_large",
            )
        document = Document([], {k: str(v) for k, v in (pdf.metadata or {}).items() if v})
        if pdf.is_repaired:
            document.warnings.append(ReadWarning("repaired", "The file is damaged; what could be repaired was read."))
        for index in range(pdf.page_count):
            try:
                document.pages.append(_page(pdf, index, document, asks_drawn))
            except (RuntimeError, pymupdf.mupdf.FzErrorBase) as error:
                raise ReadError(
                    f"Page {index + 1} is damaged.",
                    "Print the file to a new PDF, and ingest that.",
                    "damaged",
                ) from error
    if not any(page.lines for page in document.pages):
        if document.warnings:  # repaired, yet nothing was left
            raise ReadError("The file is damaged: none of its text is left.", AGAIN, "damaged")
        raise ReadError(
            "No page has text that a program can read: the file is a scan, or its pages are empty.",
            "Run OCR over it (for example with ocrmypdf), and ingest the result.",
            "no_text",
        )
    return document


def opened(path: Path) -> Any:
    """A PDF that can be looked into.

    Raises:
        ReadError: encrypted, not_a_pdf, empty or damaged.
    """
    head = path.open("rb").read(1024)
    if not head.strip():
        raise ReadError("The file is empty.", AGAIN, "empty")
    # MuPDF opens HTML, text and pictures too, whatever the file is called.
    if b"%PDF-" not in head:
        raise ReadError("The file is not a PDF, whatever its name says.", "Download it again, as a PDF.", "not_a_pdf")
    try:
        pdf = pymupdf.open(path, filetype="pdf")
        if pdf.needs_pass:
            raise ReadError("The file is locked with a password.", "Save it without the password first.", "encrypted")
        if not pdf.is_pdf or pdf.page_count < 1:
            raise ReadError("The file is cut off or damaged: it has no pages.", AGAIN, "damaged")
    except (RuntimeError, ValueError, pymupdf.mupdf.FzErrorBase) as error:  # MuPDF's own are neither of the first two
        raise ReadError("The file is damaged.", AGAIN, "damaged") from error
    return pdf


def _page(pdf: Any, index: int, document: Document, asks_drawn: Callable[[str], bool]) -> PageModel:
    page = pdf[index]
    number = index + 1
    text_page = page.get_textpage(flags=FLAGS)
    content = page.get_text("dict", textpage=text_page)
    boxes: dict[tuple[int, int], list[tuple[Any, ...]]] = {}
    for entry in page.get_text("words", textpage=text_page):
        boxes.setdefault((entry[5], entry[6]), []).append(entry)
    shown = page.rect
    own_text = composed(page.get_text("text", flags=FLAGS))
    model = PageModel(number, float(shown.width), float(shown.height), [], own_text)
    lines = sum(len(block.get("lines", ())) for block in content["blocks"])
    if len(own_text) > MOST_LETTERS or lines > MOST_LINES:
        message = f"The page holds {len(own_text)} characters in {lines} lines; it was left out."
        document.warnings.append(ReadWarning("crowded", message, number))
        model.own_text = ""
        return model
    painted = PaintedPage(page, model.width * model.height)
    model.scanned = _is_scan_layer(content, painted)
    turn = page.rotation_matrix if page.rotation else None
    hidden: dict[str, list[str]] = {}
    for block in content["blocks"]:
        for at, line in enumerate(block.get("lines", ())):
            reasons = [None if model.scanned else hidden_reason(_ink(span), painted) for span in line["spans"]]
            for span, reason in zip(line["spans"], reasons, strict=True):
                if reason and span["text"].strip():
                    hidden.setdefault(reason, []).append(span["text"].strip())
            words = list(_words(line, boxes.get((block["number"], at), []), reasons))
            if turn is not None:
                words = [w._replace(box=box_of(pymupdf.Rect(w.box) * turn)) for w in words]
            if words and _is_level(line["dir"], turn):
                model.lines.append(Line(number, block["number"], words, words[0].box))
            elif words:
                model.turned.append(" ".join(w.text for w in words))
    if asks_drawn(own_text):
        model.drawn = painted.drawn()
        if turn is not None:
            model.drawn = [Drawn(box_of(pymupdf.Rect(d.box) * turn), d.picture) for d in model.drawn]
    for reason, texts in hidden.items():
        document.hidden.append(HiddenText(number, " ".join(texts), reason))
        for text in texts:
            model.own_text = model.own_text.replace(composed(text), "", 1)
    return model


def _is_level(direction: tuple[float, float], turn: Any) -> bool:
    """Whether text runs from left to right on the page as it is shown."""
    if turn is not None:
        direction = pymupdf.Point(direction) * pymupdf.Matrix(turn.a, turn.b, turn.c, turn.d, 0, 0)
    return float(direction[0]) > 0.95


def _words(line: dict[str, Any], boxes: list[tuple[Any, ...]], reasons: list[str | None]) -> Iterator[Word]:
    """The words of a line that can be seen; `reasons` tells for each span why it cannot.

    The boxes come from the "words" extraction of the same text page. Where it cuts a line otherwise than at spaces,
    boxes are shared out over the span by the number of letters.
    """
    spans = line["spans"]
    text = "".join(s["text"] for s in spans)
    starts, at = [], 0
    for span in spans:
        starts.append(at)
        at += len(span["text"])
    found = list(SPACES.finditer(text))
    fits = len(found) == len(boxes) and all(len(b[4]) == len(m.group()) for b, m in zip(boxes, found, strict=True))
    end = len(text.rstrip())
    which = 0
    for i, match in enumerate(found):
        while which + 1 < len(starts) and starts[which + 1] <= match.start():
            which += 1
        if reasons[which]:
            continue
        box = box_of(boxes[i][:4]) if fits else _shared(spans[which], starts[which], match.start(), match.end())
        word = match.group()
        if not word.isascii():
            # A soft hyphen shows only where it cuts a word.
            word = composed(word).replace("\u00ad", "-" if match.end() == end else "")
        if word:
            span = spans[which]
            yield Word(word, box, _style(span["font"], span["flags"], span["size"]))


@lru_cache(maxsize=4096)
def _style(font: str, flags: int, size: float) -> Style:
    low = font.lower()
    bold = bool(flags & 16) or any(mark in low for mark in ("bold", "medi", "black", "heavy", "-bd", "cmbx", "sfbx"))
    italic = bool(flags & 2) or "ital" in low or "obli" in low
    return Style(round(size, 1), font, bold, italic, bool(flags & 1))


def _ink(span: dict[str, Any]) -> Ink:
    painted = bool(int(span.get("char_flags", 16)) & (16 | 32))
    return Ink(int(span["color"]), int(span.get("alpha", 255)), float(span["size"]), painted, box_of(span["bbox"]))


def _shared(span: dict[str, Any], span_start: int, start: int, end: int) -> Box:
    x0, y0, x1, y1 = box_of(span["bbox"])
    unit = (x1 - x0) / max(1, len(span["text"]))
    return x0 + unit * (start - span_start), y0, min(x1, x0 + unit * (end - span_start)), y1


def _is_scan_layer(content: dict[str, Any], painted: PaintedPage) -> bool:
    """Whether the page is a picture with its words laid invisibly over it, as OCR programs write them."""
    inks = [
        _ink(s) for b in content["blocks"] for line in b.get("lines", ()) for s in line["spans"] if s["text"].strip()
    ]
    unpainted = sum(not ink.painted for ink in inks)
    return bool(inks) and unpainted > 0.9 * len(inks) and painted.picture_share() > 0.6
