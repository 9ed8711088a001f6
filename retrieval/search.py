"""Searches the levels that a route gives weight, and puts what they find into one order.

Raw dense and BM25 legs of each level, fused here, times a factor of the level's weight and one of the passage's kind.
It must not know how answers are made of what it finds.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from hierarchy.encoder import Encoder, Text
from hierarchy.errors import UsageError
from hierarchy.filters import Filter
from hierarchy.nodes import Level, Vector
from hierarchy.store import NodeStore
from retrieval.fusion import Fused, fuse, pool_size
from retrieval.records import Factors, Route, ScoredNode
from retrieval.scope import names_papers
from retrieval.settings import RetrievalSettings
from retrieval.trace import Trace
from retrieval.weighing import Weighing

MOST_LETTERS = 4_000  # of a question; what is longer is a document
LEAST_WEIGHT = 0.03
TRACED = 20
MARGIN = 40  # how many more are looked at than are asked for

Rankings: TypeAlias = dict[Level, list[Fused]]


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

    def encode(self, question: str) -> Vector:
        """The question's vector."""
        return self._encoder.encode([Text(question, asked=True)])[0].vector

    def rank(self, question: str, vector: Vector, route: Route, k: int, where: Filter | None, trace: Trace) -> Rankings:
        """The fused ranking of each level that has weight."""
        rankings: Rankings = {}
        for level, weight in _weights(route).items():
            with trace.step("search", level=level.value, weight=weight) as found:
                rankings[level] = self.level(question, vector, level, k, where)
                found["candidates"] = [_traced(f) for f in rankings[level][:TRACED]]
                found["count"] = len(rankings[level])
        return rankings

    def merge(self, rankings: Rankings, route: Route, k: int, weighing: Weighing) -> tuple[ScoredNode, ...]:
        """The k best nodes of all levels in one order, best first; ties in the order of ids."""
        weights = _weights(route)
        most = max(weights.values())
        factors = {level: 0.5 + 0.5 * weight / most for level, weight in weights.items()}
        merged = [(factors[level] * f.score, factors[level], f) for level, ranked in rankings.items() for f in ranked]
        return self._scored(merged, k, weighing)

    def best(self, rankings: Rankings, level: Level, k: int, weighing: Weighing) -> tuple[ScoredNode, ...]:
        """The k best nodes of one level."""
        return self._scored([(f.score, 1.0, f) for f in rankings.get(level, [])], k, weighing)

    def level(self, question: str, vector: Vector, level: Level, k: int, where: Filter | None) -> list[Fused]:
        """One level's fused ranking."""
        pool = pool_size(k)
        dense = self._store.dense(vector, level, pool, where)
        bm25 = self._store.bm25(question, level, pool, where)
        return fuse(dense, bm25, self._settings.alpha_within if names_papers(where) else self._settings.alpha)

    def _scored(self, ranked: list[tuple[float, float, Fused]], k: int, weighing: Weighing) -> tuple[ScoredNode, ...]:
        """The k best as nodes, passages with the factor of their kind."""
        best = sorted(ranked, key=lambda item: (-item[0], item[2].id))[: k + MARGIN]
        nodes = self._store.get([f.id for _, _, f in best])
        scored: list[ScoredNode] = []
        for score, factor, f in best:
            if f.id in nodes:
                kind = weighing.factor(nodes[f.id])
                factors = Factors(f.dense, f.bm25, factor, None, f.cosine, kind)
                scored.append(ScoredNode(nodes[f.id], score * kind, factors))
        return tuple(sorted(scored, key=lambda n: (-n.score, n.node.id))[:k])


def _weights(route: Route) -> dict[Level, float]:
    return {Level(name): weight for name, weight in route.weights.items() if weight >= LEAST_WEIGHT}


def _traced(f: Fused) -> dict[str, Any]:
    return {"id": f.id, "score": round(f.score, 4), "dense": round(f.dense, 4), "bm25": round(f.bm25, 4)}
