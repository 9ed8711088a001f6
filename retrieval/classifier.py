"""How sure it is at which level a question is answered: a small classifier whose weights ship with Strata.

A multinomial logistic regression, learned by `python -m training.routes` (data card in training/README.md). It is bound
to the encoder whose vectors it learned from; with another it does without the vector. It must not know routes.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Self

import msgspec
import numpy as np
import numpy.typing as npt

from hierarchy.nodes import Vector
from retrieval.names import Names
from retrieval.signs import row

WEIGHTS = Path(__file__).with_name("routes.npz")
LEVELS = ("project", "paper", "section", "finding")


class Card(msgspec.Struct, frozen=True):
    """When it was learned, with which encoder's vectors, over which signs, and from how many questions of where."""

    date: str
    encoder: str
    signs: tuple[str, ...]
    learned_from: Mapping[str, int]


class Classifier(msgspec.Struct, frozen=True, eq=False):
    """Weights, shape (levels, columns), and constants, shape (levels,): with the vector, and `bare` without it."""

    card: Card
    weights: npt.NDArray[np.float16]
    constants: npt.NDArray[np.float32]
    bare_weights: npt.NDArray[np.float16]
    bare_constants: npt.NDArray[np.float32]

    @classmethod
    def load(cls, path: Path = WEIGHTS) -> Self:
        """The classifier of a file; nothing in it is run."""
        with np.load(path, allow_pickle=False) as held:
            card = msgspec.json.decode(held["card"].tobytes(), type=Card)
            return cls(card, *(held[name] for name in cls.__struct_fields__ if name != "card"))

    def save(self, path: Path) -> None:
        """Writes the file that `load` reads."""
        held: dict[str, Any] = {name: getattr(self, name) for name in self.__struct_fields__}
        held["card"] = np.frombuffer(msgspec.json.encode(self.card), np.uint8)
        np.savez_compressed(path, **held)

    def sure(self, question: str, vector: Vector | None, names: Names) -> dict[str, float]:
        """The probability of each level; `vector` is None where the encoder is another."""
        seen = row(question, vector, names)
        weights, constants = self.weights, self.constants
        if vector is None:
            weights, constants = self.bare_weights, self.bare_constants
        odds = weights.astype(np.float32) @ seen + constants
        shares = np.exp(odds - odds.max())
        return dict(zip(LEVELS, (shares / shares.sum()).tolist(), strict=True))

    def spoke(self, question: str, names: Names, level: str) -> list[str]:
        """The signs in a question that speak most for a level, the strongest first."""
        seen = row(question, None, names)[: len(self.card.signs)]
        mine = self.bare_weights[LEVELS.index(level)].astype(np.float32)[: len(seen)] * seen
        return [self.card.signs[i] for i in np.argsort(-mine, kind="stable") if mine[i] > 0]


@cache
def classifier() -> Classifier:
    """The one that ships."""
    return Classifier.load()
