"""Pass 10: the list of references: kept out of the body, cut into entries as printed."""

from __future__ import annotations

import re
from collections import Counter

from ingestion.pages import Document, Line, Role
from ingestion.reading.headings import Heading
from ingestion.reading.identifiers import ARXIV, DOI, YEAR

TITLE = re.compile(r"(?:references?|bibliography|works cited|literature cited|references and notes)", re.I)
MARKER = re.compile(r"(\[\s*[\w+.\-]{1,12}\s*\]|\(\d{1,3}\)|\d{1,3}\.(?=\s))")
APPENDIX = re.compile(r"appendi|supplement|[A-H]$", re.I)


def mark_references(document: Document, headings: list[Heading]) -> list[list[Line]]:
    """Gives the lines of the list their role and returns its entries, each as its lines."""
    start = next((i for i in range(len(headings) - 1, -1, -1) if TITLE.fullmatch(headings[i].text.strip(" .:"))), None)
    if start is None:
        return []
    heading = headings[start]
    # What looks like a heading inside the list is a venue or a name, unless it is set like the list's own heading.
    after = next((h for h in headings[start + 1 :] if h.style == heading.style or _is_appendix(h)), None)
    stop = after.lines[0] if after else None
    lines: list[Line] = []
    inside = False
    for line in document.lines():
        if line is heading.lines[-1]:
            inside = True
        elif line is stop:
            break
        elif inside and line.role in (Role.BODY, Role.HEADING, Role.TABLE, Role.FIGURE, Role.FORMULA, Role.FOOTNOTE):
            line.role = Role.REFERENCE
            lines.append(line)
    inner = {id(line) for line in lines}
    headings[:] = [h for h in headings if id(h.lines[0]) not in inner]
    return _entries(lines)


def _is_appendix(heading: Heading) -> bool:
    return bool(APPENDIX.match(heading.text) or (heading.number and APPENDIX.match(heading.number)))


def _entries(lines: list[Line]) -> list[list[Line]]:
    marked = sum(bool(MARKER.match(line.text)) for line in lines)
    by_marker = marked >= max(3, 0.12 * len(lines))
    left = _left_edges(lines)
    entries: list[list[Line]] = []
    for i, line in enumerate(lines):
        begins = bool(MARKER.match(line.text)) if by_marker else _begins(lines, i, left)
        if begins or not entries:
            entries.append([line])
        else:
            entries[-1].append(line)
    return entries


def _begins(lines: list[Line], i: int, left: dict[tuple[int, int], float]) -> bool:
    """Without markers: a hanging indent, or else a wider gap or a new block after a full stop."""
    line = lines[i]
    if any(other.x0 > left[(other.page, other.column)] + 4 for other in lines):
        return line.x0 < left[(line.page, line.column)] + 3
    before = lines[i - 1] if i else None
    return before is None or (line.block != before.block and before.text.rstrip().endswith("."))


def _left_edges(lines: list[Line]) -> dict[tuple[int, int], float]:
    edges: dict[tuple[int, int], float] = {}
    for key in {(x.page, x.column) for x in lines}:
        starts = Counter(round(x.x0) for x in lines if (x.page, x.column) == key)
        edges[key] = float(min(x for x, n in starts.items() if n >= 0.05 * sum(starts.values())))
    return edges


def fields_of(text: str) -> tuple[str | None, int | None, str | None, str | None]:
    """Marker, year, DOI and arXiv id of an entry, as far as they are printed."""
    marker, doi, arxiv = MARKER.match(text), DOI.search(text), ARXIV.search(text)
    years = YEAR.findall(DOI.sub("", text))
    return (
        marker[1] if marker else None,
        int(years[-1]) if years else None,
        doi[1].lower() if doi else None,
        arxiv[1] if arxiv else None,
    )
