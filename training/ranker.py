"""Learns the ranker of passages: `python -m training.ranker QASPER --date YYYY-MM-DD [--home HOME --project NAME]`.

QASPER is a folder with pdf/, questions.jsonl and library.jsonl. Its papers are ingested (or found under HOME, where
that was done before), each question of half 0 is searched, within its paper or over all, and the passages of its pool
are told apart by how much of the gold evidence they hold. Half 1 is for the benchmarks alone.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from scipy.optimize import minimize

from hierarchy.filters import Filter
from hierarchy.nodes import Level
from retrieval.evidence.features import NAMES, SCORES, Features
from retrieval.evidence.ranker import WEIGHTS, Ranker
from retrieval.evidence.reranker import MOST, EvidenceReranker
from retrieval.records import Route, ScoredNode
from retrieval.scope import names_papers
from retrieval.search import Searcher
from retrieval.trace import Trace
from retrieval.weighing import Weighing
from strata.assistant import Assistant
from strata.evidence_encoder import EvidenceEncoder
from strata.settings import Settings
from training.routes import half_of

PROJECT = "ranker"
STRENGTH = 0.1  # of the weights' squares in the loss
FREE = 0.1  # of it for what the encoder says itself
LEAST = 0.3  # of a gold paragraph's words in threes that a passage must hold to count as telling it
SPREAD = 0.05  # added to each feature's standard deviation, so that a rare one is not blown up
ROUTE = Route({Level.PASSAGE.value: 0.7, Level.FINDING.value: 0.3}, "")
PLACEHOLDER = re.compile(r"(?:BIBREF|TABREF|FIGREF|SECREF|INLINEFORM|DISPLAYFORM|UID)\d+")
FLOAT = "FLOAT SELECTED"


class Pool(msgspec.Struct, frozen=True, eq=False):
    """A question's passages: features, shape (passages, features); the share of the gold that each tells, shape
    (passages,); whether it was asked within one paper."""

    rows: Features
    gold: Features
    within: bool


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.ranker", description="Learns the ranker's weights.")
    parser.add_argument("qasper", type=Path, help="folder with pdf/, questions.jsonl and library.jsonl")
    parser.add_argument("--date", required=True, help="that goes into the file")
    parser.add_argument("--home", type=Path, help="where its papers are ingested; a new folder where none is named")
    parser.add_argument("--project", default=PROJECT, help="their project there")
    parser.add_argument("--adapter", type=Path, help="another encoder of evidence than the one that ships")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as new,
        Assistant(given.project, Settings(home=given.home or Path(new))) as assistant,
    ):
        assistant.ingest([given.qasper / "pdf"])
        encoder = EvidenceEncoder(assistant.settings.home, adapter=given.adapter)
        pools = list(pools_of(assistant, EvidenceReranker(encoder), given.qasper, 0))
        learned = learn(pools, str(encoder.identity), given.date)
    given.out.write_bytes(msgspec.json.format(msgspec.json.encode(learned), indent=1) + b"\n")
    print(f"{learned.learned_from}: {given.out} written")


def pools_of(assistant: Assistant, reranker: EvidenceReranker, qasper: Path, half: int) -> Iterator[Pool]:
    """The pools of a half's questions that have gold among their passages."""
    pipeline, store = assistant._pipeline, assistant._store()
    searcher = Searcher(store, assistant._encoder, assistant.settings.retrieval)
    for question, papers, evidence in asked(qasper, half):
        where = pipeline.library.scope(papers)
        found = found_by(searcher, question, where)
        gold = np.array([told(scored.node.text, evidence) for scored in found])
        if (gold >= LEAST).any():
            yield Pool(reranker.features(question, found), np.where(gold >= LEAST, gold, 0.0), papers is not None)


def asked(qasper: Path, half: int) -> Iterator[tuple[str, list[str] | None, list[str]]]:
    """Question, its paper where it is asked within one, and the gold evidence."""
    for row in rows_of(qasper / "questions.jsonl"):
        evidence = [text for text in row["evidence"] if not text.startswith(FLOAT)]
        if half_of({"papers": [row["paper_id"]]}) == half and evidence:
            yield row["question"], [row["paper_id"]], evidence
    for row in rows_of(qasper / "library.jsonl"):
        if row["level"] in ("section", "finding") and half_of(row) == half:
            yield row["question"], None, row["evidence"]


def found_by(searcher: Searcher, question: str, where: Filter | None) -> tuple[ScoredNode, ...]:
    """The pool of one question."""
    vector, trace = searcher.encode(question), Trace.of(question)
    rankings = searcher.rank(question, vector, ROUTE, MOST, where, trace)
    return searcher.pool(question, vector, rankings, where, MOST, Weighing.of(question, names_papers(where)))


def told(text: str, evidence: Sequence[str]) -> float:
    """The largest share of a gold text's words in threes that a passage holds."""
    own = _threes(text)
    return max((len(gold & own) / len(gold) for gold in map(_threes, evidence) if gold), default=0.0)


def learn(pools: Sequence[Pool], encoder: str, date: str) -> Ranker:
    """The ranker that gives each pool's telling passages the most of its probability."""
    rows = np.concatenate([pool.rows for pool in pools])
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + SPREAD
    standard = [(pool.rows - mean) / scale for pool in pools]
    wanted = [pool.gold / pool.gold.sum() for pool in pools]
    strength = STRENGTH * np.array([FREE if name in SCORES else 1.0 for name in NAMES])

    def loss(weights: Features) -> tuple[float, Features]:
        total, slope = float(strength @ weights**2), 2 * strength * weights
        for x, y in zip(standard, wanted, strict=True):
            odds = x @ weights
            log_share = odds - odds.max() - np.log(np.exp(odds - odds.max()).sum())
            total -= float(y @ log_share) / len(pools)
            slope += x.T @ (np.exp(log_share) - y) / len(pools)
        return total, slope

    weights = minimize(loss, np.zeros(len(NAMES)), jac=True, method="L-BFGS-B").x
    within = sum(pool.within for pool in pools)
    source = (
        f"{len(pools)} questions of QASPER's papers, half 0: {within} within a paper, {len(pools) - within} over all"
    )
    return Ranker(date, source, encoder, _table(mean), _table(scale), _table(weights))


def _table(values: Features) -> dict[str, float]:
    return {name: round(float(value), 5) for name, value in zip(NAMES, values, strict=True)}


def _threes(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"[a-z0-9]+", PLACEHOLDER.sub(" ", text).lower())
    n = min(3, len(words))
    return {tuple(words[i : i + n]) for i in range(len(words) - n + 1)} if n else set()


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The records of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


if __name__ == "__main__":
    main()
