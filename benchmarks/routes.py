"""The route: whether the level that answers a question weighs most, and what the evidence gains or loses by it.

Over the 80 papers by `strata search --queries` and library.py, by halves of the questions: the weights were learned
with half 0, half 1 was told. Then with words alone, the vector alone and both: half 0 with a third of it left out at a
time, the sample with its projects left out. "Strictly": of questions about a section or a finding, those whose own
level weighs most, a passage counting for neither.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks.bench import PROJECT, Bench
from benchmarks.figures import Figure
from hierarchy.nodes import Vector
from strata.minilm import MiniLM
from training.routes import Example, from_library, from_patterns, from_sample, half_of, learn, vectors

LIBRARY = "qasper/library.jsonl"
ONE_PLACE = ("section", "finding")
THIRDS = 3
Pairs = list[tuple[str, str]]  # the level that answers, the level that was told


def measure(bench: Bench) -> Iterator[Figure]:
    rows = [json.loads(line) for line in bench.need(LIBRARY).read_text("utf-8").splitlines()]
    yield from _searched(bench, rows)
    encoder = MiniLM(bench.papers.home)
    half = list(from_library(bench.need(LIBRARY), 0))
    examples = [*from_patterns(), *from_sample(), *half]
    seen = dict(zip(map(id, examples), vectors(encoder, examples), strict=True))
    thirds = [half[i::THIRDS] for i in range(THIRDS)]
    projects = sorted({e.source for e in from_sample()})
    folds = {
        "half 0, thirds left out": thirds,
        "sample, projects left out": [[e for e in examples if e.source == project] for project in projects],
    }
    for what, left_out in folds.items():
        for how in ("words", "vector", "both"):
            pairs = [pair for out in left_out for pair in _told(examples, out, seen, how)]
            yield from _figures(f"{what}, {how}", pairs, floor=how == "both")


def _searched(bench: Bench, rows: Sequence[dict[str, Any]]) -> Iterator[Figure]:
    home = bench.papers.home
    given, out = home / "routes-in.jsonl", home / "routes-out.jsonl"
    given.write_text("".join(json.dumps({"id": q["id"], "question": q["question"]}) + "\n" for q in rows), "utf-8")
    bench.strata(home, "search", "--k", "40", "--project", PROJECT, "--queries", given, "--out", out)
    found = {row["id"]: row for row in map(json.loads, out.read_text("utf-8").splitlines())}
    for half in (0, 1):
        mine = [q for q in rows if half_of(q) == half]
        gold, got = home / f"routes-gold{half}.jsonl", home / f"routes-out{half}.jsonl"
        for path, part in ((gold, mine), (got, [found[q["id"]] for q in mine])):
            path.write_text("".join(json.dumps(row) + "\n" for row in part), "utf-8")
        told = json.loads(bench.scorer("library.py", gold, got))
        name = "told half 1" if half else "half 0, learned from"
        yield Figure(f"{name}: level", told["routing"]["accuracy"], "share", least=0.80)
        for level, share in told["routing"]["by_level"].items():
            yield Figure(f"{name}: {level}", share, "share")
        strictly = [(q["level"], _best(found[q["id"]])) for q in mine if q["level"] in ONE_PLACE]
        yield Figure(f"{name}: section, finding strictly", _share(strictly), "share", least=0.85)
        yield Figure(f"{name}: recall@10 of papers", told["papers"]["paper"]["recall@10"], "share")
        for level in ONE_PLACE:
            yield Figure(f"{name}: hit at 600 words, {level}", told["evidence_hit@600"][level], "share")


def _told(examples: Sequence[Example], out: Sequence[Example], seen: dict[int, Vector], how: str) -> Pairs:
    kept = [e for e in examples if not any(e is other for other in out)]
    learned = learn(kept, [seen[id(e)] for e in kept], words=how != "vector")
    pairs: Pairs = []
    for e in out:
        vector = seen[id(e)] if how != "words" else None
        sure = learned.sure(e.question, vector, e.names)
        pairs.append((e.level, max(sure, key=lambda level: sure[level])))
    return pairs


def _figures(name: str, pairs: Pairs, *, floor: bool) -> Iterator[Figure]:
    yield Figure(f"{name}: level", _share(pairs), "share", least=0.80 if floor else None)
    strictly = [pair for pair in pairs if pair[0] in ONE_PLACE]
    yield Figure(f"{name}: strictly", _share(strictly), "share", least=0.85 if floor else None)


def _best(row: dict[str, Any]) -> str:
    weights: dict[str, float] = row["route"]["weights"]
    return max(weights, key=lambda level: weights[level])


def _share(pairs: Pairs) -> float:
    return round(sum(gold == told for gold, told in pairs) / len(pairs), 4)
