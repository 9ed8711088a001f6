"""The graph of a project: papers and findings, who cites whom and where, what bears out or contradicts what.

It is made of the nodes' own properties and says nothing that they do not. `ProjectGraph` holds it and renews what
changed: a held graph asks the store which digests of papers are new, so whoever rewrites what a paper cites, or the
relations of its findings, gives the paper's node another digest. It must not know who shows the graph.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

import msgspec
import networkx as nx

from hierarchy.filters import And, Eq, In
from hierarchy.graph.cache import GraphCache
from hierarchy.graph.parts import Part, key_of, read_parts, with_citations
from hierarchy.graph.topics import Topics
from hierarchy.nodes import Level, Node
from hierarchy.relations import Relation
from hierarchy.store import NodeStore, papers_of

CITES, STATES, SUPPORTS, CONTRADICTS, SAME_TOPIC = "cites", "states", "supports", "contradicts", "same topic"
DAMPING = 0.85  # of PageRank, as Brin and Page (1998) set it

Graph: TypeAlias = "nx.MultiDiGraph[str]"


class State(msgspec.Struct, frozen=True):
    """What a store says of itself in numbers, by which a held graph sees that something changed."""

    digests: dict[str, int]
    findings: dict[str, int]
    updated: str

    @classmethod
    def of(cls, store: NodeStore) -> State:
        papers = Eq("level", Level.PAPER.value)
        findings = store.count_by("paper", Eq("level", Level.FINDING.value))
        return cls(store.count_by("digest", papers), findings, store.stats().updated)


class ProjectGraph:
    """The graph of one project, held and renewed.

    Nodes have `level` "paper" (title, year, authors, doi, arxiv, file, `centrality`) or "finding" (claim, quote,
    evidence, paper, kind, direction). Edges are keyed by their `kind`: `cites` (references, passages), `states`,
    `supports` and `contradicts` (difference, score, origin, reason; from the finding of the paper that was read later)
    and `same topic` (score; from the smaller id to the larger, it has no direction). All attributes are JSON-able.

    Args:
        store: keeps the project's nodes.
        cache: spares reading papers that did not change; None reads all of them once.
    """

    def __init__(self, store: NodeStore, cache: GraphCache | None = None) -> None:
        self._store = store
        self._cache = cache
        self._graph: Graph = nx.MultiDiGraph(project=store.project)
        self._parts: dict[str, Part] = {}
        self._digests: dict[str, str] = {}
        self._owner: dict[str, str] = {}  # the paper of each finding
        self._topics = Topics()
        self._pairs: dict[tuple[str, str], float] = {}
        self._state: State | None = None

    def graph(self, *, look: bool = False) -> Graph:
        """The graph as the store is now. It is the held one: copy it before changing it.

        Args:
            look: whether to look at every paper's node, whatever its digest says.
        """
        with _undisturbed():
            state = State.of(self._store)
            if look or self._state is None or not self._apply_digests(state):
                self._apply(list(papers_of(self._store)), None)
            self._state = state
        return self._graph

    def _apply_digests(self, state: State) -> bool:
        """Renews what the digests tell; false where they cannot tell all."""
        assert self._state is not None
        if state == self._state:
            return True
        if state.digests == self._state.digests or max(state.digests.values(), default=1) > 1:
            return False  # something was written, and no digest says where; or a digest that names two papers
        gone = {paper for paper, own in self._digests.items() if own not in state.digests}
        new = tuple(own for own in state.digests if own not in self._state.digests)
        papers = list(self._store.scan(And((Eq("level", Level.PAPER.value), In("digest", new))))) if new else []
        if any("cites" not in paper.metadata for paper in papers):
            return False  # a citation is worked out among all papers
        untouched = set(self._parts) - gone - {paper.id for paper in papers}
        if any(state.findings.get(paper, 0) != self._state.findings.get(paper, 0) for paper in untouched):
            return False
        self._apply(papers, gone - {paper.id for paper in papers})
        return True

    def _apply(self, papers: Sequence[Node], gone: set[str] | None) -> None:
        """Takes papers that may have changed, and forgets those that went; None: all that are not among the papers."""
        cited = with_citations(papers) if gone is None else list(papers)
        if gone is None:
            gone = set(self._parts) - {paper.id for paper in papers}
        changed = [
            p for p in cited if p.id not in self._parts or self._parts[p.id].key != key_of(p) or self._miscounted(p.id)
        ]
        parts = self._read(changed, gone)
        for paper in [*gone, *parts]:
            self._drop(paper)
        for paper in changed:
            self._digests[paper.id] = paper.digest
        self._add(parts)
        vectors = self._store.vectors([paper.id for paper in changed])
        self._topics.update(vectors, gone)
        self._relate_topics()
        if changed or gone:
            self._weigh()

    def _miscounted(self, paper: str) -> bool:
        return self._state is not None and len(self._parts[paper].findings) != self._state.findings.get(paper, 0)

    def _read(self, papers: Sequence[Node], gone: set[str]) -> dict[str, Part]:
        kept = self._cache.read([paper.id for paper in papers]) if self._cache and papers else {}
        counts = self._store.count_by("paper", Eq("level", Level.FINDING.value)) if kept else {}
        good = {
            paper.id: kept[paper.id]
            for paper in papers
            if paper.id in kept
            and kept[paper.id].key == key_of(paper)
            and len(kept[paper.id].findings) == counts.get(paper.id, 0)
        }
        fresh = dict(read_parts(self._store, [paper for paper in papers if paper.id not in good]))
        if self._cache and (fresh or gone):
            self._cache.write(fresh, gone)
        return {paper.id: good.get(paper.id) or fresh[paper.id] for paper in papers}

    def _drop(self, paper: str) -> None:
        part = self._parts.pop(paper, None)
        self._digests.pop(paper, None)
        if part is not None:
            self._graph.remove_nodes_from([paper, *part.findings])
            self._pairs = {pair: score for pair, score in self._pairs.items() if paper not in pair}
            for finding in part.findings:
                self._owner.pop(finding, None)

    def _add(self, parts: dict[str, Part]) -> None:
        """Adds papers and findings, and every edge that has an end in them."""
        graph = self._graph
        self._parts |= parts
        graph.add_nodes_from((paper, dict(part.attributes)) for paper, part in parts.items())
        for paper, part in parts.items():
            graph.add_nodes_from((finding, dict(told)) for finding, told in part.findings.items())
            graph.add_edges_from((paper, finding, STATES, {"kind": STATES}) for finding in part.findings)
            self._owner |= dict.fromkeys(part.findings, paper)
        for paper, part in self._parts.items():
            here = paper in parts
            graph.add_edges_from(
                (paper, cited.paper, CITES,
                 {"kind": CITES, "references": list(cited.references), "passages": list(cited.passages)})
                for cited in part.cites
                if (here or cited.paper in parts) and cited.paper in self._parts and cited.paper != paper
            )  # fmt: skip
            graph.add_edges_from(
                (relation.a, relation.b, relation.kind, _told(relation))
                for relation in part.relations
                if relation.b in self._owner and (here or self._owner[relation.b] in parts)
            )

    def _relate_topics(self) -> None:
        pairs = self._topics.pairs()
        self._graph.remove_edges_from([(a, b, SAME_TOPIC) for a, b in self._pairs.keys() - pairs.keys()])
        self._graph.add_edges_from(
            (a, b, SAME_TOPIC, {"kind": SAME_TOPIC, "score": score})
            for (a, b), score in sorted(pairs.items())
            if self._pairs.get((a, b)) != score
        )
        self._pairs = pairs

    def _weigh(self) -> None:
        """Each paper's centrality: PageRank over citations, 1 where nobody cites anybody, on average 1."""
        citations: nx.DiGraph[str] = nx.DiGraph()
        citations.add_nodes_from(sorted(self._parts))
        citations.add_edges_from(
            (paper, cited.paper)
            for paper, part in sorted(self._parts.items())
            for cited in part.cites
            if cited.paper in self._parts and cited.paper != paper
        )
        ranks = nx.pagerank(citations, DAMPING) if citations.size() else dict.fromkeys(citations, 1 / len(citations or "1"))
        for paper, rank in ranks.items():
            self._graph.nodes[paper]["centrality"] = round(rank * len(ranks), 4)
        told = self._graph.graph
        told["papers"], told["findings"] = len(self._parts), len(self._owner)
        told["unresolved_references"] = sum(part.unresolved for part in self._parts.values())


def papers_in(graph: Graph) -> dict[str, dict[str, Any]]:
    """The papers of a graph and their attributes, the most central first."""
    found = [(paper, told) for paper, told in graph.nodes(data=True) if told["level"] == Level.PAPER.value]
    return dict(sorted(found, key=lambda one: (-one[1]["centrality"], one[0])))


def _told(relation: Relation) -> dict[str, Any]:
    told = {name: getattr(relation, name) for name in ("difference", "score", "origin", "reason")}
    return {"kind": relation.kind, **told}


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Keeps the collector of cycles from walking a graph that only grows."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
