"""Which works a name means ("Roe et al. (2019)", "BERT", a title), among the papers of a library and what these cite.

The surest reading of a name that fits any work counts: a title, what stands before a title's colon, authors with a
year, words of a title or an author. It must not know questions or searches.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from enum import IntEnum
from typing import Any

import msgspec

from hierarchy.graph.references import references_of
from hierarchy.nodes import Node
from hierarchy.query_words import words_of
from retrieval.names import family

YEAR = re.compile(r"\b((?:19|20)\d\d)[a-z]?\b")
OTHERS = re.compile(r"\bet\.?\s*al\b\.?|\band (?:others|colleagues)\b", re.I)
JOINS = frozenset(("and", "und", "et", *["van", "von", "der", "den", "de", "di", "da", "la", "le", "el", "al"]))
LEAST = 4  # letters of a title's one word that mean the title
NEAR = 3


class Fit(IntEnum):
    """How a name fits a work, the surest first."""

    TITLE = 0
    HEAD = 1
    AUTHORS_AND_YEAR = 2
    WORDS_OR_AUTHOR = 3


class Named(msgspec.Struct, frozen=True):
    """What a name means: papers of the library, and references by the paper that prints them; how both are called."""

    papers: frozenset[str]
    references: Mapping[str, frozenset[str]]
    called: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.papers or self.references)


def named(name: str, papers: Iterable[Node]) -> Named:
    """The works that a name means; empty where none does."""
    wanted = _Name(name)
    best: Fit | None = None
    mine: set[str] = set()
    printed: dict[str, set[str]] = {}
    called: dict[str, None] = {}

    def seen(told: Mapping[str, Any], title: str) -> bool:
        """Whether this work counts; a surer one makes forgotten what counted before."""
        nonlocal best
        fit = wanted.fit(title, [str(a) for a in told.get("authors") or ()], told.get("year"))
        if fit is None or (best is not None and fit > best):
            return False
        if best is None or fit < best:
            best = fit
            for held in (mine, printed, called):
                held.clear()
        called[title or name] = None
        return True

    for paper in papers:
        if seen(paper.metadata, paper.title):
            mine.add(paper.id)
        for reference in references_of(paper):
            if seen(reference, str(reference.get("title") or "")):
                printed.setdefault(paper.id, set()).add(str(reference.get("id")))
    return Named(frozenset(mine), {paper: frozenset(held) for paper, held in printed.items()}, tuple(called))


def near(name: str, papers: Iterable[Node]) -> list[str]:
    """Names of works that look like this one: authors with years, and titles."""
    there: dict[str, str] = {}
    for paper in papers:
        for told, title in [
            (paper.metadata, paper.title),
            *((r, str(r.get("title") or "")) for r in references_of(paper)),
        ]:
            authors = told.get("authors") or ()
            first = str(authors[0]) if authors else ""
            last = first.partition(",")[0] if "," in first else (first.split() or [""])[-1]
            for shown in (f"{last} {told.get('year') or ''}".strip(), title[:80], title.partition(":")[0][:80]):
                if shown:
                    there.setdefault(shown.lower(), shown)
    return [there[found] for found in get_close_matches(OTHERS.sub("", name).lower(), there, NEAR)]


class _Name:
    """A name taken apart."""

    def __init__(self, name: str) -> None:
        year = YEAR.search(name)
        self._year = int(year[1]) if year else None
        self._words = words_of(name)
        self._phrase = " ".join(self._words)
        authors = words_of(YEAR.sub(" ", OTHERS.sub(" ", name)))
        self._authors = [word for word in authors if word not in JOINS]

    def fit(self, title: str, authors: list[str], year: object) -> Fit | None:
        words = " ".join(re.findall(r"[^\W_]+", title.lower()))
        if self._phrase and words == self._phrase:
            return Fit.TITLE
        if ":" in title and words_of(title.partition(":")[0]) == self._words:
            return Fit.HEAD
        families = [family(author) for author in authors]
        signed = bool(self._authors and families) and set(self._authors) <= set(families)
        if signed and self._authors[0] == families[0] and self._year is not None and year == self._year:
            return Fit.AUTHORS_AND_YEAR
        by = signed and self._authors[0] == families[0] and self._year is None
        in_title = len(self._phrase) >= LEAST and f" {self._phrase} " in f" {words} "
        return Fit.WORDS_OR_AUTHOR if by or in_title else None
