"""LlamaIndex's postprocessors of nodes as rerankers, Cohere's among them. Importing it costs LlamaIndex's import."""

from __future__ import annotations

from collections.abc import Sequence

from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore, TextNode

from retrieval.records import ScoredNode
from strata.judging import YOURS, Judging


class LlamaReranker(Judging):
    """Any postprocessor; what it leaves out scores 0; where it gives an order without scores, ranks are the scores."""

    def __init__(self, postprocessor: BaseNodePostprocessor, name: str, most: int, timeout_s: float) -> None:
        super().__init__(YOURS, name, most, timeout_s)
        self._postprocessor = postprocessor

    def _judged(self, question: str, texts: list[str], found: Sequence[ScoredNode]) -> Sequence[object]:
        return judged(self._postprocessor, question, texts, [scored.score for scored in found])


def judged(
    postprocessor: BaseNodePostprocessor, question: str, texts: Sequence[str], before: Sequence[float]
) -> list[float | None]:
    """A postprocessor's scores of texts, in their order; None for one that it leaves out.

    Raises:
        ValueError: where it gives back what it was not given, or one of them twice.
    """
    nodes = [
        NodeWithScore(node=TextNode(id_=str(i), text=text), score=score)
        for i, (text, score) in enumerate(zip(texts, before, strict=True))
    ]
    kept = postprocessor.postprocess_nodes(nodes, query_str=question)
    ids = [one.node.node_id for one in kept]
    if len(set(ids)) < len(ids) or not {str(i) for i in range(len(texts))}.issuperset(ids):
        raise ValueError("texts that it was not given")
    scores: list[float | None] = [None] * len(texts)
    ranked = any(one.score is None for one in kept)
    for rank, one in enumerate(kept):
        scores[int(one.node.node_id)] = 1.0 - rank / len(texts) if ranked else one.score
    return scores
