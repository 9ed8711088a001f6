"""A local SQLite file that is opened by several threads and processes: its tables made or renewed, reads and writes.

It must not know what is kept in it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from hierarchy.errors import MismatchError
from hierarchy.sqlite.connection import connect, sentences, transaction


class Guarded:
    """An open connection that one thread at a time uses, whose errors are sentences.

    Args:
        path: its file.
        connection: to it.
    """

    def __init__(self, path: Path, connection: apsw.Connection) -> None:
        self._path, self._connection = path, connection
        self._lock = threading.RLock()

    def close(self) -> None:
        """Lets go of the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with self._lock, sentences(self._path):
            yield

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._reading(), transaction(self._connection):
            yield


class LocalFile(Guarded):
    """The base of what is kept beside the projects; made on first use.

    Args:
        path: the file.
        schema: the number of its tables' form.
        renewal: the SQL that makes that form of an older one, 0 for a new file.

    Raises:
        StoreError: where the file cannot be written.
        MismatchError: where a newer version made it.
    """

    def __init__(self, path: Path, schema: int, renewal: Callable[[int], str]) -> None:
        super().__init__(path, connect(path, create=True))
        if self._version() < schema:  # looked at again inside: another process may be making it
            with self._writing():
                version = self._version()
                if version < schema:
                    self._connection.execute(f"{renewal(version)} PRAGMA user_version = {schema}")
        if self._version() > schema:
            raise MismatchError(
                f"{path} was made by a newer Strata.",
                "Update Strata, or set STRATA_HOME to another folder.",
                "newer_schema",
            )

    def _version(self) -> int:
        with self._reading():
            return int(str(next(iter(self._connection.execute("PRAGMA user_version")))[0]))
