"""Extracts the page model from a PDF. Only this room calls PyMuPDF, so that another reader could take its place.

It runs inside the contained child process (ingestion/child.py): the file is hostile until shown otherwise. It must not
understand what it extracts; hidden text is told apart here only because the page's drawing is at hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import pymupdf

from hierarchy.errors import ReadError
from hierarchy.paper import HiddenText, ReadWarning
from hierarchy.positions import Box, box_of
from ingestion.pages import Document, Drawn, Line, Link, PageModel, Style, Word
from ingestion.pdf.accents import composed
from ingestion.pdf.bookmarks import bookmarks
from ingestion.pdf.ocr import Ocr
from ingestion.pdf.sight import Sight, Verdict
from ingestion.pdf.unshown import shown_text, with_all_layers

T = TypeVar("T")

FLAGS = pymupdf.TEXT_PRESERVE_WHITESPACE | pymupdf.TEXT_MEDIABOX_CLIP | pymupdf.TEXT_CID_FOR_UNKNOWN_UNICODE
AGAIN = "Download or copy it again."
MOST_PAGES = 2_000
MOST_LETTERS = 400_000  # on one page: a book has 4,000
MOST_LINES = 5_000
MOST_LINKS = 200
MOST_XMP = 100_000
SPACES = re.compile(r"\S+")

pymupdf.TOOLS.mupdf_display_errors(False)
pymupdf.TOOLS.mupdf_display_warnings(False)


class _Row(NamedTuple):
    """A line as the library gives it: its block, its direction, the words that can be seen, its whole text, and
    whether all of that can be seen."""

    block: int
    direction: tuple[float, float]
    words: list[Word]
    text: str
    whole: bool


def extract(path: Path, ocr: str = "", asks_drawn: Callable[[str], bool] = lambda words: False) -> Document:
    """Reads all pages of a PDF; those that are pictures by OCR in these languages, where any are given; what is drawn
    on a page only where `asks_drawn` says so of its words.

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
        document.metadata["xmp"] = _told(lambda: str(pdf.get_xml_metadata() or "")[:MOST_XMP], "")
        if pdf.is_repaired:
            document.warnings.append(ReadWarning("repaired", "The file is damaged; what could be repaired was read."))
        document.outline = _told(lambda: bookmarks(pdf), [])
        bare, scans = _told(lambda: with_all_layers(pdf, path), pdf), Ocr(ocr)
        for index in range(pdf.page_count):
            try:
                document.pages.append(_page(pdf, bare, index, document, scans, asks_drawn))
            except (RuntimeError, pymupdf.mupdf.FzErrorBase) as error:
                raise ReadError(
                    f"Page {index + 1} is damaged.",
                    "Print the file to a new PDF, and ingest that.",
                    "damaged",
                ) from error
    if not any(page.lines for page in document.pages):
        if any(w.code == "repaired" for w in document.warnings):
            raise ReadError("The file is damaged: none of its text is left.", AGAIN, "damaged")
        if crowded := sum(w.code == "crowded" for w in document.warnings):
            message = f"The file has no page with text but {crowded} that hold more of it than Strata reads."
            raise ReadError(message, "Print the pages that you need to a new PDF.", "too_large")
        what = "; OCR found none either" if scans.ready else ": the file is a scan, or its pages are empty"
        raise ReadError(f"No page has text that a program can read{what}.", scans.advice or AGAIN, "no_text")
    return document


def _told(ask: Callable[[], T], otherwise: T) -> T:
    """What a file tells besides its pages; where that is damaged, the pages are read without it."""
    try:
        return ask()
    except (RuntimeError, ValueError, pymupdf.mupdf.FzErrorBase):
        return otherwise


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


