"""The terms of one to three words that stand in many texts, and how much each counts in each, by arrays.

A term may label something: it begins and ends with words that tell something, holds none of the talk of research, and
no address. Which words are which is told in `words.toml`. It must not know what is labelled.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

TITLE, ABSTRACT, CLAIM = 3.0, 1.0, 0.3  # times that a word of the title, of the abstract, and of a finding, counts
INSIDE = frozenset({"of", "to", "in"})  # function words that may stand inside a term: "part of speech"
WORD = re.compile(r"[^\W\d_][\w'’]*(?:[-‐–][^\W_]+)*|\d+")
ADDRESS = re.compile(
    r"(?:https?|ftp)\s?://\S*|\bwww\.\S+|\bdoi\s?(?:\.org/|:)\s?\S+|\b10\.\d{4,9}/\S+|\barxiv:\s?\S+|\b[\w.+-]{1,64}@\S+"
    r"|(?<![\w.-])(?:[\w-]{1,63}\.){1,4}(?:com|org|net|edu|gov|io)\b\S*",
    re.I,
)
IN_ADDRESSES = ("://", "www.", "doi", "10.", "arxiv:", "@", ".com", ".org", ".net", ".edu", ".gov", ".io")
BREAK = re.compile(r"[.,:;!?()\[\]{}\"“”„‘/|—]|\s[-–]\s|\n")
READ = 1_000  # places where a term stands that are read for how it is printed
BITS = 21  # of a key, for each of its words
MOST_STEMS = (1 << BITS) - 1  # different words that are told apart; a word beyond them stands in no term

Text = tuple[str, str, str]  # title, abstract, findings
Term = tuple[str, ...]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


class Counted(msgspec.Struct, frozen=True, eq=False):
    """How much terms count in texts: row by row `texts`, `terms` (their numbers) and `counts`."""

    texts: Ints
    terms: Ints
    counts: Floats


class Terms:
    """The terms of some texts, by numbers from 0 on.

    Args:
        texts: read in their order.
        names: of people; words that stand in them and are never printed small label with others only.
    """

    def __init__(self, texts: Sequence[Text], names: Collection[str] = ()) -> None:
        self._words: dict[str, int] = {}
        self._stems: dict[str, int] = {}
        rows = [[self._read(part) for part in text] for text in texts]
        parts = [np.array(part, np.int64) for row in rows for part in row]
        self._tokens = np.concatenate([np.zeros(1, np.int64), *parts, np.zeros(2, np.int64)])
        lengths = [len(part) for part in parts]
        of_text = np.concatenate([[0], np.repeat(np.repeat(np.arange(len(texts)), 3), lengths), [0, 0]])
        times = np.concatenate([[0], np.repeat(np.tile([TITLE, ABSTRACT, CLAIM], len(texts)), lengths), [0, 0]])
        self._facts = [Word("", "", "", may_end=False, function=False, parts=True, weak=True), *map(word, self._words)]
        starts, sizes, keys = self._found(self._telling(names))
        self._keys, number = np.unique(keys, return_inverse=True)
        self._order = np.argsort(number, kind="stable")
        self._first = np.searchsorted(number[self._order], np.arange(len(self._keys) + 1))
        self._starts, self._sizes = starts, sizes
        both, row = np.unique(of_text[starts] * max(1, len(self._keys)) + number, return_inverse=True)
        counts: Floats = np.bincount(row, times[starts], len(both)).astype(np.float64)
        self.counted = Counted(both // max(1, len(self._keys)), both % max(1, len(self._keys)), counts)

    def __len__(self) -> int:
        return len(self._keys)

    @property
    def words(self) -> Ints:
        """The numbers of each term's words, 0 where it has no more; shape (terms, 3)."""
        shifted = self._keys[:, None] >> np.array([0, BITS, 2 * BITS])
        found: Ints = shifted & MOST_STEMS
        return found

    def number_of(self, stem: str) -> int:
        """The number of a word, 0 where it stands nowhere."""
        return self._stems.get(stem, 0)

    def spelt(self, term: int) -> Term:
        """A term by its stems."""
        return tuple(
            self._spell[n] for n in (int(self._keys[term]) >> s & MOST_STEMS for s in (0, BITS, 2 * BITS)) if n
        )

    def printed(self, term: int) -> str:
        """A term as it is mostly printed."""
        seen: Counter[str] = Counter()
        for i in self._order[self._first[term] : self._first[term + 1]][:READ]:
            start = self._starts[i]
            seen[" ".join(self._facts[t].plain for t in self._tokens[start : start + self._sizes[i]])] += 1
        return seen.most_common(1)[0][0]

    def _read(self, text: str) -> list[int]:
        """The numbers of a text's words, 0 wherever a sign parts them."""
        numbers = [0]
        for run in runs(text):
            numbers += [self._words.setdefault(printed, len(self._words) + 1) for printed in run]
            numbers.append(0)
        return numbers

    def _telling(self, names: Collection[str]) -> Bools:
        """Of each word, whether it may label alone."""
        people = {stem(one) for name in names for one in WORD.findall(name)}
        people -= {
            fact.stem for fact, printed in zip(self._facts[1:], self._words, strict=True) if printed[0].islower()
        }
        return np.array([not (fact.weak or fact.function or fact.stem in people) for fact in self._facts])

    def _found(self, telling: Bools) -> tuple[Ints, Ints, Ints]:
        """Where terms stand: their first words, in how many words, and their keys."""
        known = [self._stems.setdefault(fact.stem, len(self._stems) + 1) for fact in self._facts[1:]]
        self._spell = ["", *self._stems]
        lows: dict[str, int] = {}
        low = np.array([0, *(lows.setdefault(fact.low, len(lows) + 1) for fact in self._facts[1:])])
        number = np.array([0, *known])
        fits = np.array([not fact.parts for fact in self._facts]) & (number <= MOST_STEMS)
        ends = fits & np.array([fact.may_end for fact in self._facts])
        inner = fits & np.array([not fact.function or fact.low in INSIDE for fact in self._facts])
        first, second, third = (self._tokens[i : len(self._tokens) - 2 + i] for i in range(3))
        one = ends[first] & telling[first]
        two = ends[first] & ends[second] & (telling[first] | telling[second]) & (low[first] != low[second])
        three = ends[first] & inner[second] & ends[third] & (telling[first] | telling[second] | telling[third])
        three &= (low[first] != low[second]) & (low[second] != low[third]) & (low[first] != low[third])
        places = [np.flatnonzero(found) for found in (one, two, three)]
        keys = [number[first[places[0]]]]
        keys.append(number[first[places[1]]] | number[second[places[1]]] << BITS)
        at = places[2]
        keys.append(number[first[at]] | number[second[at]] << BITS | number[third[at]] << 2 * BITS)
        starts = np.concatenate(places)
        order = np.argsort(starts, kind="stable")
        sizes = np.repeat([1, 2, 3], [len(place) for place in places])
        return starts[order], sizes[order], np.concatenate(keys)[order]


