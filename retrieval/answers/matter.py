"""What a question asks about, apart from how it asks: its content words in every ending, alternatives kept apart.

"Which papers deal with irony, sarcasm or satire?" asks about any of three things. Words that only frame a question are
data (matter.toml). It must not know stores.
"""

from __future__ import annotations

import math
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path

import msgspec

from retrieval.extract import STOP, stem

TABLE = Path(__file__).with_suffix(".toml")
MOST_LETTERS = 2_000  # of a question that are looked at
MOST_WORDS = 24
TOKEN = re.compile(r"[^\W_]+(?:['’]s\b)?|[/,;:?()—–]|(?<=\s)-(?=\s)")

LINK = re.compile(r"(?<=\])\([^)\s]*\)|https?://\S+")  # where a link leads

Alternatives = tuple[tuple[str, ...], ...]


class Matter(msgspec.Struct, frozen=True):
    """The words of a question: `groups`, each of alternatives, each of words that belong together; `forms` are the
    words that stand for each, endings changed. It has no groups where a question is all frame."""

    groups: tuple[Alternatives, ...]
    forms: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, question: str, besides: Iterable[str] = ()) -> Matter:
        """That of a question, without the words `besides`.

        >>> Matter.of("Which papers deal with irony or satire on forums?").groups
        ((('irony',), ('satire',)), (('forums',),))
        """
        left_out = {stem(word) for word in besides}
        runs = _runs(question, left_out)
        groups, words = list[Alternatives](), list[str]()
        for alternatives in runs:
            kept = tuple(alternative for alternative in alternatives if alternative)
            if kept:
                groups.append(kept)
                words += [word for alternative in kept for word in alternative]
        return cls(tuple(groups), {word: forms_of(word) for word in dict.fromkeys(words)})

    @property
    def words(self) -> tuple[str, ...]:
        """All its words."""
        return tuple(self.forms)

    @property
    def size(self) -> int:
        """How many words it takes to name it, by the longest alternatives."""
        return sum(max(map(len, alternatives)) for alternatives in self.groups)

    def share(self, held: Callable[[str], bool], weight: Mapping[str, float]) -> float:
        """How much of it is held, from 0 to 1, when words weigh so much; of alternatives the best held counts."""
        total = told = 0.0
        for alternatives in self.groups:
            longest = max(map(len, alternatives))
            whole = best = 0.0
            for words in alternatives:
                of = sum(weight[w] for w in words)
                has = sum(weight[w] for w in words if held(w))
                whole = max(whole, of)
                # "sign language recognition or translation": the shorter leans on words of the longer.
                best = max(best, has / of * math.sqrt(len(words) / longest)) if of else best
            total += whole
            told += whole * best
        return told / total if total else 0.0

    def pattern(self) -> re.Pattern[str]:
        """Finds any form of any word; `word_of` says which word it stands for."""
        every = sorted(self.word_of(), key=len, reverse=True)
        return re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, every))})(?![^\W_])" if every else r"(?!)")

    def word_of(self) -> dict[str, str]:
        """The word that each form stands for; a form of several stands for the one that it is, or the first."""
        found: dict[str, str] = {}
        for word, forms in self.forms.items():
            for form in forms:
                found.setdefault(form, word)
        return found | {word: word for word in self.forms}


def forms_of(word: str) -> tuple[str, ...]:
    """A word with other endings, itself first."""
    if len(word) <= 3 or any(c.isdigit() for c in word):
        return tuple(dict.fromkeys((word, word.removesuffix("s"), word + "s"))) if len(word) == 3 else (word,)
    base = stem(word)
    bases = {base, word} | ({word[:-3] + "y", word[:-3]} if word.endswith("ies") else set())
    forms = {b + ending for b in bases for ending in _table()["endings"]["suffixes"]}
    forms |= {b[:-1] + "ies" for b in bases if b.endswith("y")}
    return (word, *sorted(form for form in forms if len(form) > 2 and form != word))


def bare(text: str) -> str:
    """Lower case, without the accents of Latin letters; every character keeps its place."""
    lower = text.lower()
    if len(lower) != len(text):  # a few capitals grow when they are made small
        lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return lower if lower.isascii() else lower.translate(_accents())


@cache
def _accents() -> dict[int, str]:
    return {code: unicodedata.normalize("NFKD", chr(code))[0] for code in range(0xC0, 0x250)}


def _runs(question: str, left_out: set[str]) -> list[list[tuple[str, ...]]]:
    """Runs of content words; those that "or" or a slash joins are alternatives of one."""
    groups: list[list[tuple[str, ...]]] = []
    run: list[str] = []
    joined = False
    seen = 0

    def close() -> None:
        nonlocal run, joined
        if run:
            if joined and groups:
                groups[-1].append(tuple(run))
            else:
                groups.append([tuple(run)])
            run, joined = [], False

    frame = frozenset(_table()["frame"]["words"])
    for token in TOKEN.findall(bare(LINK.sub(" ", question[:MOST_LETTERS]))):
        word = re.sub(r"['’]s$", "", token)
        if token in ("/", "or"):
            close()
            joined = bool(groups)
        elif not word[0].isalnum() or word in STOP:
            close()
            if not word[0].isalnum():
                joined = False
        elif word in frame or stem(word) in left_out:
            close()
        elif seen < MOST_WORDS:
            run.append(word)
            seen += 1
    close()
    return groups


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(TABLE.read_text("utf-8"))
