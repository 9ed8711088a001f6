"""Searches the levels that a route gives weight, and puts what they find into one order.

Raw dense and BM25 legs of each level, fused here, times a factor of the level's weight and one of the passage's kind.
It must not know how answers are made of what it finds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

from hierarchy.encoder import Encoder, Text
from hierarchy.errors import UsageError
from hierarchy.filters import Eq, Filter, all_of
from hierarchy.nodes import Level, Node, Vector
from hierarchy.store import NodeStore
from retrieval.fusion import Fused, fuse, pool_size
from retrieval.pool import LOOKED_AT, STEEP, pool, shares
from retrieval.records import Factors, Route, ScoredNode
from retrieval.scope import names_papers
from retrieval.settings import RetrievalSettings
from retrieval.trace import Trace
from retrieval.traced import LEFT_OUT, Row, candidate, candidates, left_out, places
from retrieval.weighing import Weighing

MOST_LETTERS = 4_000  # of a question; what is longer is a document
LEAST_WEIGHT = 0.03
TRACED = 6  # candidates that the trace holds of a level
MARGIN = 40  # how many more are looked at than are asked for
NARROW = (Level.SECTION, Level.PASSAGE, Level.FINDING)  # what a passage answers
PAPERS_READ = 20
BY_PASSAGES = 0.5  # what the passages found count for a paper beside its own score
READ_BASE = 0.1  # of its level's factor that the least of what was read keeps: other papers come before it
UNREAD = 0.5  # of its score that a node keeps below those that were read beside the question
TOLD = 0.5  # and one of which that tells it already

Rankings: TypeAlias = dict[Level, list[Fused]]


class Read(NamedTuple):
    """Nodes of one level that were read beside the question, with the reader's scores from 0 to 1, best first."""

    nodes: tuple[ScoredNode, ...] = ()
    level: Level = Level.PASSAGE

    @property
    def told(self) -> frozenset[str]:
        """The nodes whose words are among these: the passages, and what stands above them."""
        nodes = [scored.node for scored in self.nodes if self.level is Level.PASSAGE]
        return frozenset(i for n in nodes for i in (n.id, n.parent, n.paper) if i)


NOTHING_READ = Read()


def checked_question(question: str) -> str:
    """The question without the space around it, cut to a sensible length.

    Raises:
        UsageError: where nothing is asked.
    """
    readable = question[: 4 * MOST_LETTERS].encode("utf-8", "replace").decode()  # bytes that were no text
    plain = " ".join(readable.split())[:MOST_LETTERS]
    if not any(c.isalnum() for c in plain):
        raise UsageError(
            "The question is empty.",
            'Ask in words, for example: strata ask "Which papers use a contrastive loss?"',
            "empty_question",
        )
    return plain


