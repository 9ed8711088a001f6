"""The title: the largest print at the top of the first page that is no banner, over as many lines as it takes.

Where the PDF's metadata gives the words of one of the candidates, that one it is. It must not know authors or sections.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from hierarchy.identity import fold
from ingestion.pages import Document, Line, PageModel, Role
from ingestion.reading.cues import anywhere, either, table
from ingestion.reading.front.names import SYMBOLS, read_names
from ingestion.reading.lines.joining import Vocabulary, join
from ingestion.reading.lines.rows import rows
from ingestion.reading.lines.typography import Typography

CUES = table("front")
BANNER = anywhere(CUES["note"]["banners"])
KIND = re.compile(rf"(?:{either(CUES['note']['kinds'])}\W*(?:[/|:]\s*[\w ]+)?)", re.I)
LABEL = re.compile(
    rf"(?:\d\.?\s+|I\.?\s+)?{either(CUES['label']['abstract'] + CUES['label']['introduction'])}\W*", re.I
)
TEMPLATE = re.compile(rf"\W*{either(CUES['metadata']['templates'])}(?:\W|$)", re.I)
FILE_NAME = re.compile(r".*\.(?:docx?|tex|dvi|pdf|indd|rtf|odt|pptx?|ps|eps|qxd|fm)\W*", re.I)
SPACED = re.compile(r"(?:\w ){3,}\w")
ROLES = (Role.BODY, Role.HEADING, Role.FIGURE, Role.TABLE, Role.FORMULA, Role.CAPTION, Role.TITLE, Role.FRONT)
MOST_LINES = 7
MOST_WORDS = 60


def find_title(page: PageModel, bottom: float, measures: Typography, told: str) -> list[Line]:
    """The lines of the title above `bottom`, in order; `told` is a plausible title from the metadata, or empty."""
    top = [
        x
        for x in page.lines
        if x.y0 < bottom and sum(c.isalpha() for c in x.text) >= 2 and (x.role in ROLES or _is_large(x, measures))
    ]
    groups = [g for g in _groups(top) if _can_be(g)]
    if not groups:
        return []
    if told:
        named = [g for g in groups if _says(g, told)]
        if named:
            return _with_subtitle(max(named, key=_size), groups, measures)
    largest = max(_size(g) for g in groups)
    if largest < measures.size + 0.5:
        # No larger print: the first lines that are set apart, else the first at all.
        apart = [g for g in groups if g[0].bold or _is_capitals(g)]
        return (apart or groups)[0]
    best = [g for g in groups if _size(g) > largest - 0.5]
    # A banner or a logo may be larger still; a title has several words and stands above the names.
    if len(fold(_text(best[0]))) < 12 or _is_banner(best[0], page):
        others = [g for g in groups if g not in best and _size(g) > measures.size + 1.5 and len(_text(g).split()) >= 3]
        best = best[1:] + ([max(others, key=_size)] if others else []) or best
    return _with_subtitle(best[0], groups, measures)


def title_text(lines: Sequence[Line], vocabulary: Vocabulary) -> str:
    """The title as one text, without the marks of notes."""
    text = join(lines, vocabulary)[0]
    last = lines[-1].words[-1]
    if last.style.raised and len(last.text) <= 3 and not last.text.isalpha():
        text = text[: -len(last.text)]
    elif last.raised is not None and last.raised[1] == len(last.text):
        text = text[: len(text) - (last.raised[1] - last.raised[0])]
    return re.sub(r"\s+", " ", text).strip(f" {SYMBOLS}")


def plausible_title(document: Document) -> str:
    """The metadata's title, where it is none that a program or a template wrote."""
    told = re.sub(r"\s+", " ", document.metadata.get("title", "")).strip()
    if len(fold(told)) < 8 or len(told.split()) < 2 or len(told) > 400:
        return ""
    if FILE_NAME.fullmatch(told) or re.match(r"(?:10\.\d{4,9}/|arxiv:|doi:|https?:)", told, re.I):
        return ""
    return "" if TEMPLATE.match(told) and len(told.split()) < 6 else told


def _groups(lines: list[Line]) -> list[list[Line]]:
    """Lines of one size that follow each other."""
    groups: list[list[Line]] = []
    for row in rows(lines):
        for line in row:
            near = next((g for g in reversed(groups) if _goes_on(g, line)), None)
            if near is not None:
                near.append(line)
            else:
                groups.append([line])
    return groups


def _goes_on(group: list[Line], line: Line) -> bool:
    last = group[-1]
    size = _size(group)
    step = line.middle - last.middle
    alike = abs(line.size - last.size) < 0.9 and (line.bold == last.bold or size > 13)
    if not alike or len(group) > MOST_LINES:
        return False
    if abs(step) < 0.45 * size:  # two fragments of one line
        return 0 <= line.x0 - last.x1 < 3 * size
    overlap = min(line.x1, max(x.x1 for x in group)) - max(line.x0, min(x.x0 for x in group))
    return 0 < step < 2.0 * size and overlap > 0


def _can_be(group: list[Line]) -> bool:
    text = _text(group)
    if len(text.split()) > MOST_WORDS or len(fold(text)) < 3:
        return False
    return not (KIND.fullmatch(text) or LABEL.fullmatch(text) or SPACED.fullmatch(text) or "@" in text)


def _is_banner(group: list[Line], page: PageModel) -> bool:
    """Whether a line names the journal or house rather than the paper."""
    text = _text(group)
    return len(group) == 1 and len(text.split()) <= 7 and bool(BANNER.search(text)) and group[0].y0 < 0.25 * page.height


def _with_subtitle(title: list[Line], groups: list[list[Line]], measures: Typography) -> list[Line]:
    """The title and the smaller lines right below it that go on with it."""
    below = [
        g
        for g in groups
        if g is not title and 0 < g[0].y0 - title[-1].y1 + 2 < 1.2 * title[-1].size and g[0].size < title[-1].size
    ]
    if not below:
        return title
    after = below[0]
    text = _text(after)
    announced = _text(title).endswith((":", "–", "—"))
    apart = after[0].size > measures.size + 1.5 and (after[0].bold, after[0].italic) == (title[0].bold, title[0].italic)
    if (
        (announced or apart)
        and not read_names(text)
        and len(text.split()) >= 2
        and not any(c.isdigit() for c in text[-2:])
    ):
        return [*title, *after]
    return title


def _says(group: list[Line], told: str) -> bool:
    """Whether a group prints the title that the metadata tells."""
    a, b = fold(_text(group)), fold(told)
    return len(a) >= 8 and (a == b or (a in b and len(a) > 0.5 * len(b)) or (b in a and len(b) > 0.5 * len(a)))


def _is_large(line: Line, measures: Typography) -> bool:
    """A title that runs at the head of every page as well is still the title."""
    return line.role == Role.FURNITURE and line.size > measures.size + 2.5


def _is_capitals(group: list[Line]) -> bool:
    return "".join(c for c in _text(group) if c.isalpha()).isupper()


def _size(group: list[Line]) -> float:
    return max(line.size for line in group)


def _text(group: list[Line]) -> str:
    return " ".join(line.text for line in group)
