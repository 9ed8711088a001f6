"""Which papers a question is about: resolves what a user calls a paper to its id."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hierarchy.errors import UsageError
from hierarchy.filters import Filter, In
from hierarchy.nodes import Node
from hierarchy.store import NodeStore, papers_of


class Library:
    """The papers of a project, by everything that names them; read once, so that many questions can be resolved."""

    def __init__(self, store: NodeStore) -> None:
        self._store = store
        self._load()

    def _load(self) -> None:
        self.papers = {node.id: node for node in papers_of(self._store)}
        self._names: dict[str, list[str]] = {}
        for node in self.papers.values():
            for name in _names(node):
                self._names.setdefault(name, []).append(node.id)

    def resolve(self, name: str) -> Node:
        """The paper with this id, DOI, arXiv id, file name, or key of an entry.

        Raises:
            UsageError: where none fits, or several do; then with the choices.
        """
        found = self._found(name)
        if not found:
            self._load()  # it may have come in since
            found = self._found(name)
        if not found:
            raise UsageError(
                f"Project {self._store.project!r} has no paper {name[:80]!r}.",
                "See its papers with: strata tree --depth paper.",
                "unknown_paper",
            )
        if len(found) > 1:
            raise UsageError(
                f"{name!r} fits {len(found)} papers.",
                "Name one by its id: " + ", ".join(found[:8]) + ".",
                "ambiguous_paper",
            )
        return self.papers[found[0]]

    def _found(self, name: str) -> list[str]:
        return [name] if name in self.papers else list(dict.fromkeys(self._names.get(_plain(name), [])))

    def scope(self, names: Sequence[str] | None) -> Filter | None:
        """A filter for these papers; None for the whole project."""
        if names is None:
            return None
        return In("paper", tuple(dict.fromkeys(self.resolve(name).id for name in names)))


def _names(node: Node) -> list[str]:
    meta = node.metadata
    names = [
        node.id,
        node.file or "",
        (node.file or "").removesuffix(".pdf"),
        meta.get("doi") or "",
        meta.get("arxiv") or "",
        *(str(entry.get("key")) for entry in meta.get("entries") or ()),
    ]
    return [_plain(n) for n in names if n]


def _plain(name: str) -> str:
    bare = re.sub(
        r"^(?:https?://(?:dx\.)?doi\.org/|https?://arxiv\.org/(?:abs|pdf)/|doi:\s*|arxiv:\s*)",
        "",
        name.strip(),
        flags=re.I,
    )
    return re.sub(r"^(\d{4}\.\d{4,5})v\d+$", r"\1", bare.lower())
