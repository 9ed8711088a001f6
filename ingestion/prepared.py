"""A paper that was read and encoded and waits to be stored, and what its being stored is called in the report.

It must not know how it is stored.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from hierarchy.nodes import Level, Node
from hierarchy.store import BranchChange
from ingestion.branch import Branch
from ingestion.passes import OCR, UNREAD, How
from ingestion.report import Added, Changed, Left, Outcome, Refined, named
from ingestion.shelf import Shelf
from ingestion.versions import VERSION_OF

Result = Outcome | Refined | Left


class Prepared(msgspec.Struct, frozen=True):
    """A paper's branch, and how it shall be stored, as the shelf of that moment has it.

    `known` is the node that it replaces, `before` the earlier version that it is one of; `again` prepares it once more,
    where others changed the project meanwhile; `refines` is how it was read where it only refines what is there;
    `entry` the key of the entry that it comes from, where that is no file of its own.
    """

    path: Path
    branch: Branch
    known: Node | None
    before: Node | None
    shelf: Shelf
    again: Callable[[], Result | Prepared]
    refines: How | None = None
    entry: str | None = None

    @property
    def top(self) -> Node:
        """The paper's own node."""
        return self.branch.records[0].node

    def stored(self, change: BranchChange) -> Added | Changed | Refined:
        """What its being stored is called, when this is what it changed."""
        names, top = named(self.path), self.top
        said = top.metadata
        unread = int(said.get(UNREAD) or 0)
        if self.before is None:
            nodes, version_of = len(self.branch.records), said.get(VERSION_OF)
            return Added(
                **names,
                paper=top.id,
                title=top.title,
                nodes=nodes,
                version_of=version_of,
                unread=unread,
                entry=self.entry,
            )
        passages = {r.node.id for r in self.branch.records if r.node.level == Level.PASSAGE}
        counts: dict[str, Any] = {
            "embedded": self.branch.embedded,
            "moved": len(passages & set(change.moved)),
            "kept": len(passages & set(change.kept)),
            "removed": sum(node_id.startswith("p") for node_id in change.removed),
            "unread": unread,
        }
        if self.refines:
            return Refined(**names, paper=top.id, reading=str(said["pass"]), ocr=said.get(OCR), **counts)
        return Changed(**names, paper=top.id, entry=self.entry, **counts)
