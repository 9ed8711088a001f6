"""Pass 10: the lists of references: found, kept out of the body, and cut into entries as printed.

A paper may have several: its own, its supplement's, one of data. A list begins under its heading (or, without one,
where numbered entries run to the end) and ends where another section does; floats and running heads between are none
of it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ingestion.pages import Document, Line, Role
from ingestion.reading.headings.finding import Heading
from ingestion.reading.references.entries import YEAR, numbered_from, rows_of, split_entries
from ingestion.reading.references.words import AFTER_LIST, LIST_HEADING

TAKEN = (Role.BODY, Role.HEADING, Role.TABLE, Role.FIGURE, Role.FORMULA, Role.FOOTNOTE)
DOUBTFUL = (Role.TABLE, Role.FIGURE, Role.FOOTNOTE)  # entries in small print are taken for these, but they may be right
TELLING = re.compile(rf"{YEAR.pattern}|\bdoi\b|arxiv|\bpp?\.|\bvol\.|\bproc(?:\.|eedings)|https?:", re.I)
NUMBERED = re.compile(r"(?:\d{1,2}|[IVX]{1,5}|[A-Z])\.?\s+")
FIRST = re.compile(r"\[1\]|\(1\)(?=\s)|1\.(?=\s|$)")
LEAST_UNHEADED = 5
LOOKED_AT = 12  # lines after a heading that tell whether it is followed by prose


def mark_references(document: Document, headings: list[Heading]) -> list[list[Line]]:
    """Gives the lines of all lists their role, drops false headings within them, and returns the entries in order."""
    lines = list(document.lines())
    at = {id(line): i for i, line in enumerate(lines)}
    entries: list[list[Line]] = []
    stop = 0
    for begin in _beginnings(lines, headings, at):
        if begin < stop:
            continue
        listed, stop = _listed(lines, begin, headings, at)
        entries += _taken(listed)
    if not entries:
        entries = _taken(_without_heading(lines, headings))
    inside = {id(line) for entry in entries for line in entry}
    headings[:] = [h for h in headings if id(h.lines[0]) not in inside]
    return entries


def _taken(lines: list[Line]) -> list[list[Line]]:
    for line in lines:
        line.role = Role.REFERENCE
    return split_entries(lines)


def _beginnings(lines: list[Line], headings: list[Heading], at: dict[int, int]) -> list[int]:
    """The indices of the lines after the headings of lists. Only where no heading was seen are plain lines asked."""
    found = [at[id(h.lines[-1])] + 1 for h in headings if _is_list_heading(h.text)]
    if found:
        return found
    plain = [
        i
        for i, line in enumerate(lines)
        if line.role in TAKEN and i > 0.3 * len(lines) and _is_list_heading(NUMBERED.sub("", line.text, count=1))
    ]
    for i in plain:
        lines[i].role = Role.REFERENCE
    return [i + 1 for i in plain]


def _is_list_heading(text: str) -> bool:
    plain = text.strip(" .:*")
    # Small capitals are extracted as "R EFERENCES".
    return bool(LIST_HEADING.fullmatch(plain) or LIST_HEADING.fullmatch(plain.replace(" ", "")))


def _listed(lines: list[Line], begin: int, headings: list[Heading], at: dict[int, int]) -> tuple[list[Line], int]:
    """The lines of the list that begins at this index, and the index at which it ends."""
    own = next((h for h in headings if at[id(h.lines[-1])] + 1 == begin), None)
    later = sorted((at[id(h.lines[0])], h) for h in headings if at[id(h.lines[0])] >= begin)
    end = next((i for i, h in later if _ends_list(h, own, lines[i + len(h.lines) :])), len(lines))
    candidates = [x for i, x in enumerate(lines[begin:end], begin) if x.role in TAKEN or _was_mistaken(lines, i)]
    if not candidates:
        return [], end
    size = _usual_size(candidates)
    edges = Counter(round(x.x0) for x in candidates if x.role not in DOUBTFUL)
    captioned = {line.page for line in lines[begin:end] if line.role == Role.CAPTION}
    kept = [line for line in candidates if _belongs(line, size, edges, captioned)]
    for i, line in enumerate(kept):
        if _is_foot(kept[i - 1] if i else None, line) or _is_apart(line, kept):
            line.role = Role.FURNITURE
    kept = [line for line in kept if line.role != Role.FURNITURE or _was_mistaken(lines, at[id(line)])]
    return _before_prose(kept), end


def _was_mistaken(lines: list[Line], i: int) -> bool:
    """Whether a line taken for a running head or foot is the first or last of its column: set close to the list's own
    lines, in their size, and saying what entries say."""
    line = lines[i]
    if line.role != Role.FURNITURE or len(line.words) < 3 or not TELLING.search(line.text):
        return False
    return any(
        (other.page, other.column) == (line.page, line.column)
        and other.role in TAKEN
        and abs(other.middle - line.middle) < 1.4 * line.size
        and abs(other.size - line.size) < 0.3
        for other in lines[max(0, i - 1) : i + 2]
        if other is not line
    )


def _usual_size(lines: list[Line]) -> float:
    sizes: Counter[float] = Counter()
    for line in lines[:80]:
        sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0]


def _belongs(line: Line, size: float, edges: Counter[int], captioned: set[int]) -> bool:
    """Whether a line within the list is one of it, not of a float or a footnote that stands between."""
    larger = line.size - size
    if abs(larger) > 0.6 if line.role in DOUBTFUL else not -3 < larger < 1.6:  # addresses are set small
        return False
    if line.role in DOUBTFUL and line.page in captioned and edges:
        return any(edges[round(line.x0) + d] for d in (-2, -1, 0, 1, 2))
    return True


def _is_foot(before: Line | None, line: Line) -> bool:
    """Whether a short line stands alone far below the list: the foot of a page that appears once."""
    if before is None or (before.page, before.column) != (line.page, line.column):
        return False
    return line.middle - before.middle > 4 * line.size and len(line.words) <= 6 and line.block != before.block


def _is_apart(line: Line, listed: list[Line]) -> bool:
    """Whether a short line stands alone and at no edge of the list: a running head that appears once."""
    if len(line.words) > 6:
        return False
    return not any(
        x is not line
        and (
            abs(x.x0 - line.x0) < 3
            or ((x.page, x.column) == (line.page, line.column) and abs(x.middle - line.middle) < 3 * line.size)
        )
        for x in listed
    )


def _ends_list(heading: Heading, own: Heading | None, after: Sequence[Line]) -> bool:
    """Whether a heading after the list's own begins a section. Inside a list venues and names look like headings."""
    if _is_list_heading(heading.text) or AFTER_LIST.match(heading.text):
        return True
    telling = _telling(after)
    if own is not None and heading.look == own.look:
        return telling < 0.35
    return telling < 0.1


