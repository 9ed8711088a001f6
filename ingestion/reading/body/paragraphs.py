"""Pass 11: lines become passages: real paragraphs, over columns, pages, floats and formulas; lists, captions, tables.

A new paragraph shows by an indent, a wider gap, or a short last line that ends a sentence; across a column or page the
sentence itself tells whether it goes on.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ingestion.pages import Line, Role
from ingestion.reading.body.footnotes import is_marked
from ingestion.reading.lines.typography import Typography

BULLET = re.compile(
    r"(?:[•◦▪‣∙·●○■]|[–—-](?=\s)|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)](?=\s)|\((?:\d{1,2}|[a-z]|[ivx]{1,4})\)(?=\s))"
)
LEAST_CUT = 30  # words before a formula
MOST_LIST, MOST_ITEM = 160, 45  # words
TERMINAL = re.compile(r"""[.!?:]["”’')\]\d]*$""")
TYPES = {
    Role.BODY: "paragraph",
    Role.CAPTION: "caption",
    Role.TABLE: "table",
    Role.CODE: "code",
    Role.FORMULA: "formula",
    Role.FOOTNOTE: "footnote",
}


class Block(NamedTuple):
    """Lines that are one passage, and its type."""

    type: str
    lines: list[Line]


class Edges(NamedTuple):
    """Where the text of a column begins and ends, in points."""

    left: float
    right: float


def find_blocks(lines: list[Line], measures: Typography) -> list[Block]:
    """The passages of one section's lines (in reading order), in the order of their first lines."""
    edges = {
        key: _edges([x for x in lines if (x.page, x.column) == key]) for key in {(x.page, x.column) for x in lines}
    }
    body = [line for line in lines if line.role == Role.BODY]
    at = {id(line): i for i, line in enumerate(lines)}
    blocks: list[Block] = []
    open_, unfinished = Block("paragraph", []), Block("paragraph", [])
    for i, line in enumerate(body):
        after = body[i + 1] if i + 1 < len(body) else None
        between = lines[at[id(body[i - 1])] + 1 : at[id(line)]] if i else []
        if i and (_hangs(open_, line) or not _is_new(open_, line, after, between, edges, measures)):
            open_.lines.append(line)
            continue
        if i and not TERMINAL.search(open_.lines[-1].text) and abs(open_.lines[-1].size - measures.size) < 0.6:
            unfinished = open_
        if _resumes(unfinished, line):
            open_ = unfinished
            open_.lines.append(line)
        else:
            open_ = Block("list" if BULLET.match(line.text) else "paragraph", [line])
            blocks.append(open_)
    blocks = _lists(blocks) + _others(lines)
    return sorted(blocks, key=lambda block: at[id(block.lines[0])])


def _is_new(
    open_: Block, b: Line, after: Line | None, between: list[Line], edges: dict[tuple[int, int], Edges], m: Typography
) -> bool:
    """Whether a new passage begins with line `b`, which follows those of the open block in the body."""
    a = open_.lines[-1]
    if abs(a.size - b.size) > 0.9:
        return True
    if (
        BULLET.match(b.text)
        and (_indent(b, edges) < 4 * m.size)
        and (TERMINAL.search(a.text) or b.text[0] in "•◦▪‣∙●○■" or a.text.endswith((";", ",")))
    ):
        return True
    ends, low = bool(TERMINAL.search(a.text)), b.text[:1].islower()
    if (a.page, a.column) != (b.page, b.column):
        if not ends or low:
            return False
        return _is_indented(b, after, edges, m) or a.x1 < edges[(a.page, a.column)].right - 1.5 * m.size
    step = b.middle - a.middle
    if open_.type == "list" and not low and step > 1.2 * m.pitch and b.x0 < open_.lines[0].x0 - 0.6 * m.size:
        return True  # after its items
    if not low and step > 1.25 * m.pitch and b.words[0].style.bold and not a.words[-1].style.bold:
        return True  # a term with what it means
    if any(x.role == Role.FORMULA for x in between):
        # What a formula cuts off is a passage of its own, if what stands before is as long as one.
        indented = ends and not low and _is_indented(b, after, edges, m)
        return indented or _words(open_) >= LEAST_CUT
    if between:  # a float or footnote that lies between
        return ends and not low
    if open_.type == "list" and not low and b.x0 < open_.lines[0].x0 - 0.5 * m.size and step > 1.15 * m.pitch:
        return True  # further out than the item's own mark
    right = edges[(a.page, a.column)].right
    if step > 1.4 * m.pitch or step < -1:
        # A justified line that stops short is its paragraph's last, whatever it ends with.
        stops = m.justified and not low and a.x1 < right - 0.8 * m.size
        return ends or step > 2.2 * m.pitch or (step > 0 and stops)
    # A list's last line stands further in than the paragraph after it.
    inward = a.x0 < b.x0 - 0.5 * m.size or open_.type == "list"
    if inward and not low and _is_indented(b, after, edges, m):
        return True
    short = 1.5 * m.size if m.justified else 0.3 * (right - edges[(a.page, a.column)].left)
    return ends and not low and a.x1 < right - short


