"""Two printings of one title: the same words under other hyphens, accents and capitals, with the subtitle cut off, or
with one letter lost.

A title that differs in a whole word, in a number or in the first letter of a word (typical, atypical) is another title.
It must not know papers, authors or years.
"""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum
from functools import lru_cache

import msgspec

STEM = 24  # letters at either end by which two printings find each other
LEAST_WORDS, LEAST_LETTERS = 4, 20  # from here on a title alone tells much
LEAST_NEAR = 30  # letters of a title in which one letter may differ
LEAST_WORD = 5  # letters of the word in which it may
SEPARATOR = re.compile(r"[:?!;.—(\[]|\s[-–]\s")  # what a subtitle stands behind
UNDECOMPOSED = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "&": "and"}
)
LIGATURES = ("ffi", "ffl", "ff", "fi", "fl")  # letters that a font prints as one sign, which a reader may lose


class Likeness(IntEnum):
    """How alike two printed titles are."""

    OTHER = 0
    LONGER = 1  # the first goes on behind a separator where the second ends
    CUT = 2  # the first ends where the second has a separator
    SWAPPED = 3  # one letter for another
    NEAR = 4  # one letter more or less, or a ligature lost
    SAME = 5


def folded(text: str) -> str:
    """Letters and digits without case, accents, ligatures: the same for two printings of the same words."""
    low = text.casefold().translate(UNDECOMPOSED)
    plain = low if low.isascii() else unicodedata.normalize("NFKD", low).translate(UNDECOMPOSED)
    return "".join(filter(str.isalnum, plain))


class Title(msgspec.Struct, frozen=True):
    """A title made ready: its letters, how many of them stand before each separator, and where its words begin."""

    letters: str
    cuts: tuple[int, ...]
    starts: tuple[int, ...]

    @property
    def telling(self) -> bool:
        """Whether it is long enough that two works hardly share it by chance."""
        return len(self.starts) >= LEAST_WORDS and len(self.letters) >= LEAST_LETTERS

    def keys(self) -> tuple[str, ...]:
        """What every printing of it shares one of: its first and last letters, and what stands before a separator."""
        if not self.letters:
            return ()
        ends = {f"first {self.letters[:STEM]}", f"last {self.letters[-STEM:]}"}
        short = next((cut for cut in self.cuts if cut < STEM), None)
        return tuple(sorted(ends if short is None else {*ends, f"first {self.letters[:short]}"}))


@lru_cache(maxsize=65_536)
def title_of(text: str) -> Title:
    """A printed title made ready."""
    letters = folded(text)
    cuts = sorted({len(folded(text[: found.start()])) for found in SEPARATOR.finditer(text)} - {0, len(letters)})
    starts, upto = list[int](), 0
    for word in text.split():
        if length := len(folded(word)):
            starts.append(upto)
            upto += length
    return Title(letters, tuple(cuts), tuple(starts))


def likeness(a: Title, b: Title) -> Likeness:
    """How alike the first, as a list of references prints it, and the second are."""
    if a.letters == b.letters:
        return Likeness.SAME if a.letters else Likeness.OTHER
    if len(a.letters) in b.cuts and b.letters.startswith(a.letters):
        return Likeness.CUT
    if len(b.letters) in a.cuts and a.letters.startswith(b.letters):
        return Likeness.LONGER
    if min(len(a.letters), len(b.letters)) < LEAST_NEAR or abs(len(a.letters) - len(b.letters)) > 6:
        return Likeness.OTHER
    return _by_letters(a, b)


def _by_letters(a: Title, b: Title) -> Likeness:
    """Whether one letter inside a long word makes the difference, or lost ligatures do."""
    longer, shorter = (a, b) if len(a.letters) >= len(b.letters) else (b, a)
    if _without_ligatures(longer.letters, shorter.letters):
        return Likeness.NEAR
    first = next(
        (i for i, (x, y) in enumerate(zip(longer.letters, shorter.letters, strict=False)) if x != y),
        len(shorter.letters),
    )
    rest, other = longer.letters[first:], shorter.letters[first:]
    if not _inside_a_word(longer, first) or any(letter.isdigit() for letter in (rest[:1], other[:1])):
        return Likeness.OTHER
    if rest[1:] == other:
        return Likeness.NEAR
    return Likeness.SWAPPED if rest[1:] == other[1:] else Likeness.OTHER


def _without_ligatures(longer: str, shorter: str) -> bool:
    """Whether the shorter is the longer with nothing but ligatures gone."""
    at = 0
    for i, letter in enumerate(shorter):
        while at < len(longer) and longer[at] != letter:
            lost = next((sign for sign in LIGATURES if longer.startswith(sign, at)), None)
            if lost is None:
                return False
            at += len(lost)
        if at == len(longer):
            return False
        at += 1
        if len(longer) - at < len(shorter) - i - 1:
            return False
    return longer[at:] in ("", *LIGATURES)


def _inside_a_word(title: Title, place: int) -> bool:
    """Whether a letter stands in a long word and does not begin it."""
    begin = max((start for start in title.starts if start <= place), default=0)
    end = min((start for start in title.starts if start > place), default=len(title.letters))
    return begin < place and end - begin >= LEAST_WORD
