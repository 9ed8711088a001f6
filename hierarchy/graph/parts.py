"""What each paper brings into the graph, read from the properties of its nodes: itself, what it cites and where, its
findings, and what they have to do with findings of others.

Relations are kept on one finding of the two, and citations name papers that may be gone: who puts the parts together
leaves out what has lost an end. It must not know the graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from hierarchy.filters import And, Eq, In
from hierarchy.graph.references import Library, references_of
from hierarchy.identity import digest
from hierarchy.nodes import Level, Node
from hierarchy.relations import Relation
from hierarchy.store import NodeStore

CHUNK = 100  # papers whose nodes are read at once
RELATIONS = frozenset({"supports", "contradicts"})
PAPER_FIELDS = ("year", "authors", "doi", "arxiv", "citation_key", "version_of")
FINDING_FIELDS = ("kind", "direction", "hedged", "attribution", "origin")


class Citation(msgspec.Struct, frozen=True):
    """A paper of the library that is cited: by which references, in which passages."""

    paper: str
    references: tuple[str, ...]
    passages: tuple[str, ...] = ()


class Part(msgspec.Struct, frozen=True):
    """What one paper brings. `key` changes with anything that it was made of; `findings` are attributes by id;
    `unresolved` counts the references to what is not in the library."""

    key: str
    attributes: dict[str, Any]
    cites: tuple[Citation, ...] = ()
    unresolved: int = 0
    findings: dict[str, dict[str, Any]] = {}
    relations: tuple[Relation, ...] = ()


def with_citations(papers: Sequence[Node]) -> list[Node]:
    """The papers, with `cites` worked out for those whose nodes do not tell it."""
    if all("cites" in paper.metadata or not references_of(paper) for paper in papers):
        return list(papers)
    library = Library.of(papers)
    return [
        paper
        if "cites" in paper.metadata
        else msgspec.structs.replace(paper, metadata={**paper.metadata, "cites": library.cites(paper.id)})
        for paper in papers
    ]


def key_of(paper: Node) -> str:
    """Changes with all that a paper's part is made of, as far as its node tells: `linked` says what relations of its
    findings were made from."""
    told = [paper.metadata.get(name) for name in (*PAPER_FIELDS, "cites", "linked")]
    return digest(paper.digest, paper.title, str(paper.file), msgspec.json.encode(told, order="sorted").decode())


def read_parts(store: NodeStore, papers: Sequence[Node]) -> Iterator[tuple[str, Part]]:
    """The parts of these papers, whose `cites` are known."""
    for start in range(0, len(papers), CHUNK):
        few = papers[start : start + CHUNK]
        findings: dict[str, list[Node]] = {paper.id: [] for paper in few}
        passages: dict[str, list[Node]] = {paper.id: [] for paper in few}
        for node in _scan(store, Level.FINDING, [paper.id for paper in few]):
            findings[str(node.paper)].append(node)
        for node in _scan(store, Level.PASSAGE, [paper.id for paper in few if paper.metadata.get("cites")]):
            if "cites" in node.metadata:
                passages[str(node.paper)].append(node)
        for paper in few:
            yield paper.id, _part(paper, passages[paper.id], findings[paper.id])


def _scan(store: NodeStore, level: Level, papers: Sequence[str]) -> Iterator[Node]:
    return store.scan(And((Eq("level", level.value), In("paper", tuple(papers))))) if papers else iter(())


def _part(paper: Node, passages: Sequence[Node], findings: Sequence[Node]) -> Part:
    where: dict[str, list[str]] = {}
    for passage in passages:
        for reference in _listed(passage.metadata.get("cites")):
            where.setdefault(str(reference), []).append(passage.id)
    cites = tuple(_citations(_listed(paper.metadata.get("cites")), where))
    attributes = {
        "level": Level.PAPER.value,
        "title": paper.title,
        **{name: paper.metadata.get(name) for name in PAPER_FIELDS},
        "file": paper.file,
    }
    return Part(
        key_of(paper),
        attributes,
        cites,
        len(references_of(paper)) - sum(len(citation.references) for citation in cites),
        {node.id: _finding(node) for node in findings if node.finding},
        tuple(relation for node in findings for relation in relations_of(node)),
    )


def _citations(kept: Iterable[Any], where: Mapping[str, list[str]]) -> Iterator[Citation]:
    for one in kept:
        if isinstance(one, dict) and isinstance(one.get("paper"), str):
            references = tuple(str(reference) for reference in _listed(one.get("references")))
            passages = dict.fromkeys(passage for reference in references for passage in where.get(reference, ()))
            yield Citation(one["paper"], references, tuple(passages))


def _finding(node: Node) -> dict[str, Any]:
    assert node.finding is not None
    return {
        "level": Level.FINDING.value,
        "paper": node.paper,
        "claim": node.finding.claim,
        "quote": node.finding.quote,
        "evidence": node.finding.evidence,
        **{name: getattr(node.finding, name) for name in FINDING_FIELDS},
        "section_kind": node.metadata.get("section_kind"),
    }


def relations_of(node: Node) -> Iterator[Relation]:
    """The relations that a finding's node keeps, with itself as `a`; what is none of the known kinds is left out."""
    for kept in _listed(node.metadata.get("relations")):
        try:
            relation = msgspec.convert({**kept, "a": node.id}, Relation)
        except (msgspec.ValidationError, TypeError):
            continue
        if relation.kind in RELATIONS and relation.b != node.id:
            yield relation


def _listed(kept: object) -> Sequence[Any]:
    return kept if isinstance(kept, list | tuple) else ()
