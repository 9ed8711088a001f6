"""Learns when the papers tell: `python -m training.confidence QASPER --date YYYY-MM-DD [--home HOME --project NAME]`.

Questions with an answer: those of half 0 of QASPER's papers, within a paper and over all, and the sample's. Without:
those that their makers say have none, those whose papers are taken away from the search, and the sample's questions put
to its other project. Half 1 is for the benchmarks alone.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict

from benchmarks.sample import SAMPLE, questions
from hierarchy.filters import Filter, In, Not
from retrieval.confidence import WEIGHTS, Calibration, Logistic, signs
from strata.assistant import Assistant
from strata.evidence_encoder import EvidenceEncoder
from strata.settings import Settings
from training.ranker import PROJECT, rows_of
from training.routes import half_of

Floats: TypeAlias = npt.NDArray[np.float64]
Truths: TypeAlias = npt.NDArray[np.bool_]

STRENGTH = 1.0  # inverse strength of regularization
READ_ONLY = ("sentence", "passage", "second")  # signs that only a reader gives
SURE = 0.8  # share of answers right from which on none is called partial
FOLDS = 5
OVER, AWAY = "over all", "with its papers away"


class Example(msgspec.Struct, frozen=True):
    """A question's signs, whether it has an answer, and the group that must not be split over folds."""

    signs: dict[str, float]
    told: bool
    group: str
    source: str


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.confidence", description="Learns when the papers tell.")
    parser.add_argument("qasper", type=Path, help="folder with pdf/, questions.jsonl and library.jsonl")
    parser.add_argument("--date", required=True, help="that goes into the file")
    parser.add_argument("--home", type=Path, help="where its papers are ingested; a new folder where none is named")
    parser.add_argument("--project", default=PROJECT, help="their project there")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as new:
        home = given.home or Path(new)
        examples = [*from_qasper(home, given.project, given.qasper), *from_sample(home)]
        encoder = encoder_of(home)
    learned = learn(examples, encoder, given.date)
    given.out.write_bytes(msgspec.json.format(msgspec.json.encode(learned), indent=1) + b"\n")
    print(f"{learned.learned_from}: {given.out} written")


def from_qasper(home: Path, project: str, qasper: Path) -> Iterator[Example]:
    """Half 0 of the questions on QASPER's papers."""
    with Assistant(project, Settings(home=home)) as assistant:
        assistant.ingest([qasper / "pdf"])
        library = assistant._pipeline.library
        for row in rows_of(qasper / "library.jsonl"):
            if row["level"] == "project" or half_of(row) != 0:
                continue
            group = (row["papers"] or [row["id"]])[0]
            yield from _example(assistant, row["question"], None, row["level"] != "none", group, OVER)
            if row["papers"]:
                away = Not(In("paper", tuple(library.resolve(paper).id for paper in row["papers"])))
                yield from _example(assistant, row["question"], away, False, group, AWAY)
        for row in rows_of(qasper / "questions.jsonl"):
            if half_of({"papers": [row["paper_id"]]}) == 0:
                where = library.scope([row["paper_id"]])
                yield from _example(
                    assistant, row["question"], where, not row["unanswerable"], row["paper_id"], "within"
                )


def from_sample(home: Path) -> Iterator[Example]:
    """The sample's questions, put to their own project and to the other."""
    for project in sorted({q["project"] for q in questions()}):
        with Assistant(project, Settings(home=home)) as assistant:
            assistant.ingest([SAMPLE / project])
            for q in questions():
                if q["level"] != "project":
                    told = q["project"] == project and q["level"] != "none"
                    group = (q["papers"] or [q["id"]])[0]
                    yield from _example(assistant, q["question"], None, told, group, "sample")


def _example(
    assistant: Assistant, question: str, where: Filter | None, told: bool, group: str, source: str
) -> Iterator[Example]:
    sentences, passages = assistant._pipeline.evidence(question, where)
    if sentences:
        yield Example(signs(question, sentences, passages, assistant._store(), where), told, group, source)


def learn(examples: Sequence[Example], encoder: str, date: str) -> Calibration:
    """The weights, and the thresholds that the examples give when none is judged by weights that saw its papers."""
    names = list(examples[0].signs)
    bare = [name for name in names if name not in READ_ONLY]
    told = np.array([e.told for e in examples])
    rows = np.array([[e.signs[name] for name in names] for e in examples])
    groups = [e.group for e in examples]
    sure = cross_val_predict(_model(), rows, told, groups=groups, cv=GroupKFold(FOLDS), method="predict_proba")[:, 1]
    counts = {source: sum(e.source == source for e in examples) for source in dict.fromkeys(e.source for e in examples)}
    print("area under ROC, cross-validated:", {s: _area(sure, told, examples, s) for s in counts})
    return Calibration(
        date,
        "half 0: " + ", ".join(f"{count} {source}" for source, count in counts.items()),
        encoder,
        _fitted(rows, told, names),
        _fitted(rows[:, [names.index(name) for name in bare]], told, bare),
        *_thresholds(sure, told),
    )


def _thresholds(sure: Floats, told: Truths) -> tuple[float, float]:
    """Where both kinds are told apart best (Youden's index), and from where on the share of answers is high enough."""
    steps = np.unique(sure)
    apart = [(sure[told] >= step).mean() - (sure[~told] >= step).mean() for step in steps]
    least = float(steps[int(np.argmax(apart))])
    enough = [step for step in steps if step >= least and told[sure >= step].mean() >= SURE]
    return round(least, 3), round(float(enough[0]) if enough else least, 3)


def _area(sure: Floats, told: Truths, examples: Sequence[Example], source: str) -> float | None:
    mine = np.array([e.source == source or (source == AWAY and e.source == OVER and e.told) for e in examples])
    return round(float(roc_auc_score(told[mine], sure[mine])), 3) if len(set(told[mine])) == 2 else None


def _fitted(rows: Floats, told: Truths, names: Sequence[str]) -> Logistic:
    model = _model().fit(rows, told)
    weights = {name: round(float(w), 4) for name, w in zip(names, model.coef_[0], strict=True)}
    return Logistic(weights, round(float(model.intercept_[0]), 4))


def _model() -> LogisticRegression:
    return LogisticRegression(C=STRENGTH, max_iter=2_000, class_weight="balanced")


def encoder_of(home: Path) -> str:
    """The identity of the reader's encoder."""
    return str(EvidenceEncoder(home).identity)


if __name__ == "__main__":
    main()
