"""Small adapters for tests: over one matrix and one bias of the public encoder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from strata.adapter import FORMAT

MATRIX = "encoder.layer.2.attention.self.query"
BIAS = "encoder.layer.4.output.dense.bias"
WIDTH = 384


def made_adapter(path: Path, changed: Mapping[str, Any] | None = None, *, strength: float = 0.0) -> Path:
    """Writes an adapter of rank 2; at strength 0 it changes nothing. `changed` replaces arrays, None drops one."""
    draw = np.random.default_rng(3)
    arrays: dict[str, Any] = {
        "format": FORMAT,
        "scale": np.float32(strength),
        "head.weight": np.zeros(WIDTH, np.float16),
        "head.bias": np.array([0.5], np.float16),
        f"{MATRIX}.A": draw.integers(-127, 128, (2, WIDTH)).astype(np.int8),
        f"{MATRIX}.A.scale": np.full((2, 1), 0.01, np.float16),
        f"{MATRIX}.B": draw.integers(-127, 128, (WIDTH, 2)).astype(np.int8),
        f"{MATRIX}.B.scale": np.full((1, 2), 0.01, np.float16),
    }
    given = arrays | dict(changed or {})
    np.savez_compressed(path, **{name: value for name, value in given.items() if value is not None})
    return path
