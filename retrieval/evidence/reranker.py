"""The local reranker: reads passages again with the encoder trained for evidence, and ranks them by their features.

Tokens of passages that were read lately are kept, for a conversation comes back to the same pages. It must not know
stores.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from hierarchy.encoder import Range, Text, TokenEncoder, Tokens, prefix_of, unit
from hierarchy.errors import ModelError, RerankError
from hierarchy.nodes import Level, Node, Vector
from retrieval.evidence.features import Features, features
from retrieval.evidence.interaction import Scores, late_interaction, token_weights
from retrieval.evidence.papers import by_papers, of_papers
from retrieval.evidence.ranker import Ranker, ranker
from retrieval.records import ScoredNode

KEPT = 512  # passages; some 60 MB
MOST = 36  # more cost time and find less: what stands lower is seldom meant


class EvidenceReranker:
    """Implements `retrieval.rerank.Reranker` and `SentenceReader`.

    Args:
        encoder: gives token vectors.
        learned: the weights; None takes those that ship.
    """

    def __init__(self, encoder: TokenEncoder, learned: Ranker | None = None) -> None:
        self._encoder, self._learned = encoder, learned
        self._kept: OrderedDict[str, Tokens] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        return f"local ({self._encoder.identity.model})"

    @property
    def most(self) -> int:
        return MOST

    def scores(self, question: str, found: Sequence[ScoredNode]) -> list[float]:
        if found and found[0].node.level is Level.PAPER:
            asked, read = self._both(question, [scored.node for scored in found])
            return [float(score) for score in of_papers(found, late_interaction(asked, read))]
        rows = self.features(question, found)
        odds = by_papers((self._learned or ranker()).scores(rows), rows, found)
        return [float(score) for score in 1 / (1 + np.exp(-odds))]

    def features(self, question: str, found: Sequence[ScoredNode]) -> Features:
        """What the ranker is given, shape (found, features).

        Raises:
            RerankError: where the encoder's files are missing or altered.
        """
        asked, read = self._both(question, [scored.node for scored in found])
        return features(question, asked, found, read)

    def sentences(self, question: str, nodes: Sequence[Node], ranges: Sequence[Sequence[Range]]) -> list[Vector]:
        asked, read = self._both(question, nodes)
        weights = token_weights(asked, read)
        return [_of_parts(asked, weights, tokens, parts) for tokens, parts in zip(read, ranges, strict=True)]

    def _both(self, question: str, nodes: Sequence[Node]) -> tuple[Tokens, list[Tokens]]:
        """The tokens of a question and of nodes.

        Raises:
            RerankError: where the encoder's files are missing or altered.
        """
        try:
            return self._encoder.tokens([Text(question)])[0], self.read(nodes)
        except ModelError as error:
            raise RerankError(error.message, error.hint, "rerank_refused") from error

    def read(self, nodes: Sequence[Node]) -> list[Tokens]:
        """The tokens of each node's text, with the headings above it in front."""
        with self._lock:
            had = {node.digest: self._kept[node.digest] for node in nodes if node.digest in self._kept}
        new = [node for node in nodes if node.digest not in had]
        texts = [Text(node.text, prefix_of(_above(node))) for node in new]
        had |= {node.digest: tokens for node, tokens in zip(new, self._encoder.tokens(texts), strict=True)}
        with self._lock:
            for node in nodes:
                self._kept[node.digest] = had[node.digest]
                self._kept.move_to_end(node.digest)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return [had[node.digest] for node in nodes]


def _of_parts(asked: Tokens, weights: Scores, tokens: Tokens, parts: Sequence[Range]) -> Vector:
    """The mean of both scores, cosine and late interaction, for each part of a text."""
    best = asked.vectors @ tokens.vectors.T  # question's tokens by text's
    scores = np.zeros(len(parts), np.float32)
    for i, (first, last) in enumerate(parts):
        inside = (tokens.ends[:, 0] < last) & (tokens.ends[:, 1] > first)
        if len(asked.ids) and inside.any():
            near = float(unit(tokens.vectors[inside].mean(axis=0)) @ asked.vector)
            scores[i] = 0.5 * near + 0.5 * float(best[:, inside].max(axis=1) @ weights)
    return scores


def _above(node: Node) -> tuple[str, ...]:
    """What is read above a text: its headings, or the paper's title where it is a paper or one without pages."""
    if node.level is Level.PAPER:
        return (node.title,)
    return node.path if node.page is not None or not node.paper_title else (node.paper_title,)
