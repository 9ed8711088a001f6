"""The local encoder: all-MiniLM-L6-v2, 384 dimensions, int8 on the CPU, no network.

One pass gives token vectors; the vector of a text and those of its sentences are their means (mean pooling as in
Reimers and Gurevych 2019, "Sentence-BERT", section 3), at length 1. Each text is its own batch: without padding it is
faster from 64 tokens on, and a text's vector does not depend on its neighbours (docs/decisions/0003). It must not know
what the texts are.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hierarchy.encoder import EncoderIdentity, Encoding, Matrix, Text, unit
from strata.weights import DIMENSION, RECIPE, TOKENIZER, WEIGHTS, checked, prepared

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

WINDOW = 254  # tokens of text in one window; two more mark its ends
OVERLAP = 32
CLS, SEP = 101, 102


class MiniLM:
    """The encoder; loads its files at the first text. Implements `hierarchy.encoder.Encoder`.

    Args:
        home: STRATA_HOME, where the fast file is kept.
        threads: how many texts are encoded at once; 0 takes all cores.
    """

    def __init__(self, home: Path, threads: int = 0) -> None:
        self._home = home
        self._threads = threads or os.cpu_count() or 1
        self._loaded: tuple[InferenceSession, Tokenizer] | None = None
        self._lock = threading.Lock()

    @property
    def identity(self) -> EncoderIdentity:
        return EncoderIdentity(
            f"all-MiniLM-L6-v2-{WEIGHTS.sha256[:8]}", DIMENSION, TOKENIZER.sha256[:12], RECIPE, "headings-in-front-1"
        )

    def encode(self, texts: Sequence[Text]) -> list[Encoding]:
        """Unit vectors of texts and their parts.

        Raises:
            ModelError: where the model's files are missing, altered or cannot be prepared.
        """
        session, tokenizer = self._load()
        # The longest first, so that no thread is left with a long text at the end.
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i].text))
        if len(texts) < 2 or self._threads == 1:
            return [self._encode(session, tokenizer, text) for text in texts]
        pool = ThreadPoolExecutor(self._threads)
        try:
            done = dict(zip(order, pool.map(lambda i: self._encode(session, tokenizer, texts[i]), order), strict=True))
        finally:
            pool.shutdown(cancel_futures=True)  # an interrupt need not wait for texts that were not begun
        return [done[i] for i in range(len(texts))]

    def _load(self) -> tuple[InferenceSession, Tokenizer]:
        with self._lock:  # several threads may ask first
            if self._loaded is None:
                self._loaded = self._open()
            return self._loaded

    def _open(self) -> tuple[InferenceSession, Tokenizer]:
        path = prepared(self._home)
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # threads go over texts
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        tokenizer = Tokenizer.from_file(str(checked(TOKENIZER)))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return session, tokenizer

    def _encode(self, session: InferenceSession, tokenizer: Tokenizer, text: Text) -> Encoding:
        prefix = tokenizer.encode(text.prefix, add_special_tokens=False) if text.prefix else None
        front = list(prefix.ids)[: WINDOW // 3] if prefix is not None else []
        body: Any = tokenizer.encode(text.text, add_special_tokens=False)
        room = WINDOW - len(front)
        tokens, total = np.zeros((len(body.ids), DIMENSION), np.float32), np.zeros(DIMENSION)
        for start in range(0, max(1, len(body.ids)), room - OVERLAP):
            ids = body.ids[start : start + room]
            vectors = _run(session, [*front, *ids])
            total += vectors.sum(axis=0)
            mine = vectors[1 + len(front) : 1 + len(front) + len(ids)]
            new = 0 if start == 0 else OVERLAP // 2  # a token near a window's edge is better seen by the other window
            tokens[start + new : start + len(ids)] = mine[new:]
            if start + room >= len(body.ids):
                break
        ends = np.array([(a, b) for a, b in body.offsets] or [(0, 0)])
        parts = np.zeros((len(text.parts), DIMENSION), np.float32)
        for row, (first, last) in enumerate(text.parts):
            inside = (ends[:, 0] < last) & (ends[:, 1] > first)
            if len(body.ids) and inside.any():
                parts[row] = unit(tokens[inside].mean(axis=0))
            else:
                parts[row] = unit(total)
        return Encoding(unit(total), parts)


def _run(session: InferenceSession, ids: list[int]) -> Matrix:
    """Token vectors of one window, ends included, shape (tokens + 2, 384)."""
    row = np.array([[CLS, *ids, SEP]], dtype=np.int64)
    fed = {"input_ids": row, "attention_mask": np.ones_like(row), "token_type_ids": np.zeros_like(row)}
    return np.asarray(session.run(None, fed)[0][0], dtype=np.float32)
