"""Made records for the tests of engines: their vectors are directions that are known to be near or far."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from engines import DIMENSION

from hierarchy.encoder import unit
from hierarchy.filters import Filter
from hierarchy.nodes import Level, Node, Record, Vector
from hierarchy.store import NodeStore

Open = Callable[[], NodeStore]
RANDOM = np.random.default_rng(7)


def vector(seed: int | None = None) -> Vector:
    random = RANDOM if seed is None else np.random.default_rng(seed)
    return unit(random.normal(size=DIMENSION))


def record(name: str, text: str = "some words", level: Level = Level.PASSAGE, **fields: Any) -> Record:
    own = fields.pop("vector", None)
    defaults: dict[str, Any] = {"project": "p", "title": "Heading", "paper": "paper-1", "digest": "d-" + text}
    node = Node(id=name, level=level, text=text, **(defaults | fields))
    return Record(node, vector() if own is None else own)


def ids(nodes: Any) -> list[str]:
    return [n.id for n in nodes]


def bm25(store: NodeStore, words: str, where: Filter | None = None, k: int = 20) -> list[str]:
    return ids(store.bm25(words, Level.PASSAGE, k, where))
