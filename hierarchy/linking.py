"""Ties the papers of a project together: which paper cites which, and which findings bear on each other.

What is found is kept in the papers' own nodes (`cites`, `relations`), so that it travels with the tree; a relation is
kept once, by the paper that was read later, and shown only while both of its findings are there. A paper is looked at
again when it changed, or when the rules did; others are rewritten only where they cite a paper that came or changed.
It must not know how papers are read, nor who looks at the links.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import msgspec
import numpy as np

from hierarchy.encoder import Matrix
from hierarchy.filters import And, Eq, In
from hierarchy.graph.references import Library
from hierarchy.identity import digest
from hierarchy.nodes import Level, Node, Record
from hierarchy.relations import Relation, relations_between
from hierarchy.relations.kept import RELATIONS, pair_of, relations_of
from hierarchy.store import NodeStore, nodes_of, papers_of

RULES = "links-2"  # changes whenever the same papers would be tied otherwise
CITES, LINKED = "cites", "linked"
KEPT = (CITES, RELATIONS, LINKED)  # what a new state of a paper takes over until it is looked at
MOST_AT_ONCE = 20_000  # findings that are compared whole; beyond, only those of the papers that are near
NEAR = 20  # findings that are looked up for each new one then
CHUNK = 100  # papers


class Judge(Protocol):
    """A language model that looks at the relations that the rules found."""

    name: str
    failed: bool

    def __call__(self, relation: Relation, a: Node, b: Node) -> Relation | None:
        """The relation as it sees it, None where it sees none; where it does not answer, it has `failed`."""


class Linked(msgspec.Struct, frozen=True):
    """What a paper's links were made from: rules and what is told beside its words, its digest before and with them,
    and who judged them besides."""

    state: str
    of: str
    made: str
    judge: str | None = None


def is_linked(paper: Node, judge: str | None = None) -> bool:
    """Whether a paper's links are those of what it says now, by the present rules and this judge, if there is one."""
    linked = _linked(paper)
    if linked is None or linked.state != _state(paper) or paper.digest not in (linked.of, linked.made):
        return False
    return judge is None or linked.judge == judge


def unlinked_digest(paper: Node) -> str:
    """The digest that a paper has without its links."""
    linked = _linked(paper)
    return linked.of if linked is not None and paper.digest == linked.made else paper.digest


def with_links(paper: Node) -> Node:
    """A paper that was grown anew and took its links over: where it says the same as before, it is the same."""
    linked = _linked(paper)
    same = linked is not None and linked.of == paper.digest and linked.state == _state(paper)
    return msgspec.structs.replace(paper, digest=linked.made) if linked is not None and same else paper


def link(store: NodeStore, judge: Judge | None = None) -> list[Node]:
    """Ties the papers that came or changed to all others; gives the papers' nodes that it rewrote.

    It may be stopped at any moment: what is not tied yet shows as such, and the next run goes on.

    Args:
        store: the project.
        judge: a language model that looks at each relation that the rules find, once.
    """
    papers = {paper.id: paper for paper in papers_of(store)}
    todo = [paper for paper in papers.values() if not is_linked(paper, judge.name if judge else None)]
    if not todo:
        return []
    library = Library.of(papers.values())
    mine = {paper.id for paper in todo}
    cites = {paper: library.cites(paper) for paper in mine | library.touched(todo)}
    relations = _relations(store, papers, mine, judge)
    judged_by = judge.name if judge is not None and not judge.failed else None
    changed: list[Node] = []
    for paper in papers.values():
        had = paper.metadata
        said = {
            CITES: cites.get(paper.id, had.get(CITES, [])),
            RELATIONS: relations.get(paper.id, had.get(RELATIONS, [])),
        }
        if paper.id in mine or any(had.get(name, []) != told for name, told in said.items()):
            changed.append(_tied(paper, said, judged_by if paper.id in mine else None))
    return _written(store, papers, changed)


def _relations(
    store: NodeStore, papers: Mapping[str, Node], mine: set[str], judge: Judge | None
) -> dict[str, list[dict[str, Any]]]:
    """What the nodes of `mine` shall keep of relations, once they are compared with all."""
    new, others = _compared(store, papers, mine)
    owner = {node.id: str(node.paper) for node in (*new, *others)}
    versions = {p.id: str(p.metadata["version_of"]) for p in papers.values() if p.metadata.get("version_of")}
    vectors = _vectors(store, new), _vectors(store, others)
    around = _evidence(store, [*new, *others])
    tied = relations_between(new, vectors[0], others, vectors[1], passages=around, versions=versions)
    before = {pair_of(r): r for paper in papers.values() for r in relations_of(paper)}
    found = _judged(tied, before, {node.id: node for node in (*new, *others)}, judge)
    held = {pair_of(r) for paper in papers.values() if paper.id not in mine for r in relations_of(paper)}
    kept: dict[str, list[Relation]] = {paper: [] for paper in mine}
    for pair, relation in found.items():
        if pair not in held:  # what another paper keeps stays there, so that only papers that changed are written
            kept[max(side for side in (owner[relation.a], owner[relation.b]) if side in mine)].append(relation)
    order = {paper: sorted(told, key=lambda r: (-r.score, r.a, r.b)) for paper, told in kept.items()}
    return {paper: msgspec.to_builtins(told) for paper, told in order.items()}


def _judged(
    tied: Sequence[Relation],
    before: Mapping[tuple[str, str], Relation],
    nodes: Mapping[str, Node],
    judge: Judge | None,
) -> dict[tuple[str, str], Relation]:
    """The relations that the rules found as the judge sees them, by their pairs."""
    found: dict[tuple[str, str], Relation] = {}
    for relation in tied:
        old = before.get(pair_of(relation))
        by_model = old is not None and old.kind == relation.kind and old.origin != "rules"
        if old is not None and by_model and (judge is None or old.origin == judge.name):
            found[pair_of(relation)] = old  # what a model said stands, and is not asked twice
            continue
        seen = relation if judge is None else judge(relation, nodes[relation.a], nodes[relation.b])
        if seen is not None:
            found[pair_of(relation)] = seen
    return found


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
    found = nodes_of(store, (node.finding.evidence for node in findings if node.finding))
    return {passage: node.text for passage, node in found.items()}


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


def _tied(paper: Node, said: Mapping[str, Any], judge: str | None) -> Node:
    """A paper with its links; its digest tells of them, so that whoever holds a graph sees that it changed."""
    before, of = _linked(paper), unlinked_digest(paper)
    made = digest("linked", of, msgspec.json.encode(said, order="sorted").decode())
    linked = msgspec.to_builtins(Linked(_state(paper), of, made, judge or (before.judge if before else None)))
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


def _linked(paper: Node) -> Linked | None:
    try:
        return msgspec.convert(paper.metadata.get(LINKED), Linked)
    except msgspec.ValidationError:
        return None


def _state(paper: Node) -> str:
    told = [paper.metadata.get(name) for name in ("written", "references", "doi", "arxiv", "version_of")]
    return digest("link state", RULES, msgspec.json.encode(told, order="sorted").decode())
