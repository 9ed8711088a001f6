"""Pass 5b, only on pages that a layout model has looked at: its classes correct the roles that rules gave.

The model is right about what is a table, a drawing, a formula or running text more often than rules are; it is wrong
about levels and order, which stay with the rules. It must not know which model looked, nor how pages are extracted.
"""

from __future__ import annotations

from collections.abc import Sequence

from ingestion.pages import Line, PageModel, Region, Role
from ingestion.reading.body.code import is_typed
from ingestion.reading.body.formulas import is_math_font
from ingestion.reading.doubt import is_running
from ingestion.reading.labels import label_of
from ingestion.reading.lines.typography import Typography

RUNNING = ("text", "list-item")
ZONE = 0.12  # the share of the page's height at its head and foot where running heads stand
MOST_PICTURE = 0.6  # the share of a page beyond which a "picture" is a page with a background
CODED = ("picture", "table")  # what the model takes program text for
LEAST_LISTING, LEAST_CELLS = 3, 6  # lines
SMALL = 0.65  # of the body's size: what is smaller in a box of text names its parts
PLAIN = frozenset(" .,;:%-–()/")
INTO = {"table": Role.TABLE, "picture": Role.FIGURE, "formula": Role.FORMULA}
FROM = (Role.BODY, Role.TABLE, Role.FIGURE, Role.FORMULA, Role.FOOTNOTE)


def mark_seen(page: PageModel, measures: Typography) -> None:
    """Tells each line of the page in which kind of region it lies, and corrects its role by it."""
    if page.regions is None:
        return
    regions = [r for r in page.regions if r.kind != "picture" or _area(r) < MOST_PICTURE * page.width * page.height]
    inside: dict[int, list[Line]] = {}
    for line in page.lines:
        at = _region_of(line, regions)
        if at is not None:
            line.seen = regions[at].kind
            inside.setdefault(at, []).append(line)
    for at, lines in inside.items():
        _correct(regions[at].kind, lines, page, measures)


def _correct(kind: str, lines: Sequence[Line], page: PageModel, measures: Typography) -> None:
    if kind == "caption" and label_of(lines[0].text) and not any(line.part for line in lines):
        for line in lines:
            if line.role in FROM:
                line.role = Role.CAPTION
    is_text = kind == "picture" and _is_listing(lines)
    into = Role.TABLE if kind == "formula" and _is_grid(lines) else None
    for line in lines:
        if line.role not in FROM or (kind in CODED and not line.part and is_typed(line)):
            continue
        if kind in RUNNING and line.role != Role.BODY and is_running(line, measures):
            line.role = Role.BODY
        elif kind in INTO and not (is_text and line.size > SMALL * measures.size):
            line.role = into or INTO[kind]
        elif kind in ("page-header", "page-footer") and _in_zone(page, line):
            line.role = Role.FURNITURE
        elif kind == "footnote" and line.size < measures.size - 0.4:
            line.role = Role.FOOTNOTE


def _is_listing(lines: Sequence[Line]) -> bool:
    """Whether a "picture" that no caption names is a box with lines of text, most of them under each other."""
    if len(lines) < LEAST_LISTING or any(line.part for line in lines):
        return False
    under = max(sum(abs(a.x0 - b.x0) < 2 for b in lines) for a in lines)
    return under >= max(LEAST_LISTING, 0.5 * len(lines)) and sum(len(x.words) for x in lines) >= 3 * len(lines)


def _is_grid(lines: Sequence[Line]) -> bool:
    """Whether a "formula" holds no sign of one, but rows of cells."""
    if any(not c.isalnum() and c not in PLAIN for line in lines for c in line.text):
        return False
    if any(is_math_font(word.style.font) for line in lines for word in line.words):
        return False
    beside = [sum(abs(a.middle - b.middle) < 0.4 * a.size for b in lines) for a in lines]
    return len(lines) >= LEAST_CELLS and min(beside) > 1


def _region_of(line: Line, regions: Sequence[Region]) -> int | None:
    """The smallest region in which the line's middle lies."""
    x, y = (line.x0 + line.x1) / 2, (line.y0 + line.y1) / 2
    around = [
        (_area(region), at)
        for at, region in enumerate(regions)
        if region.box[0] - 1 <= x <= region.box[2] + 1 and region.box[1] - 1 <= y <= region.box[3] + 1
    ]
    return min(around)[1] if around else None


def _in_zone(page: PageModel, line: Line) -> bool:
    return line.y1 < ZONE * page.height or line.y0 > (1 - ZONE) * page.height


def _area(region: Region) -> float:
    return (region.box[2] - region.box[0]) * (region.box[3] - region.box[1])