class Searcher:
    """Searches one project."""

    def __init__(self, store: NodeStore, encoder: Encoder, settings: RetrievalSettings) -> None:
        self._store, self._encoder, self._settings = store, encoder, settings
        self._ahead: dict[str, Vector] = {}

    def expect(self, questions: Sequence[str]) -> None:
        """Encodes questions that come next together, and makes the store ready for them; none ends it."""
        self._ahead = {}
        encodings = self._encoder.encode([Text(q, asked=True) for q in questions]) if questions else []
        self._ahead = {q: e.vector for q, e in zip(questions, encodings, strict=True)}
        self._store.expect(list(self._ahead.values()))

    def encode(self, question: str, trace: Trace | None = None) -> Vector:
        """The question's vector; a step of the trace, where there is one."""
        with (trace or Trace.of(question)).step("encode", encoder=self._encoder.identity.model):
            ahead = self._ahead.get(question)
            return self._encoder.encode([Text(question, asked=True)])[0].vector if ahead is None else ahead

    def rank(self, question: str, vector: Vector, route: Route, k: int, where: Filter | None, trace: Trace) -> Rankings:
        """The fused ranking of each level that has weight."""
        rankings: Rankings = {}
        told: list[tuple[Row, list[Fused]]] = []
        for level, weight in _weights(route).items():
            with trace.step("search", level=level.value, weight=weight) as found:
                rankings[level] = self.level(question, vector, level, k, where)
                found["count"] = len(rankings[level])
            told.append((found, rankings[level][:TRACED]))
        nodes = self._store.get(
            [f.id for _, best in told for f in best]
        )  # once: a server answers each call in its time
        for found, best in told:
            found["candidates"] = _candidates(best, nodes)
        return rankings

    def merge(
        self, rankings: Rankings, route: Route, k: int, weighing: Weighing, read: Read = NOTHING_READ
    ) -> tuple[ScoredNode, ...]:
        """The k best nodes of all levels in one order, best first; ties in the order of ids.

        What was read stands by what its reader says of it; a node whose words it holds steps back.
        """
        return self._merged(rankings, route, k, weighing, read)[:k]

    def order(
        self, rankings: Rankings, route: Route, k: int, weighing: Weighing, read: Read, trace: Trace
    ) -> tuple[ScoredNode, ...]:
        """What `merge` gives, as a step that tells each node's place before reading, and what fell out and why."""
        with trace.step("order", k=k) as said:
            merged = self._merged(rankings, route, k, weighing, read)
            before = self._merged(rankings, route, k, weighing) if read.nodes else merged
            said["candidates"] = candidates(merged[:k], places(s.node.id for s in before) if read.nodes else None)
            said["dropped"] = [*_fallen(merged[:k], before, k, read), *_weightless(route)]
        return merged[:k]

    def _merged(
        self, rankings: Rankings, route: Route, k: int, weighing: Weighing, read: Read = NOTHING_READ
    ) -> tuple[ScoredNode, ...]:
        """The k best, and after them some that come next."""
        factors = _factors(route, read)
        merged = [(factors[level] * f.score, factors[level], f) for level, ranked in rankings.items() for f in ranked]
        if not read.nodes:
            return self._scored(merged, k, weighing, LEFT_OUT)
        told, here = read.told, {scored.node.id for scored in read.nodes}
        rest = self._scored([m for m in merged if m[2].id not in here], k, weighing)
        best, factor = read.nodes[0].score or 1.0, factors[read.level]
        scored = [_at(s, factor * (READ_BASE + (1 - READ_BASE) * s.score / best)) for s in read.nodes]
        scored += [_at(s, s.score * _stepped_back(s, told)) if told else s for s in rest]
        return tuple(sorted(scored, key=lambda s: (-s.score, s.node.id)))

    def best(
        self, rankings: Rankings, level: Level, k: int, weighing: Weighing, read: Read = NOTHING_READ
    ) -> tuple[ScoredNode, ...]:
        """The k best nodes of one level, those that were read first."""
        first = read.nodes[:k] if level is read.level else ()
        here = {scored.node.id for scored in first}
        left = [(f.score, 1.0, f) for f in rankings.get(level, []) if f.id not in here]
        return (*first, *self._scored(left, k - len(first), weighing))

    def pool(
        self, question: str, vector: Vector, rankings: Rankings, where: Filter | None, most: int, weighing: Weighing
    ) -> tuple[ScoredNode, ...]:
        """The passages that are worth reading beside the question, best of the search first; see retrieval/pool.py."""
        ranked = rankings.get(Level.PASSAGE, [])
        known = self._store.get([f.id for f in ranked[:LOOKED_AT]])
        paper_of = {i: node.paper for i, node in known.items() if node.paper}

        def inside(paper: str) -> Sequence[Fused]:
            return self.level(question, vector, Level.PASSAGE, most, all_of(where, Eq("paper", paper)), within=True)

        pooled = pool(ranked, paper_of, inside, most, rankings.get(Level.PAPER, ()))
        nodes = known | self._store.get([p.fused.id for p in pooled if p.fused.id not in known])
        found = [
            ScoredNode(nodes[p.fused.id], p.fused.score, _factors_of(p.fused, 1.0, weighing, nodes, p.share))
            for p in pooled
            if p.fused.id in nodes
        ]
        return tuple(sorted(found, key=lambda s: (-s.score * s.factors.paper * s.factors.kind, s.node.id)))

    def papers(self, rankings: Rankings, most: int, weighing: Weighing) -> tuple[ScoredNode, ...]:
        """The papers that are worth reading beside the question, best of the search first: by themselves and by what
        of the passages found stands in them."""
        passages = rankings.get(Level.PASSAGE, [])[:LOOKED_AT]
        known = self._store.get([f.id for f in passages])
        part = shares(passages, {i: node.paper for i, node in known.items() if node.paper})
        best = sorted(
            (
                f._replace(score=f.score + BY_PASSAGES * part.get(f.id, 0.0) ** (1 / STEEP))
                for f in rankings[Level.PAPER]
            ),
            key=lambda f: (-f.score, f.id),
        )[: min(most, PAPERS_READ)]
        return self._scored([(f.score, 1.0, f) for f in best], len(best), weighing)

    def passed_over(self, rankings: Rankings, pooled: Sequence[ScoredNode]) -> list[Row]:
        """The best passages of the search that are not among those to be read, as rows of a trace."""
        here = {scored.node.id for scored in pooled}
        left = [f for f in rankings.get(Level.PASSAGE, []) if f.id not in here][:LEFT_OUT]
        rows = _candidates(left, self._store.get([f.id for f in left]))
        return left_out(rows, "others say more of the question, or of a paper that most of what was found is in")

    def level(
        self, question: str, vector: Vector, level: Level, k: int, where: Filter | None, *, within: bool = False
    ) -> list[Fused]:
        """One level's fused ranking; `within`: inside one paper, as where the scope names papers."""
        depth = pool_size(k)
        dense = self._store.dense(vector, level, depth, where)
        bm25 = self._store.bm25(question, level, depth, where)
        inside = within or names_papers(where)
        return fuse(dense, bm25, self._settings.alpha_within if inside else self._settings.alpha)

    def _scored(
        self, ranked: list[tuple[float, float, Fused]], k: int, weighing: Weighing, more: int = 0
    ) -> tuple[ScoredNode, ...]:
        """The k best as nodes, passages with the factor of their kind; `more`: and so many that come next."""
        best = sorted(ranked, key=lambda item: (-item[0], item[2].id))[: k + MARGIN] if k > 0 else []
        nodes = self._store.get([f.id for _, _, f in best])
        scored: list[ScoredNode] = []
        for score, factor, f in best:
            if f.id in nodes:
                factors = _factors_of(f, factor, weighing, nodes)
                scored.append(ScoredNode(nodes[f.id], score * factors.kind, factors))
        return tuple(sorted(scored, key=lambda n: (-n.score, n.node.id))[: k + more])


