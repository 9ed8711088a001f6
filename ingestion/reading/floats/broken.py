"""Tables that go on at the head of the next page: their rows fit the same columns, often under the same head.

It must not know captions.
"""

from __future__ import annotations

from hierarchy.positions import Box
from ingestion.pages import Line, PageModel, Role, Word
from ingestion.reading.floats.tables import Rows, rows_of

FOOT = 0.6  # of the page's height: a table that ends above does not go on
MOST_LINES = 400


def rest_of(page: PageModel, after: PageModel, box: Box, words: list[Word], rules: list[Box]) -> list[Line]:
    """The lines of the next page that are more of a table; none where nothing goes on."""
    if box[3] < FOOT * page.height or _has_below(page, box):
        return []
    rows = _rows_at_head(after, box)
    known = rows_of(words, rules)
    while rows and known is not None:
        lines = [line for row in rows for line in row]
        together = rows_of(words + _moved(lines, box), rules)
        if together is not None and len(together[0]) == len(known[0]) and len(together) > len(known):
            return lines
        rows.pop()
    return []


def joined_rows(words: list[Word], rest: list[Line], box: Box, rules: list[Box]) -> Rows | None:
    """The cells of both parts; a head that is printed again counts once."""
    rows = rows_of(words + _moved(rest, box), rules)
    if rows is None:
        return None
    head = _head_again(rows_of(words, rules), rest)
    known = len(rows_of(words, rules) or ())
    return rows[:known] + rows[known + head :]


def _head_again(known: Rows | None, rest: list[Line]) -> int:
    words = " ".join(line.text for line in rest)
    return int(known is not None and words.startswith(" ".join(filter(None, known[0]))))


def _has_below(page: PageModel, box: Box) -> bool:
    return any(
        line.y0 > box[3] and line.x0 < box[2] and line.x1 > box[0]
        for line in page.lines
        if line.role in (Role.BODY, Role.CAPTION)
    )


def _rows_at_head(page: PageModel, box: Box) -> list[list[Line]]:
    """The rows of lines side by side with which a page begins."""
    lines = [x for x in page.lines if x.role == Role.BODY and x.x0 > box[0] - 8 and x.x1 < box[2] + 8]
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda x: x.middle)[:MOST_LINES]:
        if rows and line.middle - rows[-1][0].middle < 0.4 * line.size:
            rows[-1].append(line)
        elif rows and len(rows[-1]) < 2:
            return rows[:-1]
        else:
            rows.append([line])
    return [sorted(row, key=lambda x: x.x0) for row in rows]


def _moved(lines: list[Line], box: Box) -> list[Word]:
    """Words as if they stood right under the table."""
    if not lines:
        return []
    down = box[3] - min(line.y0 for line in lines) + 1
    return [
        w._replace(box=(w.box[0], w.box[1] + down, w.box[2], w.box[3] + down)) for line in lines for w in line.words
    ]