def _page(
    pdf: Any, bare: Any, index: int, document: Document, scans: Ocr, asks_drawn: Callable[[str], bool]
) -> PageModel:
    """One page; `bare` is the same file with all its layers shown."""
    page = pdf[index]
    number = index + 1
    text_page = page.get_textpage(flags=FLAGS)
    content = page.get_text("dict", textpage=text_page)
    entries = page.get_text("words", textpage=text_page)
    shown = page.rect
    model = PageModel(number, float(shown.width), float(shown.height), [])
    own_text, hidden = shown_text(page, page if bare is pdf else bare[index], text_page, FLAGS)
    lines = sum(len(block.get("lines", ())) for block in content["blocks"])
    sight = Sight(page, content, model.width * model.height)
    if len(own_text) > MOST_LETTERS or lines > MOST_LINES:
        message = f"The page holds {len(own_text)} characters in {lines} lines; it was left out."
        document.warnings.append(ReadWarning("crowded", message, number))
        return model
    if sight.is_picture(len(own_text)):
        model.scanned = sight.mostly_picture
        recognised = scans.read(page, FLAGS)
        document.ocr = scans.languages if scans.ready else ""
        if recognised is None:
            message = f"The page is a picture: its words were not read. {scans.advice}".strip()
            document.warnings.append(ReadWarning("unread", message, number))
        elif len(recognised.text) > len(own_text):
            (content, entries, own_text), hidden = recognised, {}
            sight.scanned = model.scanned = True
    if index == 0:
        model.links = _links(page)
    boxes: dict[tuple[int, int], list[tuple[Any, ...]]] = {}
    for entry in entries:
        boxes.setdefault((entry[5], entry[6]), []).append(entry)
    model.scanned |= sight.scanned
    turn = page.rotation_matrix if page.rotation else None
    rows = list(_rows(content, boxes, sight, hidden))
    model.own_text = composed(_without_hidden(own_text, rows))
    for row in rows:
        words = row.words
        if turn is not None:
            words = [w._replace(box=box_of(pymupdf.Rect(w.box) * turn)) for w in words]
        if words and _is_level(row.direction, turn):
            model.lines.append(Line(number, row.block, words, words[0].box))
        elif words:
            model.turned.append(" ".join(w.text for w in words))
    if asks_drawn(own_text):
        model.drawn = sight.drawn()
        if turn is not None:
            model.drawn = [Drawn(box_of(pymupdf.Rect(d.box) * turn), d.picture) for d in model.drawn]
    for reason, texts in hidden.items():
        document.hidden.append(HiddenText(number, " ".join(texts), reason))
    if sight.crowded or sight.unknown:
        message = "So much is drawn on the page that text may be covered; it was kept."
        document.warnings.append(ReadWarning("unchecked", message, number))
    return model


def _links(page: Any) -> list[Link]:
    """Where a page's first links to the web lead, such as the ORCID beside a name."""
    found: list[Link] = []
    link = page.first_link
    while link is not None and len(found) < MOST_LINKS:
        if link.is_external and link.uri:
            found.append(Link(str(link.uri), box_of(link.rect)))
        link = link.next
    return found


def _is_level(direction: tuple[float, float], turn: Any) -> bool:
    """Whether text runs from left to right on the page as it is shown."""
    if turn is not None:
        direction = pymupdf.Point(direction) * pymupdf.Matrix(turn.a, turn.b, turn.c, turn.d, 0, 0)
    return float(direction[0]) > 0.95


