"""Asking in one process: what a question costs with the reranker and without, and when the first evidence is seen.

Searches among 20,000 nodes: the made project of `search`, kept under .bench. Answers: over the 80 papers, by the
questions of library.jsonl. Each question is new to the process; the first few are not counted.
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.figures import Figure, percentiles
from benchmarks.search import made

NODES = 20_000
WARM_UP, QUESTIONS = 5, 60


def measure(bench: Bench) -> Iterator[Figure]:
    home = bench.folder / f"search-{NODES}"
    yield from made(bench, home, NODES)
    said = bench.run(home, "-m", "benchmarks.asking_side", str(WARM_UP), str(QUESTIONS)).record()
    yield from percentiles("search without reranker: CPU", said["bare"], "ms", most_p95=100.0)
    yield from percentiles("search with reranker: CPU", said["read"], "ms", most_p95=1200.0)
    yield from percentiles("first evidence of an answer, before it is read: CPU", said["first"], "ms", most_p95=100.0)
    asked = (str(WARM_UP), "170", bench.need("qasper/library.jsonl"))
    said = bench.run(bench.papers.home, "-m", "benchmarks.asking_side", *asked).record()
    yield from percentiles("answers over 80 papers: CPU", said["answers"], "ms")
