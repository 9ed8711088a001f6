"""Hand-made pages with headings, for tests of what is found on them."""

from __future__ import annotations

from made_pages import block_of, document_of, line, measures

from ingestion.pages import Document, Line
from ingestion.reading.headings.finding import find_headings

LONG = "reeds grow slowly in the shallow northern lakes of the land"
BASIS = [("1 Introduction", 12.0, True), ("2 Methods", 12.0, True), ("3 Results", 12.0, True)]
BASE = [("1", "Introduction", 1), ("2", "Methods", 1), ("3", "Results", 1)]


def outlined(headings: list[tuple[str, float, bool]]) -> Document:
    """A page with these headings (text, size, bold), each over a short paragraph."""
    lines: list[Line] = []
    y = 100.0
    for i, (text, size, bold) in enumerate(headings):
        lines.append(line(text, 72, y, size=size, bold=bold, block=2 * i))
        lines += block_of([LONG, LONG, "ends here."], y=y + 22, width=400, block=2 * i + 1)
        y += 22 + 3 * 12 + 14
    return document_of(lines)


def found(document: Document) -> list[tuple[str | None, str, int]]:
    return [(h.number, h.text, h.level) for h in find_headings(document, measures())]


def paragraph(lead: str, y: float, *, bold: bool = True, italic: bool = False, block: int = 0) -> list[Line]:
    """A paragraph whose first words are set apart."""
    first = line(lead, 72, y, bold=bold, italic=italic, block=block)
    rest = line("We counted the reeds of all plots twice a", first.x1 + 6, y, block=block)
    first.words += rest.words
    first.refresh()
    return [first, *block_of([LONG, "ends here."], y=y + 12, width=400, block=block)]
