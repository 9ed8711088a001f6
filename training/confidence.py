"""Learns when the papers tell: `python -m training.confidence QASPER --date YYYY-MM-DD [--home HOME --project NAME]`.

Questions with an answer: those of QASPER's papers, within a paper and over all, and the sample's. Without: those that
their makers say have none, those whose papers are taken away from the search, and the sample's questions put to its
other project. What is told of them is cross-validated by paper: no question is judged by weights that saw its paper.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from benchmarks.sample import SAMPLE, questions
from hierarchy.filters import Filter, In, Not
from retrieval.confidence import WEIGHTS, Calibration, Logistic, Place, signs
from strata.assistant import Assistant
from strata.evidence_encoder import EvidenceEncoder
from strata.settings import Settings
from training.ranker import PROJECT, rows_of

Floats: TypeAlias = npt.NDArray[np.float64]
Truths: TypeAlias = npt.NDArray[np.bool_]

STRENGTH = 0.1  # inverse strength of regularization, of signs in standard deviations
READ_ONLY = ("sentence",)  # signs that only a reader gives
ANSWERED = 0.9  # share of what can be answered that is
SURE = 0.8  # share of answers right from which on none is called partial
FOLDS = 10
OVER, AWAY, WITHIN = "over all", "with its papers away", "within"
COUNTS = {OVER: 3.0}  # how often a source counts: what people ask of a library is told hardest, and is what it is for
SAMPLE_HERE, ELSEWHERE = "sample", "sample, of the other project"


class Example(msgspec.Struct, frozen=True):
    """A question's signs, whether it has an answer, the group that must not be split over folds, and where it is from:
    questions of one source and one kind weigh the same together, however many there are."""

    signs: dict[str, float]
    told: bool
    group: str
    source: str
    level: str = ""


class Learned(msgspec.Struct, frozen=True):
    """What was learned for one kind of scope, and what it says of each example when it has not seen its paper."""

    place: Place
    sure: list[float]


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
    library, within = [[e for e in examples if (e.source == WITHIN) == inside] for inside in (False, True)]
    over, inside = learn(library), learn(within)
    for name, truths, sure in [*told(library, over.sure), *told(within, inside.sure)]:
        print(f"{name} ({sum(truths)} of {len(truths)} told): area under ROC {roc_auc_score(truths, sure):.3f}")
    counts = Counter(e.source for e in examples)
    learned_from = ", ".join(f"{count} {source}" for source, count in counts.items())
    learned = Calibration(given.date, learned_from, encoder, over.place, inside.place)
    given.out.write_bytes(msgspec.json.format(msgspec.json.encode(learned), indent=1) + b"\n")
    print(f"{learned_from}: {given.out} written")


def from_qasper(home: Path, project: str, qasper: Path) -> Iterator[Example]:
    """The questions on QASPER's papers."""
    with Assistant(project, Settings(home=home)) as assistant:
        assistant.ingest([qasper / "pdf"])
        library = assistant._pipeline.library
        for row in rows_of(qasper / "library.jsonl"):
            level, group = row["level"], (row["papers"] or [row["id"]])[0]
            yield from _example(assistant, row["question"], None, level != "none", group, OVER, level)
            if row["papers"] and level != "project":
                away = Not(In("paper", tuple(library.resolve(paper).id for paper in row["papers"])))
                yield from _example(assistant, row["question"], away, False, group, AWAY, level)
        for row in rows_of(qasper / "questions.jsonl"):
            where = library.scope([row["paper_id"]])
            yield from _example(assistant, row["question"], where, not row["unanswerable"], row["paper_id"], WITHIN)


def from_sample(home: Path) -> Iterator[Example]:
    """The sample's questions, put to their own project and to the other."""
    for project in sorted({q["project"] for q in questions()}):
        with Assistant(project, Settings(home=home)) as assistant:
            assistant.ingest([SAMPLE / project])
            for q in questions():
                own, level = q["project"] == project, q["level"]
                if own or level != "project":  # what a field is about, any project tells
                    group = (q["papers"] or [q["id"]])[0]
                    source = SAMPLE_HERE if own else ELSEWHERE
                    yield from _example(assistant, q["question"], None, own and level != "none", group, source, level)


