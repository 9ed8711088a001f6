"""The projects of a server, and the state that makes a write be seen whole or not at all.

A project's entry is one object, so replacing it is atomic. It holds the epoch up to which objects are valid (what a
later one made is not yet to be seen) and the objects that the last write put out of date, which no reader may see any
more; a reader who finds that the entry changed meanwhile reads again. It must not know what nodes are.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import uuid5

import msgspec
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_fixed
from weaviate.classes.config import DataType, Property, Tokenization
from weaviate.classes.tenants import Tenant
from weaviate.exceptions import UnexpectedStatusCodeError

from hierarchy.encoder import EncoderIdentity
from hierarchy.errors import MismatchError, StoreError
from hierarchy.filters import Filter
from hierarchy.weaviate import objects
from hierarchy.weaviate.server import Server

COLLECTION = "StrataProject"
SCHEMA = 1
PROJECT, CLAIM = "project", "claim"
MOST_ENTRIES = 10_000
APPEARS_S = 3.0  # how long an object may stay away after a server's start


class Entry(msgspec.Struct, frozen=True):
    """A project as its server knows it. Objects of later epochs are not yet valid; of those of earlier ones, what
    matches `outdated` no longer is. `incarnation` tells it from one of the same name that was removed."""

    name: str
    encoder: EncoderIdentity
    incarnation: str
    epoch: int = 0
    outdated: Filter | None = None
    schema: int = SCHEMA
    updated: str = ""

    @property
    def version(self) -> tuple[str, int]:
        """Changes with what readers see."""
        return self.incarnation, self.epoch


class Row(NamedTuple):
    """An object of the registry; `record` is JSON."""

    key: str
    kind: str
    project: str
    record: str


class Registry:
    """The entries of all projects on a server."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._made = False

    def prepare(self) -> None:
        """Makes the two collections where they are missing.

        Raises:
            StoreError: where the server has one of the name that Strata did not make.
        """
        if self._made:
            return
        self._make(objects.collection())
        self._make(_collection())
        self._made = True

    def _make(self, given: dict[str, Any]) -> None:
        collections = self.server.client.collections
        if self.server.call(lambda: collections.exists(given["name"])):
            return
        try:
            self.server.call(lambda: collections.create(**given))
        except StoreError:  # another process was faster, or it is a real error
            if not self.server.call(lambda: collections.exists(given["name"])):
                raise

    def _is_there(self) -> bool:
        """Whether the collections were made, by whomever; this one is made last."""
        if not self._made:
            self._made = self.server.call(lambda: self.server.client.collections.exists(COLLECTION))
        return self._made

    def names(self) -> list[str]:
        """The names of all projects, sorted without regard to case; those that cannot be opened too."""
        if not self._is_there():
            return []
        records = (msgspec.json.decode(row.record) for row in self._rows() if row.kind == PROJECT)
        return sorted((str(record["name"]) for record in records), key=str.lower)

    def entry(self, name: str) -> Entry | None:
        """A project's entry, whatever its name's case."""
        if not self._is_there():
            return None
        found = self.server.call(lambda: self._collection.query.fetch_object_by_id(project_key(name)))
        return _decoded(str(found.properties["record"])) if found is not None else None

    def make(self, name: str, encoder: EncoderIdentity) -> Entry:
        """A new project with its tenant; the one that is there, if another process was faster."""
        self.prepare()
        tenants = self.server.client.collections.get(objects.COLLECTION).tenants
        if not self.server.call(lambda: tenants.exists(name)):
            self.server.call(lambda: tenants.create([Tenant(name=name)]))
        made = _stamped(Entry(name, encoder, secrets.token_hex(8)))
        if not self.add_object(project_key(name), PROJECT, name, _encoded(made)):
            there = self.entry(name)
            if there is not None:
                return there
        return made

    def put(self, entry: Entry) -> Entry:
        """Replaces a project's entry, in one step, and gives it as it now is.

        Raises:
            StoreError: where it is no longer there.
        """
        entry = _stamped(entry)
        self.replace_object(project_key(entry.name), PROJECT, entry.name, _encoded(entry))
        return entry

    def look(self, name: str) -> tuple[Entry | None, set[str]]:
        """A project's entry, and the keys of the claims to it, in one reading."""
        rows = [row for row in self._rows() if row.project == name.lower()]
        entry = next((_decoded(row.record) for row in rows if row.kind == PROJECT), None)
        return entry, {row.key for row in rows if row.kind == CLAIM}

    def drop(self, name: str) -> None:
        """Deletes a project: its tenant with every file of it, the claims to it, then its entry."""
        tenants = self.server.client.collections.get(objects.COLLECTION).tenants
        if self.server.call(lambda: tenants.exists(name)):  # else a removal was cut off, and ends here
            self.server.call(lambda: tenants.remove([name]))
        for key in self.objects(CLAIM, name):
            self.drop_object(key)
        self.drop_object(project_key(name))

    # Objects of any kind

    def add_object(self, key: str, kind: str, project: str, record: str) -> bool:
        """Writes a new object; False where there is one with this key already."""
        values = _values(kind, project, record)

        def write() -> bool:
            try:
                self._collection.data.insert(values, uuid=key)
            except UnexpectedStatusCodeError as error:
                if error.status_code != 422:
                    raise
                return False
            return True

        return self.server.call(write)

    def replace_object(self, key: str, kind: str, project: str, record: str) -> None:
        """Replaces an object in one step.

        Raises:
            StoreError: where there is none with this key, and does not appear: a server that was killed and has just
                been started may not find for a moment what it keeps.
        """
        values = _values(kind, project, record)
        again = Retrying(
            retry=retry_if_exception(_is_not_there),
            wait=wait_fixed(0.2),
            stop=stop_after_delay(APPEARS_S),
            reraise=True,
        )
        self.server.call(lambda: again(lambda: self._collection.data.replace(key, values)))

    def objects(self, kind: str, project: str) -> dict[str, str]:
        """The records of a project's objects of a kind, by key."""
        wanted = kind, project.lower()
        return {row.key: row.record for row in self._rows() if (row.kind, row.project) == wanted}

    def _rows(self) -> list[Row]:
        """All objects, without a filter: a killed server may have lost its index."""
        found = self.server.call(lambda: self._collection.query.fetch_objects(limit=MOST_ENTRIES)).objects
        return [Row(str(o.uuid), *(str(o.properties[name]) for name in Row._fields[1:])) for o in found]

    def drop_object(self, key: str, *, patience_s: float | None = None) -> None:
        """Deletes an object that may be there."""
        self.server.call(lambda: self._collection.data.delete_by_id(key), patience_s=patience_s)

    @property
    def _collection(self) -> Any:
        return self.server.client.collections.get(COLLECTION)


