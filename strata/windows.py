"""Runs a text through a prepared model, window by window; what the encoders built on MiniLM share.

Each text is its own batch: without padding it is faster from 64 tokens on, and a text's vectors do not depend on its
neighbours (docs/decisions/0003). It must not know what the texts are, nor what is made of their token vectors.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from hierarchy.encoder import Matrix, Text
from strata.weights import DIMENSION, TOKENIZER, checked

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

WINDOW = 254  # tokens of text in one window; two more mark its ends
OVERLAP = 32
CLS, SEP = 101, 102
T = TypeVar("T")


class Seen(NamedTuple):
    """A text as the model saw it: its tokens' ids and the characters they stand for, shape (n,) and (n, 2); their
    states, shape (n, 384); and the sum of all states of all windows, those of the prefix and of the ends too."""

    ids: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    states: Matrix
    total: npt.NDArray[np.float64]


class Windows:
    """A model that is loaded at the first text.

    Args:
        prepare: gives the model's file, and makes it where it is not there.
        threads: how many texts are read at once; 0 takes all cores.
    """

    def __init__(self, prepare: Callable[[], Path], threads: int = 0) -> None:
        self._prepare = prepare
        self._threads = threads or os.cpu_count() or 1
        self._loaded: tuple[InferenceSession, Tokenizer] | None = None
        self._lock = threading.Lock()

    def each(self, texts: Sequence[Text], make: Callable[[Text, Seen], T]) -> list[T]:
        """What is made of each text, in their order.

        Raises:
            ModelError: where the model's files are missing, altered or cannot be prepared.
        """
        session, tokenizer = self._load()

        def one(text: Text) -> T:
            return make(text, _seen(session, tokenizer, text))

        if len(texts) < 2 or self._threads == 1:
            return [one(text) for text in texts]
        # The longest first, so that no thread is left with a long text at the end.
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i].text))
        pool = ThreadPoolExecutor(self._threads)
        try:
            done = dict(zip(order, pool.map(lambda i: one(texts[i]), order), strict=True))
        finally:
            pool.shutdown(cancel_futures=True)  # an interrupt need not wait for texts that were not begun
        return [done[i] for i in range(len(texts))]

    def _load(self) -> tuple[InferenceSession, Tokenizer]:
        with self._lock:  # several threads may ask first
            if self._loaded is None:
                self._loaded = _open(self._prepare())
            return self._loaded


def _open(path: Path) -> tuple[InferenceSession, Tokenizer]:
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


def _seen(session: InferenceSession, tokenizer: Tokenizer, text: Text) -> Seen:
    prefix = tokenizer.encode(text.prefix, add_special_tokens=False) if text.prefix else None
    front = list(prefix.ids)[: WINDOW // 3] if prefix is not None else []
    body: Any = tokenizer.encode(text.text, add_special_tokens=False)
    room = WINDOW - len(front)
    states, total = np.zeros((len(body.ids), DIMENSION), np.float32), np.zeros(DIMENSION)
    for start in range(0, max(1, len(body.ids)), room - OVERLAP):
        ids = body.ids[start : start + room]
        given = _run(session, [*front, *ids])
        total += given.sum(axis=0)
        mine = given[1 + len(front) : 1 + len(front) + len(ids)]
        new = 0 if start == 0 else OVERLAP // 2  # a token near a window's edge is better seen by the other window
        states[start + new : start + len(ids)] = mine[new:]
        if start + room >= len(body.ids):
            break
    ends = np.array(body.offsets, dtype=np.int64).reshape(-1, 2)
    return Seen(np.array(body.ids, dtype=np.int64), ends, states, total)


def _run(session: InferenceSession, ids: list[int]) -> Matrix:
    """Token states of one window, ends included, shape (tokens + 2, 384)."""
    row = np.array([[CLS, *ids, SEP]], dtype=np.int64)
    fed = {"input_ids": row, "attention_mask": np.ones_like(row), "token_type_ids": np.zeros_like(row)}
    return np.asarray(session.run(None, fed)[0][0], dtype=np.float32)