def _resumes(unfinished: Block, line: Line) -> bool:
    """Whether a line goes on with a paragraph that broke off in the middle of a sentence, a column or page before."""
    if not unfinished.lines or not line.text[:1].islower():
        return False
    last = unfinished.lines[-1]
    elsewhere = (last.page, last.column) != (line.page, line.column) and line.page - last.page <= 1
    return elsewhere and abs(last.size - line.size) < 0.3 and last.bold == line.bold


def _hangs(block: Block, line: Line) -> bool:
    """Whether a line goes on with a list's item: it stands where the item's words do, further in than its mark."""
    first, last = block.lines[0], block.lines[-1]
    near = (last.page, last.column) == (line.page, line.column) and 0 < line.middle - last.middle < 2 * line.size
    if block.type != "list" or not near or BULLET.match(line.text):
        return False
    item = next(x for x in reversed(block.lines) if x is first or BULLET.match(x.text))
    words = item.words[1].box[0] if len(item.words) > 1 else item.x0 + 3
    return line.x0 > words - 2 or (last is not item and item.x0 + 3 < line.x0 and abs(line.x0 - last.x0) < 2)


def _indent(line: Line, edges: dict[tuple[int, int], Edges]) -> float:
    return line.x0 - edges[(line.page, line.column)].left


def _is_indented(line: Line, after: Line | None, edges: dict[tuple[int, int], Edges], m: Typography) -> bool:
    indent = _indent(line, edges)
    if not 0.6 * m.size < indent < 5 * m.size:
        return False
    same = after is not None and (after.page, after.column) == (line.page, line.column)
    # In an indented list or quotation the next line is indented as well.
    return not same or after is None or after.x0 < line.x0 - 0.4 * m.size


def _edges(lines: list[Line]) -> Edges:
    body = [line for line in lines if line.role == Role.BODY] or lines
    wide = [line for line in body if line.width > 0.5 * max(x.width for x in body)]
    return Edges(min(line.x0 for line in wide), max(line.x1 for line in wide))


def _lists(blocks: list[Block]) -> list[Block]:
    """Short items that follow each other are one list; one as long as a paragraph stands for itself."""
    out: list[Block] = []
    for block in blocks:
        last = out[-1] if out else None
        lists = last is not None and last.type == block.type == "list"
        if last is not None and lists and _words(last) + _words(block) <= MOST_LIST and _words(block) <= MOST_ITEM:
            last.lines.extend(block.lines)
        else:
            out.append(Block(block.type, list(block.lines)))
    return out


def _others(lines: list[Line]) -> list[Block]:
    """Captions, tables, formulas and footnotes: neighbouring lines of one role."""
    out: list[Block] = []
    before: Line | None = None
    for line in lines:
        if line.role in TYPES and line.role != Role.BODY:
            block = _open_table(out, line) if line.role == Role.TABLE and not line.part else None
            if block is None and out and before is not None and _goes_on(before, line):
                block = out[-1]
            if block is not None:
                block.lines.append(line)
            else:
                out.append(Block(TYPES[line.role], [line]))
        before = line
    return out


def _goes_on(before: Line, line: Line) -> bool:
    """Whether a line belongs to the caption, formula or footnote of the line before it."""
    if before.role != line.role or before.page != line.page:
        return False
    if before.part or line.part:
        return before.part == line.part
    if line.y0 - before.y1 >= 30:
        return False
    return not (line.role == Role.FOOTNOTE and is_marked(line))


def _open_table(blocks: list[Block], line: Line) -> Block | None:
    """The table that a line of cells belongs to, though other lines may lie between."""
    table = next((b for b in reversed(blocks) if b.type == "table"), None)
    if table is None or table.lines[-1].page != line.page or table.lines[-1].part:
        return None
    top, bottom = min(x.y0 for x in table.lines), max(x.y1 for x in table.lines)
    return table if top - 40 < line.y0 < bottom + 40 else None


def _words(block: Block) -> int:
    return sum(len(line.words) for line in block.lines)