def _rows(
    content: dict[str, Any],
    boxes: dict[tuple[int, int], list[tuple[Any, ...]]],
    sight: Sight,
    hidden: dict[str, list[str]],
) -> Iterator[_Row]:
    """The lines of a page with the words that can be seen; what cannot goes to `hidden`, by its reason."""
    rows: list[tuple[_Row, list[str | None]]] = []
    for block in content["blocks"]:
        for at, line in enumerate(block.get("lines", ())):
            verdicts = [sight.verdict(span) for span in line["spans"]]
            for span, (reason, sure) in zip(line["spans"], verdicts, strict=True):
                if reason and sure:
                    hidden.setdefault(reason, []).append(span["text"].strip())
            words, doubts = [], list[str | None]()
            for word, doubt in _words(line, boxes.get((block["number"], at), []), verdicts):
                if word.text < " " and all(c < " " for c in word.text):  # a corner of a frame, set as a letter
                    continue
                words.append(word)
                doubts.append(doubt)
            text = "".join(s["text"] for s in line["spans"])
            whole = not any(reason and sure for reason, sure in verdicts)
            rows.append((_Row(block["number"], line["dir"], words, text, whole), doubts))
    doubtful = [(w.box, d) for row, doubts in rows for w, d in zip(row.words, doubts, strict=True) if d]
    seen = iter(sight.are_seen(doubtful))
    for row, doubts in rows:
        if not any(doubts):
            yield row
            continue
        words = []
        for word, doubt in zip(row.words, doubts, strict=True):
            shows, odd = doubt is None or next(seen), not any(map(str.isprintable, word.text))
            if doubt is None or (shows and not odd):  # corners of frames are set as odd letters, in white
                words.append(word)
            elif not shows and not odd:
                hidden.setdefault(doubt, []).append(word.text)
        yield row._replace(words=words, whole=len(words) == len(row.words) and row.whole)


def _without_hidden(text: str, rows: Sequence[_Row]) -> str:
    """A page's own words less those that nobody sees: in each line that has some, the others are put in its place."""
    at, kept = 0, list[str]()
    for row in rows:
        if row.whole:
            continue
        start = text.find(row.text, at)
        start = text.find(row.text) if start < 0 else start
        if start < at:
            continue
        kept += [text[at:start], " ".join(w.text for w in row.words)]
        at = start + len(row.text)
    return "".join([*kept, text[at:]])


def _words(
    line: dict[str, Any], boxes: list[tuple[Any, ...]], verdicts: list[Verdict]
) -> Iterator[tuple[Word, str | None]]:
    """The words of a line that are not surely hidden, each with the reason why it may be; `verdicts` are the spans'.

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
        if verdicts[which].reason and verdicts[which].sure:
            continue
        box = box_of(boxes[i][:4]) if fits else _shared(spans[which], starts[which], match.start(), match.end())
        word = match.group()
        if not word.isascii():
            # A soft hyphen shows only where it cuts a word.
            word = composed(word).replace("\u00ad", "-" if match.end() == end else "")
        if word:
            span = spans[which]
            style = _style(span["font"], span["flags"], span["size"])
            raised = None if style.raised else _raised(spans, starts, which, match)
            if raised is not None:  # accents that were put on their letters make the word shorter
                shorter = len(match.group()) - len(word)
                raised = max(0, raised[0] - shorter), max(0, raised[1] - shorter)
            yield Word(word, box, style, raised), verdicts[which].reason


def _raised(spans: list[dict[str, Any]], starts: list[int], which: int, word: re.Match[str]) -> tuple[int, int] | None:
    """The letters of a word that a later span sets above the line, as in "reeds12"."""
    for later in range(which + 1, len(starts)):
        span, start = spans[later], starts[later]
        if start >= word.end():
            break
        if span["flags"] & 1:
            return start - word.start(), min(start + len(span["text"].rstrip()), word.end()) - word.start()
    return None


@lru_cache(maxsize=4096)
def _style(font: str, flags: int, size: float) -> Style:
    low = font.lower()
    bold = bool(flags & 16) or any(mark in low for mark in ("bold", "medi", "black", "heavy", "-bd", "cmbx", "sfbx"))
    italic = bool(flags & 2) or "ital" in low or "obli" in low
    return Style(round(size, 1), font, bold, italic, bool(flags & 1))


def _shared(span: dict[str, Any], span_start: int, start: int, end: int) -> Box:
    x0, y0, x1, y1 = box_of(span["bbox"])
    unit = (x1 - x0) / max(1, len(span["text"]))
    return x0 + unit * (start - span_start), y0, min(x1, x0 + unit * (end - span_start)), y1
