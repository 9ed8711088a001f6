"""The papers of a project as an ingest must know them: by path, by bytes, by words.

It must not know how any of them is read or stored.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from hierarchy.nodes import Node


class Shelf:
    """Paper nodes that can be found in one step, however many there are."""

    def __init__(self, papers: Iterable[Node]) -> None:
        self._papers: dict[str, Node] = {}
        self._at: dict[str, str] = {}
        self._bytes: dict[str, str] = {}
        self._words: dict[str, str] = {}
        for paper in papers:
            self.put(paper)

    def put(self, paper: Node) -> None:
        """Adds a paper, or a new state of it."""
        self.drop(paper.id)
        self._papers[paper.id] = paper
        for index, name in self._indexes():
            if paper.metadata.get(name):
                index[str(paper.metadata[name])] = paper.id

    def drop(self, paper: str) -> None:
        """Forgets a paper, if it is known."""
        old = self._papers.pop(paper, None)
        for index, name in self._indexes() if old is not None else ():
            key = str(old.metadata.get(name)) if old is not None else ""
            if index.get(key) == paper:
                del index[key]

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

    def _indexes(self) -> tuple[tuple[dict[str, str], str], ...]:
        return (self._at, "path"), (self._bytes, "sha256"), (self._words, "text_hash")
