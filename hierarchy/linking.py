"""Ties the papers of a project together: which paper cites which, and which findings bear on each other.

What is found is kept in the papers' own nodes (`cites`, `relations`), so that it travels with the tree; a relation is
kept once, by the paper that was read later. A paper is looked at again when it changed, or when the rules did; others
are rewritten only where a link of theirs did. It must not know how papers are read, nor who looks at the links.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from hierarchy.encoder import Matrix
from hierarchy.filters import And, Eq, In
from hierarchy.graph.references import Library
from hierarchy.identity import digest
from hierarchy.nodes import Level, Node, Record
from hierarchy.relations import Relation, relations_between
from hierarchy.relations.kept import RELATIONS, pair_of, relations_of
from hierarchy.store import NodeStore, papers_of

RULES = "links-2"  # changes whenever the same papers would be tied otherwise
CITES, LINKED = "cites", "linked"
KEPT = (CITES, RELATIONS, LINKED)  # what a new state of a paper takes over until it is looked at
MOST_AT_ONCE = 20_000  # findings that are compared whole; beyond, only those of the papers that are near
NEAR = 20  # findings that are looked up for each new one then
CHUNK = 100  # papers
LOOKED_UP = 500  # passages


class Linked(msgspec.Struct, frozen=True):
    """What a paper's links were made from: rules, what a language model wrote, its digest before, and with them."""

    state: str
    of: str
    made: str


def is_linked(paper: Node) -> bool:
    """Whether a paper's links are those of what it says now, by the present rules."""
    kept = paper.metadata.get(LINKED)
    if not isinstance(kept, dict):
        return False
    linked = msgspec.convert(kept, Linked)
    return linked.state == _state(paper) and paper.digest in (linked.of, linked.made)


def with_links(paper: Node) -> Node:
    """A paper that was grown anew and took its links over: where it says the same as before, it is the same."""
    kept = paper.metadata.get(LINKED)
    linked = msgspec.convert(kept, Linked) if isinstance(kept, dict) else None
    same = linked is not None and linked.of == paper.digest and linked.state == _state(paper)
    return msgspec.structs.replace(paper, digest=linked.made) if linked is not None and same else paper


def link(store: NodeStore) -> list[Node]:
    """Ties the papers that came or changed to all others; gives the papers' nodes that it rewrote.

    It may be stopped at any moment: what is not tied yet shows as such, and the next run goes on.
    """
    papers = {paper.id: paper for paper in papers_of(store)}
    todo = [paper for paper in papers.values() if not is_linked(paper)]
    if not todo:
        return []
    library = Library.of(papers.values())
    mine = {paper.id for paper in todo}
    cites = {paper: library.cites(paper) for paper in mine | library.touched(todo)}
    relations = _relations(store, papers, mine)
    changed: list[Node] = []
    for paper in papers.values():
        said = {CITES: cites.get(paper.id, paper.metadata.get(CITES, [])), RELATIONS: relations.get(paper.id, [])}
        if paper.id in mine or any(paper.metadata.get(name, []) != told for name, told in said.items()):
            changed.append(_tied(paper, said))
    return _written(store, papers, changed)


def _relations(store: NodeStore, papers: Mapping[str, Node], mine: set[str]) -> dict[str, list[dict[str, Any]]]:
    """What each paper's node shall keep of relations, once `mine` are compared with all."""
    new, others = _compared(store, papers, mine)
    owner = {node.id: str(node.paper) for node in (*new, *others)}
    versions = {p.id: str(p.metadata["version_of"]) for p in papers.values() if p.metadata.get("version_of")}
    found = {
        pair_of(relation): relation
        for relation in relations_between(
            new,
            _vectors(store, new),
            others,
            _vectors(store, others),
            passages=_evidence(store, [*new, *others]),
            versions=versions,
        )
    }
    kept: dict[str, list[Relation]] = {paper: [] for paper in papers}
    for paper in papers.values():
        for relation in relations_of(paper):
            if paper.id in mine or mine & {owner.get(relation.a), owner.get(relation.b)}:
                again = found.pop(pair_of(relation), None)  # it holds still, and stays where it is
                if again is not None:
                    kept[paper.id].append(again)
            else:
                kept[paper.id].append(relation)
    for relation in found.values():
        sides = [owner[relation.a], owner[relation.b]]
        kept[max(side for side in sides if side in mine)].append(relation)
    order = {paper: sorted(held, key=lambda r: (-r.score, r.a, r.b)) for paper, held in kept.items()}
    return {paper: msgspec.to_builtins(held) for paper, held in order.items()}


