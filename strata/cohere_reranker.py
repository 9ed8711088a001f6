"""Cohere Rerank through LlamaIndex's integration: made, and LlamaIndex imported, when it is first asked.

Sent are the question and the texts of the best found with their headings (strata/documents.py), in one request.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from hierarchy.errors import RerankError, UsageError
from retrieval.records import ScoredNode
from strata.judging import RERANKER, Judging
from strata.providers import integration

if TYPE_CHECKING:
    from llama_index.postprocessor.cohere_rerank import CohereRerank

MODEL = "rerank-v3.5"
TOKENS = 1_024  # of a document, as the service counts; a text of the most letters has fewer in most languages


class CohereReranker(Judging):
    """A model of Cohere's, or one behind any address that speaks its protocol (/v2/rerank)."""

    def __init__(self, model: str, key: str, url: str | None, most: int, timeout_s: float) -> None:
        super().__init__(RERANKER, f"cohere/{model}", most, timeout_s)
        self._model, self._key, self._url, self._timeout_s = model, key, url, timeout_s
        self._lock = threading.Lock()
        self._loaded: CohereRerank | None = None

    def _load(self) -> None:
        with self._lock:  # several threads may ask first
            if self._loaded is not None:
                return
            try:
                made = integration("postprocessor", "cohere_rerank", "CohereRerank", "STRATA_RERANK")
            except UsageError as error:
                raise RerankError(error.message, error.hint, "rerank_refused") from error
            from strata.cohere_client import Client

            loaded = made(model=self._model, top_n=self.most, api_key=self._key, base_url=self._url, max_retries=1)
            # Its own client knows no deadline, and tries again behind our back.
            loaded._client = Client(self._key, self._url, self._timeout_s, max_tokens_per_doc=TOKENS)
            self._loaded = loaded

    def _judged(self, question: str, texts: list[str], found: Sequence[ScoredNode]) -> Sequence[object]:
        from strata.llama_reranker import judged

        assert self._loaded is not None
        scores = judged(self._loaded, question, texts, [0.0] * len(texts))
        left_out = scores.count(None)
        if left_out:  # it was asked for all of them
            raise ValueError(f"{len(texts) - left_out} scores for {len(texts)} texts")
        return scores
