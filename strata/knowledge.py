"""What a project knows, as collections that print, iterate, and become records or tables: findings, and pairs of them.

It must not know how findings were read or related.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from hierarchy.nodes import Finding, Node, Value
from hierarchy.positions import page_said
from hierarchy.relations import Relation
from hierarchy.relations.kept import pair_of, relations_of
from hierarchy.store import NodeStore, nodes_of, papers_of
from retrieval.records import frame

if TYPE_CHECKING:
    import pandas


class Findings(msgspec.Struct, frozen=True):
    """Findings of a project, by paper and in reading order."""

    nodes: tuple[Node, ...]

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)

    def __len__(self) -> int:
        return len(self.nodes)

    def to_dict(self) -> dict[str, Any]:
        """The record of `strata findings --json` (docs/contract.md)."""
        return {"schema": 1, "nodes": [node.to_dict() for node in self.nodes]}

    def to_frame(self) -> pandas.DataFrame:
        """A row for each value; a finding without values has one row."""
        return frame([_row(node, value) for node in self.nodes for value in finding_of(node).values or (Value(),)])

    def __str__(self) -> str:
        lines, paper = list[str](), ""
        for node in self.nodes:
            if node.paper != paper:
                paper = node.paper or ""
                lines.append(f"{node.paper_title} ({node.metadata.get('year') or 'n.d.'})")
            lines.append(finding_line(node))
        return "\n".join(lines) or "No findings."


class RelatedPair(msgspec.Struct, frozen=True):
    """Two findings of different papers and what they have to do with each other."""

    relation: Relation
    a: Node
    b: Node

    def to_dict(self) -> dict[str, Any]:
        record = msgspec.to_builtins(self.relation)
        return dict(record | {"a": self.a.to_dict(), "b": self.b.to_dict()})

    def __str__(self) -> str:
        sides = "\n".join(f"  “{finding_of(n).quote}”\n      {source_line(n)}" for n in (self.a, self.b))
        differ = f"\n  {self.relation.difference}" if self.relation.difference else ""
        return f"{self.relation.kind} ({self.relation.score:.2f})\n{sides}{differ}"


class Relations(msgspec.Struct, frozen=True):
    """Pairs of findings of different papers: what contradicts first, the surest first."""

    pairs: tuple[RelatedPair, ...]

    def __iter__(self) -> Iterator[RelatedPair]:
        return iter(self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)

    def of(self, kind: str) -> Relations:
        """Those of one kind: "contradicts" or "supports"."""
        return Relations(tuple(pair for pair in self.pairs if pair.relation.kind == kind))

    def to_dict(self) -> dict[str, Any]:
        """The record of `strata contradictions --json` (docs/contract.md)."""
        return {"schema": 1, "relations": [pair.to_dict() for pair in self.pairs]}

    def to_frame(self) -> pandas.DataFrame:
        """A row for each pair, both sides beside each other."""
        return frame(
            [
                {"kind": p.relation.kind, "score": p.relation.score, "difference": p.relation.difference}
                | {f"{name}_{side}": value for side, node in (("a", p.a), ("b", p.b)) for name, value in _side(node)}
                for p in self.pairs
            ]
        )

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.pairs)) or "No two findings contradict or support each other."


def relations_in(store: NodeStore) -> Relations:
    """All pairs of a project whose two findings are still there, those that contradict each other first."""
    kept = {pair_of(r): r for paper in papers_of(store) for r in relations_of(paper)}
    named = nodes_of(store, (finding for pair in kept for finding in pair))
    nodes = {i: node for i, node in named.items() if node.finding is not None}
    pairs = [RelatedPair(r, nodes[r.a], nodes[r.b]) for r in kept.values() if r.a in nodes and r.b in nodes]
    pairs.sort(
        key=lambda p: (p.relation.kind, -p.relation.score, p.relation.a, p.relation.b)
    )  # contradicts comes first
    return Relations(tuple(pairs))


def finding_of(node: Node) -> Finding:
    """The record of a finding's node."""
    assert node.finding is not None
    return node.finding


def finding_line(node: Node) -> str:
    """A finding in a line: its kind, words and page, and what is special about it."""
    finding = finding_of(node)
    marks = [finding.direction or "", "hedged" if finding.hedged else ""]
    marks += ["of others"] if finding.attribution == "reported" else []
    marks += [finding.origin] if finding.origin != "rules" else []
    told = ", ".join(filter(None, marks))
    words = " ".join(finding.claim.split())
    return f"  {finding.kind:10} {words} ({page_said(node.page)}{f'; {told}' if told else ''})"


def source_line(node: Node) -> str:
    """Where a finding stands."""
    year = node.metadata.get("year")
    return f"{node.paper_title}{f' ({year})' if year else ''}, {page_said(node.page)}"


def _row(node: Node, value: Value) -> dict[str, Any]:
    finding = finding_of(node)
    head = {"paper": node.paper_title, "year": node.metadata.get("year"), "kind": finding.kind, "claim": finding.claim}
    numbers: dict[str, Any] = msgspec.to_builtins(value)
    tail = {"direction": finding.direction, "hedged": finding.hedged, "section": node.title, "page": node.page}
    return head | numbers | tail | {"origin": finding.origin, "id": node.id}


def _side(node: Node) -> tuple[tuple[str, Any], ...]:
    return ("paper", node.paper_title), ("quote", finding_of(node).quote), ("page", node.page)
