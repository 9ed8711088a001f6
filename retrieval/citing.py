"""Questions about the papers that cite a work, or that a paper cites: typed (`cites:`, `citedby:`) or in words.

The work is sought among the papers of the library and all that they cite; the question then stays inside the papers
that cite it, whose citing passages come first. The words that ask so are data (citing.toml). It must not know searches.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from hierarchy.errors import UsageError
from hierarchy.nodes import Node
from hierarchy.store import NodeStore, papers_of
from retrieval.extract import STOP, content_words
from retrieval.typed import Typed
from retrieval.works import YEAR, Named, named, near

TABLE = Path(__file__).with_suffix(".toml")
SHOWN = 8
OPEN, CLOSE = '"“„', '"”“'


class Cited(msgspec.Struct, frozen=True):
    """The papers that a question stays inside, the references by which each cites the work, and what the work is
    called."""

    papers: tuple[str, ...]
    references: Mapping[str, frozenset[str]]
    works: tuple[str, ...]


def in_words(typed: Typed) -> Typed:
    """The same with the works that the words name as citing or cited; they leave the words, where others are left.

    >>> in_words(Typed("What do papers that cite Roe (2019) say about reeds?")).cites
    ('Roe (2019)',)
    """
    for field, pattern in (("cites", _pattern("cite")), ("cited_by", _pattern("cited"))):
        match = pattern.search(typed.words)
        if match is None:
            continue
        quoted = match["quoted"]
        name = quoted or _opened(match["name"] or "")
        if not name or not (quoted or YEAR.search(name) or any(c.isupper() for c in name)):
            continue
        rest = f"{typed.words[: match.start()]}{match['noun']}{typed.words[match.end() :]}"
        tells = [word for word in content_words(rest) if word not in STOP and word not in _words()]
        words = " ".join(rest.split()) if tells else typed.words
        return msgspec.structs.replace(typed, words=words, **{field: (*getattr(typed, field), name)})
    return typed


def cited(typed: Typed, store: NodeStore) -> Cited:
    """What a question about citations stays inside.

    Raises:
        UsageError: for a work that nobody knows; names near ones. For one that no paper here cites.
    """
    papers = list(papers_of(store))
    inside: list[dict[str, None]] = []
    printed: dict[str, set[str]] = {}
    works: dict[str, None] = {}
    for name in typed.cites:
        work = _known(name, papers, store)
        found = _citing(work, papers)
        if not found:
            called = work.called[0][:80]
            raise UsageError(
                f"No paper of project {store.project!r} cites {called!r}.", "Ask without it to search all.", "not_cited"
            )
        for paper, references in found.items():
            printed.setdefault(paper, set()).update(references)
        inside.append(dict.fromkeys(found))
        works |= dict.fromkeys(work.called)
    for name in typed.cited_by:
        work = _known(name, papers, store)
        here = [paper for paper in papers if paper.id in work.papers]
        if not here:
            message = f"{name[:80]!r} is no paper of project {store.project!r}, so what it cites is not known."
            raise UsageError(message, _hint(near(name, papers)), "unknown_work")
        found_by = {link["paper"]: None for paper in here for link in paper.metadata.get("cites") or ()}
        if not found_by:
            message = f"{here[0].title[:80]!r} cites no other paper of project {store.project!r}."
            raise UsageError(message, "Add the papers that it cites, or ask without it.", "not_cited")
        inside.append(found_by)
        works |= dict.fromkeys(paper.title for paper in here)
    kept = tuple(paper for paper in inside[0] if all(paper in other for other in inside))
    by = {paper: frozenset(printed[paper]) for paper in kept if printed.get(paper)}
    return Cited(kept, by, tuple(works)[:SHOWN])


def _known(name: str, papers: Sequence[Node], store: NodeStore) -> Named:
    work = named(name, papers)
    if not work:
        message = f"No paper of project {store.project!r} is or cites a work called {name[:80]!r}."
        raise UsageError(message, _hint(near(name, papers)), "unknown_work")
    return work


def _hint(names: Iterable[str]) -> str:
    shown = ", ".join(repr(name) for name in names)
    return f"Did you mean {shown}?" if shown else "Name it by its title, or by its first author and year."


def _citing(work: Named, papers: Sequence[Node]) -> dict[str, set[str]]:
    """The papers that cite it, each with the ids of the references by which it does."""
    found: dict[str, set[str]] = {paper: set(held) for paper, held in work.references.items()}
    for paper in papers:
        for link in paper.metadata.get("cites") or ():
            if link["paper"] in work.papers and paper.id != link["paper"]:
                found.setdefault(paper.id, set()).update(link["references"])
    return found


def _opened(name: str) -> str:
    """A name without what stands before it, and without the marks around it."""
    plain = name.strip(" ,.:;?!")
    for opening in _table()["openings"]:
        if plain.lower().startswith(f"{opening} "):
            plain = plain[len(opening) :].strip()
            break
    return plain + ("." if plain.endswith("et al") else "")


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(TABLE.read_text("utf-8"))


@cache
def _words() -> frozenset[str]:
    """Words that tell nothing beside a work: those of asking for citations."""
    table = _table()
    return frozenset(word for key in ("nouns", "cite", "cited", "ends") for cue in table[key] for word in cue.split())


@cache
def _pattern(way: str) -> re.Pattern[str]:
    table = _table()
    nouns, verbs, ends = (_either(table[key]) for key in ("nouns", way, "ends"))
    name = rf"(?:[{OPEN}](?P<quoted>[^{CLOSE}]{{2,200}})[{CLOSE}]|(?P<name>\S.{{0,160}}?))"
    return re.compile(rf"\b(?P<noun>{nouns})\s+(?:{verbs})\s+{name}(?=\s+(?:{ends})\b|\s*[?!;]|\s*\.?\s*$)", re.I)


def _either(cues: Iterable[str]) -> str:
    return "|".join(re.escape(cue).replace(r"\ ", r"\s+") for cue in sorted(cues, key=len, reverse=True))
