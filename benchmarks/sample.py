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

Rows = list[tuple[str, dict[str, Any]]]


def measure(bench: Bench) -> Iterator[Figure]:
    searched, asked = ({row["id"]: row for _, row in rows} for rows in answered(bench, bench.home()))
    for level, score in scores(questions(), searched, asked).items():
        named = {"routed right": score.routed, "gold papers in ten": score.papers, "gold read in 600 words": score.read}
        named["refused rightly" if level == "none" else "refused wrongly"] = score.refused
        for what, share in named.items():
            if share is not None:
                yield Figure(f"{level} ({score.count}): {what}", share, "share")


def questions() -> list[dict[str, Any]]:
    """The sample's gold questions."""
    lines = (SAMPLE / "gold" / "questions.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def answered(bench: Bench, home: Path) -> tuple[Rows, Rows]:
    """Takes the sample in; what `search` and `ask` give for its questions, each with its project."""
    found: tuple[Rows, Rows] = ([], [])
    for project in sorted({q["project"] for q in questions()}):
        bench.strata(home, "ingest", SAMPLE / project, "--project", project)
        queries = home / f"{project}.jsonl"
        mine = ({"id": q["id"], "question": q["question"]} for q in questions() if q["project"] == project)
        queries.write_text("".join(json.dumps(row) + "\n" for row in mine), "utf-8")
        for rows, command in zip(found, (("search", "--k", "40"), ("ask",)), strict=True):
            out = home / f"{project}-{command[0]}.jsonl"
            bench.strata(home, *command, "--queries", queries, "--out", out, "--project", project)
            rows += [(project, json.loads(line)) for line in out.read_text("utf-8").splitlines()]
    return found
