"""Small PDFs of our own making: papers set in one or two columns, and the bytes that they are written in.

Everything is drawn by plain PDF operators, so a test knows each word and where it stands. Coordinates count from the
top left of the page, as in Strata's records.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pymupdf

WIDTH, HEIGHT = 612.0, 792.0
SOFT = "\u00ad"  # where a word may be cut at a line's end
ROMAN, BOLD, ITALIC = "F1", "F2", "F3"
BASE_FONTS = {ROMAN: ("Times-Roman", "tiro"), BOLD: ("Times-Bold", "tibo"), ITALIC: ("Times-Italic", "tiit")}


class Writer:
    """Numbered PDF objects, written out with a right cross-reference table."""

    def __init__(self) -> None:
        self.objects: list[bytes] = []

    def add(self, body: str | bytes = b"null") -> int:
        """Adds an object and gives its number."""
        self.objects.append(body.encode("cp1252") if isinstance(body, str) else body)
        return len(self.objects)

    def stream(self, data: bytes, entries: str = "") -> int:
        """Adds a stream object."""
        return self.add(f"<< {entries} /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream")

    def put(self, number: int, body: str) -> None:
        """Gives an object that was added before its body."""
        self.objects[number - 1] = body.encode("cp1252")

    def finish(self, root: int) -> bytes:
        """The whole file."""
        out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        starts = []
        for number, body in enumerate(self.objects, 1):
            starts.append(len(out))
            out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        at = len(out)
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(starts) + 1)
        for start in starts:
            out += b"%010d 00000 n \n" % start
        out += b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(starts) + 1, root, at)
        return bytes(out)


@dataclass
class Canvas:
    """One page: its operators, and what it needs besides fonts."""

    width: float = WIDTH
    height: float = HEIGHT
    rotate: int = 0
    ops: list[str] = field(default_factory=list)
    resources: str = ""
    entries: str = ""  # of the page itself

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 10.0,
        font: str = ROMAN,
        *,
        spacing: float = 0.0,
        mode: int = 0,
        color: str = "0 0 0",
        state: str = "",
    ) -> None:
        """Draws text with its baseline at `y`; `spacing` is added to each space, `mode` is the render mode."""
        safe = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        place = f"{spacing:.4f} Tw 1 0 0 1 {x:.3f} {self.height - y:.3f} Tm"
        self.ops.append(f"q {state} {color} rg BT /{font} {size:g} Tf {mode} Tr {place} ({safe}) Tj ET Q")

    def rectangle(self, x: float, y: float, width: float, height: float, color: str) -> None:
        """Fills a rectangle; `y` is its upper edge."""
        self.ops.append(f"q {color} rg {x:g} {self.height - y - height:g} {width:g} {height:g} re f Q")


def write_pages(canvases: Sequence[Canvas], writer: Writer | None = None, fonts: str = "", catalog: str = "") -> bytes:
    """A file of these pages; `fonts` are further entries of the font resources, made in `writer`, `catalog` those of
    the catalogue."""
    writer = writer or Writer()
    base = " ".join(
        f"/{name} {writer.add(f'<< /Type /Font /Subtype /Type1 /BaseFont /{full} /Encoding /WinAnsiEncoding >>')} 0 R"
        for name, (full, _) in BASE_FONTS.items()
    )
    tree = writer.add()
    kids = []
    for canvas in canvases:
        content = writer.stream("\n".join(canvas.ops).encode("cp1252"))
        turn = f"/Rotate {canvas.rotate}" if canvas.rotate else ""
        kids.append(
            writer.add(
                f"<< /Type /Page /Parent {tree} 0 R /MediaBox [0 0 {canvas.width:g} {canvas.height:g}] {turn} "
                f"{canvas.entries} "
                f"/Contents {content} 0 R /Resources << /Font << {base} {fonts} >> {canvas.resources} >> >>"
            )
        )
    writer.put(tree, f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(f'{k} 0 R' for k in kids)}] >>")
    return writer.finish(writer.add(f"<< /Type /Catalog /Pages {tree} 0 R {catalog} >>"))


@cache
def _metrics(font: str) -> pymupdf.Font:
    return pymupdf.Font(BASE_FONTS[font][1])


def text_width(text: str, size: float, font: str = ROMAN) -> float:
    """How wide a text is set, in points."""
    return float(_metrics(font).text_length(text, fontsize=size))


class Set(NamedTuple):
    """A line as it was set: its words, and whether it ends its paragraph."""

    words: list[str]
    last: bool


def break_lines(text: str, room: float, size: float, font: str = ROMAN, indent: float = 0.0) -> list[Set]:
    """Breaks a text into lines, cutting words at soft hyphens where they do not fit."""
    lines: list[Set] = []
    line: list[str] = []
    todo = text.split()
    while todo:
        word = todo.pop(0)
        width = room - (indent if not lines else 0)
        if text_width(" ".join([*line, word.replace(SOFT, "")]), size, font) <= width:
            line.append(word.replace(SOFT, ""))
            continue
        pieces = word.split(SOFT)
        for cut in range(len(pieces) - 1, 0, -1):
            front = "".join(pieces[:cut]) + "-"
            if text_width(" ".join([*line, front]), size, font) <= width:
                line.append(front)
                word = SOFT.join(pieces[cut:])
                break
        if not line:
            raise ValueError(f"{word!r} is wider than its column")
        lines.append(Set(line, False))
        line = []
        todo.insert(0, word)
    return [*lines, Set(line, True)]


class PaperMaker:
    """Sets a paper block by block, as a journal would: the column, then the page, is filled before the next begins."""

    def __init__(self, columns: int = 2, *, head: str = "Fenwick et al.: Reed beds", justified: bool = True) -> None:
        self.columns, self.head, self.justified = columns, head, justified
        self.size, self.pitch, self.left, self.gap = 10.0, 12.0, 54.0, 24.0
        self.top, self.bottom = 84.0, HEIGHT - 84.0
        self.pages: list[Canvas] = []
        self._number = [0, 0, 0]
        self._new_page()

    @property
    def room(self) -> float:
        """The width of a column."""
        return (WIDTH - 2 * self.left - self.gap * (self.columns - 1)) / self.columns

    @property
    def at(self) -> tuple[int, int]:
        """The page (from 1) and the column (from 0) that the next line goes to."""
        return len(self.pages), self._column

    def title(self, text: str, authors: Iterable[str] = (), affiliation: str = "University of Wetlands") -> None:
        """Over the full width of the first page."""
        y = 100.0
        for line in break_lines(text, 430, 17, BOLD):
            self._centred(y, " ".join(line.words), 17, BOLD)
            y += 20
        self._centred(y + 6, ", ".join(authors), 11, ROMAN)
        self._centred(y + 20, affiliation, 9, ITALIC)
        self._y = self._start = y + 48

    def heading(self, text: str, level: int = 1, *, numbered: bool = True) -> None:
        """A heading of level 1 to 3: bold at 12 points, bold at 10, italic at 10."""
        size, font = {1: (12.0, BOLD), 2: (10.0, BOLD), 3: (10.0, ITALIC)}[level]
        if numbered:
            self._number[level - 1] += 1
            self._number[level:] = [0] * (3 - level)
            text = ".".join(str(n) for n in self._number[:level]) + " " + text
        self._room_for(4)
        self._y += 0.9 * self.pitch
        for line in break_lines(text, self.room, size, font):
            self._line(" ".join(line.words), size, font)
        self._y += 0.35 * self.pitch

    def paragraph(self, text: str, *, indent: bool = True) -> None:
        """A paragraph with its first line indented."""
        begin = 12.0 if indent else 0.0
        for i, line in enumerate(break_lines(text, self.room, self.size, indent=begin)):
            self._room_for(1)
            self._set(line, begin if i == 0 else 0.0, self.size)

    def caption(self, text: str, height: float = 60.0) -> None:
        """A grey drawing with its caption below."""
        lines = break_lines(text, self.room, 8.5)
        self._room_for(int((height + 36) / self.pitch) + len(lines))
        self._y += 8
        self.page.rectangle(self._x, self._y - 8, self.room, height, "0.8 0.8 0.8")
        self._y += height + 8
        for line in lines:
            self._set(line, 0.0, 8.5, 10.0)
        self._y += 14

    def footnote(self, mark: str, text: str) -> None:
        """At the foot of this column, which must have room for it."""
        lines = break_lines(f"{mark} {text}", self.room, 8.0)
        self._floor -= 9.5 * len(lines) + 6
        y = self._floor + 14
        for line in lines:
            self.page.text(self._x, y, " ".join(line.words), 8.0)
            y += 9.5

    def references(self, entries: Iterable[str], heading: str = "References") -> None:
        """A list with hanging indents."""
        self.heading(heading, numbered=False)
        for entry in entries:
            for i, line in enumerate(break_lines(entry, self.room - 12, 9.0)):
                self._room_for(1)
                self._set(line._replace(last=True), 12.0 if i else 0.0, 9.0, 11.0)

    def bytes(self) -> bytes:
        """The file."""
        return write_pages(self.pages)

    def save(self, path: Path) -> Path:
        """Writes the file."""
        path.write_bytes(self.bytes())
        return path

    @property
    def page(self) -> Canvas:
        return self.pages[-1]

    @property
    def _x(self) -> float:
        return self.left + self._column * (self.room + self.gap)

    def _new_page(self) -> None:
        self.pages.append(Canvas())
        self._column, self._start, self._floor = 0, self.top, self.bottom
        self._y = self._start
        if self.head:
            self.page.text(self.left, 44, self.head, 8, ITALIC)
        self._centred(HEIGHT - 36, str(len(self.pages)), 8, ROMAN)

    def _room_for(self, lines: int) -> None:
        if self._y + lines * self.pitch <= self._floor:
            return
        if self._column + 1 < self.columns:
            self._column += 1
            self._y, self._floor = self._start, self.bottom
        else:
            self._new_page()

    def _centred(self, y: float, text: str, size: float, font: str) -> None:
        self.page.text((WIDTH - text_width(text, size, font)) / 2, y, text, size, font)

    def _line(self, text: str, size: float, font: str) -> None:
        self._y += self.pitch
        self.page.text(self._x, self._y, text, size, font)

    def _set(self, line: Set, indent: float, size: float, pitch: float | None = None) -> None:
        self._y += pitch or self.pitch
        text = " ".join(line.words)
        gaps = len(line.words) - 1
        spare = self.room - indent - text_width(text, size)
        spacing = spare / gaps if self.justified and not line.last and gaps else 0.0
        self.page.text(self._x + indent, self._y, text, size, spacing=spacing)


SUBJECTS = ("The reed bed", "A warbler", "Each recorder", "The northern plot", "Our index", "Every second night")
VERBS = ("follows", "outlasts", "re\u00adsem\u00adbles", "pre\u00adcedes", "sur\u00adrounds", "mir\u00adrors")
OBJECTS = (
    "the shal\u00adlow lake",
    "its neigh\u00adbours",
    "the win\u00adter ice",
    "an older meadow",
    "the mea\u00adsure\u00adments",
)
ENDS = ("in early spring", "after the flood", "with a long delay", "at low water", "over several years", "near the dam")


def prose(seed: int, sentences: int) -> str:
    """A paragraph of sentences that no other seed gives, with soft hyphens where words may be cut."""
    draw = random.Random(seed)
    said = []
    for i in range(sentences):
        subject, verb, thing, end = (draw.choice(x) for x in (SUBJECTS, VERBS, OBJECTS, ENDS))
        said.append(f"{subject} {verb} {thing} {end}, as plot {seed} and visit {i + 1} show.")
    return " ".join(said)


def plain(text: str) -> str:
    """What a reader of the set text reads: without the soft hyphens."""
    return text.replace(SOFT, "")
