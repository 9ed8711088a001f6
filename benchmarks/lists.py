"""Lists: of the papers that a question for papers asks for, those that the answer names, and those named wrongly.

`strata ask --queries` over the 80 papers, by halves of the questions of library.jsonl (the list's cut was learned with
half 0, `python -m training.lists`; half 1 was told), and over the sample. F2 counts recall twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from benchmarks.bench import PROJECT, Bench
from benchmarks.figures import Figure
from benchmarks.sample import answered, questions
from training.routes import half_of

LIBRARY = "qasper/library.jsonl"
NAMES = ("precision", "recall", "F1", "F2")


def measure(bench: Bench) -> Iterator[Figure]:
    rows = [json.loads(line) for line in bench.need(LIBRARY).read_text("utf-8").splitlines()]
    wanted = [q for q in rows if q["level"] == "paper"]
    home = bench.papers.home
    given, out = home / "lists-in.jsonl", home / "lists-out.jsonl"
    given.write_text("".join(json.dumps({"id": q["id"], "question": q["question"]}) + "\n" for q in wanted), "utf-8")
    run = bench.strata(home, "ask", "--project", PROJECT, "--queries", given, "--out", out)
    found = {row["id"]: row for row in map(json.loads, out.read_text("utf-8").splitlines())}
    for half in (0, 1):
        name = "told half 1" if half else "half 0, learned from"
        yield from _figures(name, [q for q in wanted if half_of(q) == half], found)
    yield Figure("CPU a question, start included", round(1000 * run.cpu_s / len(wanted), 1), "ms")
    _, asked = answered(bench, bench.home())
    yield from _figures("sample", [q for q in questions() if q["level"] == "paper"], {r["id"]: r for _, r in asked})


def scored(got: set[str], gold: set[str]) -> tuple[float, float, float, float]:
    """Precision, recall, F1 and F2 of a list."""
    right = len(got & gold)
    precision, recall = right / len(got) if got else 0.0, right / len(gold)
    return precision, recall, _f(precision, recall, 1.0), _f(precision, recall, 2.0)


def named(answer: Mapping[str, Any]) -> set[str]:
    """The papers that an answer cites, by the stems of their files."""
    return {PurePath(citation["file"]).stem for citation in answer.get("citations", [])}


def _figures(name: str, asked: Sequence[dict[str, Any]], found: Mapping[str, dict[str, Any]]) -> Iterator[Figure]:
    for what, part in (("all", asked), ("several", [q for q in asked if len(q["papers"]) > 1])):
        told = [scored(named(found[q["id"]]), set(q["papers"])) for q in part]
        for i, measure_name in enumerate(NAMES):
            share = sum(row[i] for row in told) / len(told)
            yield Figure(f"{name}, {what} ({len(part)}): {measure_name}", round(share, 4), "share")


def _f(precision: float, recall: float, beta: float) -> float:
    both = beta**2 * precision + recall
    return (1 + beta**2) * precision * recall / both if both else 0.0