def _factors_of(f: Fused, route: float, weighing: Weighing, nodes: Mapping[str, Node], share: float = 1.0) -> Factors:
    return Factors(f.dense, f.bm25, route, None, f.cosine, weighing.factor(nodes[f.id]), share)


def _at(scored: ScoredNode, score: float) -> ScoredNode:
    return ScoredNode(scored.node, score, scored.factors)


def _stepped_back(scored: ScoredNode, told: frozenset[str]) -> float:
    """What a node that was not read keeps of its score beside passages that were."""
    node = scored.node
    evidence = node.finding.evidence if node.finding else node.id
    unread = UNREAD if node.level in NARROW else 1.0
    return unread * (TOLD if evidence in told else 1.0)


def _factors(route: Route, read: Read) -> dict[Level, float]:
    """The factor of each level that has weight; passages that are read stand for all levels that they answer."""
    weights = _weights(route)
    most = max(weights.values())
    if read.nodes and read.level is Level.PASSAGE:
        weights[Level.PASSAGE] = max(weights.get(level, 0.0) for level in NARROW)
    return {level: 0.5 + 0.5 * weight / most for level, weight in weights.items()}


def _weights(route: Route) -> dict[Level, float]:
    return {Level(name): weight for name, weight in route.weights.items() if weight >= LEAST_WEIGHT}


def _candidates(ranked: Sequence[Fused], nodes: Mapping[str, Node]) -> list[Row]:
    """Rows of one level's ranking, each with its place there."""
    return [
        candidate(nodes[f.id], f.score, Factors(f.dense, f.bm25, cosine=f.cosine), after=place)
        for place, f in enumerate(ranked, 1)
        if f.id in nodes
    ]


def _fallen(kept: Sequence[ScoredNode], before: Sequence[ScoredNode], k: int, read: Read) -> list[Row]:
    """What the search had among the best and is not, or what comes next, with the reason."""
    told, here = read.told, {scored.node.id for scored in kept}
    rows: list[Row] = []
    for place, scored in enumerate(before[: k + LEFT_OUT], 1):
        node = scored.node
        evidence = node.finding.evidence if node.finding else node.id
        if node.id in here:
            continue
        why = f"below the {k} that were asked for"
        if place <= k and evidence in told and node.id not in {s.node.id for s in read.nodes}:
            why = "told already by a passage that was read"
        elif place <= k:
            why = "others stand above it since they were read beside the question"
        row = candidate(node, scored.score, scored.factors, before=place)
        rows += left_out([row], why)
    return rows[:LEFT_OUT]


def _weightless(route: Route) -> list[Row]:
    """The levels that were not searched."""
    weights = _weights(route)
    return [{"level": level.value, "why": "the level has no weight"} for level in Level if level not in weights]
