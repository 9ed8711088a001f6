"""The page model: what one extraction gives, before anything is understood of it.

Words in lines in pages, with boxes and styles. The passes of this package read it, give lines a role, and build on the
roles of the passes before. It must not know PDFs' internals, nor what a paper looks like.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import NamedTuple

from hierarchy.paper import HiddenText, ReadWarning
from hierarchy.positions import Box, around


class Role(Enum):
    """What a line turned out to be; BODY until a pass says otherwise."""

    BODY = auto()
    FURNITURE = auto()  # running heads, page numbers, line numbers, margin columns
    TITLE = auto()
    FRONT = auto()  # authors, affiliations, dates, licences
    HEADING = auto()
    CAPTION = auto()
    TABLE = auto()
    FIGURE = auto()  # words inside a drawing
    CODE = auto()
    FORMULA = auto()
    FOOTNOTE = auto()
    REFERENCE = auto()


class Style(NamedTuple):
    """How a word is set; size in points."""

    size: float
    font: str
    bold: bool
    italic: bool
    raised: bool = False


class Word(NamedTuple):
    """A word as printed, without spaces in it; `raised` is which of its letters stand above the line, if only some."""

    text: str
    box: Box
    style: Style
    raised: tuple[int, int] | None = None


@dataclass(slots=True, eq=False)
class Line:
    """Words on one baseline of one column."""

    page: int
    block: int
    words: list[Word]
    box: Box
    role: Role = Role.BODY
    column: int = 0
    seen: str = ""  # the kind of the region that it lies in, where a layout model was asked
    part: int = 0  # which caption, table, listing or formula of the document it belongs to; 0: not told
    text: str = ""
    size: float = 0.0
    bold: bool = False
    italic: bool = False
    middle: float = 0.0

    def __post_init__(self) -> None:
        self.refresh()

    def refresh(self) -> None:
        """Computes what follows from the words: text, box, the style of most of its letters, and `middle`, the vertical
        middle of its largest words: a raised mark does not move it."""
        self.text = " ".join(w.text for w in self.words)
        boxes = [w.box for w in self.words]
        self.box = around(boxes)
        sizes: dict[float, int] = {}
        letters = bold = italic = 0
        for word in self.words:
            n = len(word.text)
            sizes[word.style.size] = sizes.get(word.style.size, 0) + n
            letters += n
            bold += n * word.style.bold
            italic += n * word.style.italic
        self.size = max(sizes, key=lambda s: sizes[s])
        self.bold = bold > 0.8 * letters
        self.italic = italic > 0.8 * letters
        tall = [w.box for w in self.words if w.style.size >= self.size - 0.5] or boxes
        self.middle = sum((b[1] + b[3]) / 2 for b in tall) / len(tall)

    @property
    def x0(self) -> float:
        return self.box[0]

    @property
    def y0(self) -> float:
        return self.box[1]

    @property
    def x1(self) -> float:
        return self.box[2]

    @property
    def y1(self) -> float:
        return self.box[3]

    @property
    def height(self) -> float:
        return self.box[3] - self.box[1]

    @property
    def width(self) -> float:
        return self.box[2] - self.box[0]


class Region(NamedTuple):
    """A part of a page and what a layout model took it for: text, list-item, section-header, title, table, picture,
    caption, formula, footnote, page-header or page-footer."""

    kind: str
    box: Box


class Link(NamedTuple):
    """An address that a place of a page leads to."""

    address: str
    box: Box


class Drawn(NamedTuple):
    """Something on a page that is no text: a picture, or a path (a rule, a frame, a part of a plot)."""

    box: Box
    picture: bool = False


@dataclass(slots=True)
class PageModel:
    """One page: its lines in reading order (once ordered), its size in points, its own words from another call.

    `regions` are what a layout model saw; None where it was not asked.
    `drawn` is filled only where the page has a line that may begin a caption.
    """

    number: int
    width: float
    height: float
    lines: list[Line]
    own_text: str = ""
    turned: list[str] = field(default_factory=list)  # text that does not run from left to right
    scanned: bool = False
    regions: list[Region] | None = None
    links: list[Link] = field(default_factory=list)  # of the first page only
    drawn: list[Drawn] = field(default_factory=list)


class OutlineEntry(NamedTuple):
    """An entry of the file's own outline: what it says, how deep, and where it leads (`top` in points, if it tells)."""

    title: str
    level: int
    page: int
    top: float | None


@dataclass(slots=True)
class Document:
    """All that was extracted from one file."""

    pages: list[PageModel]
    metadata: dict[str, str] = field(default_factory=dict)
    hidden: list[HiddenText] = field(default_factory=list)
    warnings: list[ReadWarning] = field(default_factory=list)
    outline: list[OutlineEntry] = field(default_factory=list)
    ocr: str = ""  # the languages in which its pages that are pictures were read, if it has any

    def lines(self, *roles: Role) -> Iterator[Line]:
        """The lines with one of these roles (all without any), in order."""
        for page in self.pages:
            for line in page.lines:
                if not roles or line.role in roles:
                    yield line
