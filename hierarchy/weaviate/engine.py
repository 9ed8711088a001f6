"""WeaviateStore: the nodes of one project as a tenant of a Weaviate server.

The server has no transactions. A write makes its objects under the next epoch, which no reader looks at, then puts the
project's entry, which in one step makes them valid and what they replace outdated, and sweeps that last; readers leave
out what is outdated, and read again if the entry changed meanwhile. So a branch is seen whole or not at all, and
whoever writes next sweeps what a killed writer left (docs/decisions/0007). It must not know how the scores of its two
legs are put together.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np
from weaviate.classes.query import Filter as Where

from hierarchy.encoder import EncoderIdentity, unit
from hierarchy.errors import MismatchError, NotBuiltError, StoreError, UsageError
from hierarchy.filters import Eq, Filter, In, IsNull, Or, all_of, is_empty
from hierarchy.nodes import Hit, Level, Node, PaperName, Record, Vector
from hierarchy.query_words import MOST_WORDS, words_of
from hierarchy.refusals import check_known, check_records, other_encoder, unknown_project
from hierarchy.store import MAX_K, UNCHECKED, BranchChange, StoreStats, Unchecked
from hierarchy.weaviate import objects
from hierarchy.weaviate.claim import Claims
from hierarchy.weaviate.registry import Entry, Registry
from hierarchy.weaviate.tenant import MOST_RESULTS, Tenant
from hierarchy.weaviate.where import Compiled, both, compiled, name, negated

NAMED = 500  # ids in one filter
CLOSE_S = 0.5  # for a call that hangs, when the run must end
TRIES = 100  # readings before it is said that the project never stands still
LEVELS = {level: place for place, level in enumerate(Level)}

T = TypeVar("T")


class WeaviateStore:
    """A project on a server; implements `hierarchy.store.NodeStore`.

    Args:
        registry: of the server.
        project: the project's name.
        encoder: what its vectors are made with; None takes what the project remembers.
        locks: a folder of this home for its writers' locks.

    Raises:
        MismatchError: for a project of a newer version or of another encoder.
        StoreError: where the server fails.
    """

    def __init__(
        self, registry: Registry, project: str, encoder: EncoderIdentity | None, locks: Path, *, create: bool = True
    ) -> None:
        self._registry, self._server = registry, registry.server
        entry = registry.entry(project)
        if entry is None:
            if not create or encoder is None:
                raise unknown_project(project, registry.names())
            entry = registry.make(project, encoder)
        if encoder is not None and entry.encoder != encoder:
            raise other_encoder(project, entry.encoder, encoder)
        self._entry = entry
        self._encoder = entry.encoder
        self._claims = Claims(registry, entry.name, locks)
        self._tenant = Tenant(registry.server, entry.name)
        self._lock = threading.RLock()
        self._names: tuple[tuple[str, int], Sequence[PaperName]] | None = None

    @property
    def project(self) -> str:
        return self._entry.name

    @property
    def encoder(self) -> EncoderIdentity:
        return self._encoder

    # Writing

    def upsert(self, records: Sequence[Record]) -> None:
        check_records(records, self.project, self.encoder)
        if not records:
            return
        with self._writing():
            there = self._existing([r.node.id for r in records])
            self._write(records, In("id", tuple(there)) if there else None)

    def replace_branch(
        self, paper: str, records: Sequence[Record], known: Node | Unchecked | None = UNCHECKED
    ) -> BranchChange:
        check_records(records, self.project, self.encoder)
        with self._writing(keep=True):
            ids = tuple(r.node.id for r in records)
            there = {node.id: node for node in self._scan(Or((Eq("paper", paper), In("id", ids))))}
            old = {node.id: node for node in there.values() if node.paper == paper}
            check_known(paper, old, known)
            change = BranchChange.between(old, records)
            written = change.written(records)
            # Out of date is all that was there (written anew, gone, or of these ids in another paper) but what is kept.
            replaced = there.keys() - set(change.kept)
            if written or replaced:
                self._write(written, In("id", tuple(sorted(replaced))) if replaced else None)
        return change

    def delete(self, where: Filter) -> int:
        if is_empty(where):
            raise UsageError(
                "A delete needs a filter that limits it.", "Remove the whole project to delete everything."
            )
        with self._writing():
            found = self._tenant.count(self._visible(where))
            if found:
                self._write([], where)
        return found

    def erase(self, where: Filter) -> int:
        raise NotBuiltError(
            "Proved erasure is not part of this version.",
            "Remove without --erase; the bytes may linger in the server's files until the whole project is removed.",
        )

    def backup(self, target: Path) -> None:
        raise NotBuiltError(
            "Backup is not part of this version.", "Copy the project to the embedded engine: strata copy --to sqlite."
        )

    # Reading

    def get(self, ids: Sequence[str]) -> dict[str, Node]:
        return self._reading(lambda: {node.id: node for node in self._get(ids)})

    def vectors(self, ids: Sequence[str]) -> dict[str, Vector]:
        def read() -> dict[str, Vector]:
            found = self._named(ids, ["node_id"], include_vector=True)
            return {o.properties["node_id"]: objects.vector_of(o) for o in found}

        return self._reading(read)

    def attachments(self, ids: Sequence[str]) -> dict[str, bytes]:
        def read() -> dict[str, bytes]:
            found = (o.properties for o in self._named(ids, ["node_id", "attachment"]))
            return {p["node_id"]: objects.decoded(p["attachment"]) for p in found if p.get("attachment") is not None}

        return self._reading(read)

    def dense(self, vector: Vector, level: Level, k: int, where: Filter | None = None) -> list[Hit]:
        asked = unit(np.ascontiguousarray(vector, np.float32)).tolist()

        def read() -> list[Hit]:
            filters = both(compiled(Eq("level", level.value)), self._visible(where))
            if k < 1 or filters is False:
                return []
            return self._tenant.near(asked, min(k, MAX_K), filters)

        return self._reading(read)

    def bm25(self, text: str, level: Level, k: int, where: Filter | None = None) -> list[Hit]:
        def read() -> list[Hit]:
            # All of its words: the server skips what common ones cannot add, and counting them would cost more (0009).
            words = words_of(text)[:MOST_WORDS]
            filters = both(compiled(Eq("level", level.value)), self._visible(where))
            if not words or k < 1 or filters is False:
                return []
            return self._tenant.bm25(" ".join(words), min(k, MAX_K), filters)

        return self._reading(read)

    def expect(self, vectors: Sequence[Vector]) -> None:
        """Does nothing: the server has all that it needs at hand."""

    def frequency(self, words: Sequence[str]) -> dict[str, int]:
        def read() -> dict[str, int]:
            seen = self._visible(None)
            return {word: len(self._tenant.bm25(word, 1, seen)) if seen is not False else 0 for word in words}

        return self._reading(read)

    def vocabulary(self, beginnings: Sequence[str]) -> dict[str, int]:
        first = tuple(beginnings)
        words = (word for paper in self.names() for word in words_of(" ".join((paper.title, *paper.authors))))
        return dict(Counter(word for word in words if word.startswith(first)))

    def count_by(self, field: str, where: Filter | None = None) -> dict[str, int]:
        prop = name(field)

        def read() -> dict[str, int]:
            filters = self._visible(where)
            if field == "level":
                counts = {lv.value: self._tenant.count(both(filters, compiled(Eq("level", lv.value)))) for lv in Level}
                return {value: counts[value] for value in sorted(counts) if counts[value]}
            return self._tenant.groups(prop, filters)

        return self._reading(read)

    def names(self) -> Sequence[PaperName]:
        def read() -> Sequence[PaperName]:
            entry = self._now()
            if self._names is not None and self._names[0] == entry.version:
                return self._names[1]
            self._entry = entry
            found = (objects.name_of(p) for p in self._properties(Eq("level", Level.PAPER.value), objects.NAME))
            self._names = entry.version, tuple(sorted(found, key=lambda name: name.id))
            return self._names[1]

        return self._reading(read)

    def scan(self, where: Filter | None = None) -> Iterator[Node]:
        yield from self._reading(lambda: self._scan(where))

    def tidy(self) -> None:
        """Lets others write at once; the server keeps its indexes in order by itself."""
        with self._lock:
            self._claims.release()

    def stats(self) -> StoreStats:
        by_level = self.count_by("level")
        entry = self._now()
        nodes = sum(by_level.values())
        return StoreStats("weaviate", self.project, nodes, by_level, self.encoder, entry.updated, None)

    def looked_at(self, where: Filter | None, read: Callable[[Compiled], T]) -> T:
        """What somebody else's code reads of the tenant: it is given the server's filter of what may be seen, and
        called again where a write ended meanwhile."""
        return self._reading(lambda: read(self._visible(where)))

    @property
    def tenant(self) -> Tenant:
        """The tenant that holds the project."""
        return self._tenant

    def drop(self) -> int:
        """Deletes the project with every file of it, and gives the number of its nodes."""
        with self._lock, self._claims.held():
            try:
                nodes = self._tenant.count(self._visible(None))
            except StoreError as error:
                if error.code != "server":
                    raise
                nodes = 0  # a removal that was cut off: its nodes are gone already
            self._registry.drop(self.project)
        return nodes

    def close(self) -> None:
        """Lets others write at once; the connection belongs to whoever made it."""
        if self._lock.acquire(timeout=CLOSE_S):  # else a call hangs, and ends with the connection
            try:
                self.tidy()
            finally:
                self._lock.release()

    def close_server(self) -> None:
        """Lets go of the connection, for whoever uses nothing else of the server."""
        self._server.close()

    # Inside: reading

    def _now(self) -> Entry:
        entry = self._registry.entry(self.project)
        if entry is None:
            raise MismatchError(
                f"Project {self.project!r} is no longer on {self._server.address.url}.",
                "It was removed meanwhile. Ingest its papers again to have it back.",
                "unknown_project",
            )
        return entry

    def _reading(self, read: Callable[[], T]) -> T:
        """What `read` gives of one state: done again where a write began or ended meanwhile."""
        with self._lock:
            for _ in range(TRIES):
                try:
                    found = read()
                except StoreError as error:
                    if error.code in ("no_server", "unauthorized"):
                        raise
                    now = self._now()
                    if now.version == self._entry.version:
                        raise
                    self._entry = now
                    continue
                now = self._now()
                if now.version == self._entry.version:
                    return found
                self._entry = now
        raise StoreError(
            f"Project {self.project!r} is written to without pause.", "Try again when the ingest is done.", "busy"
        )

    def _visible(self, where: Filter | None) -> Compiled:
        """The filter, without what no reader may see.

        Objects to come are left out by a condition that holds for those to be seen, not by a negation: the server
        turns a negation around after it has looked, and lets in what was inserted between.
        """
        entry = self._entry
        valid = Where.by_property("epoch").less_or_equal(entry.epoch)
        return both(compiled(where), valid, negated(_outdated(entry)))

    def _named(self, ids: Sequence[str], properties: list[str], *, include_vector: bool = False) -> list[Any]:
        """The objects of these nodes."""
        found: list[Any] = []
        for start in range(0, len(ids), NAMED):
            some = self._visible(In("id", tuple(ids[start : start + NAMED])))
            found += self._tenant.fetch(some, properties, include_vector=include_vector)
        return found

    def _existing(self, ids: Sequence[str]) -> list[str]:
        return sorted(o.properties["node_id"] for o in self._named(ids, ["node_id"]))

    def _get(self, ids: Sequence[str]) -> list[Node]:
        return self._nodes([o.properties for o in self._named(ids, objects.NODE)])

    def _scan(self, where: Filter | None) -> list[Node]:
        nodes = self._nodes(self._properties(where, objects.NODE))
        return sorted(nodes, key=lambda n: (LEVELS[n.level], n.paper or "", n.order, n.id))

    def _properties(self, where: Filter | None, properties: list[str]) -> list[Any]:
        """These properties of all objects that match, however many."""
        found = self._tenant.fetch(self._visible(where), properties)
        if len(found) >= MOST_RESULTS:  # more than the server gives for a filter: paper by paper
            papers = self._tenant.groups("paper", self._visible(where))
            parts: list[Filter] = [*(Eq("paper", paper) for paper in papers), IsNull("paper")]
            found = [o for part in parts for o in self._tenant.fetch(self._visible(all_of(where, part)), properties)]
        return [o.properties for o in found]

    def _nodes(self, found: Sequence[Any]) -> list[Node]:
        """Nodes with the title and file of their papers as they are now."""
        papers = {p["node_id"]: (p.get("title") or "", p.get("file")) for p in found if p["level"] == Level.PAPER.value}
        missing = sorted({p["paper"] for p in found if p.get("paper")} - papers.keys())
        for p in (o.properties for o in self._named(missing, ["node_id", "title", "file"])):
            papers[p["node_id"]] = (p.get("title") or "", p.get("file"))
        return [objects.node_of(p, self.project, papers) for p in found]

    # Inside: writing

    @contextmanager
    def _writing(self, *, keep: bool = False) -> Iterator[None]:
        """Alone, after what a killed writer left was swept; `keep` where more writes are likely to follow."""
        with self._lock, self._claims.held(keep=keep) as alone:
            if not alone:
                self._entry = self._now()
                self._sweep()
                self._sweep_unfinished()
            yield

    def _write(self, records: Sequence[Record], replaced: Filter | None) -> None:
        """Makes objects, and puts out of date what matches; seen by all at once when the entry is put."""
        epoch = self._entry.epoch + 1
        self._tenant.insert(records, epoch, self._claims.beat)
        self._put(epoch=epoch, outdated=replaced)
        self._sweep()

    def _put(self, **changes: Any) -> None:
        """Replaces the entry, if it still is as this writer knows it and the right to write is still ours."""
        entry, claims = self._registry.look(self.project)
        self._claims.check(claims)
        if entry != self._entry:
            raise StoreError(
                f"Another process wrote to project {self.project!r} meanwhile.",
                "Run the same command again; nothing that was acknowledged is lost.",
                "lost_claim",
            )
        self._entry = self._registry.put(msgspec.structs.replace(self._entry, **changes))

    def _sweep(self) -> None:
        """Deletes what the last write put out of date."""
        if self._entry.outdated is not None:
            self._tenant.delete(_outdated(self._entry), self._claims.beat)
            self._put(outdated=None)

    def _sweep_unfinished(self) -> None:
        """Deletes the objects of a write that never ended."""
        unfinished = Where.by_property("epoch").greater_than(self._entry.epoch)
        if self._tenant.count(unfinished):
            self._tenant.delete(unfinished, self._claims.beat)


def _outdated(entry: Entry) -> Compiled:
    if entry.outdated is None:
        return False
    return both(compiled(entry.outdated), Where.by_property("epoch").less_than(entry.epoch))
