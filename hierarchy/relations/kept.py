"""How relations are kept: in the node of one of the two papers, each once. It must not know how they were found."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from hierarchy.nodes import Node
from hierarchy.relations.relation import Relation

RELATIONS = "relations"  # in a paper's metadata


def relations_of(paper: Node) -> Iterator[Relation]:
    """The relations that a paper's node keeps; what is none of the known form is left out."""
    kept = paper.metadata.get(RELATIONS)
    for one in kept if isinstance(kept, list) else ():
        try:
            relation = msgspec.convert(one, Relation)
        except (msgspec.ValidationError, TypeError):
            continue
        if relation.a != relation.b:
            yield relation


def pair_of(relation: Relation) -> tuple[str, str]:
    """The two findings, whichever stands first."""
    return min(relation.a, relation.b), max(relation.a, relation.b)
