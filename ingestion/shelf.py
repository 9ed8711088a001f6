"""The papers of a project as an ingest must know them: by path, by bytes, by words, by what names their work.

It must not know how any of them is read or stored.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from hierarchy.graph.references import Library
from hierarchy.graph.titles import title_of
from hierarchy.identity import fold
from hierarchy.nodes import Node
from hierarchy.paper import Paper
from ingestion.entries.kept import is_entry, kept_entries
from ingestion.versions import VERSION_OF, Work


class Shelf:
    """Paper nodes that can be found in one step, however many there are."""

    def __init__(self, papers: Iterable[Node]) -> None:
        self._papers: dict[str, Node] = {}
        self._at: dict[str, str] = {}
        self._bytes: dict[str, str] = {}
        self._words: dict[str, str] = {}
        self._works: dict[str, dict[str, None]] = {}  # a name of a work, and the papers that bear it, in their order
        self._entries: dict[tuple[str, str], str] = {}  # file and key of an entry, and the paper that it tells of
        self._bare = Library()  # the papers of which there are entries alone
        self._library: Library | None = None
        for paper in papers:
            self.put(paper)

    def put(self, paper: Node) -> None:
        """Adds a paper, or a new state of it."""
        self.drop(paper.id)
        self._papers[paper.id] = paper
        for name in Work.of_node(paper).names:
            self._works.setdefault(name, {})[paper.id] = None
        for entry in kept_entries(paper.metadata):
            self._entries[entry.path, entry.key] = paper.id
        if self._library is not None:
            self._library.add(paper)
        if is_entry(paper):
            self._bare.add(paper)
            return
        for index, name in self._indexes():
            if paper.metadata.get(name):
                index[str(paper.metadata[name])] = paper.id

    def drop(self, paper: str) -> None:
        """Forgets a paper, if it is known."""
        old = self._papers.pop(paper, None)
        if old is None:
            return
        for index, field in self._indexes():
            key = str(old.metadata.get(field))
            if index.get(key) == paper:
                del index[key]
        for name in Work.of_node(old).names:
            self._works[name].pop(paper)
        for entry in kept_entries(old.metadata):
            if self._entries.get((entry.path, entry.key)) == paper:
                del self._entries[entry.path, entry.key]
        self._bare.remove(paper)
        if self._library is not None:
            self._library.remove(paper)

    def get(self, paper: str) -> Node | None:
        """The paper with this id."""
        return self._papers.get(paper)

    def at(self, path: Path) -> Node | None:
        """The paper that was read from this path."""
        return self._papers.get(self._at.get(str(path), ""))

    def with_bytes(self, sha256: str) -> Node | None:
        """A paper whose file has these bytes."""
        return self._papers.get(self._bytes.get(sha256, ""))

    def with_words(self, text_hash: str) -> Node | None:
        """A paper of these words, whatever its bytes."""
        return self._papers.get(self._words.get(text_hash, ""))

    def bearing(self, names: Iterable[str]) -> list[Node]:
        """The papers that bear one of these names of a work."""
        found = dict.fromkeys(paper for name in names for paper in self._works.get(name, {}))
        return [self._papers[paper] for paper in found]

    def of_entry(self, path: Path, key: str) -> Node | None:
        """The paper that this entry of a file of references tells of."""
        return self._papers.get(self._entries.get((str(path), key), ""))

    def awaits(self, paper: Paper) -> Node | None:
        """The paper of which there are entries alone, and that this one is the PDF of."""
        found = self._papers.get(self._bare.resolve(_reference(paper)) or "") or self._namesake(paper)
        return found if found is not None and is_entry(found) else None

    def same_work(self, paper: Paper) -> Node | None:
        """The paper, with pages or without, that is the same work, as a reference to it would be resolved."""
        if self._library is None:
            self._library = Library.of(self._papers.values())
        return self._papers.get(self._library.resolve(_reference(paper)) or "") or self._namesake(paper)

    def _namesake(self, paper: Paper) -> Node | None:
        """The one paper of the same long title, where an entry tells neither authors nor year."""
        named = self.bearing([f"title:{fold(Work.of_paper(paper).title)}"])
        if len(named) != 1 or not title_of(paper.title).telling:
            return None
        said = named[0].metadata
        bare = not (paper.authors or paper.year) or (is_entry(named[0]) and not (said["authors"] or said["year"]))
        two = any(a and b for a, b in ((paper.doi, said["doi"]), (paper.arxiv, said["arxiv"])))
        return named[0] if bare and not two else None

    def main(self, paper: Node) -> Node:
        """The one that this paper is a version of, or itself."""
        return self._papers.get(str(paper.metadata.get(VERSION_OF)), paper)

    def _indexes(self) -> tuple[tuple[dict[str, str], str], ...]:
        return (self._at, "path"), (self._bytes, "sha256"), (self._words, "text_hash")


def _reference(paper: Paper) -> dict[str, object]:
    """A paper as a reference to it would tell of it."""
    authors = [author.name for author in paper.authors]
    return {"title": paper.title, "authors": authors, "year": paper.year, "doi": paper.doi, "arxiv": paper.arxiv}
