"""What a process remembers of one state of a project's file while questions come in numbers.

BM25 adds up word by word, so the rows that hold a word are scored once, by FTS5 itself, and each question adds up those
of its words: bit by bit the scores that FTS5 gives the whole question. It must not know vectors or filters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias

import apsw
import numpy as np
import numpy.typing as npt

from hierarchy.nodes import Level, Node
from hierarchy.sqlite import rows
from hierarchy.sqlite.ranked import Ranked, Rows, ranked
from hierarchy.sqlite.schema import rows_of

MOST_NODES = 16_384  # some 50 MB
MOST_NAMES = 1 << 18
MOST_SCORES = 1 << 22  # 64 MB

State: TypeAlias = tuple[int, int]
WORD = "SELECT rowid, -rank FROM words WHERE words MATCH ?"
IDS = f"SELECT row, id FROM nodes WHERE row IN {rows.LISTED}"


class Scored(NamedTuple):
    """Rows in their order and the BM25 score of each, shape (n,) both."""

    rows: Rows
    scores: npt.NDArray[np.float64]


class Held:
    """What was read of the file in this state; when it changes, a new one begins."""

    def __init__(self, connection: apsw.Connection, project: str, state: State) -> None:
        self._connection, self._project, self.state = connection, project, state
        self._nodes: dict[str, Node] = {}
        self._names: dict[int, str] = {}
        self._words: dict[str, Scored] = {}
        self._scores = 0
        self._last: tuple[tuple[str, ...], Scored] | None = None

    def nodes(self, ids: Iterable[str]) -> dict[str, Node]:
        """The nodes that exist of those asked for, in the order of ids, as SQLite gives them."""
        wanted = sorted(set(ids))
        known = {i: node for i in wanted if (node := self._nodes.get(i)) is not None}
        if missing := [i for i in wanted if i not in known]:
            query = f"{rows.SELECT} WHERE n.id IN {rows.LISTED}"
            found = [rows.node(row, self._project) for row in self._connection.execute(query, rows.listed(missing))]
            known |= {node.id: node for node in found}
            known = {i: known[i] for i in wanted if i in known}
            if len(self._nodes) + len(found) > MOST_NODES:
                self._nodes = {}
            self._nodes |= {node.id: node for node in found}
        return known

    def names(self, wanted: Sequence[int]) -> dict[int, str]:
        """The ids of those rows that exist."""
        if missing := [row for row in wanted if row not in self._names]:
            if len(self._names) + len(missing) > MOST_NAMES:
                self._names, missing = {}, list(wanted)
            found = self._connection.execute(IDS, rows.listed(missing))
            self._names |= {int(str(row)): str(i) for row, i in found}
        return self._names

    def bm25(self, words: Sequence[str], level: Level, k: int) -> Ranked:
        """(row, score) of the k best of a level, best first; ties in the order of rows."""
        found = self._sum(tuple(words))
        first, last = rows_of(level)
        mine = slice(*np.searchsorted(found.rows, (first, last + 1)))
        return ranked(found.rows[mine], found.scores[mine], k)

    def _sum(self, words: tuple[str, ...]) -> Scored:
        """The rows that hold any of the words; worked out once for the legs of all levels of one question."""
        if self._last is None or self._last[0] != words:
            held = [self._word(word) for word in words]
            every, place = np.unique(np.concatenate([h.rows for h in held]), return_inverse=True)
            # Adds in the order of the words, as FTS5 does: other orders round otherwise.
            added = np.bincount(place, np.concatenate([h.scores for h in held]), len(every))
            self._last = words, Scored(every, np.asarray(added, np.float64))
        return self._last[1]

    def _word(self, word: str) -> Scored:
        scored = self._words.get(word)
        if scored is None:
            found = self._connection.execute(WORD, (f'"{word}"',)).fetchall()
            scored = Scored(np.array([r for r, _ in found], np.int64), np.array([s for _, s in found], np.float64))
            self._scores += len(found)
            if self._scores > MOST_SCORES:
                self._words, self._scores = {}, len(found)
            self._words[word] = scored
        return scored
