"""SqliteStore: the nodes of one project in one file.

Node, text index and vector change in one transaction, so a reader of any process sees a branch whole or not at all.
It must not know how scores of its two legs are put together.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from operator import attrgetter
from pathlib import Path

import numpy as np

from hierarchy.encoder import EncoderIdentity, unit
from hierarchy.errors import NotBuiltError, UsageError
from hierarchy.filters import And, Eq, Filter, is_empty
from hierarchy.nodes import Hit, Level, Node, PaperName, Record, Vector
from hierarchy.query_words import chosen_words
from hierarchy.refusals import check_known, check_records
from hierarchy.sqlite import rows
from hierarchy.sqlite.connection import Sql, transaction
from hierarchy.sqlite.held import IDS, Held, State
from hierarchy.sqlite.local import Guarded
from hierarchy.sqlite.nearest import Nearest
from hierarchy.sqlite.ranked import Ranked
from hierarchy.sqlite.schema import CODES, LEVEL_BITS, open_file, rows_of
from hierarchy.sqlite.where import column, condition
from hierarchy.store import MAX_K, UNCHECKED, BranchChange, StoreStats, Unchecked

MOST_REMEMBERED = 50_000  # words whose counts a process keeps
MOST_SEGMENTS = 6  # of the text index; each one costs every search
LAST = "\U0010ffff"  # behind all that a word may go on with
TIDY_PAGES, TIDY_S = 500, 10.0


class SqliteStore(Guarded):
    """A project in a file; implements `hierarchy.store.NodeStore`.

    Args:
        path: the file; its folder is made where `create` is true.
        project: the project's name.
        encoder: what its vectors are made with; None takes what the file remembers.

    Raises:
        MismatchError: for a file of a newer version or of another encoder.
        StoreError: for one that cannot be opened.
    """

    def __init__(self, path: Path, project: str, encoder: EncoderIdentity | None, *, create: bool = True) -> None:
        connection, self._encoder = open_file(path, project, encoder, create=create)
        super().__init__(path, connection)
        self._project = project
        self._nearest = Nearest(self._connection, self.encoder.dimension)
        self._names: tuple[State, Sequence[PaperName]] | None = None
        self._chosen: tuple[str, State, list[str]] | None = None
        self._count = 0
        self._frequencies: dict[str, int] = {}
        self._frequencies_at: State | None = None
        self._held: Held | None = None

    @property
    def project(self) -> str:
        return self._project

    @property
    def encoder(self) -> EncoderIdentity:
        return self._encoder

    # Writing

    def upsert(self, records: Sequence[Record]) -> None:
        check_records(records, self._project, self.encoder)
        with self._writing():
            old = self._rows([r.node.id for r in records])
            for record in records:
                self._write(record, old.get(record.node.id))

    def replace_branch(
        self, paper: str, records: Sequence[Record], known: Node | Unchecked | None = UNCHECKED
    ) -> BranchChange:
        check_records(records, self._project, self.encoder)
        with self._writing():
            old = {node.id: node for node in self._nodes(Eq("paper", paper))}
            check_known(paper, old, known)
            change = BranchChange.between(old, records)
            places = self._rows([*old, *(r.node.id for r in records)])
            for record in change.written(records):
                self._write(record, places.get(record.node.id))
            self._drop([places[node_id] for node_id in change.removed])
        return change

    def delete(self, where: Filter) -> int:
        if is_empty(where):
            raise UsageError(
                "A delete needs a filter that limits it.", "Remove the whole project to delete everything."
            )
        text, arguments = condition(where)
        with self._writing():
            found = [int(r[0]) for r in self._connection.execute(f"SELECT n.row FROM nodes n WHERE {text}", arguments)]
            self._drop(found)
        return len(found)

    def erase(self, where: Filter) -> int:
        raise NotBuiltError(
            "Proved erasure is not part of this version.", "Remove without --erase; the bytes may linger in the file."
        )

    def backup(self, target: Path) -> None:
        raise NotBuiltError("Backup is not part of this version.", f"Copy {self._path} while no command is running.")

    # Reading

    def get(self, ids: Sequence[str]) -> dict[str, Node]:
        with self._reading():
            if (held := self._remembered()) is not None:
                return held.nodes(ids)
            query = f"{rows.SELECT} WHERE n.id IN {rows.LISTED}"
            found = self._connection.execute(query, rows.listed(ids))
            return {node.id: node for node in (rows.node(row, self._project) for row in found)}

    def vectors(self, ids: Sequence[str]) -> dict[str, Vector]:
        query = f"SELECT n.id, v.vector FROM nodes n JOIN vectors v ON v.row = n.row WHERE n.id IN {rows.LISTED}"
        with self._reading():
            found = self._connection.execute(query, rows.listed(ids))
            return {str(i): np.frombuffer(blob, np.float32) for i, blob in found}

    def attachments(self, ids: Sequence[str]) -> dict[str, bytes]:
        query = f"SELECT id, attachment FROM nodes WHERE attachment IS NOT NULL AND id IN {rows.LISTED}"
        with self._reading():
            return {str(i): bytes(a) for i, a in self._connection.execute(query, rows.listed(ids))}

    def dense(self, vector: Vector, level: Level, k: int, where: Filter | None = None) -> list[Hit]:
        blob, k = np.ascontiguousarray(vector, np.float32).tobytes(), min(k, MAX_K)
        if k < 1:
            return []
        with self._reading():
            if where is not None:
                text, arguments = condition(And((Eq("level", level.value), where)))
                found = self._connection.execute(
                    "SELECT n.id, 1 - vec_distance_cosine(v.vector, ?) AS score"
                    " FROM nodes n JOIN vectors v ON v.row = n.row"
                    f" WHERE {text} ORDER BY score DESC, n.id LIMIT ?",
                    (blob, *arguments, k),
                )
                return [Hit(str(i), float(s)) for i, s in found]
            return self._hits(self._nearest.find(unit(vector), level, k))

    def bm25(self, text: str, level: Level, k: int, where: Filter | None = None) -> list[Hit]:
        with self._reading():
            words = self._words(text)
            if not words or k < 1:
                return []
            if where is None and (held := self._remembered()) is not None:
                return self._hits(held.bm25(words, level, min(k, MAX_K)))
            scope, arguments = "", list[Sql]()
            if where is not None:
                inner, arguments = condition(where)
                # The + has FTS5 search once; without it, it searches anew for each row of the scope.
                scope = f" AND +rowid IN (SELECT n.row FROM nodes n WHERE {inner})"
            found = self._connection.execute(
                "SELECT rowid, -rank FROM words"
                f" WHERE words MATCH ? AND rowid BETWEEN ? AND ?{scope} ORDER BY rank LIMIT ?",
                (" OR ".join(f'"{word}"' for word in words), *rows_of(level), *arguments, min(k, MAX_K)),
            )
            return self._hits([(int(row), float(score)) for row, score in found])

    def expect(self, vectors: Sequence[Vector]) -> None:
        with self._reading():
            self._nearest.expect([unit(vector) for vector in vectors])
            if not vectors:
                self._held = None
            elif self._held is None:
                self._held = Held(self._connection, self._project, self._nearest.state())

    def frequency(self, words: Sequence[str]) -> dict[str, int]:
        with self._reading():
            self._remember()
            return self._frequency(words)

    def vocabulary(self, beginnings: Sequence[str]) -> dict[str, int]:
        query = "SELECT term, doc FROM terms WHERE term >= ? AND term < ?"
        with self._reading():
            ranges = [(beginning, beginning + LAST) for beginning in beginnings]
            return {str(term): int(str(doc)) for one in ranges for term, doc in self._connection.execute(query, one)}

    def count_by(self, field: str, where: Filter | None = None) -> dict[str, int]:
        name = column(field)
        text, arguments = condition(where)
        query = f"SELECT {name}, count(*) FROM nodes n WHERE {name} IS NOT NULL AND {text} GROUP BY 1 ORDER BY 1"
        with self._reading():
            return {str(value): int(count) for value, count in self._connection.execute(query, arguments)}

    def names(self) -> Sequence[PaperName]:
        with self._reading():
            state = self._nearest.state()
            if self._names is None or self._names[0] != state:
                self._names = state, tuple(rows.name(row) for row in self._connection.execute(rows.NAMES))
            return self._names[1]

    def scan(self, where: Filter | None = None) -> Iterator[Node]:
        # Read before the first is given, so that a caller who writes while scanning sees one state.
        with self._reading():
            found = list(self._nodes(where))
        yield from found

    def tidy(self) -> None:
        """Merges the segments of the text index, in small steps, so that others may write between."""
        pages, end = -TIDY_PAGES, time.monotonic() + TIDY_S  # the first, negative, step takes all segments together
        with self._reading():
            segments = self._connection.execute("SELECT count(DISTINCT segid) FROM words_idx").fetchall()[0][0]
        while int(str(segments)) > MOST_SEGMENTS and time.monotonic() < end:
            with self._reading(), transaction(self._connection):
                before = self._connection.total_changes()
                self._connection.execute("INSERT INTO words (words, rank) VALUES ('merge', ?)", (pages,))
                done = self._connection.total_changes() - before < 2
            if done:
                return
            pages = TIDY_PAGES

    def stats(self) -> StoreStats:
        by_level = self.count_by("level")
        with self._reading():
            updated = self._connection.execute("SELECT value FROM meta WHERE key = 'updated'").fetchall()
        size = sum(p.stat().st_size for p in self._path.parent.glob(self._path.name + "*"))
        return StoreStats(
            "sqlite",
            self._project,
            sum(by_level.values()),
            by_level,
            self.encoder,
            str(updated[0][0]) if updated else "",
            size,
        )

    # Inside

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with super()._writing():
            yield
            now = datetime.now(UTC).isoformat(timespec="seconds")
            self._connection.execute("INSERT OR REPLACE INTO meta VALUES ('updated', ?)", (now,))

    def _write(self, record: Record, row: int | None) -> None:
        node = record.node
        if row is not None:
            self._drop([row])
        if row is None or row >> LEVEL_BITS != CODES[node.level]:
            first, last = rows_of(node.level)
            top = self._connection.execute(
                "SELECT max(row) FROM nodes WHERE row BETWEEN ? AND ?", (first, last)
            ).fetchall()[0][0]
            row = first if top is None else int(top) + 1
        values = rows.values(record)
        self._connection.execute(f"INSERT INTO nodes VALUES ({', '.join('?' * (len(values) + 1))})", (row, *values))
        self._connection.execute(
            "INSERT INTO words (rowid, title, text) VALUES (?, ?, ?)", (row, node.title, node.text)
        )
        blob = np.ascontiguousarray(record.vector, np.float32).tobytes()
        self._connection.execute("INSERT INTO vectors VALUES (?, ?)", (row, blob))
        self._connection.execute(
            "INSERT INTO nearest (rowid, level, vector) VALUES (?, ?, ?)", (row, CODES[node.level], blob)
        )

    def _drop(self, found: Sequence[int]) -> None:
        one = [(row,) for row in found]
        self._connection.executemany(
            "INSERT INTO words (words, rowid, title, text) SELECT 'delete', row, title, text FROM nodes WHERE row = ?",
            one,
        )
        for statement in ("DELETE FROM nodes", "DELETE FROM vectors"):
            self._connection.executemany(f"{statement} WHERE row = ?", one)
        self._connection.executemany("DELETE FROM nearest WHERE rowid = ?", one)

    def _rows(self, ids: Sequence[str]) -> dict[str, int]:
        query = f"SELECT id, row FROM nodes WHERE id IN {rows.LISTED}"
        return {str(i): int(row) for i, row in self._connection.execute(query, rows.listed(ids))}

    def _nodes(self, where: Filter | None) -> Iterator[Node]:
        text, arguments = condition(where)
        query = f"{rows.SELECT} WHERE {text} ORDER BY n.row >> {LEVEL_BITS}, n.paper, n.position, n.id"
        return (rows.node(row, self._project) for row in self._connection.execute(query, arguments))

    def _hits(self, best: Ranked) -> list[Hit]:
        wanted = [row for row, _ in best]
        if (held := self._remembered()) is not None:
            names = held.names(wanted)
        else:
            names = {int(row): str(i) for row, i in self._connection.execute(IDS, rows.listed(wanted))}
        hits = [Hit(names[row], score) for row, score in best if row in names]
        hits.sort(key=attrgetter("id"))  # two plain sorts take half the time of one by both
        hits.sort(key=attrgetter("score"), reverse=True)
        return hits

    def _words(self, text: str) -> list[str]:
        """The words to search, worked out once for the legs of all levels of one question."""
        state = self._remember()
        if self._chosen is None or self._chosen[:2] != (text, state):
            self._chosen = (text, state, chosen_words(text, self._count, self._frequency))
        return self._chosen[2]

    def _remembered(self) -> Held | None:
        """What is remembered of the file as it is now, where questions come in numbers."""
        if self._held is not None and self._held.state != (state := self._nearest.state()):
            self._held = Held(self._connection, self._project, state)
        return self._held

    def _remember(self) -> State:
        """The state of the file, after what was counted in another one is counted anew."""
        state = self._nearest.state()
        if self._frequencies_at != state:
            # Counted over a small index: the vectors' own table would be read whole.
            query = "SELECT count(*) FROM nodes INDEXED BY nodes_paper"
            self._count = next(int(str(count)) for (count,) in self._connection.execute(query))
            self._frequencies, self._frequencies_at = {}, state
        return state

    def _frequency(self, words: Sequence[str]) -> dict[str, int]:
        """In how many nodes each word stands; remembered, since to count a common word its whole list is walked."""
        for word in words:
            if word not in self._frequencies and len(self._frequencies) < MOST_REMEMBERED:
                rows_found = self._connection.execute("SELECT doc FROM terms WHERE term = ?", (word,)).fetchall()
                self._frequencies[word] = int(str(rows_found[0][0])) if rows_found else 0
        return {word: self._frequencies[word] for word in words if word in self._frequencies}
