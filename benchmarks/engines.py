"""The two engines in one run: what they find, how well, and how long a search of 200,000 nodes takes on Weaviate.

The real papers are copied to a server with their vectors, and the same questions are asked on both. The server with the
made project is kept under .bench from run to run.
"""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.bench import PROJECT, Bench
from benchmarks.figures import Figure, percentiles
from benchmarks.servers import fresh_server
from strata.local_weaviate import LocalWeaviate

NODES = 200_000
HELD, QUESTIONS = 20, 200
K, FOUND = 20, 40
MOST_RATIO = 3.0
WORDS = 600


def measure(bench: Bench) -> Iterator[Figure]:
    yield from _alike(bench)
    yield from _speed(bench)


def _alike(bench: Bench) -> Iterator[Figure]:
    """The same questions over the same papers on both engines."""
    server = fresh_server(bench)
    try:
        asked = ("search", "--k", str(FOUND), "--level", "passage")
        _, files, _ = bench.answered("sqlite", *asked)
        copy = ("copy", "--from", "sqlite", "--to", "weaviate", "--project", PROJECT, "--json")
        run = bench.strata(bench.papers.home, *copy, environment=server.environment)
        copied = run.record()
        yield Figure("nodes copied to Weaviate", copied["nodes"], "nodes", least=1)
        yield Figure("nodes that differ after that", copied["different"], "nodes", most=0)
        yield Figure("nodes copied and compared a second, by the clock", copied["nodes"] / run.wall_s, "")
        _, served, _ = bench.answered("weaviate", *asked, environment=server.environment)
    finally:
        server.stop()
    shared = [len(_ids(a) & _ids(b)) / max(1, len(_ids(a))) for a, b in zip(files, served, strict=True)]
    yield Figure(f"questions with an error, of {len(served)}", sum("error" in row for row in served), "", most=0)
    yield Figure(f"overlap of the {K} best, mean", float(np.mean(shared)), "", least=0.8)
    recalls = [_recalls(bench, rows) for rows in (files, served)]
    yield Figure(f"recall at {WORDS} words on files", float(np.mean(recalls[0])), "")
    yield Figure(f"recall at {WORDS} words on Weaviate", float(np.mean(recalls[1])), "")
    difference = recalls[1] - recalls[0]
    yield Figure("difference, Weaviate over files", abs(float(np.mean(difference))), "", most=0.02)
    draws = np.random.default_rng(0).integers(0, len(difference), (2_000, len(difference)))
    low, high = np.percentile(difference[draws].mean(axis=1), [2.5, 97.5])
    yield Figure("difference, lower end of its paired 95% interval", float(low), "")
    yield Figure("difference, upper end of its paired 95% interval", float(high), "")


def _ids(row: dict[str, Any]) -> set[str]:
    return {node["id"] for node in row.get("nodes", ())[:K]}


def _recalls(bench: Bench, rows: list[dict[str, Any]]) -> Any:
    """Recall of each question that has gold, by the scorer's own count."""
    spec = importlib.util.spec_from_file_location("evidence_scorer", bench.need("../tools/evidence.py"))
    assert spec is not None
    assert spec.loader is not None
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    at = 2 * scorer.BUDGETS.index(WORDS)
    texts = {row["id"]: [node["text"] for node in row.get("nodes", ())] for row in rows}
    gold = [(q["question_id"], scorer.usable(q["evidence"])) for q in bench.questions]
    return np.array([scorer.coverage(evidence, texts.get(i, []))[at] for i, evidence in gold if evidence])


def _speed(bench: Bench) -> Iterator[Figure]:
    """Passages of a large project, beside the server's own hybrid query."""
    home = bench.folder / "weaviate-200000"
    if bench.fresh or not (home / "complete").exists():
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
    bench.give_model(home)
    server = LocalWeaviate(home / "server")
    server.start()
    try:
        if not (home / "complete").exists():
            run = bench.run(home, "-m", "benchmarks.made", str(NODES), environment=server.environment)
            (home / "complete").write_text(PROJECT, "utf-8")
            yield Figure(f"{NODES:,}: nodes written a second, by the clock", NODES / run.wall_s, "")
        side = ("-m", "benchmarks.engine_side", str(HELD), str(QUESTIONS))
        ms = bench.run(home, *side, environment=server.environment).record()
    finally:
        server.stop()
    ours = list(percentiles(f"{NODES:,}: wall of a search", ms["ours"], "ms"))
    theirs = list(percentiles(f"{NODES:,}: wall of the server's own hybrid", ms["theirs"], "ms"))
    yield from (*ours, *theirs)
    yield Figure(f"{NODES:,}: p95 over the server's own", ours[1].value / theirs[1].value, "times", most=MOST_RATIO)
