"""Typewriter letters that no font's name tells: each is as wide as any other, so a word's width is its length.

Fonts drawn for one document have names such as "F126". It must not know what is set in such letters.
"""

from __future__ import annotations

from collections import defaultdict

from ingestion.pages import Document
from ingestion.reading.body.code import TYPEWRITER

LEAST_WORDS = 15  # different ones
LEAST_LETTERS = 4  # of a word: the last letter's own breadth counts less
ALIKE = 0.9  # the narrowest letters' share of the widest's; of other fonts it is .7 at most


def name_typewriters(document: Document) -> None:
    """Says in the name of a font that it is a typewriter's, where its letters are."""
    seen: dict[str, set[str]] = defaultdict(set)
    least: dict[str, float] = {}
    most: dict[str, float] = {}
    uneven: set[str] = set()
    for line in document.lines():
        for word in line.words:
            font, size = word.style.font, word.style.size
            if font in uneven or len(word.text) < LEAST_LETTERS or not word.text.isalpha():
                continue
            width = (word.box[2] - word.box[0]) / (len(word.text) * size)
            least[font], most[font] = min(width, least.get(font, width)), max(width, most.get(font, width))
            seen[font].add(word.text)
            if least[font] <= ALIKE * most[font]:
                uneven.add(font)
    enough = {font for font, words in seen.items() if len(words) >= LEAST_WORDS}
    fixed = {font for font in enough - uneven if not TYPEWRITER.search(font)}
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
