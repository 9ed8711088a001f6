"""A paper's card as people and programs see it: what it asks, its data, its method, its findings, its limitations, each
with a quote and page. It must not know how a card is made.
"""

from __future__ import annotations

from typing import Any

import msgspec

from hierarchy.nodes import Node
from hierarchy.positions import page_said
from ingestion.branch import RULES

ASPECTS = {
    "asks": "What it asks",
    "data": "Data",
    "method": "Method",
    "findings": "Main findings",
    "limitations": "Limitations",
}


class Quoted(msgspec.Struct, frozen=True, rename={"source": "from"}):
    """A sentence of the paper, the passage that it stands in, and its page."""

    quote: str
    source: str
    page: int | None = None


class PaperCard(msgspec.Struct, frozen=True):
    """A paper in short. `aspects` are lists of quotes by their names in ASPECTS; an aspect that the paper does not tell
    is empty. `summary` is [{"text", "from"}] of its body. `older` where other rules than the present ones made it:
    `strata refresh` renews it."""

    paper: Node
    aspects: dict[str, tuple[Quoted, ...]]
    summary: tuple[dict[str, Any], ...]
    older: bool

    @classmethod
    def of(cls, paper: Node) -> PaperCard:
        """The card that a paper's node keeps."""
        card = paper.metadata.get("card") or {}
        aspects = {name: msgspec.convert(card.get(name, []), tuple[Quoted, ...]) for name in ASPECTS}
        return cls(paper, aspects, tuple(paper.metadata.get("summary") or ()), paper.metadata.get("rules") != RULES)

    def to_dict(self) -> dict[str, Any]:
        """The record of `strata paper --json` (docs/contract.md)."""
        meta = self.paper.metadata
        return {
            "schema": 1,
            "paper": self.paper.id,
            "title": self.paper.title,
            "file": self.paper.file,
            **{name: meta.get(name) for name in ("year", "authors", "doi", "arxiv", "pass", "citation_key", "venue")},
            "card": msgspec.to_builtins(self.aspects),
            "summary": list(self.summary),
            "rules": meta.get("rules"),
            "older": self.older,
        }

    def __str__(self) -> str:
        authors = ", ".join(self.paper.metadata.get("authors") or ()) or "unknown authors"
        lines = [self.paper.title, f"{authors}, {self.paper.metadata.get('year') or 'n.d.'} ({self.paper.file})"]
        if self.older:
            lines.append("Made by older rules; strata refresh renews it.")
        for name, heading in ASPECTS.items():
            lines += ["", heading]
            lines += [f"  “{said.quote}” ({page_said(said.page)})" for said in self.aspects[name]] or [
                "  The paper does not tell."
            ]
        return "\n".join(lines)
