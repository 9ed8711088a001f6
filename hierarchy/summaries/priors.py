"""How likely a sentence is to stand for its paper before its neighbours are asked: its section, what it says of itself,
whether it is a finding, whether it speaks of others' work.

The features are those of Edmundson 1969, "New methods in automatic extracting" (cue phrases and location), with
findings beside them; the weights of kinds were measured (`python -m benchmarks summaries`). It must not know vectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from hierarchy.summaries.candidates import Candidate
from hierarchy.summaries.whole import HELD, dangles, displays, points, speaks_of_itself

KINDS = {
    "abstract": 1.0,
    "introduction": 1.5,
    "conclusion": 2.0,
    "result": 0.5,
    "discussion": 0.5,
    "method": 0.5,
    "limitation": 0.5,
    "data": 0.4,
    "experiment": 0.3,
    "background": 0.3,
    "front": 0.4,
    "other": 0.4,
    "appendix": 0.05,
    "acknowledgement": 0.01,
}
OWN = 2.0
FINDING = 1.25
CITES = 0.7
DANGLING = 0.5
POINTS = 0.2
DISPLAYS = 0.5


def priors(candidates: Sequence[Candidate]) -> npt.NDArray[np.float64]:
    """A positive weight for each candidate, shape (candidates,)."""
    return np.array([_prior(c) for c in candidates], dtype=np.float64)


@lru_cache(maxsize=HELD)
def _prior(candidate: Candidate) -> float:
    weight = KINDS.get(candidate.kind, KINDS["other"])
    weight *= OWN if speaks_of_itself(candidate.text) else 1.0
    weight *= FINDING if candidate.finding else 1.0
    weight *= CITES if candidate.cites else 1.0
    weight *= DISPLAYS if displays(candidate.text) else 1.0
    weight *= POINTS if points(candidate.text) else 1.0
    return weight * (DANGLING if dangles(candidate.text) else 1.0)
