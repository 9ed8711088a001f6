"""Conversations: what was asked, and what was answered, in one local SQLite file.

A question is kept before it is answered, so that whoever comes back after an interruption finds it. Answers are kept
as the JSON records that every door shares. It must not know what a record means, but for the papers that it quotes.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from hierarchy.sqlite.local import LocalFile

SCHEMA = 1
TABLES = """
CREATE TABLE turns (
    id INTEGER PRIMARY KEY, conversation TEXT, project TEXT COLLATE NOCASE, at TEXT, question TEXT, record TEXT,
    papers TEXT
);
CREATE INDEX turns_conversation ON turns (conversation, project, id);
"""


class Turn(msgspec.Struct, frozen=True):
    """A question and the record of its answer (or of an error); None where it was never answered to its end."""

    id: int
    question: str
    record: dict[str, Any] | None


def new_conversation() -> str:
    """A name for a conversation that nobody can guess."""
    return secrets.token_urlsafe(12)


class Conversations(LocalFile):
    """What was said, in `path`; made on first use.

    Raises:
        StoreError: where the file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, SCHEMA, lambda version: TABLES)

    def asked(self, conversation: str, project: str, question: str) -> int:
        """Keeps a question, and gives the number of its turn."""
        with self._writing():
            values = (conversation, project, datetime.now(UTC).isoformat(timespec="milliseconds"), question)
            columns = "conversation, project, at, question"
            self._connection.execute(f"INSERT INTO turns ({columns}) VALUES (?, ?, ?, ?)", values)
            return self._connection.last_insert_rowid()

    def answered(self, turn: int, record: dict[str, Any], papers: Sequence[str] = ()) -> None:
        """Keeps the record of a turn's answer, and which papers it quotes."""
        with self._writing():
            values = (_json(record), _json(list(papers)), turn)
            self._connection.execute("UPDATE turns SET record = ?, papers = ? WHERE id = ?", values)

    def turns(self, conversation: str, project: str) -> list[Turn]:
        """The turns of a conversation about a project, the oldest first."""
        query = "SELECT id, question, record FROM turns WHERE conversation = ? AND project = ? ORDER BY id"
        with self._reading():
            rows = self._connection.execute(query, (conversation, project)).fetchall()
        return [Turn(int(str(number)), str(question), _read(record)) for number, question, record in rows]

    def forget_turn(self, turn: int) -> None:
        """Removes a turn."""
        with self._writing():
            self._connection.execute("DELETE FROM turns WHERE id = ?", (turn,))

    def forget_paper(self, project: str, paper: str) -> None:
        """Removes the turns that quote a paper."""
        with self._writing():
            quoted = "EXISTS (SELECT 1 FROM json_each(turns.papers) WHERE json_each.value = ?)"
            self._connection.execute(f"DELETE FROM turns WHERE project = ? AND {quoted}", (project, paper))

    def forget_project(self, project: str) -> None:
        """Removes all that was said about a project."""
        with self._writing():
            self._connection.execute("DELETE FROM turns WHERE project = ?", (project,))


def _read(record: object) -> dict[str, Any] | None:
    return msgspec.json.decode(str(record), type=dict[str, Any]) if record else None


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
