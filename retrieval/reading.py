"""Reads the passages, or the papers, that the search found beside the question, by whatever reranker there is.

One that does not answer costs its order and nothing else: the order before it stands, and a note says so. It must not
know rerankers' kinds.
"""

from __future__ import annotations

import msgspec

from hierarchy.errors import RerankError
from hierarchy.nodes import Level
from retrieval.records import Factors, Route, ScoredNode
from retrieval.rerank import Reranker
from retrieval.search import NARROW, NOTHING_READ, Read
from retrieval.trace import Trace
from retrieval.traced import candidates, places

LEAST = 0.5  # of the weights on what passages answer; below it nothing is read again


def reading(
    reranker: Reranker, question: str, found: tuple[ScoredNode, ...], trace: Trace
) -> tuple[Read, tuple[str, ...]]:
    """What was read, best first, and notes for the answer; nothing where the reranker does not answer.

    Args:
        reranker: reads.
        question: without typed filters.
        found: nodes of one level, best of the search first.
        trace: takes each one's score before and after.
    """
    if not found:
        return NOTHING_READ, ()
    level = found[0].node.level
    with trace.step("rerank", reranker=reranker.name, level=level.value, passages=len(found)) as said:
        try:
            scores = reranker.scores(question, found)
        except RerankError as error:
            said["failed"] = error.to_dict()
            return NOTHING_READ, (
                f"{reranker.name} did not rank what was found: {error} The order of the search stands.",
            )
        read = sorted(map(_with, found, scores), key=lambda s: (-s.score, s.node.id))
        said["candidates"] = candidates(read, places(scored.node.id for scored in found))
    return Read(tuple(read), level), ()


def wanted(route: Route) -> Level | None:
    """What to read: passages where enough weight is on levels that they answer, papers where they weigh most, and
    nothing of a field as a whole."""
    if sum(route.weights.get(level.value, 0.0) for level in NARROW) >= LEAST:
        return Level.PASSAGE
    return Level.PAPER if route.best is Level.PAPER else None


def _with(scored: ScoredNode, score: float) -> ScoredNode:
    factors: Factors = msgspec.structs.replace(scored.factors, rerank=score)
    return ScoredNode(scored.node, score * factors.kind, factors)
