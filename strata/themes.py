"""The themes of a project as people and programs see them: what papers belong together, what they find, where they
agree and where they do not. It must not know how themes are found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from hierarchy.graph.cache import GraphCache
from hierarchy.nodes import Node
from hierarchy.store import NodeStore, nodes_of
from ingestion.project import THEMES, renew_themes
from retrieval.records import frame
from strata.knowledge import finding_of, source_line

if TYPE_CHECKING:
    import pandas

SHOWN = 3  # pairs of a theme in a terminal; the record has all


class Said(msgspec.Struct, frozen=True):
    """Two findings that agree, or do not, and the conditions in which they differ."""

    a: Node
    b: Node
    difference: str

    def to_dict(self) -> dict[str, Any]:
        return {"a": self.a.to_dict(), "b": self.b.to_dict(), "difference": self.difference}


class Theme(msgspec.Struct, frozen=True):
    """A theme: its label in words of its papers, the papers by centrality, their main findings, what is agreed and
    what is disputed."""

    label: str
    papers: tuple[Node, ...]
    findings: tuple[Node, ...]
    agreed: tuple[Said, ...]
    disputed: tuple[Said, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "label": self.label,
            "papers": [{"id": paper.id, "title": paper.title} for paper in self.papers],
            "findings": [node.to_dict() for node in self.findings],
            "agreed": [said.to_dict() for said in self.agreed],
            "disputed": [said.to_dict() for said in self.disputed],
        }

    def __str__(self) -> str:
        lines = [self.label, *(f"  {p.title} ({p.metadata.get('year') or 'n.d.'})" for p in self.papers)]
        for heading, nodes in (("Main findings", self.findings),):
            lines += (
                [f"  {heading}", *(f"    “{finding_of(n).quote}” {source_line(n)}" for n in nodes)] if nodes else []
            )
        for heading, pairs in (("Agreed", self.agreed), ("Disputed", self.disputed)):
            lines += [f"  {heading}"] if pairs else []
            for said in pairs:
                lines += [f"    “{finding_of(n).quote}” {source_line(n)}" for n in (said.a, said.b)]
                lines += [f"      {said.difference}"] if said.difference else []
        return "\n".join(lines)


class Themes(msgspec.Struct, frozen=True):
    """The themes of a project, the largest first."""

    project: str
    themes: tuple[Theme, ...]

    def __iter__(self) -> Iterator[Theme]:
        return iter(self.themes)

    def __len__(self) -> int:
        return len(self.themes)

    def to_dict(self) -> dict[str, Any]:
        """The record of `strata themes --json` (docs/contract.md)."""
        return {"schema": 1, "project": self.project, "themes": [theme.to_dict() for theme in self.themes]}

    def to_frame(self) -> pandas.DataFrame:
        """A row for each paper of each theme."""
        rows = [(theme.label, paper) for theme in self.themes for paper in theme.papers]
        return frame([{"theme": label, "paper": p.title, "year": p.metadata.get("year")} for label, p in rows])

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.themes)) or "No papers, so no themes."


def kept_themes(store: NodeStore, cache: GraphCache | None = None) -> list[dict[str, Any]]:
    """The themes of a project as its papers are now, as its node keeps them; they are renewed where the papers changed
    since."""
    root = renew_themes(store, cache)
    return list(root.metadata.get(THEMES) or ()) if root is not None else []


def themes_in(store: NodeStore, cache: GraphCache | None = None) -> Themes:
    """The themes of a project as its papers are now."""
    kept = kept_themes(store, cache)
    nodes = nodes_of(store, (i for theme in kept for i in _ids(theme)))
    return Themes(store.project, tuple(_theme(theme, nodes) for theme in kept))


def _theme(kept: Mapping[str, Any], nodes: Mapping[str, Node]) -> Theme:
    """A theme without what has gone since."""
    agreed, disputed = (
        tuple(
            Said(nodes[p["a"]], nodes[p["b"]], p["difference"]) for p in kept[name] if {p["a"], p["b"]} <= nodes.keys()
        )
        for name in ("agreed", "disputed")
    )
    papers, findings = (tuple(nodes[i] for i in kept[name] if i in nodes) for name in ("papers", "findings"))
    return Theme(str(kept["label"]), papers, findings, agreed, disputed)


def _ids(theme: Mapping[str, Any]) -> Iterator[str]:
    yield from (*theme["papers"], *theme["findings"])
    for pair in (*theme["agreed"], *theme["disputed"]):
        yield from (pair["a"], pair["b"])
