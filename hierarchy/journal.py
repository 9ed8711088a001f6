"""The journal: one local SQLite file that remembers what was done: files that failed, runs, traces of answers.

It is never the truth about what is in a project: that is the project's store alone. It must not know what its records
mean; they are kept as JSON.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from hierarchy.errors import MismatchError
from hierarchy.sqlite.connection import connect, sentences, transaction

SCHEMA = 1
TABLES = """
CREATE TABLE failures (
    project TEXT COLLATE NOCASE, path TEXT, code TEXT, message TEXT, hint TEXT, at TEXT, PRIMARY KEY (project, path)
);
CREATE TABLE runs (id INTEGER PRIMARY KEY, project TEXT COLLATE NOCASE, at TEXT, report TEXT);
CREATE TABLE traces (id TEXT PRIMARY KEY, project TEXT COLLATE NOCASE, at TEXT, papers TEXT, trace TEXT);
CREATE INDEX traces_project ON traces (project, at);
"""
KEPT_TRACES = 10_000


class Failure(msgspec.Struct, frozen=True):
    """A file that could not be taken in, and why."""

    path: str
    code: str
    message: str
    hint: str


class Journal:
    """What was done, in `path`; made on first use.

    Raises:
        StoreError: where the file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._connection = connect(path, create=True)
        with self._writing():
            version = next(iter(self._connection.execute("PRAGMA user_version")))[0]
            if version == 0:
                self._connection.execute(TABLES + f"PRAGMA user_version = {SCHEMA};")
        if int(version) > SCHEMA:
            raise MismatchError(
                f"{path} was made by a newer Strata.",
                "Update Strata, or set STRATA_HOME to another folder.",
                "newer_schema",
            )

    def failed(self, project: str, failure: Failure) -> None:
        """Remembers a failure; a later one of the same file takes its place."""
        with self._writing():
            values = (project, failure.path, failure.code, failure.message, failure.hint, _now())
            self._connection.execute("INSERT OR REPLACE INTO failures VALUES (?, ?, ?, ?, ?, ?)", values)

    def succeeded(self, project: str, paths: Sequence[str]) -> None:
        """Forgets the failures of files that are in now, or are gone."""
        with self._writing():
            self._connection.executemany(
                "DELETE FROM failures WHERE project = ? AND path = ?", [(project, p) for p in paths]
            )

    def failures(self, project: str) -> list[Failure]:
        """The files of a project that failed when they were last tried."""
        query = "SELECT path, code, message, hint FROM failures WHERE project = ? ORDER BY path"
        with self._reading():
            return [Failure(*map(str, row)) for row in self._connection.execute(query, (project,))]

    def ran(self, project: str, report: dict[str, Any]) -> None:
        """Remembers the report of an ingest."""
        with self._writing():
            self._connection.execute(
                "INSERT INTO runs (project, at, report) VALUES (?, ?, ?)", (project, _now(), _json(report))
            )

    def keep_traces(self, project: str, traces: Sequence[tuple[str, Sequence[str], dict[str, Any]]]) -> None:
        """Keeps traces as (id, papers that they touch, trace); the oldest beyond some thousands go."""
        with self._writing():
            rows = [
                (trace_id, project, _now(), _json(list(papers)), _json(trace)) for trace_id, papers, trace in traces
            ]
            self._connection.executemany("INSERT OR REPLACE INTO traces VALUES (?, ?, ?, ?, ?)", rows)
            old = "DELETE FROM traces WHERE rowid <= (SELECT max(rowid) FROM traces) - ?"
            self._connection.execute(old, (KEPT_TRACES,))

    def trace(self, trace_id: str) -> dict[str, Any] | None:
        """A trace by its id, or by a beginning of it that is unique."""
        query = "SELECT trace FROM traces WHERE id = ? OR (length(?) >= 4 AND substr(id, 1, length(?)) = ?) LIMIT 2"
        with self._reading():
            rows = self._connection.execute(query, (trace_id,) * 4).fetchall()
        return msgspec.json.decode(str(rows[0][0]), type=dict[str, Any]) if len(rows) == 1 else None

    def forget_paper(self, project: str, paper: str) -> None:
        """Removes the traces that touch a paper."""
        with self._writing():
            touched = "EXISTS (SELECT 1 FROM json_each(traces.papers) WHERE json_each.value = ?)"
            self._connection.execute(f"DELETE FROM traces WHERE project = ? AND {touched}", (project, paper))

    def forget_project(self, project: str) -> None:
        """Removes all that is remembered of a project."""
        with self._writing():
            for table in ("failures", "runs", "traces"):
                self._connection.execute(f"DELETE FROM {table} WHERE project = ?", (project,))

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


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
