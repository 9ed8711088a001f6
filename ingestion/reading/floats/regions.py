"""Finds where the figure or table of a caption stands: the drawings and stray words between it and the running text.

Above or below (or beside) is decided for the whole paper: captions with one choice only tell where the others look.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from hierarchy.positions import Box, around
from ingestion.pages import Drawn, Line, PageModel, Role
from ingestion.reading.body.code import LEAST_LINES, is_typed
from ingestion.reading.body.prose import find_prose
from ingestion.reading.floats.captions import Caption
from ingestion.reading.lines.typography import Typography

THIN = 2.6  # points: what is lower is a rule
WIDEST_GAP = {"figure": 60.0, "table": 34.0, "code": 24.0, "box": 24.0}
FIRST_GAP = 60.0
NEAR = 24.0
USUAL = {"figure": "above", "table": "below", "code": "below", "box": "below"}


class Room(NamedTuple):
    """A place that may be a caption's figure or table: its side, its box, the lines in it, the gap between, and
    whether rules as wide as it is begin and end it."""

    side: str
    box: Box
    lines: list[Line]
    gap: float
    ruled: bool = False


@dataclass(slots=True, eq=False)
class Sheet:
    """What matters of one page: captions, running text, and all else that lies on it."""

    page: PageModel
    measures: Typography
    captions: list[Caption]
    prose: list[Line] = field(default_factory=list)
    stray: list[Line] = field(default_factory=list)
    drawn: list[Drawn] = field(default_factory=list)
    ruled: list[Box] = field(default_factory=list)
    typed: list[Line] = field(default_factory=list)  # program text, which is no part of a figure if there is another

    def __post_init__(self) -> None:
        own = {id(line) for caption in self.captions for line in caption.lines}
        lines = [line for line in self.page.lines if line.role == Role.BODY and id(line) not in own]
        self.drawn = [d for d in map(self._on_page, self.page.drawn) if d is not None]
        area = self.page.width * self.page.height
        frames = [d.box for d in self.drawn if not d.picture and _height(d.box) > 24 and _area(d.box) < 0.4 * area]
        frames = [box for box in frames if box[2] - box[0] > 60]
        prose = find_prose(self.page, lines, self.measures, frames) if lines else set()
        prose -= {id(line) for line in lines if is_typed(line)}
        self.prose = [line for line in lines if id(line) in prose]
        self.stray = [line for line in lines if id(line) not in prose]
        if all(caption.label.kind in ("figure", "table") for caption in self.captions):
            self.typed = [line for line in self.stray if is_typed(line) and line.size > 0.7 * self.measures.size]
            self.typed = self.typed if len(self.typed) >= LEAST_LINES else []
            typed = {id(line) for line in self.typed}
            self.stray = [line for line in self.stray if id(line) not in typed]
        for caption in self.captions:
            if caption.label.kind in ("table", "code"):
                left, right = self._breadth(caption)
                rooms = [self._room(caption, side, left, right) for side in ("above", "below")]
                self.ruled += [room.box for room in rooms if room is not None and room.ruled]
        for box in self.ruled:
            cells = {id(line) for line in self._lines_in(box)}
            self.stray += [line for line in self.prose if id(line) in cells]
            self.prose = [line for line in self.prose if id(line) not in cells]

    def _on_page(self, drawn: Drawn) -> Drawn | None:
        """Clipped to the page; None where it is off the page, or lies under all of it."""
        x0, y0, x1, y1 = drawn.box
        box = (max(0.0, x0), max(0.0, y0), min(self.page.width, x1), min(self.page.height, y1))
        if box[0] > box[2] or box[1] > box[3] or _area(box) > 0.8 * self.page.width * self.page.height:
            return None
        return Drawn(box, drawn.picture)

    def rooms(self, caption: Caption) -> list[Room]:
        """The places on each side of a caption that hold something."""
        left, right = self._breadth(caption)
        found = [room for side in ("above", "below") if (room := self._room(caption, side, left, right)) is not None]
        if not found and self.typed:
            self.stray, self.typed = [*self.stray, *self.typed], []
            return self.rooms(caption)
        if not found and caption.label.kind == "figure":  # words in a frame
            for side in ("above", "below"):
                top, bottom = self._between(caption, side, left, right, prose=False)
                if room := self._between_rules(caption, side, top, bottom, left, right):
                    found.append(room)
        return found or [room for room in [self._beside(caption)] if room is not None]

    def _breadth(self, caption: Caption) -> tuple[float, float]:
        """From where to where a caption's figure may reach: its column, cut by what stands beside the caption."""
        x0, y0, x1, y1 = caption.box
        gutter = self.measures.gutters[self.page.number - 1]
        left, right = 0.0, self.page.width
        if gutter is not None and not (x0 < gutter - 4 and x1 > gutter + 4):
            left, right = (left, gutter) if (x0 + x1) / 2 < gutter else (gutter, right)
        beside = [c.box for c in self.captions if c is not caption] + [line.box for line in self.prose]
        for box in beside:
            if min(y1, box[3]) - max(y0, box[1]) > 4:
                if x1 <= box[0] + 2:
                    right = min(right, (x1 + box[0]) / 2)
                elif box[2] <= x0 + 2:
                    left = max(left, (box[2] + x0) / 2)
        return left, right

    def _room(self, caption: Caption, side: str, left: float, right: float) -> Room | None:
        top, bottom = self._between(caption, side, left, right)
        things = self._things(top, bottom, left, right)
        wide = [b for b in things if b[0] < left - 12 or b[2] > right + 12]
        if wide:  # a figure over the whole width has its short caption in one column
            top2, bottom2 = self._between(caption, side, 0.0, self.page.width)
            box = around(wide)
            if top2 <= box[1] + 6 and bottom2 >= box[3] - 6:
                top, bottom, left, right = top2, bottom2, 0.0, self.page.width
                things = self._things(top, bottom, left, right)
        if caption.label.kind == "table":
            above, below = self._between(caption, side, left, right, prose=False)
            if room := self._between_rules(caption, side, above, below, left, right):
                return room
        if caption.label.kind == "code" and side == "below" and (room := self._listing(caption, left, right)):
            return room
        return self._gathered(caption, side, top, bottom, left, right)

    def _listing(self, caption: Caption, left: float, right: float) -> Room | None:
        """An algorithm under a caption that stands between two rules, down to the third."""
        size = caption.lines[0].size
        top, bottom = caption.box[1], caption.box[3]
        rules = [d.box for d in self.drawn if _height(d.box) <= THIN and _width(d.box) > 60]
        frame = [b for b in rules if top - 1.5 * size < b[1] < top + 2 or bottom - 2 < b[1] < bottom + size]
        frame = [b for b in frame if abs(b[0] - caption.box[0]) < 14]
        # One over both columns has its short caption in the first of them.
        left, right = min([left, *(b[0] for b in frame)]), max([right, *(b[2] for b in frame)])
        rules = [b for b in rules if b[0] > left - 14 and b[2] < right + 14]
        framed = any(b in rules for b in frame)
        end = min((b[3] for b in rules if b[1] > bottom + 1.5 * size), default=None)
        others = [c.box[1] for c in self.captions if c is not caption and top < c.box[1]]
        if not framed or end is None or any(y < end for y in others):
            return self._typed_below(caption, left, right)
        sides = around([b for b in rules if top - 1.5 * size < b[1] and b[3] <= end])
        box = (sides[0], bottom, sides[2], end)
        lines = self._lines_in(box)
        return Room("below", box, lines, 0.0, True) if lines else None

    def _typed_below(self, caption: Caption, left: float, right: float) -> Room | None:
        """Lines of program text that follow a caption closely."""
        run: list[Line] = []
        edge = caption.box[3]
        typed = [s for s in self.stray if is_typed(s) and left - 3 < s.x0 and s.x1 < right + 3]
        for line in sorted(typed, key=lambda x: x.middle):
            if line.middle > caption.box[3] and line.y0 - edge < NEAR:
                run.append(line)
                edge = line.y1
        box = around([line.box for line in run]) if len(run) > 1 else None
        return Room("below", box, run, box[1] - caption.box[3], True) if box else None

    def _between_rules(
        self, caption: Caption, side: str, top: float, bottom: float, left: float, right: float
    ) -> Room | None:
        """A table from its first rule to its last, all equally wide, with rows of words between them."""
        rules = [d.box for d in self.drawn if _height(d.box) <= THIN and _width(d.box) > 60]
        rules = [b for b in rules if top - 2 < b[1] < bottom + 2 and b[0] > left - 14 and b[2] < right + 14]
        rules.sort(key=lambda b: -b[3] if side == "above" else b[1])
        if not rules:
            return None
        first = rules[0]
        gap = caption.box[1] - first[3] if side == "above" else first[1] - caption.box[3]
        if gap > FIRST_GAP:
            return None
        box, count = first, 1
        for rule in rules[1:]:
            if abs(rule[0] - first[0]) < 6 and abs(rule[2] - first[2]) < 6:
                if self._has_paragraph(around([box, rule])):
                    break
                box, count = around([box, rule]), count + (rule[1] - box[3] > 4 or box[1] - rule[3] > 4)
        lines = self._lines_in(box)
        rows = sum(any(_same_row(a, b) for b in lines if b is not a) for a in lines)
        shapes = sum(_height(d.box) > THIN and _width(d.box) > THIN and _inside(d.box, box) for d in self.drawn)
        boxed = self._is_boxed(box)
        sure = boxed if caption.label.kind != "table" else rows >= 4 or count > 2 or boxed or gap < NEAR
        sure = sure and len(lines) > 1
        if _height(box) < 12 or not sure or shapes > len(lines):
            return None
        return Room(side, around([box, *(s.box for s in lines)]), lines, gap, True)

    def _lines_in(self, box: Box) -> list[Line]:
        lines = [s for s in (*self.stray, *self.prose, *self.typed) if box[1] - 2 < s.middle < box[3] + 2]
        return [s for s in lines if box[0] - 8 < s.x0 and s.x1 < box[2] + 8]

    def _has_paragraph(self, box: Box) -> bool:
        """Whether running text over the whole breadth stands in a box without sides."""
        wide = [p for p in self.prose if box[1] < p.middle < box[3] and p.x0 < box[2] and p.x1 > box[0]]
        whole = [p for p in wide if p.x0 < box[0] + 0.5 * _width(box) and p.x1 > box[0] + 0.8 * _width(box)]
        if whole and any(
            box[1] < s.middle < box[3] and box[0] - 8 < s.x0 and s.x1 < whole[0].x0 + 2 for s in self.stray
        ):
            whole = []  # a column of cells stands beside it
        outside = any(p.x0 < box[0] - 8 or p.x1 > box[2] + 8 for p in wide)
        return outside or (bool(whole) and not self._is_boxed(box))

    def _is_boxed(self, box: Box) -> bool:
        """Whether lines go down on both sides."""
        ends = [d.box for d in self.drawn if _width(d.box) <= THIN and _height(d.box) > 5]
        ends = [b for b in ends if box[1] - 3 < (b[1] + b[3]) / 2 < box[3] + 3]
        return all(any(abs(b[0] - x) < 3 for b in ends) for x in (box[0], box[2]))

    def _between(
        self, caption: Caption, side: str, left: float, right: float, prose: bool = True
    ) -> tuple[float, float]:
        """The height that is free on one side of a caption."""
        _, y0, _, y1 = caption.box
        ends = [line.box for line in (*self.prose, *self.typed)] if prose else []
        ends += [c.box for c in self.captions if c is not caption]
        head, foot = 0.15 * self.page.height, 0.85 * self.page.height  # numbers of lines stand between
        outer = [line for line in self.page.lines if line.role == Role.FURNITURE]
        ends += [line.box for line in outer if not head < line.middle < foot]
        ends += self.ruled if caption.label.kind not in ("table", "code") else []
        ends = [b for b in ends if min(b[2], right) - max(b[0], left) > 3]
        if side == "above":
            return max([b[3] for b in ends if (b[1] + b[3]) / 2 < y0], default=0.0), y0
        return y1, min([b[1] for b in ends if (b[1] + b[3]) / 2 > y1], default=self.page.height)

    def _things(self, top: float, bottom: float, left: float, right: float) -> list[Box]:
        found = []
        for drawn in self.drawn:
            x0, y0, x1, y1 = drawn.box
            if top - 2 < (y0 + y1) / 2 < bottom + 2 and left < (x0 + x1) / 2 < right and _height(drawn.box) > THIN:
                found.append((x0, max(y0, top), x1, min(y1, bottom)))
        return found

    def _gathered(
        self, caption: Caption, side: str, top: float, bottom: float, left: float, right: float
    ) -> Room | None:
        """What lies in a free height, from the caption outwards until a wide gap."""
        kind = caption.label.kind
        items: list[tuple[Box, Line | Drawn]] = []
        tables = self.ruled if kind != "table" else []
        for drawn in self.drawn:
            x0, y0, x1, y1 = drawn.box
            if any(_inside(drawn.box, table) for table in tables):
                continue
            middle = (y0 + y1) / 2
            # A picture may reach under the text around it, where it is clipped.
            inside = top + 1 < middle < bottom - 1 and x0 > left - 14 and x1 < right + 14
            if inside or (drawn.picture and top < middle < bottom and left < (x0 + x1) / 2 < right):
                items.append(((max(x0, left), max(y0, top), min(x1, right), min(y1, bottom)), drawn))
        for line in self.stray:
            if top - 1 < line.middle < bottom + 1 and left - 3 < line.x0 and line.x1 < right + 3:
                items.append((line.box, line))
        items.sort(key=lambda item: -item[0][3] if side == "above" else item[0][1])
        edge = bottom if side == "above" else top
        near: list[tuple[Box, Line | Drawn]] = []
        for box, item in items:
            gap = edge - box[3] if side == "above" else box[1] - edge
            if gap > (WIDEST_GAP[kind] if near else FIRST_GAP):
                break
            near.append((box, item))
            edge = min(edge, box[1]) if side == "above" else max(edge, box[3])
        near = self._trimmed(near, kind, side)
        if not _is_something(near, kind):
            return None
        box = around([b for b, _ in near])
        gap = caption.box[1] - box[3] if side == "above" else box[1] - caption.box[3]
        return Room(side, box, [item for _, item in near if isinstance(item, Line)], gap)

    def _trimmed(self, items: list[tuple[Box, Line | Drawn]], kind: str, side: str) -> list[tuple[Box, Line | Drawn]]:
        """Without stray lines of the body at the far end: a drawing's own words are small or lie within it, a table's
        stand between its rules or side by side."""
        ink = [b for b, item in items if isinstance(item, Drawn) and (kind == "table" or _height(b) > THIN)]
        if kind == "table":
            rules = [b for b in ink if _height(b) <= THIN and b[2] - b[0] > 40]
            ink = rules if len(rules) >= 2 else ink
        while items:
            box, item = items[-1]
            if isinstance(item, Drawn):
                lone = _height(box) <= THIN and len(items) > 1 and not _touches(box, [b for b, _ in items[:-1]], 14)
                if not lone:
                    return items
            elif self._belongs(box, item, items[:-1], ink, kind):
                return items
            items = items[:-1]
        return items

    def _belongs(self, box: Box, line: Line, nearer: list[tuple[Box, Line | Drawn]], ink: list[Box], kind: str) -> bool:
        """Whether the outermost of what was gathered, a line, is more of it."""
        if ink and _touches(box, ink, 0.5 * line.size):
            return True
        if line.size < self.measures.size - 0.5 and _touches(box, [b for b, _ in nearer], 1.5 * line.size):
            return True
        if ink:
            return False
        loose = kind == "code" or (kind == "figure" and not _is_sentence(line))
        return (bool(nearer) and loose) or any(isinstance(o, Line) and _same_row(o, line) for _, o in nearer)

    def _beside(self, caption: Caption) -> Room | None:
        """A figure on the left or on the right of its caption."""
        x0, y0, x1, y1 = caption.box
        found = []
        for drawn in self.drawn:
            box = drawn.box
            overlap = min(y1, box[3]) - max(y0, box[1])
            apart = box[0] > x1 - 2 or box[2] < x0 + 2
            if apart and overlap > 0.5 * min(y1 - y0, _height(box)) and _height(box) > THIN:
                found.append(box)
        if not found or _area(around(found)) < 900:
            return None
        box = around(found)
        lines = [
            s for s in self.stray if box[0] - 4 < s.x0 and s.x1 < box[2] + 4 and box[1] - 4 < s.middle < box[3] + 4
        ]
        if any(box[0] < p.x1 and p.x0 < box[2] and box[1] < p.middle < box[3] for p in self.prose):
            return None
        return Room("beside", box, lines, 0.0)


