"""Hand-made page models: lines of words with boxes, for tests of one pass at a time."""

from __future__ import annotations

from ingestion.pages import Document, Line, PageModel, Role, Style, Word
from ingestion.reading.lines.typography import Typography

PITCH = 12.0

LONG = "reeds grow slowly in the shallow northern lakes of the land"


def style(
    size: float = 10.0, *, bold: bool = False, italic: bool = False, raised: bool = False, font: str = "Times"
) -> Style:
    """A style; bold and italic do not change the font's name unless it is given."""
    return Style(size, font, bold, italic, raised)


def line(
    text: str,
    x: float = 72.0,
    y: float = 100.0,
    *,
    width: float | None = None,
    size: float = 10.0,
    bold: bool = False,
    italic: bool = False,
    font: str = "Times",
    page: int = 1,
    block: int = 0,
    column: int = 0,
    role: Role = Role.BODY,
) -> Line:
    """A line whose top is at `y`; its words share its width by their letters (half the size each without)."""
    parts = text.split()
    letters = sum(len(p) for p in parts) + len(parts) - 1
    unit = (width if width is not None else 0.5 * size * letters) / max(1, letters)
    words: list[Word] = []
    at = x
    for part in parts:
        box = (at, y, at + unit * len(part), y + size)
        words.append(Word(part, box, style(size, bold=bold, italic=italic, font=font)))
        at += unit * (len(part) + 1)
    return Line(page, block, words, words[0].box, role, column)


def block_of(
    texts: list[str],
    x: float = 72.0,
    y: float = 100.0,
    *,
    width: float = 220.0,
    page: int = 1,
    block: int = 0,
    column: int = 0,
    size: float = 10.0,
    indent: float = 0.0,
    last: float = 0.5,
    role: Role = Role.BODY,
) -> list[Line]:
    """A paragraph: full lines, the first indented, the last taking a share of the width."""
    lines = []
    for i, text in enumerate(texts):
        begin = x + indent if i == 0 else x
        room = width - (begin - x)
        if i == len(texts) - 1:
            room *= last
        lines.append(
            line(text, begin, y + i * PITCH, width=room, page=page, block=block, column=column, size=size, role=role)
        )
    return lines


def page_of(lines: list[Line], number: int = 1, width: float = 612.0, height: float = 792.0, **more: str) -> PageModel:
    """A page of these lines."""
    return PageModel(number, width, height, lines, **more)  # type: ignore[arg-type]


def document_of(*pages: list[Line], **metadata: str) -> Document:
    """A document whose pages hold these lines."""
    return Document([page_of(lines, i) for i, lines in enumerate(pages, 1)], metadata)


def measures(pages: int = 1, gutter: float | None = None, size: float = 10.0) -> Typography:
    """The typography of a justified paper at 10 points."""
    return Typography(size, PITCH, (gutter,) * pages, True)
