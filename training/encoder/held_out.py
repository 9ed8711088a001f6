"""How well a question's answer is found among the texts of papers that the training did not see.

It reads the adapter's file as Strata does, quantised and all. Two mean reciprocal ranks of the first answer for each
score: among the texts of the question's own paper, and among those of all papers held out.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from hierarchy.encoder import Text, TokenEncoder
from retrieval.interaction import late_interaction
from training.encoder.data import Paper

LEAST = 4  # texts that a paper must have, to be ranked by itself


def measure(encoder: TokenEncoder, papers: Sequence[Paper]) -> dict[str, float]:
    """Names of figures and figures, from 0 to 1."""
    texts = [(at, i, text) for at, paper in enumerate(papers) for i, text in enumerate(paper.texts)]
    seen = encoder.tokens([Text(text) for _, _, text in texts])
    asked = [(at, question) for at, paper in enumerate(papers) for question in paper.questions]
    questions = encoder.tokens([Text(question.text) for _, question in asked])
    owner = np.array([at for at, _, _ in texts])
    found: dict[str, list[float]] = {}
    matrix = np.stack([t.vector for t in seen])
    for (at, question), q in zip(asked, questions, strict=True):
        answers = [n for n, (other, i, _) in enumerate(texts) if other == at and i in question.answers]
        near = matrix @ q.vector
        found.setdefault("cosine, all papers", []).append(_rank(near, answers))
        mine = np.flatnonzero(owner == at)
        if len(mine) < LEAST:
            continue
        own = [int(np.flatnonzero(mine == n)[0]) for n in answers]
        found.setdefault("cosine, own paper", []).append(_rank(near[mine], own))
        late = late_interaction(q, [seen[n] for n in mine], among=seen)
        found.setdefault("late interaction, own paper", []).append(_rank(late, own))
    return {name: float(np.mean(values)) for name, values in found.items()}


def _rank(scores: npt.NDArray[np.floating], answers: Sequence[int]) -> float:
    """1 / the rank of the best answer; ties count against it."""
    return 1.0 / float((scores >= max(scores[n] for n in answers)).sum())
