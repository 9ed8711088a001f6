"""The journal: one local SQLite file that remembers what was done: files that failed, jobs, traces of answers.

It is never the truth about what is in a project: that is the project's store alone. It must not know what its records
mean; they are kept as JSON.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from hierarchy.processes import born
from hierarchy.sqlite.local import LocalFile

SCHEMA = 4
TABLES = """
CREATE TABLE failures (
    project TEXT COLLATE NOCASE, path TEXT, code TEXT, message TEXT, hint TEXT, at TEXT, PRIMARY KEY (project, path)
);
CREATE TABLE traces (id TEXT PRIMARY KEY, project TEXT COLLATE NOCASE, at TEXT, papers TEXT, trace TEXT);
CREATE INDEX traces_project ON traces (project, at);
"""
JOBS = """
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY, project TEXT COLLATE NOCASE, began TEXT, ended TEXT, state TEXT, pid INTEGER,
    process TEXT, files INTEGER, done INTEGER, report TEXT
);
"""
REFINED = """
ALTER TABLE jobs ADD COLUMN refined INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN to_refine INTEGER NOT NULL DEFAULT 0;
"""
CHANGES = """
CREATE TABLE seen (
    project TEXT COLLATE NOCASE, paper TEXT, state TEXT, title TEXT, findings BLOB, PRIMARY KEY (project, paper)
);
CREATE TABLE changes (id INTEGER PRIMARY KEY, project TEXT COLLATE NOCASE, at TEXT, paper TEXT, change BLOB);
CREATE INDEX changes_project ON changes (project, at);
"""
SELECT_JOBS = "SELECT id, project, began, ended, state, pid, process, files, done, report, refined, to_refine FROM jobs"
BETWEEN = ","  # of the projects of a trace; no name holds it
OF_TRACE = f"instr('{BETWEEN}' || lower(project) || '{BETWEEN}', '{BETWEEN}' || lower(?) || '{BETWEEN}')"
KEPT_TRACES = 10_000
KEPT_JOBS = 1_000
RUNNING, KILLED = "running", "killed"


class Failure(msgspec.Struct, frozen=True):
    """A file that could not be taken in, and why."""

    path: str
    code: str
    message: str
    hint: str


class Job(msgspec.Struct, frozen=True):
    """A run of an ingest. `state`: running, done, interrupted, failed, or killed (its process is gone without a word).
    `done` of its files have their outcome, `refined` of the papers `to_refine` were read again, or could not be.
    `report` is its report as far as it came, None where there is none."""

    id: int
    project: str
    began: str
    ended: str | None
    state: str
    files: int
    done: int
    report: dict[str, Any] | None = None
    refined: int = 0
    to_refine: int = 0

    def to_dict(self) -> dict[str, Any]:
        """The record (docs/contract.md)."""
        return dict(msgspec.to_builtins(self))


class SeenPaper(msgspec.Struct, frozen=True):
    """A paper as it was last looked at: what it was made from, its title, and its findings as JSON."""

    state: str
    title: str
    findings: bytes


class Journal(LocalFile):
    """What was done, in `path`; made on first use.

    Raises:
        StoreError: where the file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, SCHEMA, _renewal)

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

    def job_began(self, project: str, files: int) -> int:
        """Notes that an ingest of so many files began, and gives its number."""
        columns = "project, began, state, pid, process, files, done"
        with self._writing():
            values = (project, _now(), RUNNING, os.getpid(), born(os.getpid()), files)
            self._connection.execute(f"INSERT INTO jobs ({columns}) VALUES (?, ?, ?, ?, ?, ?, 0)", values)
            return self._connection.last_insert_rowid()

    def job_went_on(self, job: int, done: int, refined: int = 0, to_refine: int = 0) -> None:
        """Notes how many files of a job are done, and how many papers of those to refine were refined."""
        with self._writing():
            values = (done, refined, to_refine, job)
            self._connection.execute("UPDATE jobs SET done = ?, refined = ?, to_refine = ? WHERE id = ?", values)

    def job_ended(self, job: int, state: str, report: dict[str, Any]) -> None:
        """Notes how a job ended, with its report."""
        with self._writing():
            self._connection.execute(
                "UPDATE jobs SET ended = ?, state = ?, report = ? WHERE id = ?", (_now(), state, _json(report), job)
            )
            old = "DELETE FROM jobs WHERE id <= (SELECT max(id) FROM jobs) - ?"
            self._connection.execute(old, (KEPT_JOBS,))

    def jobs(self, project: str | None = None, most: int = 20) -> list[Job]:
        """The latest jobs, of one project or all, the newest first."""
        query = f"{SELECT_JOBS} WHERE ? IS NULL OR project = ? ORDER BY id DESC LIMIT ?"
        with self._reading():
            return [_job(row) for row in self._connection.execute(query, (project, project, most))]

    def job(self, number: int) -> Job | None:
        """A job by its number."""
        with self._reading():
            rows = self._connection.execute(f"{SELECT_JOBS} WHERE id = ?", (number,)).fetchall()
        return _job(rows[0]) if rows else None

    def keep_traces(
        self, project: str | Sequence[str], traces: Sequence[tuple[str, Sequence[str], dict[str, Any]]]
    ) -> None:
        """Keeps traces as (id, papers that they touch, trace), of one project or of several that were asked together;
        the oldest beyond some thousands go."""
        asked = project if isinstance(project, str) else BETWEEN.join(project)
        with self._writing():
            rows = [(trace_id, asked, _now(), _json(list(papers)), _json(trace)) for trace_id, papers, trace in traces]
            self._connection.executemany("INSERT OR REPLACE INTO traces VALUES (?, ?, ?, ?, ?)", rows)
            old = "DELETE FROM traces WHERE rowid <= (SELECT max(rowid) FROM traces) - ?"
            self._connection.execute(old, (KEPT_TRACES,))

    def trace(self, trace_id: str) -> dict[str, Any] | None:
        """A trace by its id, or by a beginning of it that is unique."""
        query = "SELECT trace FROM traces WHERE id = ? OR (length(?) >= 4 AND substr(id, 1, length(?)) = ?) LIMIT 2"
        with self._reading():
            rows = self._connection.execute(query, (trace_id,) * 4).fetchall()
        return msgspec.json.decode(str(rows[0][0]), type=dict[str, Any]) if len(rows) == 1 else None

    def seen(self, project: str) -> dict[str, SeenPaper]:
        """The papers of a project as they were last looked at, by their ids."""
        with self._reading():
            query = "SELECT paper, state, title, findings FROM seen WHERE project = ?"
            return {str(row[0]): SeenPaper(*row[1:]) for row in self._connection.execute(query, (project,))}

    def note_change(self, project: str, paper: str, change: bytes, seen: SeenPaper | None) -> None:
        """Keeps what changed in a paper, and how it is seen from now on; None for one that is gone."""
        with self._writing():
            now = datetime.now(UTC).isoformat(timespec="microseconds")  # two moments of one millisecond are told apart
            values = (project, now, paper, change)
            self._connection.execute("INSERT INTO changes (project, at, paper, change) VALUES (?, ?, ?, ?)", values)
            if seen is None:
                self._connection.execute("DELETE FROM seen WHERE project = ? AND paper = ?", (project, paper))
            else:
                row = (project, paper, seen.state, seen.title, seen.findings)
                self._connection.execute("INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?, ?)", row)

    def changes(self, project: str, since: str) -> list[bytes]:
        """What changed in a project since a time (ISO 8601, UTC), the oldest first."""
        query = "SELECT change FROM changes WHERE project = ? AND at >= ? ORDER BY id"
        with self._reading():
            return [bytes(row[0]) for row in self._connection.execute(query, (project, since))]

    def forget_paper(self, project: str, paper: str) -> None:
        """Removes the traces that touch a paper, also of questions to several projects, and what is remembered of its
        words; its title is kept."""
        with self._writing():
            touched = "EXISTS (SELECT 1 FROM json_each(traces.papers) WHERE json_each.value = ?)"
            self._connection.execute(f"DELETE FROM traces WHERE {OF_TRACE} AND {touched}", (project, paper))
            self._connection.execute("DELETE FROM changes WHERE project = ? AND paper = ?", (project, paper))
            wordless = "UPDATE seen SET findings = CAST('[]' AS BLOB) WHERE project = ? AND paper = ?"
            self._connection.execute(wordless, (project, paper))

    def forget_project(self, project: str) -> None:
        """Removes all that is remembered of a project, also together with others."""
        with self._writing():
            for table in ("failures", "jobs", "seen", "changes"):
                self._connection.execute(f"DELETE FROM {table} WHERE project = ?", (project,))
            self._connection.execute(f"DELETE FROM traces WHERE {OF_TRACE}", (project,))


def _job(row: Sequence[Any]) -> Job:
    number, project, began, ended, state, pid, process, files, done, report, refined, to_refine = row
    if state == RUNNING and born(int(pid)) != process:
        state = KILLED
    read = msgspec.json.decode(report, type=dict[str, Any]) if report else None
    counts = (int(refined), int(to_refine))
    return Job(int(number), project, began, ended, state, int(files), int(done), read, *counts)


def _renewal(version: int) -> str:
    """The SQL that makes the tables of this version of those of an older one, 0 for none."""
    steps = {0: TABLES + JOBS + REFINED, 1: "DROP TABLE runs;" + JOBS + REFINED, 2: REFINED}
    return steps.get(version, "") + CHANGES


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
