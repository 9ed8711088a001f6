"""Pass 5: figures, tables and listings: their captions, where they stand, and the words in them.

A caption, a table and a listing become passages of their own; the words of drawings become none. None of them may stand
in the middle of a paragraph, and no paragraph may get lost among them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from hierarchy.positions import Box, around
from ingestion.pages import Document, Line, PageModel, Role
from ingestion.reading.body.code import follows, is_typed
from ingestion.reading.body.formulas import is_formula
from ingestion.reading.floats.broken import joined_rows, rest_of
from ingestion.reading.floats.captions import Caption, find_captions
from ingestion.reading.floats.regions import Room, Sheet, choose_rooms
from ingestion.reading.floats.tables import Rows, rows_of
from ingestion.reading.lines.rows import rows as by_height
from ingestion.reading.lines.typography import Typography

ROLES = {"figure": Role.FIGURE, "table": Role.TABLE, "code": Role.CODE, "box": Role.BODY}
LEAST_ROWS = 3
NUMBER = re.compile(r"(?:\d{1,2}|[A-Z])(?:\.\d{1,2}){0,3}\.?|[IVX]{1,5}\.?")
RULE = (2.6, 15.0)  # points: what is lower and wider is a rule


@dataclass(slots=True, eq=False)
class Found:
    """A caption, the page and the place of its figure or table (None where that was not found), and a table's cells."""

    caption: Caption
    page: int
    region: Box | None
    rows: Rows | None

    @property
    def is_table(self) -> bool:
        return self.caption.label.kind == "table"


def mark_floats(document: Document, measures: Typography) -> list[Found]:
    """Gives captions, tables, listings and the words of drawings their role; pages are in reading order."""
    choices: list[tuple[Caption, int, list[Room]]] = []
    for page in document.pages:
        captions = find_captions(page, measures)
        if captions:
            sheet = Sheet(page, measures, captions)
            choices += [(caption, page.number, sheet.rooms(caption)) for caption in captions]
    sure = {caption.label.name for caption, _, _ in choices if not caption.weak}
    choices = [c for c in choices if not c[0].weak or (c[2] and c[0].label.name not in sure)]
    rooms = choose_rooms(choices)
    found: list[Found] = []
    for part, (caption, number, _) in enumerate(choices, 1):
        room = rooms.get(id(caption))
        if room is None and caption.weak:
            continue
        page = document.pages[number - 1]
        _mark(page, caption, room, part)
        rows = None
        if room is not None and caption.label.kind == "table":
            rows = _rows(page, room, next(iter(document.pages[number : number + 1]), None), part)
        found.append(Found(caption, number, room.box if room else None, rows))
    for item in found:
        if item.region is None and item.caption.label.kind == "code":
            _find_listing(document, item)
    for page in document.pages:
        _mark_scattered(page, measures)
    return found


def _find_listing(document: Document, found: Found) -> None:
    """The program text of a caption that ends a column: it begins the next one, or the next page."""
    last = found.caption.lines[-1]
    pages = document.pages[last.page - 1 : last.page + 1]
    lines = [x for page in pages for x in page.lines if x is last or (x.role == Role.BODY and _says(x))]
    run: list[Line] = []
    for line in lines[lines.index(last) + 1 :]:
        if not is_typed(line) or (run and not follows(run[-1], line)):
            break
        run.append(line)
    if len(run) > 1 and (run[0].page, run[0].column) != (last.page, last.column):
        found.page, found.region = run[0].page, around([line.box for line in run])
        for line in run:
            line.role, line.part = Role.CODE, last.part


def _says(line: Line) -> bool:
    """Whether it has letters or figures: pieces of frames are set as odd signs."""
    return any(c.isalnum() for c in line.text)