def _telling(lines: Sequence[Line]) -> float:
    """The share of lines that hold what entries hold: years, pages, volumes, addresses."""
    looked = [line for line in lines[: 2 * LOOKED_AT] if line.role in TAKEN][:LOOKED_AT]
    return sum(bool(TELLING.search(line.text)) for line in looked) / max(1, len(looked))


def _before_prose(lines: list[Line]) -> list[Line]:
    """The lines up to the first page on which nothing reads like an entry any more."""
    for page in sorted({line.page for line in lines})[1:]:
        here = [line for line in lines if line.page == page]
        if len(here) >= 15 and sum(bool(TELLING.search(line.text)) for line in here) < 0.06 * len(here):
            return [line for line in lines if line.page < page]
    return lines


def _without_heading(lines: list[Line], headings: list[Heading]) -> list[Line]:
    """Numbered entries with years that run on to the next heading or to the end, in the second half of the paper."""
    heads = {id(h.lines[0]) for h in headings}
    starts = [i for i, x in enumerate(lines) if i > len(lines) // 2 and x.role in TAKEN and FIRST.match(x.text)]
    for start in reversed(starts[-LEAST_UNHEADED:]):
        end = next((i for i in range(start, len(lines)) if id(lines[i]) in heads), len(lines))
        listed = [line for line in lines[start:end] if line.role in TAKEN]
        rows = rows_of(listed)
        begins = sorted(numbered_from(rows, LEAST_UNHEADED))
        if not begins or begins[0] != 0:
            continue
        texts = [" ".join(row.text for row in rows[a:b]) for a, b in zip(begins, [*begins[1:], len(rows)], strict=True)]
        dated = sum(bool(YEAR.search(text)) and len(text) < 900 for text in texts)
        if dated >= 0.7 * len(texts):
            return listed
    return []