def _is_not_there(error: BaseException) -> bool:
    return isinstance(error, UnexpectedStatusCodeError) and error.status_code == 404


def project_key(name: str) -> str:
    """The key of a project's entry; names differ in more than case."""
    return str(uuid5(objects.NAMESPACE, "project " + name.lower()))


def _stamped(entry: Entry) -> Entry:
    return msgspec.structs.replace(entry, updated=datetime.now(UTC).isoformat(timespec="seconds"))


def _encoded(entry: Entry) -> str:
    return msgspec.json.encode(entry).decode()


def _values(kind: str, project: str, record: str) -> dict[str, str]:
    return {"kind": kind, "project": project.lower(), "record": record}


def _decoded(record: str) -> Entry:
    plain = msgspec.json.decode(record)
    if int(plain["schema"]) > SCHEMA:
        raise MismatchError(
            f"Project {plain['name']!r} on this server was made by a newer Strata "
            f"(its schema is {plain['schema']}, this one reads {SCHEMA}).",
            "Update Strata, or use another server.",
            "newer_schema",
        )
    return msgspec.json.decode(record, type=Entry)


def _collection() -> dict[str, Any]:
    exact: dict[str, Any] = {"data_type": DataType.TEXT, "index_searchable": False}
    return {
        "name": COLLECTION,
        "description": "The projects of Strata, and who is writing to them",
        "properties": [
            *(Property(name=n, tokenization=Tokenization.FIELD, index_filterable=True, **exact) for n in _KEYS),
            Property(name="record", index_filterable=False, **exact),
        ],
    }


_KEYS = ("kind", "project")
