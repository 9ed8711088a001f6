"""The lines of a first page that stand between its title and its text, as fragments side by side and below each other.

It must not know what they say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from ingestion.pages import Line, Word
from ingestion.reading.front.names import CLOSE, OPEN, SYMBOLS

MARKISH = re.compile(rf"(?:[\d,;.\s()\[\]{re.escape(SYMBOLS)}]|[a-z](?![a-z])|ID|iD)+")


RAISED_LETTER = re.compile(r"Ma?c[A-Z]")

WIDE = 0.8  # times the size: names set apart by spaces alone


class Printed(NamedTuple):
    """The text of lines with raised marks wrapped, and for each word where it begins in that text."""

    text: str
    starts: list[tuple[int, Word, Line]]

    def word_at(self, at: int) -> tuple[Word, Line]:
        """The word, and its line, in which a place of the text lies."""
        before = [(word, line) for start, word, line in self.starts if start <= at]
        return before[-1] if before else self.starts[0][1:]


def printed(lines: Iterable[Line], gaps: bool = False) -> Printed:
    """The words of lines as one text with line ends; with `gaps` a space wider than any between words is one."""
    parts: list[str] = []
    starts: list[tuple[int, Word, Line]] = []
    length = 0
    for line in lines:
        for i, word in enumerate(line.words):
            wide = gaps and i > 0 and word.box[0] - line.words[i - 1].box[2] > WIDE * line.size
            space = "" if not parts else "\n" if wide or not i else " "
            text = _wrapped(word)
            parts.append(space + text)
            starts.append((length + len(space), word, line))
            length += len(space) + len(text)
    return Printed("".join(parts), starts)


def _wrapped(word: Word) -> str:
    text = word.text
    if word.style.raised and MARKISH.fullmatch(text):
        return f"{OPEN}{text}{CLOSE}"
    start, end = word.raised or (0, 0)
    if RAISED_LETTER.fullmatch(text[: end + 1]):  # a name's own letter, as in "McCrae"
        return text
    if end and MARKISH.fullmatch(text[start:end]):
        return f"{text[:start]}{OPEN}{text[start:end]}{CLOSE}{text[end:]}"
    return text
