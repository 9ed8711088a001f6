"""Pass 3: what stands on pages without being part of the paper's text: running heads, page numbers, line numbers,
and the stamps of archives and publishers."""

from __future__ import annotations

import itertools
import re
from collections import Counter

from ingestion.pages import Document, Line, PageModel, Role
from ingestion.reading.labels import label_of

ZONE = 0.1  # the share of the page's height at its head and at its foot
WIDE_ZONE = 0.17  # the same, for what stands above or below everything else: some pages have wide margins
PAGE_NUMBER = re.compile(r"(?:page\s*)?[-–—]?\s*(?:\d{1,4}|[ivxl]{1,6})\s*[-–—]?(?:\s*(?:of|/)\s*\d{1,4})?", re.I)
STAMP = re.compile(
    r"arxiv:\d{4}\.\d{4,5}|©|\bcopyright\b|all rights reserved|creative commons|licensed under|"
    r"permission to make digital|^proceedings of|association for computational linguistics|^preprint|under review|^https?://doi\.org|^doi:",
    re.I,
)


def mark_furniture(document: Document) -> None:
    """Gives running heads, page numbers, stamps and line numbers their role."""
    repeated = _repeated(document)
    for page in document.pages:
        lines = [line for line in page.lines if line.role == Role.BODY]
        for line in lines:
            zone = _zone(page, line)
            bare = bool(PAGE_NUMBER.fullmatch(line.text.strip()))
            again = bare or _key(line) in repeated
            label = label_of(line.text)  # captions may begin alike on many pages
            again = again and not (label is not None and label.marked)
            if zone and (
                STAMP.search(line.text) or (again and not _is_cell(line, lines) and not _is_last(line, lines))
            ):
                line.role = Role.FURNITURE
        _mark_beside(page)
        _mark_line_numbers(lines)


def _mark_beside(page: PageModel) -> None:
    """Volume, issue and year on one line with a running head belong to it."""
    heads = [x for x in page.lines if x.role == Role.FURNITURE and _zone(page, x) and not PAGE_NUMBER.fullmatch(x.text)]
    for line in page.lines:
        figures = len(line.words) <= 4 and any(c.isdigit() for c in line.text)
        beside = any(abs(line.middle - x.middle) < 0.3 * x.size and abs(line.size - x.size) < 1 for x in heads)
        if line.role == Role.BODY and figures and beside and _zone(page, line):
            line.role = Role.FURNITURE


def _is_cell(line: Line, lines: list[Line]) -> bool:
    """Whether a number is a table's, with others beside it, or one of an axis."""
    if any(c.isalpha() for c in line.text):
        return False
    others = [x for x in lines if x is not line and x.role == Role.BODY]
    row = [x for x in others if abs(x.middle - line.middle) < 0.4 * line.size]
    near = [x for x in others if abs(x.x1 - line.x1) < 3 and abs(x.middle - line.middle) < 8 * line.size]
    return len(row) >= 2 or sum(not any(c.isalpha() for c in x.text) for x in near) >= 2


def _is_last(line: Line, lines: list[Line]) -> bool:
    """Whether words are the last of a paragraph or entry: right below a line of their own block, set as it is."""
    if not any(c.isalpha() for c in line.text):
        return False
    return any(
        x.block == line.block
        and 0 < line.middle - x.middle < 1.4 * line.size
        and abs(x.size - line.size) < 0.2
        and abs(x.x0 - line.x0) < 2
        and x.x1 > line.x1 + 4 * line.size
        for x in lines
    )


def _zone(page: PageModel, line: Line) -> str:
    if line.y1 < ZONE * page.height:
        return "head"
    if line.y0 > (1 - ZONE) * page.height:
        return "foot"
    if page.number == 1:  # its title may be the running head of the others
        return ""
    if line.y1 < WIDE_ZONE * page.height and not any(x.y1 < line.y0 for x in page.lines):
        return "head"
    return "foot" if line.y0 > (1 - WIDE_ZONE) * page.height and not any(x.y0 > line.y1 for x in page.lines) else ""


def _key(line: Line) -> str:
    """The words without their numbers, so that "Lovelace et al. 3" and "Lovelace et al. 5" are the same."""
    return re.sub(r"[\W\d_]+", "", line.text).lower() or re.sub(r"\d+", "#", line.text)


def _repeated(document: Document) -> set[str]:
    seen: Counter[str] = Counter()
    for page in document.pages:
        seen.update({_key(line) for line in page.lines if _zone(page, line)})
    least = 2 if len(document.pages) <= 4 else 3
    return {key for key, count in seen.items() if count >= least and len(key) > 2}


def _mark_line_numbers(lines: list[Line]) -> None:
    """Review copies number their lines in the margin: bare numbers under each other that go up by one."""
    bare = [line for line in lines if re.fullmatch(r"\d{1,4}", line.text)]
    columns: Counter[int] = Counter(round(line.x1 / 4) for line in bare)
    for column, count in columns.items():
        group = [line for line in bare if round(line.x1 / 4) == column]
        values = [int(line.text) for line in group]
        steps = sum(b - a == 1 for a, b in itertools.pairwise(values))
        if count >= 10 and steps > 0.7 * count:
            for line in group:
                line.role = Role.FURNITURE
