"""Extracts the page model from a PDF. The only module that calls PyMuPDF, so that another reader could take its place.

It runs inside the contained child process (ingestion/child.py): the file is hostile until shown otherwise. It must not
understand what it extracts; hidden text is told apart here only because the page's drawing is at hand.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymupdf

from hierarchy.errors import ReadError
from hierarchy.paper import HiddenText, ReadWarning
from hierarchy.positions import Box
from ingestion.hidden import Ink, Painted, hidden_reason
from ingestion.pages import Document, Line, PageModel, Style, Word

FLAGS = pymupdf.TEXT_PRESERVE_WHITESPACE | pymupdf.TEXT_MEDIABOX_CLIP | pymupdf.TEXT_CID_FOR_UNKNOWN_UNICODE
MOST_PAGES = 2_000
MOST_LETTERS = 400_000  # on one page: a book has 4,000
MOST_DRAWINGS = 20_000
SPACES = re.compile(r"\S+")

pymupdf.TOOLS.mupdf_display_errors(False)
pymupdf.TOOLS.mupdf_display_warnings(False)


def extract(path: Path) -> Document:
    """Reads all pages of a PDF.

    Raises:
        ReadError: encrypted, not_a_pdf, empty, damaged, too_large or no_text.
    """
    with _opened(path) as pdf:
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
                document.pages.append(_page(pdf, index, document))
            except RuntimeError as error:
                raise ReadError(
                    f"Page {index + 1} cannot be read ({error}).",
                    "Print the file to a new PDF, and ingest that.",
                    "damaged",
                ) from error
    if not any(page.lines for page in document.pages):
        raise ReadError(
            "No page has text that a program can read: the file is a scan, or its pages are empty.",
            "Run OCR over it (for example with ocrmypdf), and ingest the result.",
            "no_text",
        )
    return document


def _opened(path: Path) -> Any:
    head = path.open("rb").read(1024)
    if not head.strip():
        raise ReadError("The file is empty.", "Download or copy it again.", "empty")
    # MuPDF opens HTML, text and pictures too, whatever the file is called.
    if b"%PDF-" not in head:
        raise ReadError("The file is not a PDF, whatever its name says.", "Download it again, as a PDF.", "not_a_pdf")
    try:
        pdf = pymupdf.open(path, filetype="pdf")
        if pdf.needs_pass:
            raise ReadError("The file is locked with a password.", "Save it without the password first.", "encrypted")
        if not pdf.is_pdf or pdf.page_count < 1:
            raise ReadError("The file is cut off or damaged: it has no pages.", "Download or copy it again.", "damaged")
    except (RuntimeError, ValueError) as error:  # FileDataError is a RuntimeError
        raise ReadError(f"The file is damaged ({error}).", "Download or copy it again.", "damaged") from error
    return pdf


def _page(pdf: Any, index: int, document: Document) -> PageModel:
    page = pdf[index]
    number = index + 1
    text_page = page.get_textpage(flags=FLAGS)
    content = page.get_text("dict", textpage=text_page)
    boxes: dict[tuple[int, int], list[tuple[Any, ...]]] = {}
    for entry in page.get_text("words", textpage=text_page):
        boxes.setdefault((entry[5], entry[6]), []).append(entry)
    shown = page.rect
    turn = page.rotation_matrix if page.rotation else None
    model = PageModel(
        number, float(shown.width), float(shown.height), [], unicodedata.normalize("NFC", page.get_text("text"))
    )
    if len(model.own_text) > MOST_LETTERS:
        document.warnings.append(
            ReadWarning("crowded", f"The page holds {len(model.own_text)} characters; it was left out.", number)
        )
        model.own_text = ""
        return model
    painted = _Painted(page, model.width * model.height)
    hidden: dict[str, list[str]] = {}
    layer = _is_scan_layer(content, painted)
    model.scanned = layer
    for block in content["blocks"]:
        for at, line in enumerate(block.get("lines", ())):
            words = list(_words(line, boxes.get((block["number"], at), []), None if layer else painted, hidden))
            if not words:
                continue
            if (turn is None and line["dir"][0] < 0.95) or (
                turn is not None and abs((pymupdf.Point(line["dir"]) * _only_turn(turn)).x) < 0.95
            ):
                model.turned.append(" ".join(w.text for w in words))
                continue
            if turn is not None:
                words = [w._replace(box=_box(pymupdf.Rect(w.box) * turn)) for w in words]
            model.lines.append(Line(number, block["number"], words, words[0].box))
    document.hidden += [HiddenText(number, " ".join(texts), reason) for reason, texts in hidden.items()]
    return model


def _words(
    line: dict[str, Any], boxes: list[tuple[Any, ...]], painted: Painted | None, hidden: dict[str, list[str]]
) -> Iterator[Word]:
    """The visible words of a line; what nobody can see goes to `hidden` by reason.

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
    which = 0
    for i, match in enumerate(found):
        while which + 1 < len(starts) and starts[which + 1] <= match.start():
            which += 1
        span = spans[which]
        if painted is not None:
            reason = hidden_reason(_ink(span), painted)
            if reason:
                hidden.setdefault(reason, []).append(match.group())
                continue
        box = _box(boxes[i][:4]) if fits else _shared(span, starts[which], match.start(), match.end())
        word = unicodedata.normalize("NFC", match.group()).replace(
            "\u00ad", "-" if match.end() == len(text.rstrip()) else ""
        )
        if word:
            yield Word(word, box, _style(span))


