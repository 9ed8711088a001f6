"""Whether paragraphs that people marked stand whole in one passage: the share of a paragraph's word trigrams in the
passage that holds most of them, where that passage is not much longer than the paragraph.

It must not know where paragraphs or passages come from.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

LEAST_SHARE = 0.8
MOST_TIMES = 1.5
PLACEHOLDER = re.compile(r"(BIBREF|TABREF|FIGREF|SECREF|INLINEFORM|DISPLAYFORM|UID)\d+")

Trigram = tuple[str, str, str]


class Held(msgspec.Struct, frozen=True):
    """How a paragraph is held: the best share in one passage, the share in all of them together, and in the pages'
    own words; `words` of the paragraph, `longest` of the passage that holds it best."""

    words: int
    share: float
    longest: int
    anywhere: float
    printed: float

    @property
    def whole(self) -> bool:
        """Whether one passage holds it, and not much else."""
        return self.share >= LEAST_SHARE

    @property
    def reason(self) -> str:
        """Why it is not whole: not printed so, lost from the passages, in a passage too long, or cut into several."""
        if self.whole:
            return "whole"
        if self.printed < LEAST_SHARE:
            return "not printed so"
        if self.anywhere < LEAST_SHARE:
            return "lost"
        return "in a passage too long" if self.longest > MOST_TIMES * self.words else "cut"


def held(paragraph: str, passages: Sequence[str], printed: str) -> Held:
    """How a paragraph is held by a paper's passages; `printed` are the pages' own words."""
    words = words_of(paragraph)
    wanted = trigrams(words)
    best, longest, widest = 0.0, 0, 0.0
    everything: set[Trigram] = set()
    for passage in passages:
        own = words_of(passage)
        found = wanted & trigrams(own)
        everything |= found
        share = len(found) / len(wanted)
        if share > best and len(own) <= MOST_TIMES * len(words):
            best = share
        if share > widest:
            widest, longest = share, len(own)
    return Held(
        len(words),
        best,
        longest,
        len(everything) / len(wanted),
        len(wanted & trigrams(words_of(printed))) / len(wanted),
    )


def words_of(text: str) -> list[str]:
    """Lower-case words and numbers, placeholders of the gold dropped."""
    return re.findall(r"[a-z0-9]+", PLACEHOLDER.sub(" ", text).lower())


def trigrams(words: Sequence[str]) -> set[Trigram]:
    return set(zip(words, words[1:], words[2:], strict=False))
