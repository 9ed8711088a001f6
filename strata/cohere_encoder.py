"""Cohere's embeddings as the project's encoder, through LlamaIndex's integration.

Questions and texts are told from each other (input types search_query and search_document). The service gives no token
vectors, so a sentence's vector is that of the sentence by itself, asked for beside its passage. Texts go out in batches
that the service takes, a few at a time, each asked again as long as it makes sense. LlamaIndex is imported at the first
text. It must not know what the texts are.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from hierarchy.behind import Behind
from hierarchy.encoder import EncoderIdentity, Encoding, Matrix, Text, unit
from hierarchy.errors import EncodeError, UsageError
from strata.patience import Patience
from strata.providers import integration
from strata.service_errors import Service

if TYPE_CHECKING:
    from llama_index.embeddings.cohere import CohereEmbedding

# Each model's dimensions, the usual one first.
DIMENSIONS = {
    "embed-v4.0": (1536, 1024, 512, 256),
    "embed-english-v3.0": (1024,),
    "embed-multilingual-v3.0": (1024,),
    "embed-english-light-v3.0": (384,),
    "embed-multilingual-light-v3.0": (384,),
}
BATCH = 96  # texts of one request, the most that the service takes
AT_ONCE = 4  # requests that wait for replies at a time
MOST_LETTERS = 8_000  # of a text; what is longer says little more to a model that cuts at 512 tokens, or averages them
BUSY_S = 180.0  # for which papers wait where the service says that it is busy; a question waits for one reply's time
ENCODER = Service(
    "encoder",
    EncodeError,
    "encode",
    "STRATA_ENCODER",
    "a server that speaks Cohere's protocol",
    "Wait a minute; what failed is taken up again by: strata ingest --retry-failed.",
)


class CohereEncoder:
    """A model of Cohere's, or one behind any address that speaks its protocol (/v2/embed). Implements
    `hierarchy.encoder.Encoder`.

    Args:
        model: one of DIMENSIONS.
        dimension: one of the model's; None takes the usual one.
        key: the key that was set for it.
        url: its address; None is Cohere's.
        timeout_s: seconds by the clock after which a reply is given up.

    Raises:
        UsageError: for a model or a dimension that there is not.
    """

    def __init__(self, model: str, dimension: int | None, key: str, url: str | None, timeout_s: float) -> None:
        if model not in DIMENSIONS:
            raise UsageError(
                f"There is no encoder cohere/{model}.",
                f"Set STRATA_ENCODER to local, or to one of: {', '.join(f'cohere/{name}' for name in DIMENSIONS)}.",
                "unknown_encoder",
            )
        if dimension is not None and dimension not in DIMENSIONS[model]:
            raise UsageError(
                f"cohere/{model} has no vectors of {dimension} dimensions.",
                f"Set STRATA_ENCODER_DIMENSION to one of: {', '.join(map(str, DIMENSIONS[model]))}.",
                "bad_setting",
            )
        self._model, self._dimension = model, dimension or DIMENSIONS[model][0]
        self._key, self._url, self._timeout_s = key, url, timeout_s
        self._patience = Patience(ENCODER, f"cohere/{model}", timeout_s, rests="lasting")
        self._lock = threading.Lock()
        self._loaded: dict[bool, CohereEmbedding] = {}

    @property
    def identity(self) -> EncoderIdentity:
        return EncoderIdentity(f"cohere/{self._model}", self._dimension, "cohere", "float", "headings-in-front-1")

    def encode(self, texts: Sequence[Text]) -> list[Encoding]:
        """Unit vectors of texts and their parts.

        Raises:
            EncodeError: where the service does not answer; see hierarchy.errors.ENCODE_CODES.
        """
        vectors: dict[tuple[str, bool], Any] = {}
        for text in texts:
            for words in (_whole(text), *(_part(text, i) for i in range(len(text.parts)))):
                vectors.setdefault((words, text.asked))
        for asked in (False, True):
            wanted = [words for words, of_question in vectors if of_question == asked]
            rows = self._vectors([words for words in wanted if words], asked)
            vectors |= dict(zip([(words, asked) for words in wanted if words], rows, strict=True))
        nothing = unit(np.zeros(self._dimension))
        done = {key: nothing if row is None else unit(row) for key, row in vectors.items()}
        return [
            Encoding(
                done[_whole(text), text.asked],
                np.array([done[_part(text, i), text.asked] for i in range(len(text.parts))], np.float32).reshape(
                    -1, self._dimension
                ),
            )
            for text in texts
        ]

    def _vectors(self, words: Sequence[str], asked: bool) -> Matrix:
        """A row for each text, shape (texts, dimension)."""
        batches = [list(words[start : start + BATCH]) for start in range(0, len(words), BATCH)]
        if not batches:
            return np.zeros((0, self._dimension), np.float32)
        self._load()
        rows: dict[int, Matrix] = {}
        enough = threading.Event()

        def share(first: int) -> None:
            for i in range(first, len(batches), AT_ONCE):
                if enough.is_set():
                    return
                try:
                    rows[i] = self._batch(batches[i], asked)
                except BaseException:
                    enough.set()  # one that failed waits for no other
                    raise

        if len(batches) == 1:
            share(0)
        else:
            # Not in a pool of threads: those would keep an interrupted process alive while they wait to ask again.
            shares = [Behind(partial(share, first)) for first in range(min(AT_ONCE, len(batches)))]
            try:
                for one in shares:
                    one.result()
            finally:
                enough.set()
        return np.concatenate([rows[i] for i in range(len(batches))])

    def _batch(self, words: list[str], asked: bool) -> Matrix:
        embedding, in_all_s = self._loaded[asked], None if asked else max(BUSY_S, self._timeout_s)
        given = self._patience.ask(lambda: embedding.get_text_embedding_batch(words), in_all_s)
        try:
            rows = np.array(given, np.float32)
        except (TypeError, ValueError) as error:
            raise ENCODER.junk(self._patience.name, "no vectors") from error
        if rows.shape != (len(words), self._dimension) or not np.isfinite(rows).all():
            shown = " by ".join(map(str, rows.shape)) or "none"
            wanted = f"{len(words)} by {self._dimension} numbers"
            raise ENCODER.junk(self._patience.name, f"{wanted} were wanted, {shown} came")
        return rows

    def _load(self) -> None:
        with self._lock:  # several threads may ask first
            if self._loaded:
                return
            made = integration("embeddings", "cohere", "CohereEmbedding", "STRATA_ENCODER")
            from strata.cohere_client import Client

            several = len(DIMENSIONS[self._model]) > 1
            more = {"output_dimension": self._dimension} if several else {}
            client = Client(self._key, self._url, self._timeout_s, **more)
            for asked, kind in ((True, "search_query"), (False, "search_document")):
                embedding = made(
                    model_name=self._model, api_key=self._key, input_type=kind, embed_batch_size=BATCH, max_retries=1
                )
                # Its own client tries again behind our back, and cannot be told a dimension.
                embedding._client = client
                self._loaded[asked] = embedding


def _whole(text: Text) -> str:
    return _readable(text.prefix + text.text)


def _part(text: Text, i: int) -> str:
    first, last = text.parts[i]
    return _readable(text.text[first:last])


def _readable(text: str) -> str:
    """A text as it can be sent; one without a word is none, and has no vector."""
    plain = text[:MOST_LETTERS].encode("utf-8", "replace").decode()
    return plain if plain.strip() else ""
