"""What a sentence does in its text: background, objective, method, result, other, with probabilities.

Two linear models, one over the other, as in sequential sentence classification (Cohan et al. 2019, "Pretrained language
models for sequential sentence classification"): the first sees a sentence by itself (its vector from the passage's
pass of the encoder, hashed words and pairs of words, its place), the second sees what the first gave for the sentence
and its neighbours. The weights were made by `training/sentences.py`, whose README says of what. They are bound to the
encoder whose vectors they learned from; for any other there are weights without vectors. It must not know papers or
stores; numpy is all that it needs.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hierarchy.encoder import EncoderIdentity, Matrix

CLASSES = ("background", "objective", "method", "result", "other")
RESULT = CLASSES.index("result")
WEIGHTS = Path(__file__).with_name("classes.npz")
BARE = Path(__file__).with_name("classes_bare.npz")  # without vectors
BUCKETS = 1 << 15  # of hashed words
LEAST = 1e-4  # a probability below this counts as this in logarithms
BEYOND = -3.0  # what stands for the logarithm where there is no neighbour
WHOLE = "abstract"  # the kind of section whose passage is the whole text, so that places in it tell something
WORD = re.compile(r"\d+(?:[.,]\d+)*%?|[^\W\d_]+(?:-[^\W\d_]+)*|[%:;?!()]")

Floats = npt.NDArray[np.float32]


class Classes:
    """The trained weights, and what they make of sentences.

    Args:
        path: the file of weights; the one that ships where none is given.
    """

    def __init__(self, path: Path = WEIGHTS) -> None:
        with np.load(path) as file:
            held = {name: file[name] for name in file.files}
        self._of_vector: Floats = held["of_vector"].astype(np.float32)  # (dimension, 5); (0, 5) of those without
        self._of_place: Floats = held["of_place"].astype(np.float32)
        self._of_words: Floats = held["of_words"].astype(np.float32) * held["words_scale"]  # (BUCKETS, 5)
        self._bias: Floats = held["bias"].astype(np.float32)
        self._usual_place: Floats = held["usual_place"].astype(np.float32)
        self._mean: Floats = held["mean"].astype(np.float32)
        self._deviation: Floats = held["deviation"].astype(np.float32)
        self._second: Floats = held["second"].astype(np.float32)
        self._second_bias: Floats = held["second_bias"].astype(np.float32)
        self.card = str(held["card"])

    def probabilities(self, sentences: Sequence[str], vectors: Matrix | None, section_kind: str) -> Floats:
        """The probability of each class for the sentences of one passage, in order.

        Args:
            sentences: their words.
            vectors: unit rows from the passage's pass of the encoder, shape (sentences, dimension); None where the
                weights do without.
            section_kind: of the section that the passage is in; only in an abstract do places count.

        Returns:
            Rows that add up to 1, shape (sentences, 5), columns as in CLASSES.
        """
        if not sentences:
            return np.zeros((0, len(CLASSES)), np.float32)
        whole = section_kind == WHOLE
        place = places(sentences) - self._usual_place if whole else np.zeros((len(sentences), len(self._usual_place)))
        words = np.stack([self._of_words[hashed(sentence)].sum(axis=0) for sentence in sentences])
        meant = vectors @ self._of_vector if vectors is not None else np.float32(0.0)
        first = softmax(meant + place @ self._of_place + words + self._bias)
        given = (around(first, places(sentences)) - self._mean) / self._deviation
        if not whole:
            given[:, NEIGHBOURS:] = 0.0  # as usual: a passage of the body begins and ends anywhere
        return softmax(given @ self._second + self._second_bias)


@cache
def classes() -> Classes:
    """The classes that ship, loaded once."""
    return Classes()


@cache
def bare_classes() -> Classes:
    """Those that do without vectors, loaded once."""
    return Classes(BARE)


@cache
def fits(encoder: EncoderIdentity) -> bool:
    """Whether the classes learned from this encoder's vectors."""
    return bool(json.loads(classes().card)["encoder"] == str(encoder))


def hashed(sentence: str) -> list[int]:
    """The buckets of a sentence's words, pairs of words and first words; numbers are all one word."""
    words = [("#%" if w.endswith("%") else "#") if w[0].isdigit() else w.lower() for w in WORD.findall(sentence)]
    named = [f"u {a}" for a in words] + [f"b {a} {b}" for a, b in pairwise(words)]
    named += [f"f {' '.join(words[:k])}" for k in (1, 2, 3)]
    return sorted({zlib.crc32(name.encode()) % BUCKETS for name in named})


def places(sentences: Sequence[str]) -> Floats:
    """Where each sentence stands among them, and how long it and its text are, shape (sentences, 14)."""
    count = len(sentences)
    rows: list[list[float]] = []
    for i, sentence in enumerate(sentences):
        along = i / max(1, count - 1)
        row: list[float] = [i == 0, i == count - 1, along, i == 1, i == count - 2, min(i, 10) / 10, count / 10]
        rows.append([*row, along**2, len(sentence.split()) / 30, *(float(int(5 * i / count) == q) for q in range(5))])
    return np.array(rows, np.float32)


NEIGHBOURS = 6 * len(CLASSES)  # the columns of `around` that only look at the sentence and its neighbours


def around(first: npt.NDArray[Any], place: Floats) -> Floats:
    """What the second model sees of each sentence: what the first gave for the one before, itself and the one after
    (logarithms, then plain), what it gave for all before and all after together, and the place."""
    edge = np.full((1, first.shape[1]), BEYOND)
    none = np.zeros((1, first.shape[1]))
    logs = np.concatenate([edge, np.log(first + LEAST), edge])
    plain = np.concatenate([none, first, none])
    count = len(first)
    near = [table[shift : shift + count] for shift in range(3) for table in (logs, plain)]
    so_far = np.cumsum(first, axis=0)
    return np.concatenate([*near, so_far - first, so_far[-1] - so_far, place], axis=1).astype(np.float32)


def softmax(scores: npt.NDArray[Any]) -> Floats:
    """Rows of scores as probabilities."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float32)
