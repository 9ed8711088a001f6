"""The questions of the sample: routed to the level that fits, gold passage read in 600 words, refused rightly."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.bench import Bench
from benchmarks.figures import Figure
from evaluation.library import scores

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "sample"


def measure(bench: Bench) -> Iterator[Figure]:
    lines = (SAMPLE / "gold" / "questions.jsonl").read_text("utf-8").splitlines()
    questions = [json.loads(line) for line in lines]
    home = bench.home()
    searched: dict[str, dict[str, Any]] = {}
    asked: dict[str, dict[str, Any]] = {}
    for project in sorted({q["project"] for q in questions}):
        bench.strata(home, "ingest", SAMPLE / project, "--project", project)
        queries = home / f"{project}.jsonl"
        mine = [{"id": q["id"], "question": q["question"]} for q in questions if q["project"] == project]
        queries.write_text("".join(json.dumps(row) + "\n" for row in mine), "utf-8")
        for command, found in (("search", searched), ("ask", asked)):
            out = home / f"{project}-{command}.jsonl"
            wide = ("--k", "40") if command == "search" else ()
            bench.strata(home, command, "--queries", queries, "--out", out, "--project", project, *wide)
            found |= {row["id"]: row for row in map(json.loads, out.read_text("utf-8").splitlines())}
    for level, score in scores(questions, searched, asked).items():
        named = {"routed right": score.routed, "gold papers in ten": score.papers, "gold read in 600 words": score.read}
        named["refused rightly" if level == "none" else "refused wrongly"] = score.refused
        for what, share in named.items():
            if share is not None:
                yield Figure(f"{level} ({score.count}): {what}", share, "share")
