"""Where the abstract begins: its label, and what stands right below and beside that.

It must not know where the abstract ends.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from ingestion.pages import Document, Line, PageModel, Role
from ingestion.reading.cues import either, table
from ingestion.reading.front.first_prose import WIDE_SCRIPT, first_prose
from ingestion.reading.headings.finding import Heading
from ingestion.reading.lines.typography import Typography

CUES = table("front")
LABELS = either(CUES["label"]["abstract"])
LABEL = re.compile(
    rf"(?P<label>{LABELS})(?P<stop>\s*[:.—–-]+\s*|\s*$|\s+(?=(?-i:[A-Z\"“‘(]))|(?=[\u3040-\u9fff]))", re.I
)
NUMBERED_LABEL = re.compile(rf"[01]\.?\s+{LABELS}", re.I)
SPACED = re.compile(r"(?:a\s?b\s?s\s?t\s?r\s?a\s?c\s?t|s\s?u\s?m\s?m\s?a\s?r\s?y)\W*", re.I)
INTRODUCTION = re.compile(rf"(?:(?:\d|I)\s*[.:]?\s+)?{either(CUES['label']['introduction'])}\W*", re.I)
NUMBERED_ONE = re.compile(r"(?:1|I)\.?\s+[A-Z]\S*(?:\s+\S+){0,6}")
MOST_BESIDE = 12  # lines of a box between a label and its text


class Start(NamedTuple):
    """Where the text begins: `kind` is label (of an abstract), prose or heading; `line` is None without one."""

    kind: str
    line: Line | None


def find_start(page: PageModel, headings: Sequence[Heading], measures: Typography) -> Start:
    """Where the abstract, or else the text, begins on a page."""
    lines = [x for x in page.lines if x.role not in (Role.FURNITURE, Role.TITLE)]
    label = next((x for x in lines if is_label(x, measures)), None)
    if label is not None:
        return Start("label", label)
    first = {id(h.lines[0]) for h in headings}
    begins = next(
        (
            x
            for x in lines
            if INTRODUCTION.fullmatch(x.text.strip()) or (id(x) in first and NUMBERED_ONE.fullmatch(x.text.strip()))
        ),
        None,
    )
    prose = first_prose(lines)
    if prose is not None and (begins is None or lines.index(prose) < lines.index(begins)):
        return Start("prose", prose)
    return Start("heading", begins)


def is_label(line: Line, measures: Typography) -> bool:
    """Whether a line begins with an abstract's label: alone, or before its first words and set apart from them."""
    text = line.text.strip()
    if NUMBERED_LABEL.fullmatch(text):
        return True
    found = LABEL.match(text)
    if found is None:
        return bool(SPACED.fullmatch(text)) and len(text) < 24
    if not text[:1].isupper() and not WIDE_SCRIPT.match(text):
        return False
    stop = found["stop"].strip()
    if stop or found.end() == len(text):
        return len(found["label"]) < 22
    # "Abstract We study ...": a label only where it is set otherwise than what follows.
    head, after = line.words[0], line.words[min(len(found["label"].split()), len(line.words) - 1)]
    return head.style[1:4] != after.style[1:4] or head.style.size != after.style.size or found["label"].isupper()


def below(label: Line, flow: list[Line]) -> list[Line]:
    """The flow from the line on that stands right below a label, past those of a box at its side."""
    for i, line in enumerate(flow[:MOST_BESIDE]):
        if line.page != label.page or line.role == Role.FURNITURE:
            continue
        if min(label.x1, line.x1) > max(label.x0, line.x0) and 0 < line.middle - label.middle < 5 * label.size:
            while i and _goes_before(flow[i - 1], flow[i]):
                i -= 1
            return flow[i:]
    return flow


def _goes_before(piece: Line, line: Line) -> bool:
    """Whether a piece of a line with wide spaces stands just left of another."""
    row = piece.column == line.column and abs(piece.middle - line.middle) < 0.4 * line.size
    return row and 0 <= line.x0 - piece.x1 < 3 * line.size


def beside(document: Document, label: Line) -> list[Line]:
    """What stands on the label's own line, to its right."""
    page = document.pages[label.page - 1]
    room = page.width if label.column != 1 else label.x0 + 0.55 * page.width
    return [
        x
        for x in page.lines
        if x is not label
        and x.role != Role.FURNITURE
        and abs(x.middle - label.middle) < 0.4 * x.size
        and label.x1 <= x.x0 < min(room, label.x1 + 8 * label.size)
    ]


def cut_label(line: Line) -> bool:
    """Takes the label off a line's words; False where nothing else stands there."""
    text = line.text
    found = LABEL.match(text)
    if found is None:
        return False
    left = len(found.group().replace(" ", ""))
    words = list(line.words)
    while words and left >= len(words[0].text):
        left -= len(words[0].text)
        words.pop(0)
    if not words:
        return False
    if left:
        words[0] = words[0]._replace(text=words[0].text[left:], raised=None)
    line.words = words
    line.refresh()
    return True


def stands_alone(line: Line) -> bool:
    """Whether hardly anything but a label stands on the line."""
    return len(line.words) <= 2
