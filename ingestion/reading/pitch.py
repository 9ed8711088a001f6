"""Typewriter letters that no font's name tells: each is as wide as any other, so a word's width is its length.

Fonts drawn for one document have names such as "F126". It must not know what is set in such letters.
"""

from __future__ import annotations

from collections import defaultdict

from ingestion.pages import Document
from ingestion.reading.code import TYPEWRITER

LEAST_WORDS = 15  # different ones
LEAST_LETTERS = 4  # of a word: the last letter's own breadth counts less
ALIKE = 0.9  # the narrowest letters' share of the widest's; of other fonts it is .7 at most


def name_typewriters(document: Document) -> None:
    """Says in the name of a font that it is a typewriter's, where its letters are."""
    widths: dict[str, dict[str, float]] = defaultdict(dict)
    for line in document.lines():
        for word in line.words:
            if len(word.text) >= LEAST_LETTERS and word.text.isalpha():
                widths[word.style.font][word.text] = (word.box[2] - word.box[0]) / (len(word.text) * word.style.size)
    fixed = {
        font
        for font, found in widths.items()
        if len(found) >= LEAST_WORDS
        and min(found.values()) > ALIKE * max(found.values())
        and not TYPEWRITER.search(font)
    }
    if not fixed:
        return
    for line in document.lines():
        if any(word.style.font in fixed for word in line.words):
            line.words = [
                word._replace(style=word.style._replace(font=f"{word.style.font} mono"))
                if word.style.font in fixed
                else word
                for word in line.words
            ]
            line.refresh()
