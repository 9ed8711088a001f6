"""UnionStore: several projects read as one, over stores of any engine. Nothing is copied, and nothing is written.

Cosines of one encoder compare as they are; BM25 scores are put on one scale (rarity.py); a paper that several projects
hold is read from one of them (holders.py). The projects' own nodes, with their themes, stand side by side. It must not
know engines or questions.
"""

from __future__ import annotations

import heapq
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NoReturn, TypeVar

from hierarchy.encoder import EncoderIdentity
from hierarchy.filters import Filter
from hierarchy.nodes import Hit, Level, Node, PaperName, Record, Vector
from hierarchy.refusals import different_encoders, one_project
from hierarchy.store import MAX_K, UNCHECKED, BranchChange, NodeStore, StoreStats, Unchecked
from hierarchy.union.holders import Holders
from hierarchy.union.rarity import Rarity

FRESH_S = 1.0  # how long it is taken for true which project holds which paper, unless names are asked for
LEVELS = {level: place for place, level in enumerate(Level)}

T = TypeVar("T")


class UnionStore:
    """Several projects as one that can only be read; implements `hierarchy.store.NodeStore`.

    Each node names the project that it is read from; one of a paper that several hold has all their names in
    `metadata["projects"]`. Words are counted in each project, so a paper that stands in two counts twice.

    Args:
        stores: of different projects, the one that matters most first; they are closed with it.

    Raises:
        UsageError: where they were made with different encoders, whose vectors do not compare.
    """

    def __init__(self, stores: Sequence[NodeStore]) -> None:
        self._stores = tuple(stores)
        first = self._stores[0]
        for other in self._stores[1:]:
            if other.encoder != first.encoder:
                raise different_encoders(first.project, first.encoder, other.project, other.encoder)
        self._holders: Holders | None = None
        self._looked = 0.0
        self._rarity: Rarity | None = None

    @property
    def projects(self) -> tuple[str, ...]:
        """The projects' names, in their order."""
        return tuple(store.project for store in self._stores)

    @property
    def project(self) -> str:
        """The projects' names in one line."""
        return ", ".join(self.projects)

    @property
    def encoder(self) -> EncoderIdentity:
        return self._stores[0].encoder

    # Reading

    def get(self, ids: Sequence[str]) -> dict[str, Node]:
        held = self._now()
        found: dict[str, Node] = {}
        for place, store in enumerate(self._stores):
            if missing := [i for i in ids if i not in found]:
                there = store.get(missing)
                found |= {i: held.told(n) for i, n in there.items() if n.paper not in held.hidden[place]}
        return found

    def vectors(self, ids: Sequence[str]) -> dict[str, Vector]:
        return self._first_of(ids, lambda store, missing: store.vectors(missing))

    def attachments(self, ids: Sequence[str]) -> dict[str, bytes]:
        return self._first_of(ids, lambda store, missing: store.attachments(missing))

    def dense(self, vector: Vector, level: Level, k: int, where: Filter | None = None) -> list[Hit]:
        held = self._now()
        legs = (s.dense(vector, level, k, held.inside(place, where)) for place, s in enumerate(self._stores))
        return _best((hit for leg in legs for hit in leg), k)

    def bm25(self, text: str, level: Level, k: int, where: Filter | None = None) -> list[Hit]:
        held = self._now()
        legs = [store.bm25(text, level, k, held.inside(place, where)) for place, store in enumerate(self._stores)]
        if sum(map(bool, legs)) < 2:
            return next(filter(None, legs), [])
        factors = self._rarities().factors(text)
        scaled = (Hit(hit.id, factor * hit.score) for leg, factor in zip(legs, factors, strict=True) for hit in leg)
        return _best(scaled, k)

    def expect(self, vectors: Sequence[Vector]) -> None:
        for store in self._stores:
            store.expect(vectors)

    def frequency(self, words: Sequence[str]) -> dict[str, int]:
        return _summed(store.frequency(words) for store in self._stores)

    def vocabulary(self, beginnings: Sequence[str]) -> dict[str, int]:
        return _summed(store.vocabulary(beginnings) for store in self._stores)

    def count_by(self, field: str, where: Filter | None = None) -> dict[str, int]:
        held = self._now()
        counts = _summed(s.count_by(field, held.inside(place, where)) for place, s in enumerate(self._stores))
        return dict(sorted(counts.items()))

    def names(self) -> Sequence[PaperName]:
        return self._now(fresh=True).names

    def scan(self, where: Filter | None = None) -> Iterator[Node]:
        held = self._now()
        parts = (store.scan(held.inside(place, where)) for place, store in enumerate(self._stores))
        for node in heapq.merge(*parts, key=lambda node: (LEVELS[node.level], node.paper or "")):
            yield held.told(node)

    def stats(self) -> StoreStats:
        by_level, every = self.count_by("level"), [store.stats() for store in self._stores]
        engines = ", ".join(dict.fromkeys(one.engine for one in every))
        sizes = [one.bytes for one in every if one.bytes is not None]
        size = sum(sizes) if len(sizes) == len(every) else None
        updated = max(one.updated for one in every)
        return StoreStats(engines, self.project, sum(by_level.values()), by_level, self.encoder, updated, size)

    def tidy(self) -> None:
        """Does nothing: nothing was written."""

    def close(self) -> None:
        for store in self._stores:
            store.close()

    # Writing is refused

    def upsert(self, records: Sequence[Record]) -> None:
        self._refuse()

    def replace_branch(
        self, paper: str, records: Sequence[Record], known: Node | Unchecked | None = UNCHECKED
    ) -> BranchChange:
        self._refuse()

    def delete(self, where: Filter) -> int:
        self._refuse()

    def erase(self, where: Filter) -> int:
        self._refuse()

    def backup(self, target: Path) -> None:
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise one_project(self.projects)

    # Inside

    def _now(self, *, fresh: bool = False) -> Holders:
        """Which project holds which paper."""
        now = time.monotonic()
        if self._holders is None or fresh or now - self._looked > FRESH_S:
            listed = tuple(store.names() for store in self._stores)
            if self._holders is None or any(a is not b for a, b in zip(listed, self._holders.listed, strict=True)):
                self._holders, self._rarity = Holders.of(self._stores, listed), None
            self._looked = now
        return self._holders

    def _rarities(self) -> Rarity:
        if self._rarity is None:
            self._rarity = Rarity(self._stores)
        return self._rarity

    def _first_of(self, ids: Sequence[str], read: Callable[[NodeStore, Sequence[str]], dict[str, T]]) -> dict[str, T]:
        """What stores give for ids, each by the one that its paper is read from."""
        homes = self.get(ids) if self._now().projects else None  # else no id is in two stores
        found: dict[str, T] = {}
        for store in self._stores:
            if homes is None:
                mine = [i for i in ids if i not in found]
            else:
                mine = [i for i in ids if i in homes and homes[i].project == store.project]
            if mine:
                found |= read(store, mine)
        return found


def _best(hits: Iterable[Hit], k: int) -> list[Hit]:
    """The k best, each id once, ties in the order of ids."""
    found: dict[str, Hit] = {}
    for hit in hits:
        if hit.id not in found or found[hit.id].score < hit.score:
            found[hit.id] = hit
    return sorted(found.values(), key=lambda hit: (-hit.score, hit.id))[: max(0, min(k, MAX_K))]


def _summed(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one)
    return dict(total)
