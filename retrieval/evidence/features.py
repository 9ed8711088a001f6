"""What the ranker knows of each passage in a pool: how well it fits the question, and what kind of passage it is.

Scores stand beside their standing in the pool (in standard deviations from its mean): the first say whether a passage
answers at all, the second whether it does so better than the others. It must not know weights.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from hierarchy.encoder import Tokens
from hierarchy.nodes import Node
from hierarchy.query_words import words_of
from retrieval.evidence.interaction import late_interaction
from retrieval.extract import content_words, stem
from retrieval.records import ScoredNode

Features = npt.NDArray[np.float64]

SECTIONS = (
    "abstract",
    "introduction",
    "background",
    "data",
    "method",
    "experiment",
    "result",
    "discussion",
    "conclusion",
    "other",
)
TYPES = ("paragraph", "list", "caption", "table", "footnote", "formula")
SCORES = ("near", "interaction", "near_standing", "interaction_standing", "searched_standing", "cosine_standing")
STRUCTURE = ("kind", "paper", "length", "short", "long", "place", "digits", "we", "cites", "headed")
NAMES = (*SCORES, *STRUCTURE, *(f"in_{s}" for s in SECTIONS), *(f"is_{t}" for t in TYPES))

CITED = re.compile(r"\bet al\b|\[\d+")
WE = re.compile(r"\b(?:we|our)\b", re.IGNORECASE)
SHORT, LONG = 25, 160  # words


def features(question: str, asked: Tokens, found: Sequence[ScoredNode], read: Sequence[Tokens]) -> Features:
    """One row for each passage, columns as in `NAMES`.

    Args:
        question: in words.
        asked: its tokens.
        found: the pool.
        read: the tokens of each passage in it.
    """
    if not found:
        return np.zeros((0, len(NAMES)))
    near = np.array([tokens.vector @ asked.vector for tokens in read])
    interaction = late_interaction(asked, read).astype(float)
    searched = np.array([scored.score for scored in found])
    cosine = np.array([scored.factors.cosine or 0.0 for scored in found])
    scores = (near, interaction, *(standing(s) for s in (near, interaction, searched, cosine)))
    words = {stem(word) for word in content_words(question)}
    last = max(1, *(scored.node.order for scored in found))
    structure = [_structure(scored, words, last) for scored in found]
    return np.column_stack([*scores, np.array(structure)])


def standing(scores: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Standard deviations from the mean; 0 for all where all are the same."""
    spread = float(scores.std())
    return np.asarray((scores - scores.mean()) / spread if spread > 1e-6 else np.zeros(len(scores)), dtype=float)


def _structure(scored: ScoredNode, words: set[str], last: int) -> list[float]:
    node, text = scored.node, scored.node.text
    length = len(text.split())
    heading = {stem(word) for word in words_of(" ".join([*node.path, node.title]))}
    return [
        math.log(max(scored.factors.kind, 1e-3)),
        math.log(max(scored.factors.paper, 1e-3)),
        min(length, 250) / 100,
        float(length < SHORT),
        float(length > LONG),
        node.order / last,
        10 * min(sum(c.isdigit() for c in text) / max(1, len(text)), 0.1),
        min(len(WE.findall(text)), 4) / 4,
        min(len(CITED.findall(text)), 6) / 6,
        min(len(heading & words), 3) / 3,
        *(float(section_kind(node) == kind) for kind in SECTIONS),
        *(float(node.kind == kind) for kind in TYPES),
    ]


def section_kind(node: Node) -> str:
    """The kind of the section that a passage stands in."""
    kind = node.metadata.get("section_kind")
    return str(kind) if kind in SECTIONS else "other"