def choose_rooms(choices: list[tuple[Caption, int, list[Room]]]) -> dict[int, Room]:
    """For each caption (by its id) its figure's place; `choices` are all captions of a paper with page and places."""
    votes: dict[tuple[str, str], int] = {}
    for caption, _, rooms in choices:
        if len(rooms) == 1:
            key = (caption.label.kind, rooms[0].side)
            votes[key] = votes.get(key, 0) + 1

    def liking(kind: str, room: Room) -> tuple[float, float]:
        usual = 0.5 if room.side == USUAL[kind] else 0.0
        return (-votes.get((kind, room.side), 0) - usual, room.gap)

    chosen: dict[int, Room] = {}
    taken: list[tuple[int, Box]] = []
    open_ = list(choices)
    while open_:
        left = []
        for caption, page, rooms in open_:
            free = [r for r in rooms if not any(page == p and _share(r.box, box) > 0.3 for p, box in taken)]
            left.append((caption, page, free))
        left = [choice for choice in left if choice[2]]
        if not left:
            break
        # Who has one choice goes first; then who stands nearest to what it would take anyway.
        left.sort(key=lambda c: (len(c[2]) > 1, min(liking(c[0].label.kind, r) for r in c[2])))
        caption, page, rooms = left[0]
        best = min(rooms, key=lambda r: liking(caption.label.kind, r))
        chosen[id(caption)] = best
        taken.append((page, best.box))
        open_ = left[1:]
    return chosen


