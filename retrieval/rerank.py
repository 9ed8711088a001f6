"""What the search asks of a reranker: anything that reads a question beside passages and says how well each answers it.

Implementations that compute here stand in `retrieval/evidence/`; those that call a service stand at the doors. It must
not know how the passages were found.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from hierarchy.encoder import Range
from hierarchy.nodes import Node, Vector
from retrieval.records import ScoredNode


class Reranker(Protocol):
    """Orders what was found by reading it beside the question."""

    @property
    def name(self) -> str:
        """What a trace and an answer call it; known without loading a model."""
        ...

    @property
    def most(self) -> int:
        """How many of the best found are worth its time."""
        ...

    def scores(self, question: str, found: Sequence[ScoredNode]) -> list[float]:
        """A score from 0 to 1 for each of what was found, in its order; higher answers better.

        Args:
            question: as asked, without typed filters.
            found: at most `most` nodes, best first by the search.

        Raises:
            RerankError: where it cannot say; the order before it then stands.
        """
        ...


@runtime_checkable
class SentenceReader(Protocol):
    """What a reranker that reads word by word can tell besides: which of a passage's sentences answers."""

    def sentences(self, question: str, nodes: Sequence[Node], ranges: Sequence[Sequence[Range]]) -> list[Vector]:
        """How well each sentence answers, by about the scale of a cosine.

        Args:
            question: as asked, without typed filters.
            nodes: the passages.
            ranges: the characters of each one's sentences.

        Returns:
            For each passage, shape (sentences,).

        Raises:
            RerankError: where it cannot say.
        """
        ...
