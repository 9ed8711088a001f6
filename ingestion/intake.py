"""How a paper that was read goes into the store: as a new one, a new version, or not at all.

Several ingests may work on one project: a paper is stored only if it still stands as it was known, else it is looked
at again. It must not know how files are found or read, nor in which order.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from hierarchy.behind import Behind
from hierarchy.encoder import Encoder, SentenceVectors
from hierarchy.errors import ConflictError, StrataError
from hierarchy.identity import version_id
from hierarchy.nodes import Level, Node, Record
from hierarchy.paper import Paper
from hierarchy.store import BranchChange, NodeStore, papers_of
from ingestion.branch import Branch, Known, grow
from ingestion.files import exists
from ingestion.judge import Judge
from ingestion.renaming import with_id
from ingestion.report import Added, Changed, Duplicate, Outcome, Unchanged, named
from ingestion.shelf import Shelf

MOST_CONFLICTS = 20
MOST_WAIT_S = 1.0  # for a store that does not answer, when the run must end


class Prepared(msgspec.Struct, frozen=True):
    """A paper that was read and encoded, and how it shall be stored, as the shelf of that moment has it.

    `known` is the node that it replaces, `before` the earlier version that it is one of.
    """

    path: Path
    read: Paper
    paper: Paper
    branch: Branch
    known: Node | None
    before: Node | None
    shelf: Shelf


class Intake:
    """Takes papers into a store, and keeps the judge's shelf up.

    One paper at a time is stored behind the caller, who prepares the next meanwhile; `waited_s` is the time by the
    clock that callers waited for the store, `writing_cpu_s` the CPU time of what was stored.
    """

    def __init__(self, store: NodeStore, encoder: Encoder) -> None:
        self._store, self._encoder = store, encoder
        self.judge = Judge(papers_of(store))
        self.waited_s = self.writing_cpu_s = 0.0
        self._storing: tuple[Prepared, Behind[BranchChange]] | None = None

    def move(self, node: Node, path: Path) -> Outcome | None:
        """Takes note of a paper whose file was moved or renamed: only its own node changes.

        None where another process changed the paper meanwhile: then the file must be judged again.
        """
        now = self._store.get([node.id]).get(node.id)
        vector = self._store.vectors([node.id]).get(node.id)
        if now is None or vector is None or now.metadata != node.metadata:
            self._look_again()
            return None
        moved = msgspec.structs.replace(now, file=path.name, metadata=now.metadata | {"path": str(path)})
        self._store.upsert([Record(moved, vector, self._store.attachments([node.id]).get(node.id))])
        self.judge.shelf.put(moved)
        return Unchanged(**named(path), paper=node.id)

    def prepare(self, path: Path, read: Paper) -> Duplicate | Prepared:
        """Encodes a paper that was read, unless its words are in already."""
        shelf, paper = self.judge.shelf, read
        before, extra = shelf.at(path), dict[str, Any]()
        if before is None:
            before = shelf.with_words(paper.text_hash)
            if before is not None and exists(Path(before.metadata["path"])):
                return Duplicate(**named(path), of=before.metadata["path"])
        if before is not None:  # a new version, at the same path or of a file that is gone
            paper = with_id(paper, before.id)
            extra = {name: before.metadata[name] for name in ("tags", "version_of") if name in before.metadata}
        elif shelf.get(paper.paper_id) is not None:
            extra = {"version_of": paper.paper_id}
            paper = with_id(paper, version_id(paper.paper_id, paper.text_hash))
        known = shelf.get(paper.paper_id)
        passages_of = self._known_passages if known is not None else _none_known
        branch = grow(paper, self._store.project, self._encoder, passages_of, extra)
        return Prepared(path, read, paper, branch, known, before, shelf)

    def store(self, prepared: Prepared) -> Outcome | None:
        """Begins to store a paper; `settle` gives its outcome, unless it is known at once.

        What was stored before must have been settled.
        """
        again = prepared if prepared.shelf is self.judge.shelf else self.prepare(prepared.path, prepared.read)
        if isinstance(again, Duplicate):
            return again
        self.judge.shelf.put(again.branch.records[0].node)
        replace = partial(self._store.replace_branch, again.paper.paper_id, again.branch.records, again.known)
        self._storing = again, Behind(replace)
        return None

    def settle(self) -> Outcome | None:
        """Waits for the paper that is being stored, if there is one.

        Raises:
            ConflictError: where others keep changing this very paper.
        """
        for left in reversed(range(MOST_CONFLICTS)):
            if self._storing is None:
                return None
            prepared, storing = self._storing
            start = time.monotonic()
            try:
                change = storing.result()
            except ConflictError:
                if not left:
                    raise
                self._look_again()
                outcome = self.store(prepared)
                if outcome is not None:
                    self._storing = None
                    return outcome
            else:
                self._storing = None
                self.writing_cpu_s += storing.cpu_s
                return _outcome(prepared, change)
            finally:
                self.waited_s += time.monotonic() - start
        raise AssertionError("unreachable")

    def rest(self) -> Outcome | None:
        """Waits a moment for a paper that is being stored, where the run ends early; its outcome, if it is in.

        One that takes longer is whole or not at all without us.
        """
        if self._storing is None or not self._storing[1].wait(MOST_WAIT_S):
            return None
        (prepared, storing), self._storing = self._storing, None
        try:
            return _outcome(prepared, storing.result())
        except StrataError:
            return None

    def _look_again(self) -> None:
        self.judge.shelf = Shelf(papers_of(self._store))

    def _known_passages(self, ids: Sequence[str]) -> Mapping[str, Known]:
        nodes, vectors, attachments = self._store.get(ids), self._store.vectors(ids), self._store.attachments(ids)
        return {
            i: Known(nodes[i].digest, vectors[i], SentenceVectors.unpack(attachments[i]))
            for i in ids
            if i in nodes and i in vectors and i in attachments
        }


def _outcome(prepared: Prepared, change: BranchChange) -> Outcome:
    path, paper, branch = prepared.path, prepared.paper, prepared.branch
    if prepared.before is None:
        return Added(**named(path), paper=paper.paper_id, title=paper.title, nodes=len(branch.records))
    passages = {r.node.id for r in branch.records if r.node.level == Level.PASSAGE}
    moved, kept = len(passages & set(change.moved)), len(passages & set(change.kept))
    gone = sum(node_id.startswith("p") for node_id in change.removed)
    return Changed(**named(path), paper=paper.paper_id, embedded=branch.embedded, moved=moved, kept=kept, removed=gone)


def _none_known(ids: Sequence[str]) -> Mapping[str, Known]:
    return {}
