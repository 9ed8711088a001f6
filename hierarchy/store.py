"""The one interface of the engines that keep nodes.

An engine keeps one project: nodes, their vectors, their words. It gives the two raw legs of a search; fusing them is
not its business, so that all engines are fused alike. It must not know PDFs, questions or models.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Protocol

import msgspec

from hierarchy.encoder import EncoderIdentity
from hierarchy.filters import Eq, Filter
from hierarchy.nodes import Hit, Level, Node, PaperName, Record, Vector

LOOKED_UP = 500  # nodes that are asked for at once
MAX_K = 4096  # the most hits that one leg gives


class Unchecked(Enum):
    """Says that a writer does not care what it replaces."""

    UNCHECKED = "unchecked"


UNCHECKED = Unchecked.UNCHECKED


class BranchChange(msgspec.Struct, frozen=True):
    """What replacing a paper's branch did, as ids of nodes: `new` (or with another digest), `moved` (same digest,
    other place), `kept` (untouched), `removed`."""

    new: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @classmethod
    def between(cls, old: Mapping[str, Node], records: Sequence[Record]) -> BranchChange:
        """What makes these records of the nodes that are there."""
        new, moved, kept = list[str](), list[str](), list[str]()
        for node in (record.node for record in records):
            before = old.get(node.id)
            if before == node:
                kept.append(node.id)
            else:
                (new if before is None or before.digest != node.digest else moved).append(node.id)
        given = {record.node.id for record in records}
        return cls(tuple(new), tuple(moved), tuple(kept), tuple(i for i in old if i not in given))

    def written(self, records: Sequence[Record]) -> list[Record]:
        """Those of the records that must be written."""
        named = {*self.new, *self.moved}
        return [record for record in records if record.node.id in named]


class StoreStats(msgspec.Struct, frozen=True):
    """A store in numbers; `updated` is an ISO 8601 time in UTC; `bytes` on disk, None where the engine cannot tell."""

    engine: str
    project: str
    nodes: int
    by_level: dict[str, int]
    encoder: EncoderIdentity
    updated: str
    bytes: int | None


class NodeStore(Protocol):
    """Keeps the nodes of one project. Every method raises StoreError where the engine fails.

    What a write has acknowledged is on disk. A write is seen whole or not at all, at once, by every process.
    """

    @property
    def project(self) -> str:
        """The project's name."""
        ...

    @property
    def encoder(self) -> EncoderIdentity:
        """What its vectors are made with."""
        ...

    def upsert(self, records: Sequence[Record]) -> None:
        """Writes nodes; a node with a known id is replaced.

        Raises:
            BatchError: names the nodes with a vector of another length, NaN, or an empty id.
        """
        ...

    def replace_branch(
        self, paper: str, records: Sequence[Record], known: Node | Unchecked | None = UNCHECKED
    ) -> BranchChange:
        """Makes these the nodes of a paper, removing its others; nodes that did not change are not rewritten.

        Args:
            paper: its id.
            records: all its nodes.
            known: the paper's node as the writer knows it, None for a paper that is not there.

        Raises:
            ConflictError: where the paper's node is another one by now.
        """
        ...

    def get(self, ids: Sequence[str]) -> dict[str, Node]:
        """The nodes that exist of those asked for."""
        ...

    def vectors(self, ids: Sequence[str]) -> dict[str, Vector]:
        """Their vectors, float32 of the encoder's dimension."""
        ...

    def attachments(self, ids: Sequence[str]) -> dict[str, bytes]:
        """Their attachments, of those that have one."""
        ...

    def delete(self, where: Filter) -> int:
        """Deletes all that match, however many, and gives their true number.

        Raises:
            UsageError: where the filter limits nothing.
        """
        ...

    def dense(self, vector: Vector, level: Level, k: int, where: Filter | None = None) -> list[Hit]:
        """The k nearest nodes of a level by cosine, best first; ties in the order of ids."""
        ...

    def bm25(self, text: str, level: Level, k: int, where: Filter | None = None) -> list[Hit]:
        """The k best nodes of a level by BM25 over title (weighted) and text; the text is words, never a query."""
        ...

    def expect(self, vectors: Sequence[Vector]) -> None:
        """Says that questions with these vectors come next, which an engine may make ready for; none says that no more
        come. What is found stays the same, and what is written meanwhile is seen."""
        ...

    def frequency(self, words: Sequence[str]) -> dict[str, int]:
        """In how many nodes each word stands, in the form of words_of(); 0, or missing, where none holds it. An engine
        that cannot count gives 1 for a word that is there."""
        ...

    def vocabulary(self, beginnings: Sequence[str]) -> dict[str, int]:
        """The project's words that begin in one of these ways, with the number of nodes that hold each. An engine that
        cannot list its words gives those of its papers' titles and authors."""
        ...

    def count_by(self, field: str, where: Filter | None = None) -> dict[str, int]:
        """How many nodes there are for each value of a field."""
        ...

    def names(self) -> Sequence[PaperName]:
        """What all papers are called by, in the order of ids, without their nodes being read; asked again, it is the
        same object as long as the project has not changed."""
        ...

    def scan(self, where: Filter | None = None) -> Iterator[Node]:
        """All nodes that match, in the order of level, paper and reading."""
        ...

    def erase(self, where: Filter) -> int:
        """Deletes and leaves no byte behind."""
        ...

    def tidy(self) -> None:
        """Puts what was written in good order for reading; to be called after many writes, changes nothing else."""
        ...

    def stats(self) -> StoreStats:
        """The store in numbers."""
        ...

    def backup(self, target: Path) -> None:
        """Writes a copy that can be opened in its place."""
        ...

    def close(self) -> None:
        """Lets go of files and connections; a second call does nothing."""
        ...


def papers_of(store: NodeStore) -> Iterator[Node]:
    """The paper nodes of a project."""
    return store.scan(Eq("level", Level.PAPER.value))


def nodes_of(store: NodeStore, ids: Iterable[str]) -> dict[str, Node]:
    """The nodes that exist of those asked for, however many."""
    wanted, found = list(dict.fromkeys(ids)), dict[str, Node]()
    for start in range(0, len(wanted), LOOKED_UP):
        found |= store.get(wanted[start : start + LOOKED_UP])
    return found
