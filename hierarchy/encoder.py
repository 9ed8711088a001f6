"""What the tree asks of an encoder, and how sentence vectors are kept.

One pass over a passage gives its own vector and those of its parts (its sentences), pooled from the same token
vectors. This module must not know any model: implementations live at the doors.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec
import numpy as np
import numpy.typing as npt

from hierarchy.nodes import Vector

Matrix = npt.NDArray[np.float32]
Range = tuple[int, int]


class EncoderIdentity(msgspec.Struct, frozen=True):
    """What a store must remember of its encoder; two stores with different identities cannot be compared."""

    model: str
    dimension: int
    tokenizer: str
    quantisation: str
    template: str

    def __str__(self) -> str:
        return f"{self.model}/{self.dimension}/{self.quantisation}"


class Text(msgspec.Struct, frozen=True):
    """A text to encode: `prefix` stands in front for the embedding only; `parts` are ranges of characters of `text`
    whose own vectors are wanted; `asked` is true of a question, which some encoders tell from what answers it."""

    text: str
    prefix: str = ""
    parts: tuple[Range, ...] = ()
    asked: bool = False


def prefix_of(path: Sequence[str]) -> str:
    """What stands in front of a passage for the embedding only: the headings above it."""
    return " > ".join(path) + ": " if path else ""


class Encoding(msgspec.Struct, frozen=True, eq=False):
    """`vector`: unit, float32, shape (dimension,). `parts`: one unit row for each part, shape (parts, dimension)."""

    vector: Vector
    parts: Matrix


class Encoder(Protocol):
    """Anything that turns texts into unit vectors."""

    @property
    def identity(self) -> EncoderIdentity:
        """Known without loading the model."""
        ...

    def encode(self, texts: Sequence[Text]) -> list[Encoding]:
        """Encodings in the order of the texts."""
        ...


class Tokens(msgspec.Struct, frozen=True, eq=False):
    """A text token by token, without its prefix and its ends: `ids` of shape (n,); `ends`, the characters that each
    stands for, shape (n, 2); `vectors`, unit rows of shape (n, dimension); `weights`, what each would count in a
    question, above 0, shape (n,). `vector` is the whole text's, with its prefix, of length 1."""

    ids: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    vectors: Matrix
    vector: Vector
    weights: npt.NDArray[np.float32]


class TokenEncoder(Protocol):
    """Anything that reads texts token by token, for scores finer than one cosine (Khattab and Zaharia 2020)."""

    @property
    def identity(self) -> EncoderIdentity:
        """Known without loading the model."""
        ...

    def tokens(self, texts: Sequence[Text]) -> list[Tokens]:
        """What is seen of each text, in their order."""
        ...


def unit(vector: npt.NDArray[np.floating]) -> Vector:
    """The vector at length 1; a zero vector becomes the first axis, so that cosine is always defined."""
    norm = float(np.linalg.norm(vector))
    if norm < 1e-12:
        out = np.zeros(len(vector), np.float32)
        out[0] = 1.0
        return out
    return np.asarray(vector / norm, dtype=np.float32)


class SentenceVectors(msgspec.Struct, frozen=True):
    """The sentences of a passage: their ranges and their vectors at one byte a dimension (cosine to the float
    vectors above .999), small enough to be kept beside the passage."""

    ranges: tuple[Range, ...]
    dimension: int
    data: bytes

    @classmethod
    def of(cls, ranges: Sequence[Range], vectors: Matrix) -> SentenceVectors:
        """Packs unit vectors of shape (sentences, dimension)."""
        scale = np.abs(vectors).max(axis=1, keepdims=True, initial=1e-9)
        return cls(tuple(ranges), vectors.shape[1], np.round(vectors / scale * 127).astype(np.int8).tobytes())

    def vectors(self) -> Matrix:
        """Unit rows, shape (sentences, dimension)."""
        raw = np.frombuffer(self.data, np.int8).reshape(-1, self.dimension).astype(np.float32)
        norms = np.linalg.norm(raw, axis=1, keepdims=True)
        return np.asarray(raw / np.maximum(norms, 1e-9), dtype=np.float32)

    def pack(self) -> bytes:
        """The bytes that a store keeps as the passage's attachment."""
        return msgspec.msgpack.encode(self)

    @classmethod
    def unpack(cls, data: bytes) -> SentenceVectors:
        """Reads what `pack` wrote."""
        return msgspec.msgpack.decode(data, type=cls)