def _example(
    assistant: Assistant, question: str, where: Filter | None, told: bool, group: str, source: str, level: str = ""
) -> Iterator[Example]:
    found = assistant._pipeline.evidence(question, where)
    if found.sentences:
        yield Example(signs(found, assistant._store()), told, group, source, level)


def learn(examples: Sequence[Example]) -> Learned:
    """The weights for one kind of scope, and its thresholds by weights that did not see an example's paper."""
    names = list(examples[0].signs)
    bare = [name for name in names if name not in READ_ONLY]
    told, weights = np.array([e.told for e in examples]), _weights(examples)
    rows = np.array([[e.signs[name] for name in names] for e in examples])
    sure = np.zeros(len(examples))
    groups = [e.group for e in examples]
    for seen, left in GroupKFold(FOLDS).split(rows, told, groups):
        model = _fitted(rows[seen], told[seen], weights[seen], names)
        sure[left] = [model.of(examples[i].signs) for i in left]
    place = Place(
        _fitted(rows, told, weights, names),
        _fitted(rows[:, [names.index(name) for name in bare]], told, weights, bare),
        *_thresholds(sure, told, weights),
    )
    return Learned(place, sure.tolist())


def told(examples: Sequence[Example], sure: Sequence[float]) -> Iterator[tuple[str, list[bool], list[float]]]:
    """By name: whether each question has an answer, and how sure one is: each source, what is taken away or asked
    elsewhere against what is there, and the same without questions on the field."""
    for source in dict.fromkeys(e.source for e in examples):
        here = {AWAY: OVER, ELSEWHERE: SAMPLE_HERE}.get(source)
        kept = [
            (e, s) for e, s in zip(examples, sure, strict=True) if e.source == source or (e.told and e.source == here)
        ]
        parts = {source: kept, f"{source}, without the field": [k for k in kept if k[0].level != "project"]}
        for name, part in parts.items():
            if len({e.told for e, _ in part}) == 2 and (part is kept or len(part) < len(kept)):
                yield name, [e.told for e, _ in part], [s for _, s in part]


def _weights(examples: Sequence[Example]) -> Floats:
    """Questions with and without an answer weigh the same together, and so do the sources of each but for `COUNTS`."""
    kinds = [(e.told, e.source) for e in examples]
    sizes = Counter(kinds)
    weights = np.array([COUNTS.get(source, 1.0) / sizes[told, source] for told, source in kinds])
    known = np.array([e.told for e in examples])
    for part in (known, ~known):
        weights[part] *= len(examples) / (2 * weights[part].sum())
    return weights


def _thresholds(sure: Floats, told: Truths, weights: Floats) -> tuple[float, float]:
    """Where so many of those with an answer get one, and from where on the share of answers is high enough."""
    steps = np.unique(sure)
    answered = [step for step in steps if weights[told & (sure >= step)].sum() >= ANSWERED * weights[told].sum()]
    least = float(answered[-1])
    enough = [s for s in steps if s >= least and weights[told & (sure >= s)].sum() >= SURE * weights[sure >= s].sum()]
    return round(least, 3), round(float(enough[0]) if enough else 1.0, 3)


def _fitted(rows: Floats, told: Truths, weights: Floats, names: Sequence[str]) -> Logistic:
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    model = LogisticRegression(C=STRENGTH, max_iter=5_000).fit((rows - mean) / scale, told, weights)
    slope = model.coef_[0] / scale
    learned = {name: round(float(w), 4) for name, w in zip(names, slope, strict=True)}
    return Logistic(learned, round(float(model.intercept_[0] - slope @ mean), 4))


def encoder_of(home: Path) -> str:
    """The identity of the reader's encoder."""
    return str(EvidenceEncoder(home).identity)


if __name__ == "__main__":
    main()
