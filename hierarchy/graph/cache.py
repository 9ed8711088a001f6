"""What papers bring into the graph, kept in a file, so that only those that changed are read from the store again.

It is no second truth: each part carries the key of what it was made of, and a file that is damaged, foreign or of
another version is thrown away and made anew. It must not know the graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import apsw
import msgspec

from hierarchy.errors import StoreError
from hierarchy.graph.parts import Part
from hierarchy.sqlite.connection import connect, sentences, transaction

VERSION = 1  # changes whenever the same nodes would give another part
TABLES = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS parts (paper TEXT PRIMARY KEY, part BLOB NOT NULL);
"""


class GraphCache:
    """The parts of one project's papers, in `path`; nothing that goes wrong with the file is an error."""

    def __init__(self, path: Path, project: str) -> None:
        self._path = path
        self._identity = f"strata graph {VERSION} {project}"
        self._decoder = msgspec.msgpack.Decoder(Part)

    def read(self, papers: Sequence[str]) -> dict[str, Part]:
        """The parts that are kept of these papers; whoever asks compares their keys."""
        try:
            connection = self._open()
            try:
                wanted = set(papers)
                return {
                    str(paper): self._decoder.decode(bytes(part))
                    for paper, part in connection.execute("SELECT paper, part FROM parts")
                    if paper in wanted
                }
            finally:
                connection.close()
        except (StoreError, apsw.Error, msgspec.MsgspecError, OSError):
            self._discard()
            return {}

    def write(self, parts: Mapping[str, Part], gone: Iterable[str] = ()) -> None:
        """Keeps these parts, and forgets those of papers that went."""
        rows = [(paper, msgspec.msgpack.encode(part)) for paper, part in parts.items()]
        for _ in range(2):  # a damaged file is made anew once
            try:
                connection = self._open()
                try:
                    with sentences(self._path), transaction(connection):
                        connection.executemany("DELETE FROM parts WHERE paper = ?", [(paper,) for paper in gone])
                        connection.executemany("INSERT OR REPLACE INTO parts VALUES (?, ?)", rows)
                    return
                finally:
                    connection.close()
            except (StoreError, apsw.Error, OSError):
                self._discard()

    def _open(self) -> apsw.Connection:
        connection = connect(self._path, create=True)
        with sentences(self._path), transaction(connection):
            connection.execute(TABLES)
            known = connection.execute("SELECT value FROM meta WHERE key = 'identity'").fetchall()
            if known and str(known[0][0]) != self._identity:
                connection.execute("DELETE FROM parts")
            if not known or str(known[0][0]) != self._identity:
                connection.execute("INSERT OR REPLACE INTO meta VALUES ('identity', ?)", (self._identity,))
        return connection

    def _discard(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            try:
                Path(f"{self._path}{suffix}").unlink(missing_ok=True)
            except OSError:
                return
