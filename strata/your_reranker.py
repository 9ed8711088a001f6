"""Rerankers that somebody has written or loaded here, as the search asks for one; LlamaIndex is not needed for them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from hierarchy.errors import RerankError, StrataError
from retrieval.records import ScoredNode
from retrieval.rerank import Reranker
from strata.judging import YOURS, Judging

Scorer: TypeAlias = Callable[[str, list[str]], Sequence[object]]


class CallableReranker(Judging):
    """A callable that takes a question and a list of texts, and gives a number for each."""

    def __init__(self, scorer: Scorer, name: str, most: int, timeout_s: float) -> None:
        super().__init__(YOURS, name, most, timeout_s)
        self._scorer = scorer

    def _judged(self, question: str, texts: list[str], found: Sequence[ScoredNode]) -> Sequence[object]:
        return _listed(self._scorer(question, texts))


class OwnReranker(Judging):
    """Somebody's own `retrieval.rerank.Reranker`, which is given the nodes themselves."""

    def __init__(self, reranker: Reranker, most: int, timeout_s: float) -> None:
        super().__init__(YOURS, str(reranker.name), max(1, min(most, int(reranker.most))), timeout_s)
        self._reranker = reranker

    def _judged(self, question: str, texts: list[str], found: Sequence[ScoredNode]) -> Sequence[object]:
        return _listed(self._reranker.scores(question, found))


class LateReranker:
    """One that is made when it is first asked: it may load a model. Implements `retrieval.rerank.Reranker`."""

    def __init__(self, name: str, most: int, make: Callable[[], Reranker]) -> None:
        self._name, self._most, self._make = name, most, make
        self._made: Reranker | None = None
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        return self._name

    @property
    def most(self) -> int:
        return self._most

    def scores(self, question: str, found: Sequence[ScoredNode]) -> list[float]:
        """As the reranker's.

        Raises:
            RerankError: its own, or where it cannot be made.
        """
        with self._lock:  # several threads may ask first
            made = self._made = self._made or self._tried()
        return made.scores(question, found)

    def _tried(self) -> Reranker:
        try:
            return self._make()
        except StrataError as error:
            raise RerankError(error.message, error.hint, "rerank_refused") from error
        except Exception as error:
            said = f"The reranker {self._name} cannot be made ({type(error).__name__})."
            raise RerankError(said, "See that its module can be imported by itself.", "rerank_refused") from error


def pairwise(model: Any) -> Scorer:
    """The scorer of a cross-encoder as sentence_transformers has them: `predict` takes pairs of texts."""
    return lambda question, texts: _listed(model.predict([(question, text) for text in texts]))


def _listed(given: Any) -> Sequence[object]:
    """Any row of numbers as a list; what is none stays what it is, and is found out later."""
    listed = given.tolist() if hasattr(given, "tolist") else given
    if not isinstance(listed, Sequence) or isinstance(listed, str | bytes):
        raise TypeError("scores that are no list")
    return listed
