"""Finds "Smith et al. (2019)", "(see Smith and Lee, 2019; Lee 2020a)" and their like, and the entries that they mean.

A year alone is never a citation: a name before it must be that of an entry of that year.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from hierarchy.paper import Reference

YEAR = re.compile(r"(?<![\w.–-])(?P<year>1[6-9]\d\d|20\d\d)(?P<letters>[a-z](?:\s?,\s?[a-z]\b)*)?(?![\w])")
TOKEN = re.compile(r"[^\s,;()\[\]]+|[,;()\[\]]")
BETWEEN_YEARS = re.compile(r"[\s,;&]*(?:and\s)?[\s(]*")
PARTICLES = frozenset(
    [
        "van",
        "von",
        "de",
        "der",
        "den",
        "del",
        "della",
        "di",
        "da",
        "dos",
        "du",
        "la",
        "le",
        "el",
        "bin",
        "im",
        "ter",
        "zu",
    ]
)
JOINTS = frozenset(["and", "&", "et", "et.", "al", "al.", "und", ",", "colleagues", "others", "co-workers"])
ENTRY_LETTER = re.compile(r"(?<!\d)(1[6-9]\d\d|20\d\d)([a-z])(?![a-z])")
MODIFIER = re.compile(r"[\u02b0-\u02ff]")  # accents that stand beside their letter
PREFIXED = re.compile(r"(?:d|l|al|el|o)[’'-][^\W\d_]")  # "d’Alembert"
GROUP = re.compile(r"[(\[][^()\[\]]{4,600}[)\]]")
MOST_TOKENS = 24  # before a year: the names of a citation
LONGEST_GROUP = 300


class Entry(NamedTuple):
    """What citations call an entry by."""

    id: str
    families: tuple[str, ...]
    year: int | None
    years: frozenset[int]
    letter: str


class Mention(NamedTuple):
    """One year of a citation with its entries; `start` is where the names begin."""

    start: int
    end: int
    references: tuple[str, ...]


def plain(name: str) -> str:
    """A name's letters, without accents."""
    bare = MODIFIER.sub("", unicodedata.normalize("NFKD", name))
    return "".join(c for c in bare if c.isalpha()).lower()


class AuthorYear:
    """The entries of a paper by the family names of their first authors."""

    def __init__(self, references: Iterable[Reference]) -> None:
        self._by_first: dict[str, list[Entry]] = {}
        for reference in references:
            entry = _entry(reference)
            for key in _keys(reference):
                self._by_first.setdefault(key, []).append(entry)

    def find(self, text: str) -> list[tuple[int, int, tuple[str, ...]]]:
        """Citations in a text: begin, end and the entries meant, in order."""
        if not self._by_first:
            return []
        groups = [(m.start(), m.end()) for m in GROUP.finditer(text)]
        found: dict[tuple[int, int], list[str]] = {}
        for mention in self._mentions(text):
            span = _span(text, mention, groups)
            ids = found.setdefault(span, [])
            ids += [r for r in mention.references if r not in ids]
        return [(a, b, tuple(ids)) for (a, b), ids in sorted(found.items())]

    def _mentions(self, text: str) -> Iterator[Mention]:
        before: Mention | None = None
        names: tuple[int, list[str]] | None = None
        for year in YEAR.finditer(text):
            # "Smith (2019, 2020)": the names of the year before.
            again = before is not None and BETWEEN_YEARS.fullmatch(text, before.end, year.start()) is not None
            if not again or names is None:
                phrase = _phrase(text, year.start())
                start, ids, names = self._resolve(phrase, year)
            else:
                start = before.start if before else year.start()
                ids = self._entries(names[1], year)
            if ids:
                before = Mention(start, year.end(), ids)
                yield before
            else:
                before = Mention(start, year.end(), ()) if names else None

    def _resolve(
        self, phrase: list[tuple[int, str]], year: re.Match[str]
    ) -> tuple[int, tuple[str, ...], tuple[int, list[str]] | None]:
        """The entries whose first author's name stands in a phrase: the earliest name that fits best."""
        best: tuple[int, int, tuple[str, ...], list[str]] | None = None
        for i, (at, token) in enumerate(phrase):
            if token in JOINTS:
                continue
            words = [t for _, t in phrase[i:]]
            ids = self._entries(words, year)
            if ids:
                score = self._score(words, ids[0], year)
                if best is None or score > best[0]:
                    best = (score, at, ids, words)
        return (best[1], best[2], (best[1], best[3])) if best else (year.start(), (), None)

    def _entries(self, words: list[str], year: re.Match[str]) -> tuple[str, ...]:
        known = self._known(words)
        wanted = int(year["year"])
        same = [e for e in known if e.year == wanted] or [e for e in known if wanted in e.years]
        if not same:
            return ()
        same = self._closest(words, same)
        letters = re.findall(r"[a-z]", year["letters"] or "")
        if not letters:
            return (same[0].id,)
        by_letter = [e.id for letter in letters for e in same if e.letter == letter]
        return tuple(by_letter) or ((same[0].id,) if len(same) == 1 else ())

    def _known(self, words: list[str]) -> list[Entry]:
        """The entries whose first author is named by the first words, the longest name first."""
        for n in (4, 3, 2, 1):
            if len(words) >= n and not any(w in JOINTS for w in words[:n]):
                entries = self._by_first.get(plain("".join(_bare(w) for w in words[:n])))
                if entries:
                    return entries
        return []

    def _closest(self, words: list[str], entries: list[Entry]) -> list[Entry]:
        """Entries by how well the further names fit: "et al." wants three authors, "A and B" these two."""
        others = any(w.startswith(("al", "colleagues", "others")) for w in words)
        named = [plain(_bare(w)) for w in words if w not in JOINTS and w not in PARTICLES]

        def fit(entry: Entry) -> int:
            families = entry.families
            count = 2 * sum(name in families for name in named)
            return count + (len(families) > 2) if others else count - abs(len(families) - max(1, _names(words)))

        return sorted(entries, key=fit, reverse=True)

    def _score(self, words: list[str], reference: str, year: re.Match[str]) -> int:
        entry = next(e for e in self._known(words) if e.id == reference)
        named = {plain(_bare(w)) for w in words}
        return 2 * sum(f in named for f in entry.families) + (entry.year == int(year["year"]))


