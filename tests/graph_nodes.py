"""Nodes for tests of the graph, made by hand: papers with references, passages that cite, findings with relations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from engines import DIMENSION

from hierarchy.encoder import unit
from hierarchy.nodes import Finding, Level, Node, Record


def reference(
    number: int, title: str, authors: Sequence[str] = (), year: int | None = None, **more: Any
) -> dict[str, Any]:
    """A record of a reference as a paper's metadata keeps it."""
    told = {"id": f"r{number}", "title": title, "authors": list(authors), "year": year, "doi": None, "arxiv": None}
    return told | more


def paper(
    name: str, title: str = "", authors: Sequence[str] = (), year: int | None = None, digest: str = "", **metadata: Any
) -> Node:
    """A paper's node."""
    told = {"year": year, "authors": list(authors), "doi": None, "arxiv": None, "references": []} | metadata
    title = title or f"A study of {name}"
    return Node(
        name,
        Level.PAPER,
        "p",
        title,
        title,
        paper=name,
        file=f"{name}.pdf",
        digest=digest or f"of {name}",
        metadata=told,
    )


def finding(name: str, of: str, claim: str = "It rose.") -> Node:
    """A finding's node."""
    told = Finding(claim, "result", f"passage of {of}", claim)
    return Node(
        name,
        Level.FINDING,
        "p",
        "",
        claim,
        parent=of,
        paper=of,
        kind="result",
        digest=name,
        metadata={"section_kind": "result"},
        finding=told,
    )


def passage(name: str, of: str, cites: Sequence[str]) -> Node:
    """A passage that cites references."""
    return Node(
        name, Level.PASSAGE, "p", "", "As shown.", parent=of, paper=of, digest=name, metadata={"cites": list(cites)}
    )


def records(*nodes: Node, towards: int = 0) -> list[Record]:
    """The nodes with vectors near one direction: papers with the same `towards` are about the same."""
    centre = np.random.default_rng(towards).normal(size=DIMENSION)
    noise = np.random.default_rng(len(nodes[0].id) + 99)
    return [Record(node, unit(centre + 0.2 * noise.normal(size=DIMENSION))) for node in nodes]