def _is_something(items: list[tuple[Box, Line | Drawn]], kind: str) -> bool:
    lines = [item for _, item in items if isinstance(item, Line)]
    ink = [b for b, item in items if isinstance(item, Drawn)]
    solid = [b for b in ink if _height(b) > THIN and b[2] - b[0] > THIN]
    if not items or _height(around([b for b, _ in items])) < 12:
        return False
    if any(_area(b) > 900 for b in solid) or len(ink) >= 4:
        return True
    rows = sum(any(_same_row(a, b) for b in lines if b is not a) for a in lines)
    if kind == "figure":
        return len(lines) >= 3 and (rows >= 2 or bool(solid))
    return len(lines) >= 2 and (rows >= 2 or len(ink) >= 2 or kind != "table")


def _is_sentence(line: Line) -> bool:
    return len(line.words) > 4


def _same_row(a: Line, b: Line) -> bool:
    return abs(a.middle - b.middle) < 0.4 * max(a.size, b.size)


def _touches(box: Box, others: list[Box], margin: float) -> bool:
    x0, y0, x1, y1 = around(others) if others else (0.0, 0.0, 0.0, 0.0)
    return bool(others) and box[1] < y1 + margin and box[3] > y0 - margin and box[0] < x1 + 40 and box[2] > x0 - 40


def _share(a: Box, b: Box) -> float:
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return max(0.0, width) * max(0.0, height) / max(1.0, min(_area(a), _area(b)))


def _height(box: Box) -> float:
    return box[3] - box[1]


def _width(box: Box) -> float:
    return box[2] - box[0]


def _inside(box: Box, outer: Box) -> bool:
    return outer[0] - 1 < box[0] and box[2] < outer[2] + 1 and outer[1] - 1 < box[1] and box[3] < outer[3] + 1


def _area(box: Box) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])
