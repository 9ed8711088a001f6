"""Which paper comes first: what the search says of it, and what its words say token by token.

The ranker was learned inside papers, where its scores tell one passage from another. Over a library they choose the
wrong paper now and then, and among abstracts they lose to the search; late interaction added to the search's own
standing does better than either (docs/decisions/0023). It must not know encoders.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from retrieval.evidence.features import NAMES, Features, standing
from retrieval.evidence.interaction import Scores
from retrieval.records import ScoredNode

SHARE, INTERACTION = NAMES.index("paper"), NAMES.index("interaction_standing")
TOKENS = 1.5  # what a standard deviation of late interaction counts beside the logarithm of the share
MOST = 1.5  # of the search, by a paper itself and by its passages
BESIDE = 0.1  # what a standard deviation of late interaction counts beside the search's score


def by_papers(odds: Features, rows: Features, found: Sequence[ScoredNode]) -> Features:
    """The odds of passages with the standing of their papers, the same where all are of one paper.

    A passage's odds count against its paper's best; a paper stands by its share of what was found, as a logarithm, and
    its best late interaction in standard deviations.

    Args:
        odds: of each passage by the ranker.
        rows: the features that they come from.
        found: the passages.
    """
    papers = np.array([scored.node.paper or "" for scored in found])
    several = np.unique(papers)
    if len(several) < 2:
        return odds
    stood = np.zeros(len(found))
    for paper in several:
        here = papers == paper
        stood[here] = odds[here] - odds[here].max() + rows[here, SHARE].max() + TOKENS * rows[here, INTERACTION].max()
    return stood


def of_papers(found: Sequence[ScoredNode], interaction: Scores) -> Scores:
    """Scores of papers from 0 to 1 by the search and the late interaction of their abstracts, shape (papers,)."""
    searched = np.array([scored.score for scored in found])
    return np.clip((0.5 + searched + BESIDE * standing(interaction)) / (1 + MOST), 0.0, 1.0)
