"""Learns which papers a list holds: `python -m training.lists LIBRARY.jsonl --date YYYY-MM-DD [--out FILE]`.

A logistic regression over what a pass over the papers tells of each (retrieval/answers/membership.py), from the
questions for papers of the sample and of half 0 of a library of questions; the papers of both are taken in, or found in
the project `bench` of the home that `--home` names. The cuts are those with the best F1 and F2 of the list together,
questions left out one at a time: who asks which papers do something misses one that is not named more than they mind
one too many. One paper asked for is cut by F1. Half 1 is for `python -m benchmarks lists` alone.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from benchmarks.lists import scored
from benchmarks.sample import questions
from hierarchy.encoder import Encoder, Text
from hierarchy.store import NodeStore, papers_of
from retrieval.answers.holding import Holding, holdings
from retrieval.answers.matter import Matter
from retrieval.answers.membership import SIGNS, TABLE, signs
from retrieval.answers.shapes import has
from strata.assistant import Assistant
from strata.minilm import MiniLM
from strata.settings import Settings
from training.routes import half_of

STRENGTH = 10.0  # inverse strength of regularization
CUTS = np.arange(0.10, 0.61, 0.05)
HEADER = """# What tells that a paper is one of those asked for; learned by `python -m training.lists` ({date})
# from {count} questions.
"""


class Example(msgspec.Struct, frozen=True, eq=False):
    """A question with all papers of its library, and which of them are asked for, shape (papers,)."""

    question: str
    holdings: list[Holding]
    asked: npt.NDArray[np.bool_]
    single: bool


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.lists", description="Learns which papers a list holds.")
    parser.add_argument("library", type=Path, help="questions with level and papers, JSON lines")
    parser.add_argument("--home", type=Path, required=True, help="a STRATA_HOME with the papers of the questions")
    parser.add_argument("--project", default="bench", help="the project of these papers")
    parser.add_argument("--sample", type=Path, required=True, help="a STRATA_HOME with the sample's two projects")
    parser.add_argument("--date", required=True, help="that is written down with the weights")
    parser.add_argument("--out", type=Path, default=TABLE)
    given = parser.parse_args()
    rows = [json.loads(line) for line in given.library.read_text("utf-8").splitlines()]
    half = [r for r in rows if r["level"] == "paper" and half_of(r) == 0]
    examples = list(_examples(given.home, given.project, half))
    for project in sorted({str(q["project"]) for q in questions()}):
        mine = [q for q in questions() if q["project"] == project and q["level"] == "paper"]
        examples += _examples(given.sample, project, mine)
    given.out.write_text(learned(examples, given.date), "utf-8")
    print(given.out.read_text("utf-8"))


def learned(examples: Sequence[Example], date: str) -> str:
    """The table that membership.py reads."""
    chances = [_chances(_fitted([e for e in examples if e is not left_out]), left_out) for left_out in examples]
    many = [(e, c) for e, c in zip(examples, chances, strict=True) if not e.single]
    one = [(e, c) for e, c in zip(examples, chances, strict=True) if e.single]
    cut = max(CUTS, key=lambda cut: _mean(many, float(cut), relative=False)[2:].sum())
    single = max([*CUTS, 0.7, 0.8, 0.9, 1.0], key=lambda cut: _mean(one, float(cut), relative=True)[2])
    for name, part, at, relative in (("several", many, cut, False), ("one", one, single, True)):
        told = _mean(part, float(at), relative=relative)
        print(f"{name} ({len(part)}): P {told[0]:.3f} R {told[1]:.3f} F1 {told[2]:.3f} F2 {told[3]:.3f}")
    model = _fitted(examples)
    lines = [f"{name} = {weight:.2f}" for name, weight in zip(SIGNS, model.coef_[0], strict=True)]
    return "\n".join(
        [
            HEADER.format(date=date, count=len(examples)),
            f"constant = {model.intercept_[0]:.2f}",
            f"cut = {cut:.2f} # least probability of a paper that is listed",
            f"single = {single:.2f} # where one is asked for, of the likeliest paper's",
            "",
            "[weights]",
            *lines,
            "",
        ]
    )


def _examples(home: Path, project: str, rows: Sequence[dict[str, Any]]) -> Iterator[Example]:
    settings = Settings(home=home)
    encoder: Encoder = MiniLM(home)
    with Assistant(project, settings, encoder=encoder) as a:
        store: NodeStore = a._store()
        names = {p.id: (p.file or "").removesuffix(".pdf") for p in papers_of(store)}
        for row in rows:
            vector = encoder.encode([Text(row["question"])])[0].vector
            found = holdings(store, vector, Matter.of(row["question"]), None)
            asked = np.array([names[h.paper] in row["papers"] for h in found])
            yield Example(row["question"], found, asked, has("single", row["question"]))


def _fitted(examples: Sequence[Example]) -> LogisticRegression:
    rows = np.concatenate([signs(e.holdings) for e in examples])
    told = np.concatenate([e.asked for e in examples])
    return LogisticRegression(C=STRENGTH, max_iter=5_000).fit(rows, told)


def _chances(model: LogisticRegression, e: Example) -> npt.NDArray[np.float64]:
    return np.asarray(model.predict_proba(signs(e.holdings))[:, 1])


def _mean(
    told: Sequence[tuple[Example, npt.NDArray[np.float64]]], cut: float, *, relative: bool
) -> npt.NDArray[np.float64]:
    """Precision, recall, F1 and F2 of the lists, over the questions."""
    rows = []
    for e, chances in told:
        least = cut * chances.max() if relative else min(cut, chances.max())
        got = {h.paper for h, c in zip(e.holdings, chances, strict=True) if c >= least - 1e-9}
        rows.append(scored(got, {h.paper for h, asked in zip(e.holdings, e.asked, strict=True) if asked}))
    return np.asarray(np.mean(rows, axis=0))


if __name__ == "__main__":
    main()
