"""What is asked of one project's tenant, call by call: fetch, count, the two legs, insert, delete.

Here stand the server's limits (10,000 results a call) and what it does with half a batch. It must not know which
objects may be seen: filters come from above.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from weaviate.classes.aggregate import GroupByAggregate
from weaviate.classes.query import MetadataQuery
from weaviate.exceptions import WeaviateBaseError

from hierarchy.errors import StoreError
from hierarchy.nodes import Hit, Record
from hierarchy.weaviate import objects
from hierarchy.weaviate.server import Server
from hierarchy.weaviate.where import Compiled

MOST_RESULTS = 10_000  # the most that the server gives or deletes in one go
PAGE = 1_000  # objects in one answer
BATCH_OBJECTS, BATCH_BYTES = 200, 4_000_000
MOST_GROUPS = 1_000_000
SEARCHED = [f"title^{objects.TITLE_WEIGHT}", "text"]


class Tenant:
    """A tenant of the nodes' collection. Every method raises StoreError where the server fails."""

    def __init__(self, server: Server, name: str) -> None:
        self._server, self.name = server, name

    @property
    def collection(self) -> Any:
        """The client's own view of it."""
        return self._server.client.collections.get(objects.COLLECTION).with_tenant(self.name)

    def count(self, filters: Compiled) -> int:
        """How many objects match."""
        if filters is False:
            return 0
        count = self.collection.aggregate.over_all
        return int(self._server.call(lambda: count(filters=_sent(filters), total_count=True)).total_count or 0)

    def groups(self, prop: str, filters: Compiled) -> dict[str, int]:
        """How many objects that match there are for each value of a property."""
        if filters is False:
            return {}
        by, count = GroupByAggregate(prop=prop, limit=MOST_GROUPS), self.collection.aggregate.over_all
        found = self._server.call(lambda: count(filters=_sent(filters), group_by=by, total_count=True))
        return dict(sorted((str(g.grouped_by.value), int(g.total_count or 0)) for g in found.groups))

    def fetch(self, filters: Compiled, properties: list[str], *, include_vector: bool = False) -> list[Any]:
        """Up to MOST_RESULTS objects that match."""
        found: list[Any] = []
        if filters is False:
            return found
        wanted: dict[str, Any] = {"return_properties": properties, "include_vector": include_vector}
        fetch = partial(self.collection.query.fetch_objects, filters=_sent(filters), limit=PAGE, **wanted)
        while len(found) < MOST_RESULTS:
            page = self._server.call(partial(fetch, offset=len(found)))
            found += page.objects
            if len(page.objects) < PAGE:
                break
        return found

    def near(self, vector: list[float], k: int, filters: Compiled) -> list[Hit]:
        """The k nearest that match, by cosine."""
        wanted = {"return_properties": ["node_id"], "return_metadata": MetadataQuery(distance=True)}
        ask = partial(self.collection.query.near_vector, vector, limit=k, filters=_sent(filters), **wanted)
        return _ranked((o.properties["node_id"], 1 - o.metadata.distance) for o in self._server.call(ask).objects)

    def bm25(self, words: str, k: int, filters: Compiled) -> list[Hit]:
        """The k best that match, by BM25 over title and text."""
        wanted = {"return_properties": ["node_id"], "return_metadata": MetadataQuery(score=True)}
        ask = partial(self.collection.query.bm25, words, query_properties=SEARCHED, limit=k, **wanted)
        found = self._server.call(partial(ask, filters=_sent(filters)))
        return _ranked((o.properties["node_id"], o.metadata.score) for o in found.objects)

    def delete(self, filters: Compiled, beat: Callable[[], None]) -> None:
        """Deletes all that match: the server stops at its most results without a word."""
        while filters is not False:
            done = self._server.call(lambda: self.collection.data.delete_many(_sent(filters)))
            if done.failed:
                raise StoreError(
                    f"The Weaviate at {self._server.address.url} could not delete {done.failed} objects.",
                    "See its log, then run the same command again.",
                    "server",
                )
            if done.successful >= done.matches:
                return
            beat()

    def insert(self, records: Sequence[Record], epoch: int, beat: Callable[[], None]) -> None:
        """Makes an object of each record, in batches."""
        for batch in _batches(records):
            beat()
            self._insert_batch(batch, epoch)

    def _insert_batch(self, batch: Sequence[Record], epoch: int) -> None:
        """One batch; an error of one object is an error. What a failed attempt left is deleted and made anew."""
        left: list[UUID] = []

        def send() -> None:
            while left:
                self.collection.data.delete_by_id(left[-1])
                left.pop()
            attempt = secrets.token_hex(8)
            made = [objects.object_of(record, epoch, attempt) for record in batch]
            left.extend(objects.object_id(record.node.id, attempt) for record in batch)
            done = self.collection.data.insert_many(made)
            if done.errors:
                raise WeaviateBaseError(next(iter(done.errors.values())).message)
            left.clear()

        self._server.call(send)


def _ranked(found: Iterable[tuple[str, float]]) -> list[Hit]:
    return sorted((Hit(i, float(score)) for i, score in found), key=lambda h: (-h.score, h.id))


def _sent(filters: Compiled) -> Any:
    return None if filters is True else filters


def _batches(records: Sequence[Record]) -> Iterator[list[Record]]:
    batch, size = list[Record](), 0
    for record in records:
        batch.append(record)
        size += len(record.node.text) + len(record.attachment or b"") + len(record.node.places.data)
        if len(batch) >= BATCH_OBJECTS or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
