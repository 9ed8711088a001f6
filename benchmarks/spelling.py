"""Spelling and abbreviations: what evidence is found of questions as asked, and with one slip in one of their words.

The human questions of one half, each within its own paper; a seeded script swaps two letters of a telling word of a
question, drops one, doubles one, or types another. Questions are asked with each step and without it.

`python -m benchmarks.spelling HOME PROJECT` measures over a project that is there.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.bench import PROJECT, Bench
from benchmarks.evidence import CELL
from benchmarks.figures import Figure
from hierarchy.nodes import Level
from retrieval.extract import STOP
from retrieval.pipeline import Pipeline
from retrieval.settings import RetrievalSettings
from strata.minilm import MiniLM
from strata.projects import FileProjects

SEED = 8
HALF = 0
LEAST = 6  # letters of the word that is misspelled
K = 40
WORDS = 600
WAYS: Mapping[str, Mapping[str, bool]] = {
    "neither step": {"spelling": False, "abbreviations": False},
    "abbreviations": {"spelling": False, "abbreviations": True},
    "both steps": {"spelling": True, "abbreviations": True},
}


def measure(bench: Bench) -> Iterator[Figure]:
    yield from figures(bench, bench.papers.home, PROJECT)


def figures(bench: Bench, home: Path, project: str) -> Iterator[Figure]:
    asked = [q for q in bench.questions if half_of(str(q["paper_id"])) == HALF]
    chance = random.Random(SEED)
    slips = [q | {"question": misspelled(q["question"], chance)} for q in asked]
    gold = home / "spelling-gold.jsonl"
    gold.write_text("".join(json.dumps(q) + "\n" for q in asked), "utf-8")
    recall: dict[tuple[str, str], float] = {}
    for kind, questions in (("as asked", asked), ("misspelled", slips)):
        for way, settings in WAYS.items():
            out = home / "spelling-out.jsonl"
            spent, told = _search(home, project, questions, RetrievalSettings(**settings), out)
            cells = {int(b): (float(r), float(h)) for b, r, h in CELL.findall(bench.scorer("evidence.py", gold, out))}
            recall[kind, way] = cells[WORDS][0]
            yield Figure(f"{kind}, {way}: recall at {WORDS} words, half {HALF}", cells[WORDS][0], "")
            yield Figure(f"{kind}, {way}: hit at {WORDS} words, half {HALF}", cells[WORDS][1], "")
            yield Figure(f"{kind}, {way}: CPU a question", 1000 * spent / len(questions), "ms")
            for step, count in told.items():
                yield Figure(f"{kind}, {way}: questions that {step} changed", count, f"of {len(questions)}")
    lost = recall["as asked", "both steps"] - recall["misspelled", "both steps"]
    yield Figure("recall lost by a slip, with the steps", lost, "")
    yield Figure(
        "recall lost by a slip, without", recall["as asked", "neither step"] - recall["misspelled", "neither step"], ""
    )
    worse = recall["as asked", "neither step"] - recall["as asked", "both steps"]
    yield Figure("recall that the steps cost questions as asked", worse, "", most=0.005)


def misspelled(question: str, chance: random.Random) -> str:
    """The question with one slip in one telling word, the same each time; as it is where it has none long enough."""
    places = [
        m for m in re.finditer(r"[^\W\d_]+", question) if len(m[0]) >= LEAST and m[0].islower() and m[0] not in STOP
    ]
    if not places:
        return question
    place = chance.choice(places)
    word, at = place[0], chance.randrange(1, len(place[0]) - 1)
    other = chance.choice("abcdefghijklmnopqrstuvwxyz".replace(word[at], ""))
    slips = (
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[:at] + word[at + 1 :],
        word[:at] + word[at] + word[at:],
        word[:at] + other + word[at + 1 :],
    )
    return question[: place.start()] + chance.choice(slips) + question[place.end() :]


def half_of(paper: str) -> int:
    """The half of a question by its gold paper."""
    return hashlib.sha256(paper.encode()).digest()[-1] % 2


def _search(
    home: Path, project: str, questions: list[dict[str, Any]], settings: RetrievalSettings, out: Path
) -> tuple[float, dict[str, int]]:
    """Writes what is found; CPU seconds, and how many questions each step changed."""
    encoder = MiniLM(home, threads=1)
    projects = FileProjects(home)
    store = projects.open(project, encoder.identity, create=False)
    pipeline = Pipeline(store, encoder, settings)
    told = {"spelling": 0, "abbreviations": 0}
    start = time.process_time()
    with out.open("w", encoding="utf-8") as handle:
        for q in questions:
            result, trace = pipeline.search(q["question"], K, Level.PASSAGE, [q["paper_id"]])
            for step in trace.steps:
                if step.name in told:
                    told[step.name] += 1
            row = {"id": q["question_id"], "nodes": [{"text": n.node.text} for n in result]}
            handle.write(json.dumps(row) + "\n")
    spent = time.process_time() - start
    store.close()
    projects.close()
    return spent, {step: count for step, count in told.items() if getattr(settings, step)}


if __name__ == "__main__":
    for figure in figures(Bench(), Path(sys.argv[1]), sys.argv[2]):
        print(figure, flush=True)
