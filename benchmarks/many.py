"""Many questions: what 1,000 in one go cost beside 1,000 single calls in the same process, among 20,000 nodes.

The made project of `search`, the default route, hybrid, the 10 best, no reranker, records and traces included. Both
ways take turns, three times; the least CPU time of each counts, as a shared machine charges for time that it did not
give. Every row must be the one that the single call finds, to the last bit.
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.figures import Figure
from benchmarks.search import made

NODES = 20_000
QUESTIONS = 1_000
K = 10
LEAST_RATIO = 2.0


def measure(bench: Bench) -> Iterator[Figure]:
    home = bench.folder / f"search-{NODES}"
    yield from made(bench, home, NODES)
    told = bench.run(home, "-m", "benchmarks.many_side", str(QUESTIONS), str(K)).record()
    alone, together = (1000 * min(told["spent"][name]) / QUESTIONS for name in ("alone", "together"))
    yield Figure(f"{NODES:,}: CPU of a single call", alone, "ms")
    yield Figure(f"{NODES:,}: CPU of one of {QUESTIONS:,} questions", together, "ms")
    yield Figure("single calls by questions together", alone / together, "times", least=LEAST_RATIO)
    yield Figure("rows that differ", told["differ"], "rows", most=0)
    yield Figure("memory that it takes more", told["memory"]["together"] - told["memory"]["alone"], "MB")
