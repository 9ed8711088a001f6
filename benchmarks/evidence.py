"""Evidence: whether the passages that hold the gold answer are found inside a paper.

274 human questions, each within its own paper; `strata search --queries`, 40 passages each. `evidence.py` counts a gold
paragraph by the share of its word trigrams among the words read before a budget is spent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.figures import Figure

FLOORS = {600: (0.68, 0.83)}
CELL = re.compile(r"@(\d+) ([\d.]+) \[[^\]]*\] / ([\d.]+)")


def measure(bench: Bench) -> Iterator[Figure]:
    questions = bench.need("qasper/questions.jsonl")
    out, rows, run = bench.answered("evidence", "search", "--k", "40", "--level", "passage")
    yield Figure("questions with an error", sum("error" in row for row in rows), "", most=0)
    for budget, recall, hit in CELL.findall(bench.scorer("evidence.py", questions, out)):
        least_recall, least_hit = FLOORS.get(int(budget), (None, None))
        yield Figure(f"recall at {budget} words", float(recall), "", least=least_recall)
        yield Figure(f"questions with a hit at {budget} words", float(hit), "", least=least_hit)
    yield Figure("CPU a question", 1000 * run.cpu_s / len(rows), "ms")