class Word(msgspec.Struct, frozen=True):
    """A word as it is printed, and what it may do in a term: stand at an end; part terms; label with others only."""

    stem: str
    low: str
    plain: str
    may_end: bool
    function: bool
    parts: bool
    weak: bool


@lru_cache(maxsize=200_000)
def word(printed: str) -> Word:
    """What a printed word may do."""
    function, talk, weak = _stop()
    low = printed.casefold()
    return Word(
        stem(printed),
        low,
        _plain(printed),
        may_end=low not in function and len(low) >= 3 and low[0].isalpha(),
        function=low in function,
        parts=low in talk or low.isdigit(),
        weak=low in weak,
    )


def runs(text: str) -> Iterator[list[str]]:
    """Stretches of words that no sign parts; addresses are no words."""
    low = text.lower()
    if any(bit in low for bit in IN_ADDRESSES):
        text = ADDRESS.sub(" | ", text)
    for piece in BREAK.split(text):
        if words := WORD.findall(piece):
            yield words


def _plain(word: str) -> str:
    """A word as a label shows it: small, unless it has capitals inside, as acronyms have."""
    return word if any(letter.isupper() for letter in word[1:]) and not word.istitle() else word.lower()


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """A word without case, hyphens and the endings of the plural."""
    low = re.sub(r"['’]s?$", "", word.casefold().replace("-", "").replace("‐", "").replace("–", ""))
    if len(low) > 4 and low.endswith("ies"):
        return low[:-3] + "y"
    return low[:-1] if len(low) > 3 and low.endswith("s") and not low.endswith(("ss", "us", "is")) else low


@cache
def _stop() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    told = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
    return frozenset(told["function"]), frozenset(told["talk"]), frozenset(told["weak"])
