"""Finds captions: a line that begins with a label and is set apart, and the lines that go on with it.

A sentence that begins "Figure 3 shows" is none; where a line could be either, the caption is called weak, and what
stands beside it on the page decides later. It must not know where the figure or table itself is.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from hierarchy.positions import Box, around
from ingestion.pages import Line, PageModel, Role
from ingestion.reading.labels import Label, label_of
from ingestion.reading.lines.typography import Typography

CLOSE = 1.65  # times the size: the widest step from line to line within a caption
APART = 1.25  # times the pitch: a wider step is a gap
MOST_LINES = 40
RULE = (2.6, 60.0)  # points: what is lower and wider is a rule


@dataclass(slots=True, eq=False)
class Caption:
    """The lines of one caption, from top to bottom; weak where it may be a sentence of the body."""

    label: Label
    lines: list[Line]
    weak: bool

    @property
    def box(self) -> Box:
        return around([line.box for line in self.lines])


def find_captions(page: PageModel, measures: Typography) -> list[Caption]:
    """The captions of a page whose lines are in reading order; no line is given a role."""
    lines = [line for line in page.lines if line.role == Role.BODY]
    labels = {id(line): label for line in lines if (label := label_of(line.text)) is not None}
    found: list[Caption] = []
    for line in lines:
        label = labels.get(id(line))
        if label is None:
            continue
        above = _above(line, lines)
        weak = _weak(line, label, above, lines, measures)
        if weak is not None:
            found.append(Caption(label, [line], weak))
    starts = {id(caption.lines[0]) for caption in found}
    rules = [d.box for d in page.drawn if d.box[3] - d.box[1] < RULE[0] and d.box[2] - d.box[0] > RULE[1]]
    for caption in found:
        caption.lines += _rest(caption.lines[0], lines, starts, rules)
    return found


def font_of(line: Line) -> str:
    """The font of most of its letters."""
    letters: Counter[str] = Counter()
    for word in line.words:
        letters[word.style.font] += len(word.text)
    return max(letters, key=lambda font: letters[font])


def _above(line: Line, lines: list[Line]) -> Line | None:
    """The line right above in the same column, if it is near."""
    near = [
        x
        for x in lines
        if x is not line and 0 < line.middle - x.middle < 2.2 * line.size and x.x0 < line.x1 and x.x1 > line.x0
    ]
    return max(near, key=lambda x: x.middle, default=None)


def _is_cell(line: Line, lines: list[Line]) -> bool:
    """Whether two others or more stand beside it: the last row of a table."""
    beside = [x for x in lines if x.block == line.block and abs(x.middle - line.middle) < 0.3 * line.size]
    return len(beside) >= 3 and all(len(x.words) <= 3 for x in beside)


def _weak(line: Line, label: Label, above: Line | None, lines: list[Line], measures: Typography) -> bool | None:
    """False where a line surely begins a caption, True where it may, None where it does not."""
    named, last = line.words[0].style, line.words[-1].style
    styled = (named.bold and not last.bold) or (named.font != last.font and not last.italic) or named.bold
    rest = line.text[label.end :].lstrip()
    if above is not None and abs(above.size - line.size) < 0.4 and font_of(above) == font_of(line):
        step = line.middle - above.middle
        runs_on = step < APART * max(measures.pitch, 1.1 * line.size) * min(1.0, line.size / measures.size)
        cell = label.marked and _is_cell(above, lines)
        # A line of a paragraph goes on over the edge; what begins anew stands behind the end of a sentence.
        if runs_on and not styled and not cell and above.block == line.block:
            return None
        ends = above.text.rstrip().endswith((".", "!", "?", ":"))
        if runs_on and not styled and not cell and (not label.marked or not ends):
            return None if rest[:1].islower() or not label.marked else True
    if label.marked:
        return False
    if rest[:1].islower() and not styled:
        return None
    return not styled


def _rest(first: Line, lines: list[Line], starts: set[int], rules: list[Box]) -> list[Line]:
    """The lines that go on with a caption, found by their place: a wide caption's last line may be a column's."""
    own = [first]
    pitch = 0.0
    rest: list[Line] = []
    font, italic = font_of(first), first.italic
    while len(own) < MOST_LINES:
        last = own[-1]
        beside = _beside(last, lines, own, starts)
        if beside is not None:
            own.append(beside)
            rest.append(beside)
            continue
        left, right = min(x.x0 for x in own), max(x.x1 for x in own)
        below = [
            x
            for x in lines
            if 0.5 * last.size < x.middle - last.middle < CLOSE * max(first.size, x.size)
            and x not in own
            and min(x.x1, right) - max(x.x0, left) > 0.5 * min(x.width, right - left)
        ]
        after = min(below, key=lambda x: (x.middle, x.x0), default=None)
        alone = len(own) == 1 and len(first.words) <= 3  # "TABLE II" over its words, which may be small capitals
        if after is None or id(after) in starts:
            break
        capitals = alone or (first.text.isupper() and after.text.isupper())
        if abs(after.size - first.size) > (2.5 if capitals else 0.6):
            break
        step = after.middle - last.middle
        if pitch and step > 1.2 * pitch + 0.5:
            break
        if not alone and any(_cuts(rule, last, after, left, right) for rule in rules):
            break
        if not alone and _is_other(after, own, lines, font, italic, pitch):
            break
        if alone:
            first, font, italic = after, font_of(after), after.italic
        else:
            pitch = pitch or step
        own.append(after)
        rest.append(after)
    return rest


def _cuts(rule: Box, last: Line, after: Line, left: float, right: float) -> bool:
    """Whether a rule over most of a caption's width lies below its last line: what stands under it is a listing."""
    over = min(rule[2], right) - max(rule[0], left) > 0.8 * (right - left)
    return over and last.middle < (rule[1] + rule[3]) / 2 < after.middle


def _beside(line: Line, lines: list[Line], own: list[Line], starts: set[int]) -> Line | None:
    """A piece of the same printed line that a formula or a wide space has cut off."""
    found = [
        x
        for x in lines
        if x not in own
        and id(x) not in starts
        and abs(x.middle - line.middle) < 0.3 * line.size
        and -0.5 * line.size < x.x0 - line.x1 < (2.5 if x.block == line.block else 0.6) * line.size
    ]
    return min(found, key=lambda x: x.x0, default=None)


def _is_other(after: Line, own: list[Line], lines: list[Line], font: str, italic: bool, pitch: float) -> bool:
    """Whether the line below is no more of the caption: set otherwise, a row of cells, or a paragraph that begins."""
    last = own[-1]
    left, right = min(x.x0 for x in own), max(x.x1 for x in own)
    same_block = after.block == last.block
    if len(own) > 1 and italic and not after.italic and all(x.italic for x in own):
        return True
    if font_of(after) != font and font_of(after) != font_of(last) and not same_block:
        return True
    row = [x for x in lines if x is not after and abs(x.middle - after.middle) < 0.4 * after.size and x not in own]
    row = [x for x in row if (x.x0 > after.x1 or x.x1 < after.x0) and any(c.isalnum() for c in x.text)]
    if any(x.x0 < right + 2 and x.x1 > left - 2 and x.block == after.block for x in row):
        return True
    if same_block:
        return False
    ends = last.text.rstrip().endswith((".", ")", ":", "!", "?", "”", '"'))
    short = last.x1 < right - 1.5 * last.size or (len(own) == 1 and ends)
    wider = after.x0 < left - 1.5 * after.size or (len(own) > 1 and after.x1 > right + 2 * after.size)
    return (ends and short) or (wider and len(own) > 1)
