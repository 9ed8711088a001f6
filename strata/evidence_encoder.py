"""Reads a question and found passages once more, with the encoder that was trained to find evidence.

The public encoder's vectors serve search; this one's serve the order of what was found. Its weights are the public ones
with our own adapter laid over (strata/adapters/evidence.npz, docs/training.md). It must not know how scores are mixed.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from hierarchy.encoder import EncoderIdentity, Text, Tokens, unit
from strata.adapter import EVIDENCE, Adapter, read_adapter
from strata.weights import DIMENSION, RECIPE, TOKENIZER, WEIGHTS, prepared
from strata.windows import Seen, Windows


class EvidenceEncoder:
    """The trained encoder; reads its files at the first use. Implements `hierarchy.encoder.TokenEncoder`.

    Args:
        home: STRATA_HOME, where the fast file is kept.
        threads: how many texts are read at once; 0 takes all cores.
        adapter: the trained weights; None takes those that ship.
    """

    def __init__(self, home: Path, threads: int = 0, adapter: Path | None = None) -> None:
        self._file = adapter or EVIDENCE
        self._windows = Windows(lambda: prepared(home, self._adapter), threads)

    @property
    def identity(self) -> EncoderIdentity:
        """What it is, without loading the model.

        Raises:
            ModelError: where the adapter is missing or damaged.
        """
        name = f"evidence-{self._adapter.sha256[:8]}-on-all-MiniLM-L6-v2-{WEIGHTS.sha256[:8]}"
        return EncoderIdentity(name, DIMENSION, TOKENIZER.sha256[:12], RECIPE, "headings-in-front-1")

    def tokens(self, texts: Sequence[Text]) -> list[Tokens]:
        """Token vectors, pooled vectors and tokens' weights, in the order of the texts.

        Raises:
            ModelError: where the model's files are missing, altered or cannot be prepared.
        """
        return self._windows.each(texts, self._tokens)

    @cached_property
    def _adapter(self) -> Adapter:
        return read_adapter(self._file)

    def _tokens(self, text: Text, seen: Seen) -> Tokens:
        weight, bias = self._adapter.head
        norms = np.linalg.norm(seen.states, axis=1, keepdims=True)
        vectors = np.asarray(seen.states / np.maximum(norms, 1e-9), np.float32)
        weights = np.asarray(np.logaddexp(0.0, seen.states @ weight + bias), np.float32)  # softplus
        return Tokens(seen.ids, seen.ends, vectors, unit(seen.total), weights)
