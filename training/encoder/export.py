"""Writes trained encoders as one small adapter file (strata/adapter.py tells its format).

Several runs are averaged ("model soups", Wortsman et al. 2022): their thin matrices stand side by side, their biases
and norms are means. Thin matrices are kept at one byte a number, with a scale for each component of the rank.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hierarchy.encoder import Matrix
from strata.adapter import FORMAT, HEAD
from training.encoder.bert import NORMS, PARTS, Encoder

MOST = 127


def export(encoders: Sequence[Encoder], path: Path, card: dict[str, Any], most: int = 32) -> None:
    """Writes the mean of the encoders, at rank `most` or less; `card` tells how they were trained."""
    arrays: dict[str, Any] = {
        "format": FORMAT,
        "scale": np.float32(encoders[0].scale / len(encoders)),
        "card": json.dumps(card, sort_keys=True),
        f"{HEAD}weight": _mean([e.head.weight[0] for e in encoders]),
        f"{HEAD}bias": _mean([e.head.bias for e in encoders]),
    }
    for i in range(len(encoders[0].layers)):
        for part, name in PARTS.items():
            parts = [getattr(e.layers[i], part) for e in encoders]
            full = f"encoder.layer.{i}.{name}"
            arrays[f"{full}.bias"] = _mean([p.bias for p in parts])
            high = np.concatenate([p.A.detach().numpy() for p in parts])
            tall = np.concatenate([p.B.detach().numpy() for p in parts], axis=1)
            high, tall = balanced(tall, high, most)
            for which, thin, axis in (("A", high, 1), ("B", tall, 0)):
                arrays[f"{full}.{which}"], arrays[f"{full}.{which}.scale"] = _bytes(thin, axis)
        for part, name in NORMS.items():
            norms = [getattr(e.layers[i], part) for e in encoders]
            arrays[f"encoder.layer.{i}.{name}.weight"] = _mean([n.weight for n in norms])
            arrays[f"encoder.layer.{i}.{name}.bias"] = _mean([n.bias for n in norms])
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, **arrays)


def balanced(tall: Matrix, high: Matrix, most: int) -> tuple[Matrix, Matrix]:
    """Thin matrices (rank, inputs) and (outputs, rank) with the nearest product of rank `most`, by singular values."""
    q, r = np.linalg.qr(tall)
    left, values, right = np.linalg.svd(r @ high, full_matrices=False)
    root = np.sqrt(values[:most])
    return np.asarray(root[:, None] * right[:most], np.float32), np.asarray(q @ left[:, :most] * root, np.float32)


def _bytes(thin: Matrix, axis: int) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    scale = (np.abs(thin).max(axis=axis, keepdims=True) / MOST + 1e-12).astype(np.float16)
    return np.round(thin / scale.astype(np.float32)).clip(-MOST, MOST).astype(np.int8), scale


def _mean(tensors: Sequence[Any]) -> npt.NDArray[Any]:
    return np.asarray(np.mean([t.detach().numpy() for t in tensors], axis=0), np.float16)
