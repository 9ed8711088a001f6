"""Pass 9: footnotes: smaller lines at the foot of a column that begin with a raised mark or a number."""

from __future__ import annotations

import re

from ingestion.pages import Line, PageModel, Role
from ingestion.reading.lines.typography import Typography

MARK = re.compile(r"\d{1,2}(?:[.)]?(?=\s|$)|(?=https?:))|[∗*†‡§¶]")

GLUED = re.compile(r"\d{1,2}(?=[^\W\d_])")  # "2See": the size of a raised figure is sometimes that of its whole word


def mark_footnotes(page: PageModel, measures: Typography) -> None:
    """Gives footnotes their role; each column is read from its foot upwards."""
    for column in {line.column for line in page.lines}:
        lines = [x for x in page.lines if x.column == column and x.role in (Role.BODY, Role.TABLE) and not x.part]
        foot: list[Line] = []
        for line in reversed(lines):
            if line.size > measures.size - 0.6 or line.y0 < 0.45 * page.height:
                break
            foot.append(line)
        started = False
        for line in reversed(foot):
            marked = is_marked(line) or bool(GLUED.match(line.text))
            started = started or (marked and _stands_alone(line, lines))
            if started:
                line.role = Role.FOOTNOTE


def _stands_alone(line: Line, lines: list[Line]) -> bool:
    """Nothing stands beside it, as in the row of a table."""
    return not any(x is not line and abs(x.middle - line.middle) < 0.3 * line.size for x in lines)


def is_marked(line: Line) -> bool:
    """A mark, a raised letter or figure even where no space parts it from the note, or a bare address."""
    first = line.words[0]
    raised = (first.style.raised or first.style.size < 0.8 * line.size) and not first.text[0].islower()
    return raised or bool(MARK.match(line.text)) or bool(re.match(r"https?://", line.text))
