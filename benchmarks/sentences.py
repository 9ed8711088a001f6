"""The classes of sentences on the test abstracts of CSAbstruct, by the weights that ship."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks.bench import Bench
from benchmarks.figures import Figure
from ingestion.findings.classes import CLASSES, RESULT, WEIGHTS, classes
from strata.minilm import MiniLM
from training.abstracts import abstracts

RECALL = 0.85  # at which the precision of results is told


def measure(bench: Bench) -> Iterator[Figure]:
    given = abstracts(bench.need("csabstruct/test.jsonl"), MiniLM(bench.home()))
    told = np.concatenate([classes().probabilities(a.sentences, a.vectors, "abstract") for a in given])
    labels = np.concatenate([a.labels for a in given])
    yield Figure(f"{len(labels)} sentences: micro-F1", float((told.argmax(axis=1) == labels).mean()), "", least=0.77)
    for index, name in enumerate(CLASSES):
        right = float(((told.argmax(axis=1) == index) & (labels == index)).sum())
        said, there = float((told.argmax(axis=1) == index).sum()), float((labels == index).sum())
        yield Figure(f"{name} ({there:.0f}): F1", 2 * right / (said + there))
    order = np.argsort(-told[:, RESULT], kind="stable")
    hits = np.cumsum(labels[order] == RESULT)
    precision = hits / np.arange(1, len(hits) + 1)
    yield Figure(
        f"result: precision at recall {RECALL}", float(precision[hits >= RECALL * hits[-1]].max()), "", least=0.70
    )
    yield Figure("size of the weights", WEIGHTS.stat().st_size / 1e6, "MB", most=5)
