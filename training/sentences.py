"""Trains the classes of sentences: `python -m training.sentences DATA [--bare] [--out FILE] [--date YYYY-MM-DD]`.

DATA is the folder of CSAbstruct (train.jsonl, dev.jsonl). Two multinomial logistic regressions, the second over what
the first gives for a sentence and its neighbours, learned from predictions made out of fold (stacked generalization,
Wolpert 1992). With `--bare` the first does without vectors, for any encoder. Strengths were chosen on dev; test is for
`python -m benchmarks sentences` alone.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from ingestion.findings.classes import BARE, BUCKETS, CLASSES, WEIGHTS, Classes, around, hashed, places
from strata.models import build_encoder
from strata.settings import Settings
from training.abstracts import Abstract, abstracts

FIRST, SECOND = 0.1, 0.02  # inverse strengths of regularization
VECTOR, WORDS = 2.0, 0.5  # weight of the two kinds of features before it
FOLDS = 5
LICENCE = "CSAbstruct (Cohan et al. 2019, https://github.com/allenai/sequential_sentence_classification), Apache 2.0"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.sentences", description="Trains the sentence classes.")
    parser.add_argument("data", type=Path, help="the folder of CSAbstruct")
    parser.add_argument("--bare", action="store_true", help="without vectors")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--date", default="", help="kept in the file")
    given = parser.parse_args()
    out = given.out or (BARE if given.bare else WEIGHTS)
    encoder = build_encoder(Settings.from_environment())
    train, dev = (abstracts(given.data / f"{name}.jsonl", encoder) for name in ("train", "dev"))
    card = {
        "trained_on": LICENCE,
        "sentences": sum(len(a.sentences) for a in train),
        "classes": CLASSES,
        "encoder": None if given.bare else str(encoder.identity),
        "date": given.date,
    }
    if given.bare:
        train, dev = ([msgspec.structs.replace(a, vectors=a.vectors[:, :0]) for a in some] for some in (train, dev))
    learn(train, out, card)
    print(f"dev: accuracy {accuracy(Classes(out), dev):.4f}; {out.stat().st_size:,} bytes")


def accuracy(learned: Classes, given: Sequence[Abstract]) -> float:
    """The share of sentences whose class is right (micro-F1, since each has one)."""
    right = [
        learned.probabilities(a.sentences, a.vectors, "abstract").argmax(axis=1) == np.array(a.labels) for a in given
    ]
    return float(np.concatenate(right).mean())


def learn(train: Sequence[Abstract], out: Path, card: dict[str, Any]) -> None:
    """Learns both models and writes their weights."""
    place = np.concatenate([places(a.sentences) for a in train])
    usual = place.mean(axis=0)
    vectors = np.concatenate([a.vectors for a in train])
    seen = sparse.hstack([vectors * VECTOR, place - usual, _words(train)]).tocsr()
    labels = np.concatenate([a.labels for a in train])
    group = np.repeat(np.arange(len(train)), [len(a.sentences) for a in train])
    first = _fitted(seen, labels)
    unseen = np.zeros((len(labels), len(CLASSES)))
    for learned, left in GroupKFold(FOLDS).split(seen, groups=group):
        unseen[left] = _fitted(seen[learned], labels[learned]).predict_proba(seen[left])
    context = np.concatenate([around(unseen[group == i], place[group == i]) for i in range(len(train))])
    mean, deviation = context.mean(axis=0), context.std(axis=0) + 1e-6
    second = LogisticRegression(C=SECOND, max_iter=1_000).fit((context - mean) / deviation, labels)
    weights = first.coef_.T
    dimension, last = vectors.shape[1], vectors.shape[1] + place.shape[1]
    words = weights[last:] * WORDS
    scale = np.abs(words).max(axis=0) / 127
    np.savez_compressed(
        out,
        of_vector=(weights[:dimension] * VECTOR).astype(np.float16),
        of_place=weights[dimension:last].astype(np.float32),
        of_words=np.round(words / scale).astype(np.int8),
        words_scale=scale.astype(np.float32),
        bias=first.intercept_.astype(np.float32),
        usual_place=usual.astype(np.float32),
        mean=mean.astype(np.float32),
        deviation=deviation.astype(np.float32),
        second=second.coef_.T.astype(np.float32),
        second_bias=second.intercept_.astype(np.float32),
        card=json.dumps(card),
    )


def _fitted(seen: Any, labels: Any) -> LogisticRegression:
    return LogisticRegression(C=FIRST, max_iter=150).fit(seen, labels)


def _words(given: Sequence[Abstract]) -> Any:
    rows = [hashed(sentence) for a in given for sentence in a.sentences]
    ends = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    columns = np.concatenate(rows)
    return sparse.csr_matrix((np.full(len(columns), WORDS), columns, ends), shape=(len(rows), BUCKETS))


if __name__ == "__main__":
    main()
