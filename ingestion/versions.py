"""Whether two papers are versions of one, such as a preprint and its published form, and which of them is the main one.

The first that came in is the main one; the others point to it (`metadata.version_of`). Versions share title and
authors, or an identifier that is printed on both: a template's DOI on two different papers makes none. It must not know
how papers are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

import msgspec

from hierarchy.identity import fold
from hierarchy.nodes import Node, Record
from hierarchy.paper import Author, Paper
from hierarchy.store import NodeStore, papers_of
from ingestion.reading.cues import table

VERSION_OF = "version_of"  # a paper's metadata: the id of the main one
LEAST_LETTERS, LEAST_WORDS = 16, 3  # of a title that tells a paper from others
LEAST_LETTERS_UNSPACED = 8  # in scripts that set no spaces
LEAST_SHARED = 0.5  # of the words of two titles, or of the fewer authors


class Work(msgspec.Struct, frozen=True):
    """What tells which work a paper is a version of; names and titles are folded."""

    title: str
    families: frozenset[str]
    doi: str | None
    arxiv: str | None

    @classmethod
    def of_node(cls, paper: Node) -> Work:
        """That of a paper that is in."""
        known = paper.metadata
        return cls.of(paper.title, known.get("authors") or (), known.get("doi"), known.get("arxiv"))

    @classmethod
    def of_paper(cls, paper: Paper) -> Work:
        """That of a paper as read."""
        return cls.of(paper.title, [author.name for author in paper.authors], paper.doi, paper.arxiv)

    @classmethod
    def of(cls, title: str, authors: Iterable[str], doi: str | None, arxiv: str | None) -> Work:
        families = frozenset(filter(None, (fold(Author(name).family) for name in authors)))
        plain = re.sub(r"v\d+$", "", arxiv.lower()) if arxiv else None
        return cls(_plain_title(title), families, doi.lower() if doi else None, plain)

    @property
    def names(self) -> tuple[str, ...]:
        """By what a version of it could be found."""
        named = (("doi", self.doi), ("arxiv", self.arxiv), ("title", fold(self.title)))
        return tuple(f"{kind}:{name}" for kind, name in named if name)


def same_work(one: Work, other: Work) -> bool:
    """Whether two papers of other words are versions of one."""
    if _is_notice(one.title) != _is_notice(other.title):
        return False
    fewer = min(len(one.families), len(other.families))
    authors = fewer > 0 and len(one.families & other.families) >= LEAST_SHARED * fewer
    if any(a is not None and a == b for a, b in ((one.doi, other.doi), (one.arxiv, other.arxiv))):
        return authors or _alike(one.title, other.title)
    return authors and fold(one.title) == fold(other.title) and _tells(one.title)


def main_of(paper: Paper, candidates: Iterable[Node]) -> Node | None:
    """The first of the candidates that the paper is a version of."""
    work = Work.of_paper(paper)
    return next((node for node in candidates if same_work(work, Work.of_node(node))), None)


def pass_on(store: NodeStore, gone: str) -> str | None:
    """Makes one of a paper's versions the main one, as the paper is about to go: the oldest by its year. Its id.

    Done before the paper goes, so that no version ever points to nothing.
    """
    versions = [paper for paper in papers_of(store) if paper.metadata.get(VERSION_OF) == gone]
    if not versions:
        return None
    heir = min(versions, key=lambda paper: (paper.metadata.get("year") or 9999, paper.id))
    ids = [paper.id for paper in versions]
    vectors, attachments = store.vectors(ids), store.attachments(ids)
    renewed: list[Record] = []
    for paper in versions:
        metadata: dict[str, Any] = {name: said for name, said in paper.metadata.items() if name != VERSION_OF}
        if paper is not heir:
            metadata[VERSION_OF] = heir.id
        if paper.id in vectors:
            node = msgspec.structs.replace(paper, metadata=metadata)
            renewed.append(Record(node, vectors[paper.id], attachments.get(paper.id)))
    store.upsert(renewed)
    return heir.id


def _plain_title(title: str) -> str:
    """A title in small letters, without what a printing says of itself in brackets at its end."""
    low = " ".join(title.casefold().split()).rstrip(" .*†‡")
    start = max(low.rfind("("), low.rfind("["))
    if start > 0 and low[-1] in ")]" and fold(low[start:]) in _words()["printings"]:
        return low[:start].rstrip()
    return low


def _is_notice(title: str) -> bool:
    letters = fold(title)
    return any(letters.startswith(cue) or letters.endswith(cue) for cue in _words()["notices"])


def _tells(title: str) -> bool:
    """Whether a title tells a paper from others of its authors."""
    letters = fold(title)
    if letters in _words()["common"]:
        return False
    if not title.isascii() and len(title.split()) < LEAST_WORDS:
        return len(letters) >= LEAST_LETTERS_UNSPACED
    return len(letters) >= LEAST_LETTERS and len(title.split()) >= LEAST_WORDS


def _alike(one: str, other: str) -> bool:
    """Whether two titles share half of their words."""
    mine, theirs = ({fold(word) for word in title.split()} - {""} for title in (one, other))
    return bool(mine) and len(mine & theirs) >= LEAST_SHARED * len(mine | theirs)


@cache
def _words() -> dict[str, frozenset[str]]:
    return {name: frozenset(map(fold, cues)) for name, cues in table("versions").items()}
