"""The vector of a whole from those of its parts. It must not know what the parts are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hierarchy.encoder import unit
from hierarchy.nodes import Vector


def pooled(vectors: Sequence[Vector], weights: Sequence[float]) -> Vector:
    """The weighted mean of unit vectors, at length 1; there must be one at least."""
    return unit(np.average(np.stack(vectors), axis=0, weights=np.asarray(weights) + 1e-9))
