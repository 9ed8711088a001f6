"""A stand-in for Cohere: a local server that speaks its API v2 on the wire, /v2/rerank and /v2/embed.

By itself it answers well: a text is as relevant as the share of the question's words in it, and near to another as far
as they share words, questions and documents alike. `reply` makes it answer otherwise. It keeps what it was asked.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from wire_server import Raw, Request, WireServer

DIMENSIONS = {"embed-v4.0": 1536, "embed-english-v3.0": 1024, "embed-english-light-v3.0": 384}
MOST_TEXTS = 96
META = {"api_version": {"version": "2"}, "billed_units": {"search_units": 1}}
Reply = Callable[[Request], "Raw | None"]


def reranked(scores: Sequence[tuple[int, object]]) -> Raw:
    """The body of a reranking as Cohere sends it: indices with their scores, in the order given."""
    results = [{"index": index, "relevance_score": score} for index, score in scores]
    return Raw(body=json.dumps({"id": "r-1", "results": results, "meta": META}).encode())


def embedded(rows: object) -> Raw:
    """The body of embeddings as Cohere sends it."""
    body = {
        "id": "e-1",
        "embeddings": {"float": rows},
        "texts": [],
        "meta": META,
        "response_type": "embeddings_by_type",
    }
    return Raw(body=json.dumps(body).encode())


def refusal(status: int, message: str, **headers: str) -> Raw:
    """An error as Cohere sends it."""
    return Raw(status, json.dumps({"id": "x-1", "message": message}).encode(), headers)


def well(request: Request) -> Raw:
    """What the service answers when nothing is wrong; what it would refuse is refused."""
    if request.path == "/v2/rerank":
        return _rerank(request.body)
    if request.path == "/v2/embed":
        return _embed(request.body)
    return refusal(404, f"no such path: {request.path}")


class CohereServer(WireServer):
    """`reply` may be changed at any time; where it says nothing, all goes well. `asked` are the requests so far."""

    def __init__(self) -> None:
        self.reply: Reply = lambda request: None
        self.asked: list[Request] = []
        super().__init__(self._answer)

    @property
    def url(self) -> str:
        return self.address

    def _answer(self, request: Request) -> Raw:
        self.asked.append(request)
        return self.reply(request) or well(request)

    def again(self, reply: Reply | None = None) -> None:
        """Forgets what it was asked, and answers so from now on."""
        self.asked.clear()
        self.reply = reply or (lambda request: None)


@contextmanager
def serving_cohere() -> Iterator[CohereServer]:
    server = CohereServer()
    try:
        yield server
    finally:
        server.close()


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def _rerank(body: dict[str, Any]) -> Raw:
    documents, wanted = body["documents"], words(body["query"])
    if not documents or not all(isinstance(d, str) for d in documents):
        return refusal(400, "invalid request: list of documents must not be empty")
    scores = [len(wanted & words(d)) / max(1, len(wanted)) for d in documents]
    order = sorted(range(len(scores)), key=lambda i: -scores[i])[: body.get("top_n") or len(scores)]
    return reranked([(i, scores[i]) for i in order])


def _embed(body: dict[str, Any]) -> Raw:
    texts, model = body["texts"], body["model"]
    if len(texts) > MOST_TEXTS or not all(isinstance(t, str) and t for t in texts):
        return refusal(400, f"invalid request: total number of texts must be at most {MOST_TEXTS}")
    if body.get("input_type") not in ("search_document", "search_query") or body["embedding_types"] != ["float"]:
        return refusal(400, "invalid request: valid input_type must be provided with the provided model")
    dimension = body.get("output_dimension") or DIMENSIONS[model]
    return embedded([_vector(text, dimension) for text in texts])


def _vector(text: str, dimension: int) -> list[float]:
    row = np.zeros(dimension)
    for word in words(text):
        row[zlib.crc32(word.encode()) % dimension] += 1.0
    return [float(x) for x in row / max(1.0, float(np.linalg.norm(row)))]