def _style(span: dict[str, Any]) -> Style:
    font, flags = str(span["font"]), int(span["flags"])
    low = font.lower()
    bold = bool(flags & 16) or any(mark in low for mark in ("bold", "medi", "black", "heavy", "-bd", "cmbx", "sfbx"))
    return Style(
        round(float(span["size"]), 1), font, bold, bool(flags & 2) or "ital" in low or "obli" in low, bool(flags & 1)
    )


def _ink(span: dict[str, Any]) -> Ink:
    painted = bool(int(span.get("char_flags", 16)) & (16 | 32))
    return Ink(int(span["color"]), int(span.get("alpha", 255)), float(span["size"]), painted, _box(span["bbox"]))


def _shared(span: dict[str, Any], span_start: int, start: int, end: int) -> Box:
    x0, y0, x1, y1 = _box(span["bbox"])
    unit = (x1 - x0) / max(1, len(span["text"]))
    return x0 + unit * (start - span_start), y0, min(x1, x0 + unit * (end - span_start)), y1


def _box(values: Any) -> Box:
    x0, y0, x1, y1 = values
    return float(x0), float(y0), float(x1), float(y1)


def _only_turn(matrix: Any) -> Any:
    return pymupdf.Matrix(matrix.a, matrix.b, matrix.c, matrix.d, 0, 0)


def _is_scan_layer(content: dict[str, Any], painted: Painted) -> bool:
    """Whether the page is a picture with its words laid invisibly over it, as OCR programs write them."""
    inks = [
        _ink(s) for b in content["blocks"] for line in b.get("lines", ()) for s in line["spans"] if s["text"].strip()
    ]
    unpainted = sum(not ink.painted for ink in inks)
    return bool(inks) and unpainted > 0.9 * len(inks) and painted.picture_share() > 0.6


class _Painted:
    """What is painted on a page besides text, looked up only where some text's colour raises the question."""

    def __init__(self, page: Any, area: float) -> None:
        self._page, self._area = page, area
        self._fills: list[tuple[Box, tuple[float, ...]]] | None = None
        self._pictures: list[Box] | None = None

    def pictures(self) -> list[Box]:
        if self._pictures is None:
            self._pictures = [
                _box(box) for kind, box, *_ in self._page.get_bboxlog() if kind in ("fill-image", "fill-shade")
            ]
        return self._pictures

    def picture_share(self) -> float:
        return max(((b[2] - b[0]) * (b[3] - b[1]) / max(1.0, self._area) for b in self.pictures()), default=0.0)

    def fills(self) -> list[tuple[Box, tuple[float, ...]]]:
        if self._fills is None:
            paths = sum(kind.startswith("fill-path") for kind, *_ in self._page.get_bboxlog())
            drawings = self._page.get_cdrawings() if paths <= MOST_DRAWINGS else []
            self._fills = [(_box(d["rect"]), tuple(d["fill"])) for d in drawings if d.get("fill")]
        return self._fills