def _mark(page: PageModel, caption: Caption, room: Room | None, part: int) -> None:
    """Gives lines their roles, and puts those of one float next to each other."""
    for line in caption.lines:
        line.role, line.part = Role.CAPTION, part
    inner: list[Line] = []
    role = ROLES[caption.label.kind]
    if room is not None and role != Role.BODY:
        inner = [line for row in by_height(room.lines) for line in row]
        for line in inner:
            line.role, line.part = role, part
    first = caption.lines[0]
    own = {id(line) for line in (*caption.lines, *inner)}
    before = [*inner, *caption.lines] if room is not None and room.side == "above" else [*caption.lines, *inner]
    ordered: list[Line] = []
    for line in page.lines:
        if line is first:
            ordered += before
        elif id(line) not in own:
            ordered.append(line)
    page.lines = ordered


def _rows(page: PageModel, room: Room, after: PageModel | None, part: int) -> Rows | None:
    """The cells of a table; what stands of it on the next page gets the same role and part."""
    words = [word for line in room.lines for word in line.words]
    x0, y0, x1, y1 = room.box
    rules = [d.box for d in page.drawn if d.box[3] - d.box[1] < RULE[0] and d.box[2] - d.box[0] > RULE[1]]
    rules = [r for r in rules if y0 - 3 < r[1] < y1 + 3 and min(r[2], x1) - max(r[0], x0) > 0.5 * (x1 - x0)]
    if len(rules) >= 2:  # notes below the last rule are no rows
        top, bottom = min(r[1] for r in rules), max(r[3] for r in rules)
        inside = [w for w in words if top - 2 < (w.box[1] + w.box[3]) / 2 < bottom + 2]
        words = inside if len(inside) > 0.5 * len(words) else words
    rest = rest_of(page, after, room.box, words, rules) if after is not None and words else []
    for line in rest:
        line.role, line.part = Role.TABLE, part
    if rest:
        return joined_rows(words, rest, room.box, rules)
    return rows_of(words, rules) if words else None


def _mark_scattered(page: PageModel, measures: Typography) -> None:
    """Tables without a caption: three rows or more under each other, each of lines side by side in one column."""
    lines = [line for line in page.lines if line.role == Role.BODY]
    rows: list[list[Line]] = []
    for line in lines:
        last = rows[-1][-1] if rows else None
        if last is not None and line.column == last.column and _overlap(last, line) and line.x0 > last.x1:
            rows[-1].append(line)
        else:
            rows.append([line])
    cells = [len(row) > 1 and not _is_text(rows, i, measures) for i, row in enumerate(rows)]
    start = 0
    while start < len(rows):
        end = start
        while end + 1 < len(rows) and (cells[end + 1] or len(rows[end + 1][0].words) <= 6) and _near(rows, end):
            end += 1
        while end > start and not cells[end]:
            end -= 1
        if cells[start] and sum(cells[start : end + 1]) >= LEAST_ROWS:
            for row in rows[start : end + 1]:
                for line in row:
                    line.role = Role.TABLE
        start = end + 1


def _overlap(a: Line, b: Line) -> bool:
    return min(a.y1, b.y1) - max(a.y0, b.y0) > 0.5 * min(a.height, b.height)


def _near(rows: list[list[Line]], i: int) -> bool:
    a, b = rows[i][0], rows[i + 1][0]
    return a.page == b.page and a.column == b.column and 0 < b.middle - a.middle < 2.5 * max(a.size, b.size)


def _is_text(rows: list[list[Line]], i: int, measures: Typography) -> bool:
    """Whether lines side by side are no cells: a heading with its number, a formula, or a line of a paragraph whose
    spaces were stretched to reach both edges."""
    row = rows[i]
    if any(is_formula(line, measures) for line in row) or (len(row) == 2 and NUMBER.fullmatch(row[0].text)):
        return True
    around = [r for r in (*rows[max(0, i - 2) : i], *rows[i + 1 : i + 3]) if r[0].block == row[0].block]
    return any(len(r) == 1 and abs(r[0].x1 - row[-1].x1) < 2 and abs(r[0].x0 - row[0].x0) < 2 for r in around)
