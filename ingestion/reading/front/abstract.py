"""Where the abstract ends, and what belongs to it, from its label on, else from the first prose below the authors.

It may stand in one column or over both, and go on over a column or a page; labels inside it belong to it. It must not
know the authors.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from hierarchy.identity import fold
from ingestion.pages import Document, Line, Role
from ingestion.reading.cues import anywhere, either, table
from ingestion.reading.front.keywords import begins_keywords
from ingestion.reading.front.label import (
    INTRODUCTION,
    NUMBERED_ONE,
    Start,
    below,
    beside,
    cut_label,
    is_label,
    stands_alone,
)
from ingestion.reading.headings.finding import CANONICAL, Heading
from ingestion.reading.lines.typography import Typography

CUES = table("front")
STRUCTURED = re.compile(rf"{either(CUES['label']['structured'])}\W*", re.I)
NOTE = anywhere(CUES["note"]["cues"])
ENDS = re.compile(r"""[.!?。．؟।]["”’')\]]*\s*$""")
MOST_PAGES = 5
MOST_WORDS = 1_000
MOST_WORDS_UNLABELLED = 450
LEAST_WORDS = 20


class Abstract(NamedTuple):
    """The lines of the abstract, and its heading if it has one of its own."""

    lines: list[Line]
    heading: Heading | None


def find_abstract(document: Document, start: Start, headings: list[Heading], measures: Typography) -> Abstract | None:
    """The abstract that begins at `start`, or under a label on one of the next pages; heads inside it are taken out of
    `headings`, the label itself is cut off."""
    label = start.line if start.kind == "label" else None
    if label is None and start.kind != "prose":
        found = (x for page in document.pages[1:MOST_PAGES] for x in page.lines if x.role != Role.FURNITURE)
        label = next((x for x in found if stands_alone(x) and is_label(x, measures)), None)
    if label is None and start.kind != "prose":
        return None
    first = label or start.line
    assert first is not None
    heads = {id(h.lines[0]): h for h in headings}
    own = heads.get(id(first)) if label is not None else None
    rest = False
    flow = _flow(document, first)
    if label is not None:
        rest = cut_label(label)
        aside = [] if rest else beside(document, label)
        taken = {id(x) for x in [label, *aside]}
        flow = [*([label] if rest else []), *aside, *(x for x in flow if id(x) not in taken)]
        if not rest and not aside:
            flow = below(label, flow)
        if own is not None and rest:
            headings.remove(own)
            own = None
    reading = _Reading(measures, heads, own, label)
    running = {fold(x.text) for page in document.pages for x in page.lines if x.role == Role.FURNITURE}
    for line in flow:
        if fold(line.text) in running:  # the venue's name, put between abstract and text
            continue
        if not reading.take(line):
            break
    lines = reading.taken()
    words = sum(len(x.words) for x in lines)
    if not lines or (label is None and (words > MOST_WORDS_UNLABELLED or words < LEAST_WORDS or not reading.ended)):
        return None
    taken = {id(line) for line in lines}
    for inner in reading.inner:
        if id(inner.lines[0]) in taken:  # one at which the abstract ended begins a section
            headings.remove(inner)
    if label is not None and own is None and not rest:
        label.role = Role.HEADING  # the section's own; no words of the text before it
    for line in lines:
        line.role = Role.BODY
    return Abstract(lines, own)


