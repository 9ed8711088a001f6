"""Search: CPU milliseconds of one search among 20,000 and 200,000 nodes, beside LanceDB.

Made projects (`made.py`, kept under .bench from run to run), the default route, hybrid, the 20 best, the question's
encoding included. In a fresh process, as on the command line: its first search, after the store is open and the model
is loaded. In a process that lives long, as behind a screen: after 10 searches. LanceDB lives long too.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from benchmarks.bench import PROJECT, Bench
from benchmarks.figures import Figure, percentiles

FRESH_FLOORS = {20_000: 40.0, 200_000: 250.0}
HELD_FLOORS = {20_000: None, 200_000: 60.0}
FRESH_RUNS = 20
WARM_UP = 10
QUESTIONS = 100
MOST_MB = 6_000


def measure(bench: Bench) -> Iterator[Figure]:
    for nodes, floor in FRESH_FLOORS.items():
        home = bench.folder / f"search-{nodes}"
        bench.give_model(home)
        said = f"{nodes:,}"
        if bench.fresh or not (home / "complete").exists():
            yield from _build(bench, home, nodes)
        yield Figure(f"{said}: size of the project's file", _size(home / "projects"), "MB")
        _warm(home / "projects")
        ms: list[float] = []
        for number in range(FRESH_RUNS):
            ms += bench.run(home, "-m", "benchmarks.search_side", "0", str(number), "1").record()["ms"]
        yield from percentiles(f"{said}: CPU in a fresh process", ms, "ms", most_p95=floor)
        run = bench.run(home, "-m", "benchmarks.search_side", str(WARM_UP), "0", str(QUESTIONS))
        yield from percentiles(f"{said}: CPU, long-lived", run.record()["ms"], "ms", most_p95=HELD_FLOORS[nodes])
        yield Figure(f"{said}: peak memory, long-lived", run.rss_mb, "MB", most=MOST_MB)
        bench.run(home, "-m", "benchmarks.lance_side", str(nodes), "0", "1")  # makes its table where it is not there
        run = bench.run(home, "-m", "benchmarks.lance_side", str(nodes), str(WARM_UP), str(QUESTIONS))
        yield from percentiles(f"{said}: CPU of LanceDB, long-lived", run.record()["ms"], "ms")
        yield Figure(f"{said}: peak memory of LanceDB", run.rss_mb, "MB")


def _build(bench: Bench, home: Path, nodes: int) -> Iterator[Figure]:
    for name in ("projects", "lance"):
        shutil.rmtree(home / name, ignore_errors=True)
    built = bench.run(home, "-m", "benchmarks.made", str(nodes))
    (home / "complete").write_text(PROJECT, "utf-8")
    yield Figure(f"{nodes:,}: CPU of writing", built.cpu_s, "s")
    yield Figure(f"{nodes:,}: peak memory of writing", built.rss_mb, "MB", most=MOST_MB)


def _warm(folder: Path) -> None:
    """Reads the files once, so that no search is charged for the system's cache."""
    for path in folder.iterdir():
        with path.open("rb") as handle:
            while handle.read(1 << 24):
                pass


def _size(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.iterdir()) / (1 << 20)