def _compared(store: NodeStore, papers: Mapping[str, Node], mine: set[str]) -> tuple[list[Node], list[Node]]:
    """The findings of these papers, and those of others that they are compared with."""
    counts = store.count_by("paper", Eq("level", Level.FINDING.value))
    total, own = sum(counts.values()), sum(counts.get(paper, 0) for paper in mine)
    new = _findings(store, sorted(mine))
    rest = [paper for paper in papers if paper not in mine]
    if total > MOST_AT_ONCE and own * NEAR < total:
        ids = {hit.id for vector in _vectors(store, new) for hit in store.dense(vector, Level.FINDING, NEAR)}
        rest = sorted({str(node.paper) for node in store.get(sorted(ids)).values()} - mine)
    return new, _findings(store, rest)


def _evidence(store: NodeStore, findings: Sequence[Node]) -> dict[str, str]:
    """The texts of the passages that these findings were read from."""
    ids = sorted({node.finding.evidence for node in findings if node.finding})
    return {
        node.id: node.text for i in range(0, len(ids), LOOKED_UP) for node in store.get(ids[i : i + LOOKED_UP]).values()
    }


def _findings(store: NodeStore, papers: Sequence[str]) -> list[Node]:
    found: list[Node] = []
    for start in range(0, len(papers), CHUNK):
        where = And((Eq("level", Level.FINDING.value), In("paper", tuple(papers[start : start + CHUNK]))))
        found += [node for node in store.scan(where) if node.finding is not None]
    return found


def _vectors(store: NodeStore, nodes: Sequence[Node]) -> Matrix:
    vectors = store.vectors([node.id for node in nodes])
    empty = np.zeros((0, store.encoder.dimension), np.float32)
    nothing = np.zeros(store.encoder.dimension, np.float32)  # of a finding that went meanwhile: near to none
    return np.stack([vectors.get(node.id, nothing) for node in nodes]) if nodes else empty


def _tied(paper: Node, said: Mapping[str, Any]) -> Node:
    """A paper with its links; its digest tells of them, so that whoever holds a graph sees that it changed."""
    kept = paper.metadata.get(LINKED)
    before = msgspec.convert(kept, Linked) if isinstance(kept, dict) else None
    of = before.of if before is not None and paper.digest == before.made else paper.digest
    links = msgspec.json.encode(said, order="sorted").decode()
    made = digest("linked", of, links)
    linked = msgspec.to_builtins(Linked(_state(paper), of, made))
    return msgspec.structs.replace(paper, digest=made, metadata={**paper.metadata, **said, LINKED: linked})


def _written(store: NodeStore, known: Mapping[str, Node], changed: Sequence[Node]) -> list[Node]:
    """Writes these papers' nodes, but for those that another process changed meanwhile: they show as not linked."""
    written: list[Node] = []
    for start in range(0, len(changed), CHUNK):
        few = {node.id: node for node in changed[start : start + CHUNK]}
        now, vectors, kept = store.get(list(few)), store.vectors(list(few)), store.attachments(list(few))
        same = [node for i, node in few.items() if now.get(i) == known[i] and i in vectors]
        store.upsert([Record(node, vectors[node.id], kept.get(node.id)) for node in same])
        written += same
    return written


def _state(paper: Node) -> str:
    told = [paper.metadata.get(name) for name in ("written", "references", "doi", "arxiv", "version_of")]
    return digest("link state", RULES, msgspec.json.encode(told, order="sorted").decode())
