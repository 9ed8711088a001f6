"""A night's batch: 2,000 made papers in one command on each engine, its memory, its pace, and the same again unchanged.

The engines are chosen by STRATA_BENCH_ENGINES (default: both), the number of papers by STRATA_BENCH_PAPERS. The pace is
told in CPU seconds, which other work on a machine disturbs least, and by the clock.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.bench import Bench
from benchmarks.corpus import make
from benchmarks.figures import Figure
from benchmarks.servers import engines

PAPERS = int(os.environ.get("STRATA_BENCH_PAPERS", "2000"))
MOST_MB = 2_500


def measure(bench: Bench) -> Iterator[Figure]:
    folder = bench.folder / f"corpus-{PAPERS}"
    make(PAPERS, folder)
    for engine, home, there in engines(bench):
        yield from _measured(bench, engine, home, there, folder)


def _measured(bench: Bench, engine: str, home: Path, there: dict[str, str], folder: Path) -> Iterator[Figure]:
    out = home / "notes.json"
    bench.run(home, "-m", "benchmarks.batch_side", folder, out, environment=there)
    notes = json.loads(out.read_text("utf-8"))
    clock, cpu, memory, own = (np.array(column) for column in zip(*notes["rows"], strict=True))
    tenth = max(1, len(clock) // 10)
    yield Figure(f"{engine}: papers in, of {PAPERS:,}", notes["added"], "papers", least=PAPERS)
    yield Figure(f"{engine}: failures", notes["failed"], "papers", most=0)
    yield Figure(f"{engine}: wall time", notes["seconds"] / 60, "min")
    yield Figure(f"{engine}: memory of Strata's processes, at most", float(memory.max()), "MB", most=MOST_MB)
    later = float(np.median(own[-tenth:]) / np.median(own[tenth : 2 * tenth]))
    yield Figure(f"{engine}: the same without pages of files, last tenth over the second", later, "times", most=1.1)
    for name, column, most in (("CPU", cpu, 1.2), ("wall", clock, None)):
        first, last = float(column[tenth] - column[0]), float(column[-1] - column[-1 - tenth])
        yield Figure(f"{engine}: {name} a paper in the last tenth over the first's", last / first, "times", most=most)
        yield Figure(f"{engine}: {name} a paper", float(column[-1] - column[0]) / (len(column) - 1), "s")
    yield Figure(f"{engine}: writing, of the wall time", 100 * notes["writing_s"] / notes["seconds"], "%", most=15)
    again = bench.run(home, "-m", "strata", "ingest", folder, "--project", "bench", "--json", environment=there)
    yield Figure(f"{engine}: unchanged, when ingested again", len(again.record()["unchanged"]), "files", least=PAPERS)
    yield Figure(f"{engine}: wall time of that", again.wall_s, "s", most=15)
    yield Figure(f"{engine}: CPU of that", again.cpu_s, "s")
