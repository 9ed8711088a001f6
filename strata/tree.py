"""The tree of a project for people and programs: a node with its children. It only arranges what the store gives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from hierarchy.filters import Eq, In
from hierarchy.identity import project_node_id
from hierarchy.nodes import Level, Node
from hierarchy.positions import page_said
from hierarchy.store import NodeStore


class Tree(msgspec.Struct, frozen=True):
    """A node and what stands below it, in reading order."""

    node: Node
    children: tuple[Tree, ...] = ()

    def walk(self) -> Iterator[Tree]:
        """This and all below, from the top."""
        yield self
        for child in self.children:
            yield from child.walk()

    def to_dict(self) -> dict[str, Any]:
        """The record of a node with its children."""
        return self.node.to_dict() | {"children": [c.to_dict() for c in self.children]}

    def __str__(self) -> str:
        return "\n".join(_lines(self, ""))


def tree_of(store: NodeStore, depth: Level = Level.FINDING) -> Tree:
    """The tree of a project down to a level; a project without papers is a bare root."""
    levels = list(Level)[: list(Level).index(depth) + 1]
    below: dict[str | None, list[Node]] = {}
    for node in store.scan(In("level", tuple(level.value for level in levels))):
        below.setdefault(node.parent, []).append(node)
    roots = list(store.scan(Eq("level", Level.PROJECT.value)))
    root = roots[0] if roots else Node(project_node_id(store.project), Level.PROJECT, store.project, store.project, "")
    return _grown(root, below)


def _grown(node: Node, below: dict[str | None, list[Node]]) -> Tree:
    children = sorted(
        below.get(node.id, []),
        key=lambda n: (n.paper or "", n.order) if n.level != Level.PAPER else (n.title.lower(), 0),
    )
    return Tree(node, tuple(_grown(child, below) for child in children))


def label(node: Node) -> str:
    """A node in a line."""
    match node.level:
        case Level.PROJECT:
            return f"{node.title} ({node.metadata.get('papers', 0)} papers)"
        case Level.PAPER:
            authors = node.metadata.get("authors") or []
            names = authors[0].split()[-1] + (" et al." if len(authors) > 1 else "") if authors else "unknown"
            tags = ", ".join(str(tag) for tag in node.metadata.get("tags") or ())
            told = f" [{tags}]" if tags else ""
            return f"{node.title} ({names} {node.metadata.get('year') or 'n.d.'}, {node.file}){told}"
        case Level.SECTION:
            return f"{node.title or '(before the first heading)'} [{node.kind}]"
        case _:
            text = " ".join(node.text.split())
            shown = text if len(text) <= 90 else text[:87] + "..."
            return f"{'* ' if node.level == Level.FINDING else ''}{shown} ({page_said(node.page)})"


def _lines(tree: Tree, indent: str) -> Iterator[str]:
    yield indent + label(tree.node)
    for child in tree.children:
        yield from _lines(child, indent + "  ")
