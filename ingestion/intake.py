"""How a paper that was read goes into the store: as a new one, a new version, or not at all.

Several ingests may work on one project: a paper is stored only if it still stands as it was known, else it is looked
at again. It must not know how files are found or read, nor in which order.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from hierarchy.encoder import Encoder, SentenceVectors
from hierarchy.errors import ConflictError
from hierarchy.identity import version_id
from hierarchy.nodes import Level, Node, Record
from hierarchy.paper import Paper
from hierarchy.store import NodeStore, papers_of
from ingestion.branch import Known, grow
from ingestion.files import exists
from ingestion.judge import Judge
from ingestion.renaming import with_id
from ingestion.report import Added, Changed, Duplicate, Outcome, Unchanged, named
from ingestion.shelf import Shelf

MOST_CONFLICTS = 20


class Intake:
    """Takes papers into a store, and keeps the judge's shelf up."""

    def __init__(self, store: NodeStore, encoder: Encoder) -> None:
        self._store, self._encoder = store, encoder
        self.judge = Judge(papers_of(store))
        self.writing_s = 0.0

    def move(self, node: Node, path: Path) -> Outcome | None:
        """Takes note of a paper whose file was moved or renamed: only its own node changes.

        None where another process changed the paper meanwhile: then the file must be judged again.
        """
        now = self._store.get([node.id]).get(node.id)
        vector = self._store.vectors([node.id]).get(node.id)
        if now is None or vector is None or now.metadata != node.metadata:
            self.judge.shelf = Shelf(papers_of(self._store))
            return None
        moved = msgspec.structs.replace(now, file=path.name, metadata=now.metadata | {"path": str(path)})
        self._store.upsert([Record(moved, vector, self._store.attachments([node.id]).get(node.id))])
        self.judge.shelf.put(moved)
        return Unchanged(**named(path), paper=node.id)

    def take(self, path: Path, paper: Paper) -> Outcome:
        """Stores a paper that was read.

        Raises:
            ConflictError: where others keep changing this very paper.
        """
        for left in reversed(range(MOST_CONFLICTS)):
            try:
                return self._take(path, paper)
            except ConflictError:
                if not left:
                    raise
                self.judge.shelf = Shelf(papers_of(self._store))
        raise AssertionError("unreachable")

    def _take(self, path: Path, paper: Paper) -> Outcome:
        before, extra = self.judge.shelf.at(path), dict[str, Any]()
        if before is None:
            before = self.judge.shelf.with_words(paper.text_hash)
            if before is not None and exists(Path(before.metadata["path"])):
                return Duplicate(**named(path), of=before.metadata["path"])
        if before is not None:  # a new version, at the same path or of a file that is gone
            paper = with_id(paper, before.id)
            extra = {name: before.metadata[name] for name in ("tags", "version_of") if name in before.metadata}
        elif self.judge.shelf.get(paper.paper_id) is not None:
            extra = {"version_of": paper.paper_id}
            paper = with_id(paper, version_id(paper.paper_id, paper.text_hash))
        known = self.judge.shelf.get(paper.paper_id)
        passages_of = self._known_passages if known is not None else _none_known
        branch = grow(paper, self._store.project, self._encoder, passages_of, extra)
        start = time.monotonic()
        change = self._store.replace_branch(paper.paper_id, branch.records, known)
        self.writing_s += time.monotonic() - start
        self.judge.shelf.put(branch.records[0].node)
        if before is None:
            return Added(**named(path), paper=paper.paper_id, title=paper.title, nodes=len(branch.records))
        passages = {r.node.id for r in branch.records if r.node.level == Level.PASSAGE}
        moved, kept = len(passages & set(change.moved)), len(passages & set(change.kept))
        gone = sum(node_id.startswith("p") for node_id in change.removed)
        return Changed(
            **named(path), paper=paper.paper_id, embedded=branch.embedded, moved=moved, kept=kept, removed=gone
        )

    def _known_passages(self, ids: Sequence[str]) -> Mapping[str, Known]:
        nodes, vectors, attachments = self._store.get(ids), self._store.vectors(ids), self._store.attachments(ids)
        return {
            i: Known(nodes[i].digest, vectors[i], SentenceVectors.unpack(attachments[i]))
            for i in ids
            if i in nodes and i in vectors and i in attachments
        }


def _none_known(ids: Sequence[str]) -> Mapping[str, Known]:
    return {}