def _names(words: list[str]) -> int:
    return 1 + sum(w in (",", "and", "&", "und") for w in words[:-1])


def _bare(word: str) -> str:
    return re.sub(r"[’']s$", "", word)


def _phrase(text: str, end: int) -> list[tuple[int, str]]:
    """The tokens before a year that can be names, with their places."""
    begin = max(0, end - 16 * MOST_TOKENS)
    tokens = [(m.start(), m.group()) for m in TOKEN.finditer(text, begin, end)]
    while tokens and tokens[-1][1] in ("(", "[", ","):
        tokens.pop()
    phrase: list[tuple[int, str]] = []
    for at, token in reversed(tokens[-MOST_TOKENS:]):
        capital = token[:1].isupper() or not token[:1].isascii()
        joint = token in JOINTS or token in PARTICLES or token.startswith("al.")
        if not (capital or joint or PREFIXED.match(token)):  # "(see", "e.g.", plain words
            break
        phrase.append((at, token))
    phrase.reverse()
    return phrase


def _span(text: str, mention: Mention, groups: list[tuple[int, int]]) -> tuple[int, int]:
    """A citation in brackets is the whole of them; in running text it is the names with the years."""
    at = bisect(groups, (mention.end, 0)) - 1
    if at < 0 or groups[at][1] < mention.end:
        return mention.start, mention.end
    begin, end = groups[at]
    if begin > mention.start:
        return mention.start, end
    return (begin, end) if end - begin <= LONGEST_GROUP else (mention.start, mention.end)


def _entry(reference: Reference) -> Entry:
    years = frozenset(int(m["year"]) for m in YEAR.finditer(reference.text))
    letters = {int(year): letter for year, letter in ENTRY_LETTER.findall(reference.text)}
    families = tuple(plain(_family(name)) for name in reference.authors)
    return Entry(reference.id, families, reference.year, years, letters.get(reference.year or 0, ""))


def _family(name: str) -> str:
    return name.split(",")[0] if "," in name else (name.split() or [""])[-1]


def _keys(reference: Reference) -> set[str]:
    """What the first author may be called by."""
    if reference.authors:
        first = reference.authors[0]
        words = first.split(",")[0].split()
        keys = {plain(_family(first)), plain(words[-1]) if words else "", plain(first)}
        if "," not in first:
            keys |= {plain("".join(words[-n:])) for n in (2, 3)}
            if len(words) > 2:
                keys.add(plain("".join(w[0] for w in words if w[0].isupper())))  # an organisation's letters
    else:
        start = len(reference.marker or "")
        words = re.findall(r"[^\W\d_][\w’'-]*", reference.text[start : start + 120])[:3]
        keys = {plain("".join(words[:n])) for n in (1, 2, 3)}
    if reference.marker:
        keys.add(plain(re.split(r"\set\b|\sand\b|[,;&\d]", reference.marker.strip("[]"))[0]))
    return {key for key in keys if len(key) > 1}
