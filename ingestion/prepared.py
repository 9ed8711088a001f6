"""A paper that was read and encoded and waits to be stored, and what its being stored is called in the report.

It must not know how it is stored.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from hierarchy.nodes import Level, Node
from hierarchy.paper import Paper
from hierarchy.store import BranchChange
from ingestion.branch import Branch
from ingestion.passes import How
from ingestion.report import Added, Changed, Left, Outcome, Refined, named
from ingestion.shelf import Shelf
from ingestion.versions import VERSION_OF

Result = Outcome | Refined | Left


class Prepared(msgspec.Struct, frozen=True):
    """A paper, and how it shall be stored, as the shelf of that moment has it.

    `read` is the paper as it was read, `known` the node that it replaces, `before` the earlier version that it is one
    of; `refines` is how it was read where it only refines what is there.
    """

    path: Path
    read: Paper
    paper: Paper
    branch: Branch
    known: Node | None
    before: Node | None
    shelf: Shelf
    refines: How | None = None

    @property
    def top(self) -> Node:
        """The paper's own node."""
        return self.branch.records[0].node

    def stored(self, change: BranchChange) -> Added | Changed | Refined:
        """What its being stored is called, when this is what it changed."""
        names, paper = named(self.path), self.paper
        if self.before is None:
            nodes, version_of = len(self.branch.records), self.top.metadata.get(VERSION_OF)
            return Added(
                **names,
                paper=paper.paper_id,
                title=paper.title,
                nodes=nodes,
                version_of=version_of,
                unread=paper.unread,
            )
        passages = {r.node.id for r in self.branch.records if r.node.level == Level.PASSAGE}
        counts: dict[str, Any] = {
            "embedded": self.branch.embedded,
            "moved": len(passages & set(change.moved)),
            "kept": len(passages & set(change.kept)),
            "removed": sum(node_id.startswith("p") for node_id in change.removed),
            "unread": paper.unread,
        }
        if self.refines:
            return Refined(**names, paper=paper.paper_id, reading=paper.reading, ocr=paper.ocr or None, **counts)
        return Changed(**names, paper=paper.paper_id, **counts)
