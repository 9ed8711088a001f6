"""Finds the words of lines again in the text that they were joined to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ingestion.pages import Line, Word
from ingestion.reading.lines.joining import CONTROL, HYPHENS, LIGATURES


def placed(lines: Iterable[Line], text: str) -> Iterator[tuple[Word, int, int]]:
    """Each word with its begin and end in the text of the joined lines; one cut at a line's end may lack its hyphen."""
    at = 0
    for line in lines:
        for word in line.words:
            shown = word.text
            if not shown.isascii() or not shown.isprintable():
                shown = CONTROL.sub("", shown.translate(LIGATURES))
            if not text.startswith(shown, at) and shown.endswith(HYPHENS):
                shown = shown[:-1]
            if not shown or not text.startswith(shown, at):
                continue
            end = at + len(shown)
            yield word, at, end
            at = end + (text[end : end + 1] == " ")
