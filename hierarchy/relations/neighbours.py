"""Two findings that stand side by side in a passage, as the one that they tell together.

What rose is often told in two sentences: "The probe was right for 94% of the clips. One on the encoder trained from
scratch was right for 78%." It must not know other papers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import msgspec
import numpy as np

from hierarchy.encoder import Matrix
from hierarchy.nodes import Finding, Node
from hierarchy.relations.statement import Statement, read

LEVELS = 2  # numbers of both together, which then may be compared with each other
LISTED = 4  # numbers of one of them, where the other says that nothing differs


class Together(msgspec.Struct, frozen=True):
    """The findings told together: their nodes and unit vectors, and the places of the two parts of each."""

    nodes: list[Node]
    vectors: Matrix
    parts: list[tuple[int, int]]


def together(nodes: Sequence[Node], vectors: Matrix, passages: Mapping[str, str]) -> Together:
    """Neighbours among the findings that may tell one thing together, neither of them whole.

    Args:
        nodes: of findings.
        vectors: their unit vectors, shape (findings, dimension).
        passages: the text of passages by id; findings of passages that are not known stand alone.
    """
    by_passage: dict[str, list[int]] = {}
    for i, node in enumerate(nodes):
        if node.finding is not None and node.finding.evidence in passages:
            by_passage.setdefault(node.finding.evidence, []).append(i)
    out = Together([], vectors[:0], [])
    for passage, places in by_passage.items():
        if len(places) > 1:
            for first, second, text in _side_by_side(nodes, places, passages[passage]):
                out.nodes.append(_whole(nodes[first], nodes[second], text))
                out.parts.append((first, second))
    if not out.parts:
        return out
    sums = vectors[[a for a, _ in out.parts]] + vectors[[b for _, b in out.parts]]
    return Together(out.nodes, sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9), out.parts)


def _side_by_side(nodes: Sequence[Node], places: Sequence[int], passage: str) -> list[tuple[int, int, str]]:
    """Pairs of findings of a passage between which nothing stands, and their words."""
    found = sorted((passage.find(_quote(nodes[i])), i) for i in places)
    out: list[tuple[int, int, str]] = []
    for (start, i), (following, j) in pairwise(found):
        end = start + len(_quote(nodes[i]))
        if start < 0 or following < end or passage[end:following].strip():
            continue
        if _unfinished(read(nodes[i]), read(nodes[j])):
            out.append((i, j, passage[start : following + len(_quote(nodes[j]))]))
    return out


def _unfinished(a: Statement, b: Statement) -> bool:
    """Whether neither statement compares by itself what the two compare together."""
    if a.changes and b.changes:
        return False
    if len(a.outcomes) + len(b.outcomes) <= LEVELS:
        return True
    return any(not s.outcomes and s.direction == "none" and len(o.outcomes) <= LISTED for s, o in ((a, b), (b, a)))


def _whole(a: Node, b: Node, text: str) -> Node:
    assert a.finding is not None
    assert b.finding is not None
    values, hedged = a.finding.values + b.finding.values, a.finding.hedged or b.finding.hedged
    finding = Finding(text, a.finding.kind, a.finding.evidence, text, values, None, hedged)
    return msgspec.structs.replace(a, id=f"{a.id}+{b.id}", text=text, finding=finding)


def _quote(node: Node) -> str:
    return node.finding.quote if node.finding else ""
