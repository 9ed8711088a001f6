"""A reranker that is not ours, held to what the search asks of one: in time, a number from 0 to 1 for each, one error.

Whatever it does, it reads no more than it may: the first of what was found, their text with its headings, cut. It must
not know who judges.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from hierarchy.errors import RerankError
from retrieval.records import ScoredNode
from strata.documents import document
from strata.patience import Patience
from strata.service_errors import Service, status_of
from strata.squash import Squash

RERANKER = Service(
    "reranker",
    RerankError,
    "rerank",
    "STRATA_RERANK",
    "a server that speaks Cohere's protocol",
    "Wait a moment, or do without it (STRATA_RERANK=none).",
)
MOST_QUESTION = 2_000  # letters of a question that are sent


class Yours(Service, frozen=True):
    """A reranker that somebody wrote or loaded here: most of its failures are no server's."""

    def of(self, error: BaseException, name: str) -> RerankError:
        plain = status_of(error) is None and "timeout" not in type(error).__name__.lower()
        made = self.junk(name, type(error).__name__) if plain else super().of(error, name)
        assert isinstance(made, RerankError)
        return made

    def junk(self, name: str, what: str) -> RerankError:
        hint = "See that it gives one number for each text (or do without it: STRATA_RERANK=none)."
        return RerankError(f"The reranker {name} gave no scores that can be used ({what}).", hint, "rerank_junk")


YOURS = Yours("reranker", RerankError, "rerank", "STRATA_RERANK", "", "Wait a moment.")


class Judging(ABC):
    """Implements `retrieval.rerank.Reranker`; what scores stands below it.

    Args:
        service: what kind of model it is, for its errors.
        name: of the model.
        most: how many texts it is given, at most.
        timeout_s: seconds by the clock after which it is given up.
    """

    def __init__(self, service: Service, name: str, most: int, timeout_s: float) -> None:
        self._most = most
        self._patience = Patience(service, name, timeout_s, rests="all")
        self._squash = Squash()

    @property
    def name(self) -> str:
        return self._patience.name

    @property
    def most(self) -> int:
        return self._most

    def scores(self, question: str, found: Sequence[ScoredNode]) -> list[float]:
        """A score from 0 to 1 for each, in order; 0 for those that it left out, or was not given.

        Raises:
            RerankError: see hierarchy.errors.RERANK_CODES.
        """
        read = list(found[: self._most])
        if not read:
            return []
        self._load()
        asked = " ".join(question.split())[:MOST_QUESTION]
        texts = [document(scored.node) for scored in read]
        given = self._patience.ask(lambda: self._judged(asked, texts, read))
        try:
            if len(given) != len(read):
                raise ValueError(f"{len(given)} scores for {len(read)} texts")
            squashed = iter(self._squash(score for score in given if score is not None))
        except ValueError as error:
            raise self._patience.service.junk(self.name, str(error)) from error
        known = [next(squashed) if score is not None else 0.0 for score in given]
        return known + [0.0] * (len(found) - len(read))

    def _load(self) -> None:
        """What it costs to begin with, which counts for no question's time.

        Raises:
            RerankError: where it cannot be had.
        """
        return

    @abstractmethod
    def _judged(self, question: str, texts: list[str], found: Sequence[ScoredNode]) -> Sequence[object]:
        """A number for each text, in order; None for one that it leaves out."""
