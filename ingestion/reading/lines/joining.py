"""Joins the words of lines into running text and keeps where each word stands.

Words cut at line ends are joined; a hyphen that belongs to the word stays. What the paper itself prints elsewhere
decides: "state-of" stands there with its hyphen, "language" without.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from hierarchy.positions import Positions, WordBox
from ingestion.pages import Document, Line, Role, Word

HYPHENS = ("-", "\u2010", "\u2011", "\u00ad")
LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
BARE = re.compile(r"^[^\w]+|[^\w]+$")
ADDRESS_PART = re.compile(r"[^\s./_~=?&%#:-]*[./_~=?&%#:-]+\w|\S*\d")  # goes on with an address: "reeds/Fen.jl"
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060\ufeff]")


class Vocabulary:
    """The words that a paper prints, those cut at line ends aside."""

    def __init__(self, document: Document) -> None:
        self._count: Counter[str] = Counter()
        self._firsts: set[str] = set()  # of words that are written with a hyphen
        cut = False
        for line in document.lines(Role.BODY, Role.REFERENCE, Role.CAPTION, Role.FOOTNOTE):
            words = line.words[1:] if cut else line.words  # the other half of a cut word is no word
            cut = line.words[-1].text.endswith(HYPHENS)
            for word in words[:-1] if cut else words:
                bare = _bare(word.text)
                self._count[bare] += 1
                if "-" in bare:
                    self._firsts.add(bare.split("-")[0])

    def keeps_hyphen(self, first: str, second: str) -> bool:
        """Whether `first-second` is written with its hyphen; `first` without it."""
        a, b = _bare(first), _bare(second)
        joined, hyphenated = self._count[a + b], self._count[f"{a}-{b}"]
        if joined or hyphenated:
            return hyphenated > joined
        if "-" in a:  # state-of-the-|art
            return True
        if len(a) >= 6 and a in self._firsts and len(b) >= 4:  # character-|level, where "character-based" stands
            return True
        if self._count[a] == 0 or len(a) < 4:
            return False
        # "widely-|studied", "term-|by-term"
        return len(b) >= 4 and (self._count[b] > 0 or a.endswith("ly") or self._count[b.split("-")[0]] > 0)

    def is_one_word(self, first: str, second: str) -> bool:
        """Whether both halves are printed elsewhere as one word, and never with a hyphen: a name such as "WordNet"."""
        a, b = _bare(first), _bare(second)
        return self._count[a + b] > 0 and self._count[f"{a}-{b}"] == 0


def join(lines: Iterable[Line], vocabulary: Vocabulary) -> tuple[str, Positions]:
    """The text of lines and the place of each word in it; the hyphen of a cut word is dropped from both."""
    parts: list[str] = []
    places: list[WordBox] = []
    length = 0
    cut: Word | None = None  # the word before, when its line ended within it
    for number, line in enumerate(lines):
        for i, word in enumerate(line.words):
            text = word.text
            if not (text.isascii() and text.isprintable()):  # nearly all words are both
                text = CONTROL.sub("", text.translate(LIGATURES))
            if not text:
                continue
            if cut is not None:
                first = parts[-1].rstrip()
                low = text[0].islower()
                if not vocabulary.keeps_hyphen(first[:-1], text) if low else vocabulary.is_one_word(first[:-1], text):
                    parts[-1] = first[:-1]
                    length -= 1
                    places[-1] = places[-1]._replace(end=length)
            elif parts and not (i == 0 and _goes_on(parts[-1], text)):
                parts.append(" ")
                length += 1
            parts.append(text)
            places.append(WordBox(length, length + len(text), line.page, number, word.box))
            length += len(text)
            ends_line = i == len(line.words) - 1
            cut = word if ends_line and len(text) > 2 and text.endswith(HYPHENS) and text[-2].isalpha() else None
    return "".join(parts), Positions.of(places)


def _goes_on(before: str, after: str) -> bool:
    """Whether a line ends in the middle of a range of pages or of an address."""
    if before.endswith("–"):
        return len(before) > 1 and before[-2].isdigit() and after[0].isdigit()
    return "://" in before and before.endswith(("/", ".")) and ADDRESS_PART.match(after) is not None


def _bare(word: str) -> str:
    return BARE.sub("", word).lower()
