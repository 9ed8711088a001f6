"""Ask: CPU seconds from the start of the process to the answer, and its peak memory.

Questions over the whole library of 80 papers, each by a `strata ask` of its own; the worst of them counts.
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.bench import PROJECT, Bench
from benchmarks.figures import Figure

QUESTIONS = (
    "Which papers use a contrastive loss?",
    "How was the corpus annotated?",
    "What is the F1 score of the named entity recogniser?",
    "What are the main open problems in this field?",
    "Does pre-training on dialogue data improve response generation?",
)


def measure(bench: Bench) -> Iterator[Figure]:
    bench.need("qasper/pdf")
    home = bench.papers.home
    runs = [bench.strata(home, "ask", question, "--project", PROJECT, "--json") for question in QUESTIONS]
    yield Figure(f"CPU from start to answer, worst of {len(runs)}", max(r.cpu_s for r in runs), "s", most=2.5)
    yield Figure("wall time from start to answer, worst", max(r.wall_s for r in runs), "s")
    yield Figure("peak memory, worst", max(r.rss_mb for r in runs), "MB", most=600)