class _Reading:
    """Takes lines into the abstract until one does not belong to it."""

    def __init__(
        self, measures: Typography, heads: dict[int, Heading], own: Heading | None, label: Line | None
    ) -> None:
        self.lines: list[Line] = []
        self.inner: list[Heading] = []
        self.ended = False  # by something that only follows an abstract
        self._measures, self._heads, self._own, self._label = measures, heads, own, label
        self._words = 0
        self._sizes: dict[float, int] = {}
        self._sure: int | None = None  # lines before a paragraph that belongs to it only where a text's begin follows
        self._note: Line | None = None  # the last line that stood beside it
        self._before_text = False  # it ended at an introduction or at keywords

    def taken(self) -> list[Line]:
        """The lines of the abstract; paragraphs that nothing but their place ties to it only where it is short and an
        introduction or keywords follow, for a text without heads goes on in paragraphs too."""
        if self._sure is None or (self._before_text and self._words <= MOST_WORDS_UNLABELLED):
            return self.lines
        self.ended = False
        return self.lines[: self._sure]

    def take(self, line: Line) -> bool:
        """Whether the abstract may go on after this line, which was taken or passed over."""
        if line.role in (Role.FURNITURE, Role.TITLE, Role.CAPTION, Role.REFERENCE):
            return True
        if self.lines and self._is_beside(line):
            return True
        heading = self._heads.get(id(line))
        if self._is_inner(line) or self._is_no_head(line):
            if heading is not None:
                self.inner.append(heading)
            self._add(line)
            return True
        if self._is_end(line):
            self.ended = True
            return False
        if not self.lines or self._goes_on(line):
            self._add(line)
            return True
        size, usual, last = self._size(), self.lines[len(self.lines) // 2], self.lines[-1]
        if line.size < size - 0.6 or self._is_note(line, last):
            self._note = line
            return True
        alike = abs(line.size - size) < 0.7
        if line.role in (Role.FIGURE, Role.TABLE, Role.FOOTNOTE, Role.FORMULA) and not (
            alike and self._follows(last, line)
        ):
            return True
        bold = len(line.words) >= 4 and len(usual.words) >= 4
        if (
            not alike
            or self._is_centred(line)
            or (bold and usual.bold != line.bold and not self._is_run_in(line))
            or (bold and not line.italic and len(self.lines) > 1 and all(x.italic for x in self.lines))
        ):
            self.ended = True
            return False
        if not self._follows(last, line) and ENDS.search(last.text):
            if not self._is_paragraph(last, line):
                return False
            if self._own is None and not self._is_run_in(line) and self._sure is None:
                self._sure = len(self.lines)
        self._add(line)
        return self._words <= MOST_WORDS

    def _add(self, line: Line) -> None:
        self.lines.append(line)
        self._words += len(line.words)
        self._sizes[line.size] = self._sizes.get(line.size, 0) + len(line.words)

    def _size(self) -> float:
        """The size of most of its words: lines full of code may be set in another."""
        return max(self._sizes, key=lambda size: self._sizes[size])

    def _goes_on(self, line: Line) -> bool:
        """Whether a line goes on right below an unfinished sentence or a full line, at its edge: so its look does not
        matter, as where it is full of code or of names in bold."""
        last, size = self.lines[-1], self._size()
        if line.role not in (Role.BODY, Role.CODE, Role.FRONT) or not self._follows(last, line):
            return False
        full = last.x1 > max(x.x1 for x in self.lines) - 0.5 * size
        mixed = any(abs(word.style.size - size) < 0.3 for word in line.words)
        left = min(x.x0 for x in self.lines if (x.page, x.column) == (last.page, last.column))
        return (
            (not ENDS.search(last.text) or (full and mixed))
            and (abs(line.x0 - left) < 0.5 * size or line.x0 >= last.x1 - 1)
            and 0.7 < line.size / size < 1.3
        )

    def _is_end(self, line: Line) -> bool:
        text = line.text.strip()
        if INTRODUCTION.fullmatch(text) and (self.lines or self._label is None):
            self._before_text = True
            return True
        heading = self._heads.get(id(line))
        if heading is not None and heading is not self._own:
            return True
        if begins_keywords(line):
            self._before_text = True
            return True
        if self.lines and ENDS.search(self.lines[-1].text) and (self._is_like_label(line) or self._is_other(line)):
            return True
        return len(self.lines) > 2 and bool(NUMBERED_ONE.fullmatch(text)) and line.size > self.lines[0].size

    def _is_like_label(self, line: Line) -> bool:
        """Whether a line is set as the abstract's own label is, and not as its text: "Significance", "Highlights"."""
        label, text = self._label, line.text.strip()
        if label is None or self._own is None or len(line.words) > 6 or STRUCTURED.fullmatch(text):
            return False
        differs = label.bold != self.lines[0].bold or abs(label.size - self.lines[0].size) > 0.6
        return (
            differs
            and label.words[0].style[1:4] == line.words[0].style[1:4]
            and abs(label.size - line.size) < 0.3
            and text[:1].isupper()
            and not ENDS.search(text)
        )

    def _is_other(self, line: Line) -> bool:
        """Whether a line begins another abstract, as one in a second language."""
        return self._label is not None and is_label(line, self._measures)

    def _is_inner(self, line: Line) -> bool:
        """Whether a head such as "Methods" stands inside the abstract: smaller than the abstract's own, or run in."""
        if self._label is None or not STRUCTURED.fullmatch(line.text.strip()):
            return False
        if self._own is not None:
            mine = self._own.lines[0]
            first = self.lines[0] if self.lines else line
            parts = first.bold and STRUCTURED.fullmatch(first.text.strip())
            if parts and not INTRODUCTION.fullmatch(line.text.strip()):
                return line.size < mine.size + 0.4  # its parts have heads, the first right below its own
            return line.size < mine.size + 0.4 and (
                line.size < mine.size - 0.4
                or (mine.bold and not line.bold)
                or (self._own.look[3] and not line.text.isupper())
            )
        return bool(self.lines) and abs(line.size - self.lines[0].size) < 0.5 and line.text.strip().endswith((":", "."))

    def _is_no_head(self, line: Line) -> bool:
        """Whether what looks like a head is the abstract's first words, such as a name in bold: no label stands over
        nothing."""
        heading = self._heads.get(id(line))
        if self.lines or self._label is None or heading is None or heading is self._own or heading.number:
            return False
        text = line.text.strip()
        return not (INTRODUCTION.fullmatch(text) or CANONICAL.fullmatch(heading.text))

    def _is_run_in(self, line: Line) -> bool:
        return bool(STRUCTURED.match(line.text))

    def _is_note(self, line: Line, last: Line) -> bool:
        """Whether a line stands beside the abstract: dates, licences, correspondence; with its next lines."""
        note = self._note
        if note is not None and (line.page, line.column) == (note.page, note.column) and not self._follows(last, line):
            return 0 <= line.middle - note.middle < 1.6 * note.size and abs(line.size - note.size) < 0.3
        if not NOTE.match(line.text.lstrip(" ∗*†‡§¶")) and not ("@" in line.text and NOTE.search(line.text)):
            return False
        return ENDS.search(last.text) is not None or not self._follows(last, line)

    def _follows(self, last: Line, line: Line) -> bool:
        """Whether a line stands right below the last one in its column, or goes on with it after a wide space."""
        if last.page == line.page and last.column == line.column and abs(line.middle - last.middle) < 0.4 * last.size:
            return last.x1 - 1 <= line.x0
        # A line with wide spaces in it is given in pieces: the next stands below any of them.
        left = min(x.x0 for x in self.lines[-8:] if x.page == last.page and abs(x.middle - last.middle) < 0.4 * x.size)
        same = last.page == line.page and min(last.x1, line.x1) - max(left, line.x0) > 0
        pitch = max(self._measures.pitch * last.size / self._measures.size, 1.15 * last.size)
        return same and -1 < line.middle - last.middle < 1.75 * pitch

    def _is_paragraph(self, last: Line, line: Line) -> bool:
        """Whether another paragraph of the abstract may begin: a little lower in the same column, at its left edge."""
        same = last.page == line.page and min(last.x1, line.x1) - max(last.x0, line.x0) > 0
        left = min(x.x0 for x in self.lines if x.page == last.page and x.column == last.column)
        return (
            same and 0 < line.middle - last.middle < 3.2 * self._measures.pitch and abs(line.x0 - left) < 4 * line.size
        )

    def _is_beside(self, line: Line) -> bool:
        """Whether a line stands left or right of the text at its height, as dates in a margin do."""
        last = self.lines[-1]
        apart = line.x0 > last.x1 or line.x1 < last.x0
        near = abs(line.middle - last.middle) < 3 * self._measures.pitch
        return last.page == line.page and apart and near and not self._follows(last, line)

    def _is_centred(self, line: Line) -> bool:
        """Whether a short line stands in the middle below a finished text that does not: names below an abstract."""
        edges = sorted(x.x0 for x in self.lines if x.page == line.page)
        right = max(x.x1 for x in self.lines)
        return (
            len(edges) > 2
            and edges[len(edges) // 2] - edges[0] < line.size
            and line.x0 > edges[0] + 6 * line.size
            and abs(line.x0 - edges[0] - (right - line.x1)) < 2 * line.size
            and bool(ENDS.search(self.lines[-1].text))
        )


def _flow(document: Document, first: Line) -> list[Line]:
    """The lines from `first` on, on its page and the next."""
    pages = document.pages[first.page - 1 : first.page + 1]
    lines = [line for page in pages for line in page.lines]
    return lines[next(i for i, line in enumerate(lines) if line is first) :]
