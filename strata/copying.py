"""Copies a project from one engine to the other with its vectors: nothing is read or encoded again.

Paper by paper, each whole; what is there already is left alone, so that a copy that was stopped goes on where it was.
At the end every node is compared. It must not know either engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
import numpy as np

from hierarchy.errors import UsageError
from hierarchy.filters import Eq, IsNull
from hierarchy.nodes import Node, Record
from hierarchy.store import NodeStore, papers_of

Watch = Callable[[int, int], None]  # papers that are done, and all


class Copied(msgspec.Struct, frozen=True):
    """What a copy did: nodes in the source, how many were compared at the end, and how many of these differ."""

    project: str
    nodes: int
    checked: int
    different: int
    written: int = 0

    def to_dict(self) -> dict[str, Any]:
        """The record of `strata copy --json`."""
        return {"schema": 1, **msgspec.to_builtins(self)}


def copy_project(source: NodeStore, target: NodeStore, watch: Watch = lambda done, all_: None) -> Copied:
    """Makes the target hold what the source holds.

    Raises:
        UsageError: where the target holds papers that the source does not, which a copy would lose.
    """
    papers = sorted(n.id for n in papers_of(source))
    strangers = {n.id for n in papers_of(target)} - set(papers)
    if strangers:
        raise UsageError(
            f"The project {target.project!r} to copy to has {len(strangers)} papers that {source.project!r} has not.",
            "Remove it there first (strata remove --all), or those papers.",
            "other_papers",
        )
    written = 0
    try:
        for done, paper in enumerate(papers):
            watch(done, len(papers))
            branch = list(_records(source, target.project, paper))
            there = list(_records(target, target.project, paper))
            if _different(branch, there):
                known = {record.node.id: record for record in there}
                change = target.replace_branch(paper, branch)
                # A branch counts as unchanged where its nodes are; their vectors may still be others.
                kept = set(change.kept)
                # A node that another process wrote meanwhile is written once more.
                rest = [r for r in branch if r.node.id in kept and not _equal(r, known.get(r.node.id))]
                target.upsert(rest)
                written += len(change.written(branch)) + len(rest)
        rest = list(_records(source, target.project, None))
        if _different(rest, list(_records(target, target.project, None))):
            target.upsert(rest)
            written += len(rest)
        watch(len(papers), len(papers))
    finally:
        target.tidy()
    nodes, different = 0, 0
    for part in (*papers, None):
        mine, theirs = (list(_records(store, target.project, part)) for store in (source, target))
        nodes += len(mine)
        different += _different(mine, theirs)
    return Copied(target.project, nodes, nodes, different, written)


def _records(store: NodeStore, project: str, paper: str | None) -> Iterator[Record]:
    """A paper's nodes with all that is kept of them, as the target's project would have them; None: the others."""
    nodes: Sequence[Node] = list(store.scan(Eq("paper", paper) if paper is not None else IsNull("paper")))
    ids = [node.id for node in nodes]
    vectors, attachments = store.vectors(ids), store.attachments(ids)
    for node in nodes:
        if node.id in vectors:
            yield Record(msgspec.structs.replace(node, project=project), vectors[node.id], attachments.get(node.id))


def _different(left: Sequence[Record], right: Sequence[Record]) -> int:
    """How many nodes are missing in one of two branches, or are not the same in both."""
    theirs = {record.node.id: record for record in right}
    alike = sum(_equal(record, theirs.get(record.node.id)) for record in left)
    return max(len(left), len(right)) - alike


def _equal(one: Record, other: Record | None) -> bool:
    if other is None or one.node != other.node or one.attachment != other.attachment:
        return False
    return bool(np.array_equal(one.vector, other.vector))
