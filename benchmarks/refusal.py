"""Saying no: whether the confidence of an answer tells questions with an answer from those without.

Areas under ROC, cross-validated by paper: weights are learned as those that ship (`training/confidence.py`), and no
question is judged by some that saw its paper. "Over all": 175 questions over the 80 papers, 25 of which nothing there
answers. "Within": QASPER's questions inside their papers, told unanswerable by annotators, whose labels are noisy. Then
what that confidence refuses with the thresholds that ship.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from sklearn.metrics import roc_auc_score

from benchmarks.bench import PROJECT, Bench
from benchmarks.figures import Figure
from retrieval.confidence import Place, calibration
from training.confidence import OVER, WITHIN, Example, from_qasper, from_sample, learn, told

LEAST = {OVER: 0.80, WITHIN: 0.50}
ROUNDS = 2_000


def measure(bench: Bench) -> Iterator[Figure]:
    questions = bench.need("qasper/questions.jsonl")
    home = bench.papers.home
    examples = [*from_qasper(home, PROJECT, questions.parent), *from_sample(home)]
    shipped = calibration()
    for inside, place in ((False, shipped.library), (True, shipped.within)):
        yield from _figures([e for e in examples if (e.source == WITHIN) == inside], place)


def _figures(examples: Sequence[Example], place: Place) -> Iterator[Figure]:
    for name, truths, sure in told(examples, learn(examples).sure):
        low, high = _interval(truths, sure)
        count = f"{sum(truths)} told, {len(truths) - sum(truths)} not"
        area = float(roc_auc_score(truths, sure))
        yield Figure(f"{name} ({count}): area under ROC", area, f"[{low:.3f}, {high:.3f}]", least=LEAST.get(name))
        known, confidence = np.array(truths), np.array(sure)
        for what, part in (("that nothing answers", ~known), ("that are answered", known)):
            refused = float((confidence[part] < place.least).mean())
            yield Figure(f"{name}: refused, of questions {what}", round(refused, 4), "share")
        partial = (confidence >= place.least) & (confidence < place.sure)
        yield Figure(f"{name}: called partial", round(float(partial.mean()), 4), "share")


def _interval(truths: Sequence[bool], sure: Sequence[float]) -> tuple[float, float]:
    """The 95% interval of the area, by the bootstrap over questions (Efron 1979)."""
    known, confidence, draw = np.array(truths), np.array(sure), np.random.default_rng(0)
    areas = []
    for _ in range(ROUNDS):
        at = draw.integers(0, len(known), len(known))
        if len(set(known[at].tolist())) == 2:
            areas.append(roc_auc_score(known[at], confidence[at]))
    low, high = np.percentile(areas, (2.5, 97.5))
    return float(low), float(high)
