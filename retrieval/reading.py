"""Reads the passages that the search found beside the question, by whatever reranker there is.

One that does not answer costs its order and nothing else: the order before it stands, and a note says so. It must not
know rerankers' kinds.
"""

from __future__ import annotations

from typing import Any

import msgspec

from hierarchy.errors import RerankError
from retrieval.records import Factors, Route, ScoredNode
from retrieval.rerank import Reranker
from retrieval.search import NARROW, NOTHING_READ, Read
from retrieval.trace import Trace

LEAST = 0.5  # of the weights on what passages answer; below it nothing is read again
TRACED = 20


def reading(
    reranker: Reranker, question: str, found: tuple[ScoredNode, ...], trace: Trace
) -> tuple[Read, tuple[str, ...]]:
    """What was read, best first, and notes for the answer; nothing where the reranker does not answer.

    Args:
        reranker: reads.
        question: without typed filters.
        found: the passages, best of the search first.
        trace: takes each passage's score before and after.
    """
    if not found:
        return NOTHING_READ, ()
    with trace.step("rerank", reranker=reranker.name, passages=len(found)) as said:
        try:
            scores = reranker.scores(question, found)
        except RerankError as error:
            said["failed"] = error.to_dict()
            return NOTHING_READ, (
                f"{reranker.name} did not rank what was found: {error} The order of the search stands.",
            )
        read = sorted(map(_with, found, scores), key=lambda s: (-s.score, s.node.id))
        before = {scored.node.id: place for place, scored in enumerate(found, 1)}
        said["candidates"] = [_traced(scored, before[scored.node.id]) for scored in read[:TRACED]]
    return Read(tuple(read)), ()


def wanted(route: Route) -> bool:
    """Whether enough weight is on levels that passages answer."""
    return sum(route.weights.get(level.value, 0.0) for level in NARROW) >= LEAST


def _with(scored: ScoredNode, score: float) -> ScoredNode:
    factors: Factors = msgspec.structs.replace(scored.factors, rerank=score)
    return ScoredNode(scored.node, score * factors.kind, factors)


def _traced(scored: ScoredNode, before: int) -> dict[str, Any]:
    return {"id": scored.node.id, "score": round(scored.score, 4), "before": before, "paper": scored.node.paper}
