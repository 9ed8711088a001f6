"""Which project each paper is read from where several are read as one.

An id comes from what a paper is, so the same paper has the same id everywhere; it is read from one project alone and
whole, so that no passage stands twice, and its neighbours, pages and sentences are those of one reading. It must not
know searches.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from hierarchy.filters import Filter, In, Not, all_of
from hierarchy.nodes import Node, PaperName
from hierarchy.store import NodeStore, nodes_of


class Holders(msgspec.Struct, frozen=True):
    """`listed`: what each store calls its papers; `names`: all papers, each once, in the order of ids; `projects`: of a
    paper that several hold, their names, the one that it is read from first; `hidden`: for each store, the papers that
    are read from another."""

    listed: tuple[Sequence[PaperName], ...]
    names: tuple[PaperName, ...]
    projects: Mapping[str, tuple[str, ...]]
    hidden: tuple[frozenset[str], ...]

    @classmethod
    def of(cls, stores: Sequence[NodeStore], listed: tuple[Sequence[PaperName], ...]) -> Holders:
        """A paper is read from the first project that has its pages, else from the first that has it; it bears the tags
        that it has in any."""
        held: dict[str, dict[int, PaperName]] = {}
        for place, papers in enumerate(listed):
            for name in papers:
                held.setdefault(name.id, {})[place] = name
        shared = {paper: by for paper, by in held.items() if len(by) > 1}
        nodes = [nodes_of(store, (i for i, by in shared.items() if n in by)) for n, store in enumerate(stores)]
        hidden = [set[str]() for _ in stores]
        projects: dict[str, tuple[str, ...]] = {}
        names: list[PaperName] = []
        for paper, by in sorted(held.items()):
            order = sorted(by, key=lambda place: (not _has_pages(nodes[place].get(paper)), place))
            tags = dict.fromkeys(tag for place in order for tag in by[place].tags)
            names.append(msgspec.structs.replace(by[order[0]], tags=tuple(tags)))
            if len(order) > 1:
                projects[paper] = tuple(stores[place].project for place in order)
                for place in order[1:]:
                    hidden[place].add(paper)
        return cls(listed, tuple(names), projects, tuple(map(frozenset, hidden)))

    def inside(self, place: int, where: Filter | None) -> Filter | None:
        """A filter for the store at a place, without what is read from another."""
        hidden = self.hidden[place]
        return all_of(where, Not(In("paper", tuple(sorted(hidden))))) if hidden else where

    def told(self, node: Node) -> Node:
        """A node of a paper that several projects hold, with their names in its metadata; any other as it is."""
        projects = self.projects.get(node.paper or "")
        if projects is None:
            return node
        return msgspec.structs.replace(node, metadata={**node.metadata, "projects": list(projects)})


def _has_pages(paper: Node | None) -> bool:
    """Whether it was read from a PDF, and is no mere entry of a bibliography."""
    return paper is not None and paper.metadata.get("pass") != "entry"
