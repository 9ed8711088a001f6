"""What stands around a passage: the headings above it, and the passages before and after it in its section.

It changes no ranking: who reads a hit sees what it follows from. It must not know how the passage was found.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from hierarchy.filters import And, Eq, In
from hierarchy.nodes import Level, Node
from hierarchy.store import NodeStore, nodes_of


class Around(msgspec.Struct, frozen=True):
    """Headings from the top down to the node's own section, and its neighbours, None at either end of the section."""

    path: tuple[str, ...]
    before: Node | None = None
    after: Node | None = None

    def to_dict(self) -> dict[str, Any]:
        """The field `context` of a node in the record of `strata search --context --json`."""
        return {"path": list(self.path), "before": _told(self.before), "after": _told(self.after)}


def around(store: NodeStore, nodes: Iterable[Node]) -> dict[str, Around]:
    """What stands around each of these nodes, by its id; around a finding, what stands around its passage.

    Papers and projects have nothing around them and are left out; a section has its headings only.
    """
    given = [node for node in nodes if node.level not in (Level.PROJECT, Level.PAPER)]
    evidence = {node.id: node.finding.evidence for node in given if node.finding is not None}
    passages = nodes_of(store, evidence.values())
    at = {node.id: passages.get(evidence.get(node.id, ""), node) for node in given}
    parents = sorted({node.parent for node in at.values() if node.level == Level.PASSAGE and node.parent})
    inside: dict[str, list[Node]] = {}
    if parents:
        for node in store.scan(And((Eq("level", Level.PASSAGE.value), In("parent", tuple(parents))))):
            inside.setdefault(node.parent or "", []).append(node)
    found: dict[str, Around] = {}
    for i, node in at.items():
        row = sorted(inside.get(node.parent or "", []), key=lambda n: n.order)
        place = next((p for p, other in enumerate(row) if other.id == node.id), None)
        before = row[place - 1] if place else None
        after = row[place + 1] if place is not None and place + 1 < len(row) else None
        found[i] = Around(node.path, before, after)
    return found


def _told(node: Node | None) -> dict[str, Any] | None:
    return None if node is None else {"id": node.id, "text": node.text, "kind": node.kind, "page": node.page}
