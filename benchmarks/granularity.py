"""Levels against flat over the 80 papers: routed, each level alone, and flat passages, on the same questions.

`strata search --queries --k 40` for every way, no paper named; papers found in the first five and evidence read in 600
words, question by question, by library.py. How far the routed way stands ahead has a paired bootstrap interval. Told
for all questions and for the half that nothing was tuned on.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks.bench import PROJECT, Bench
from benchmarks.figures import Figure
from evaluation.granularity import FIRST, FOUND, READ, Compared, Values, compared
from training.routes import half_of

LIBRARY = "qasper/library.jsonl"
ROUTED, FLAT = "routed", "flat passages"
NO_RERANKER = {"STRATA_RERANK": "none"}
WAYS: dict[str, tuple[tuple[str, ...], Mapping[str, str]]] = {
    ROUTED: ((), {}),
    "papers": (("--level", "paper"), {}),
    "sections": (("--level", "section"), {}),
    "passages": (("--level", "passage"), {}),
    "findings": (("--level", "finding"), {}),
    FLAT: (("--level", "passage"), NO_RERANKER),
}
Row = dict[str, Any]


def measure(bench: Bench) -> Iterator[Figure]:
    rows = [json.loads(line) for line in bench.need(LIBRARY).read_text("utf-8").splitlines()]
    scorer = _scorer(bench)
    questions = [q for q in rows if q["level"] in scorer.LOCATED]
    ways: dict[str, dict[str, Values]] = {}
    for way, (options, environment) in WAYS.items():
        found, cpu_s = _searched(bench, questions, options, environment)
        ways[way] = _values(scorer, questions, found)
        yield Figure(f"{way}: CPU a question", 1000 * cpu_s / len(questions), "ms")
    told = {q["id"] for q in questions if half_of(q) == 1}
    parts = {"all": {q["id"] for q in questions}, "half 1": told}
    for name, ids in parts.items():
        inside = {
            way: {m: {i: v for i, v in vs.items() if i in ids} for m, vs in of.items()} for way, of in ways.items()
        }
        for result in compared(inside, ROUTED):
            yield from _figures(name, result)


def _figures(part: str, result: Compared) -> Iterator[Figure]:
    name = f"{part}, {result.way}: {result.measure} ({result.count})"
    yield Figure(name, result.value.mean, f"[{result.value.low:.3f}, {result.value.high:.3f}]")
    if result.ahead is not None:
        ahead = result.ahead
        yield Figure(f"{name}, routed ahead", ahead.mean, f"[{ahead.low:+.3f}, {ahead.high:+.3f}]")


def _searched(
    bench: Bench, questions: Sequence[Row], options: Sequence[str], environment: Mapping[str, str]
) -> tuple[dict[str, Row], float]:
    """What one way of searching finds for each question, and its CPU seconds."""
    home = bench.papers.home
    given, out = home / "granularity-in.jsonl", home / "granularity-out.jsonl"
    given.write_text("".join(json.dumps({"id": q["id"], "question": q["question"]}) + "\n" for q in questions), "utf-8")
    asked: tuple[str | Path, ...] = (
        "search",
        "--k",
        "40",
        *options,
        "--project",
        PROJECT,
        "--queries",
        given,
        "--out",
        out,
    )
    run = bench.strata(home, *asked, environment=environment)
    return {row["id"]: row for row in map(json.loads, out.read_text("utf-8").splitlines())}, run.cpu_s


def _values(scorer: ModuleType, questions: Sequence[Row], found: Mapping[str, Row]) -> dict[str, Values]:
    known = {paper for q in questions for paper in q["papers"]}

    def share(q: Row) -> float:
        wanted = set(q["papers"])
        return len(wanted & set(scorer.ranked_papers(found[q["id"]], known)[:FIRST])) / len(wanted)

    quoted = [q for q in questions if q["level"] in scorer.QUOTED]
    read = {q["id"]: float(scorer.evidence_hit(found[q["id"]], q["evidence"])) for q in quoted}
    return {FOUND: {q["id"]: share(q) for q in questions}, READ: read}


def _scorer(bench: Bench) -> ModuleType:
    """library.py, which lies beside the data."""
    spec = importlib.util.spec_from_file_location("library_scorer", bench.need("../tools/library.py"))
    if spec is None or spec.loader is None:
        raise ImportError("library.py cannot be loaded.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
