"""How likely a paper is one of those that a question asks for, and where the list ends.

A logistic over how near a paper's best sentence is and how many of the question's words it holds, both also against the
best paper of the library: a question whose words hardly stand anywhere is still met best by some. What takes one or two
words to name is told by these words alone. Weights and cuts are learned by `python -m training.lists` (membership.toml
has their date). It must not know stores.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from retrieval.answers.holding import Holding

TABLE = Path(__file__).with_suffix(".toml")
SIGNS = ("near", "said", "near_best", "said_best", "passage_best", "abstract_best")


class Member(msgspec.Struct, frozen=True):
    """A paper with the probability that it is asked for."""

    holding: Holding
    sure: float


def members(holdings: Sequence[Holding], *, single: bool = False, voices: bool = False) -> list[Member]:
    """Those asked for, the likeliest first, none twice; `single` where the question is for one paper, `voices` where
    any that has to do with it may speak."""
    table, ranked = _table(), judged(holdings)
    if single and ranked:
        return [m for m in ranked if m.sure >= table["single"] * ranked[0].sure]
    least = table["cut"] / 2 if voices else table["cut"]
    return [m for m in ranked if m.sure >= least or m.holding.names_it] or ranked[:1]


def judged(holdings: Sequence[Holding]) -> list[Member]:
    """All papers with their probability, the likeliest first."""
    if not holdings:
        return []
    table = _table()
    odds = signs(holdings) @ np.array([table["weights"][name] for name in SIGNS]) + table["constant"]
    sure = 1 / (1 + np.exp(-odds))
    out = [Member(h, round(float(s), 4)) for h, s in zip(holdings, sure, strict=True)]
    return sorted(out, key=lambda m: (-m.sure, m.holding.paper))


def signs(holdings: Sequence[Holding]) -> npt.NDArray[np.float64]:
    """What the logistic sees, shape (papers, signs)."""
    told = np.array([[h.near, h.said, h.near, h.said, h.passage, h.abstract] for h in holdings])
    told[:, 2:] -= told[:, 2:].max(axis=0)
    return told


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(TABLE.read_text("utf-8"))
