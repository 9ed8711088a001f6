"""The local encoder: all-MiniLM-L6-v2, 384 dimensions, int8 on the CPU, no network.

One pass gives token vectors; the vector of a text and those of its sentences are their means (mean pooling as in
Reimers and Gurevych 2019, "Sentence-BERT", section 3), at length 1. It must not know what the texts are.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from hierarchy.encoder import EncoderIdentity, Encoding, Text, unit
from strata.weights import DIMENSION, RECIPE, TOKENIZER, WEIGHTS, prepared
from strata.windows import Seen, Windows


class MiniLM:
    """The encoder; loads its files at the first text. Implements `hierarchy.encoder.Encoder`.

    Args:
        home: STRATA_HOME, where the fast file is kept.
        threads: how many texts are encoded at once; 0 takes all cores.
    """

    def __init__(self, home: Path, threads: int = 0) -> None:
        self._windows = Windows(lambda: prepared(home), threads)

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
        return self._windows.each(texts, _encoding)


def _encoding(text: Text, seen: Seen) -> Encoding:
    """The vectors of a text and of its parts; a part without a token has the text's."""
    parts = np.zeros((len(text.parts), DIMENSION), np.float32)
    for row, (first, last) in enumerate(text.parts):
        inside = (seen.ends[:, 0] < last) & (seen.ends[:, 1] > first)
        parts[row] = unit(seen.states[inside].mean(axis=0)) if inside.any() else unit(seen.total)
    return Encoding(unit(seen.total), parts)
