"""Several projects as one: what two parts of a library give together, against the whole of it.

The papers are parted by chance into halves, by chance into few and many, and by topic (two means over their vectors).
For the human questions of one half: of the ten best nodes by BM25 in the whole, how many are among the ten best of the
parts together, with scores merged as they are and put on one scale; and whether passages of both legs lead to the
question's own paper.

`python -m benchmarks.several HOME PROJECT` measures over a project that is there.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from benchmarks.bench import PROJECT, Bench
from benchmarks.figures import Figure
from benchmarks.spelling import HALF, half_of
from hierarchy.filters import Eq
from hierarchy.nodes import Level, Record
from hierarchy.sqlite import SqliteStore
from hierarchy.store import NodeStore, papers_of
from hierarchy.union import UnionStore
from retrieval.pipeline import Pipeline
from retrieval.settings import RetrievalSettings
from strata.minilm import MiniLM
from strata.projects import FileProjects

SEED = 3
BEST, DEEP = 10, 100
FEW = 8
FIRST = 5  # papers
LEVELS = (Level.PASSAGE, Level.SECTION)


def measure(bench: Bench) -> Iterator[Figure]:
    yield from figures(bench, bench.papers.home, PROJECT)


def figures(bench: Bench, home: Path, project: str) -> Iterator[Figure]:
    encoder = MiniLM(home, threads=1)
    questions = [q for q in bench.questions if half_of(str(q["paper_id"])) == HALF]
    whole = FileProjects(home).open(project, encoder.identity, create=False)
    yield from _found("the whole", Pipeline(whole, encoder, RetrievalSettings()), questions)
    gained: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, parts in _splits(whole).items():
            stores = [_part(whole, Path(folder), f"{name}-{n}", part) for n, part in enumerate(parts)]
            both = UnionStore(stores)
            called = f"{len(parts[0])} and {len(parts[1])} papers, {name}"
            raw, scaled = _agreement(whole, stores, both, [str(q["question"]) for q in questions])
            yield Figure(f"{called}: of the whole's {BEST} best by BM25, scores as they are", raw, "")
            yield Figure(f"{called}: of the whole's {BEST} best by BM25, on one scale", scaled, "")
            gained.append(scaled - raw)
            yield from _found(called, Pipeline(both, encoder, RetrievalSettings()), questions)
            both.close()
    whole.close()
    yield Figure("what one scale brings, mean", float(np.mean(gained)), "", least=0.0)


def _agreement(
    whole: NodeStore, stores: Sequence[NodeStore], both: UnionStore, questions: Sequence[str]
) -> tuple[float, float]:
    """The share of the whole's best that is found, by raw scores and by scaled ones."""
    shares: list[tuple[float, float]] = []
    for question in questions:
        for level in LEVELS:
            wanted = {hit.id for hit in whole.bm25(question, level, BEST)}
            legs = [hit for store in stores for hit in store.bm25(question, level, DEEP)]
            raw = {hit.id for hit in sorted(legs, key=lambda hit: (-hit.score, hit.id))[:BEST]}
            scaled = {hit.id for hit in both.bm25(question, level, BEST)}
            if wanted:
                shares.append((len(wanted & raw) / len(wanted), len(wanted & scaled) / len(wanted)))
    raw_mean, scaled_mean = np.mean(shares, axis=0)
    return float(raw_mean), float(scaled_mean)


def _found(name: str, pipeline: Pipeline, questions: Sequence[dict[str, Any]]) -> Iterator[Figure]:
    """How often the paper of a question is among the first, without a reranker, and what a search costs."""
    hits, start = 0, time.process_time()
    for q in questions:
        result, _ = pipeline.search(str(q["question"]), 40, Level.PASSAGE, None)
        papers = list(dict.fromkeys(n.node.file or "" for n in result))[:FIRST]
        hits += f"{q['paper_id']}.pdf" in papers
    spent = time.process_time() - start
    yield Figure(f"{name}: the question's paper among the first {FIRST}", hits / len(questions), "")
    yield Figure(f"{name}: CPU a search", 1000 * spent / len(questions), "ms")


def _splits(whole: NodeStore) -> dict[str, tuple[list[str], list[str]]]:
    papers = sorted(node.id for node in papers_of(whole))
    mixed = papers.copy()
    random.Random(SEED).shuffle(mixed)
    vectors = whole.vectors(papers)
    matrix = np.stack([vectors[paper] for paper in papers])
    centres = matrix[[0, int((matrix @ matrix[0]).argmin())]]  # the first, and the one least like it
    nearest = (matrix @ centres.T).argmax(axis=1)
    for _ in range(30):
        means = np.stack([matrix[nearest == n].mean(axis=0) for n in (0, 1)])
        nearest = (matrix @ (means / np.linalg.norm(means, axis=1, keepdims=True)).T).argmax(axis=1)
    topics = [[paper for paper, n in zip(papers, nearest, strict=True) if n == topic] for topic in (0, 1)]
    half = len(papers) // 2
    return {
        "by chance": (mixed[:half], mixed[half:]),
        "few by chance": (mixed[:FEW], mixed[FEW:]),
        "by topic": (topics[0], topics[1]),
    }


def _part(whole: NodeStore, folder: Path, name: str, papers: Sequence[str]) -> NodeStore:
    """A project with these papers of the whole."""
    project = name.replace(" ", "-")
    store = SqliteStore(folder / f"{project}.db", project, whole.encoder)
    for paper in papers:
        nodes = list(whole.scan(Eq("paper", paper)))
        vectors = whole.vectors([node.id for node in nodes])
        moved = [Record(msgspec.structs.replace(node, project=project), vectors[node.id]) for node in nodes]
        store.replace_branch(paper, moved)
    store.tidy()
    return store


if __name__ == "__main__":
    for figure in figures(Bench(), Path(sys.argv[1]), sys.argv[2]):
        print(figure, flush=True)
