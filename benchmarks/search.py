"""Search: CPU milliseconds of one search among 20,000 and 200,000 nodes, beside LanceDB.

Made projects (`made.py`, kept under .bench from run to run), the default route, hybrid, the 20 best, the question's
encoding included. In a fresh process, as on the command line: its first search, after the store is open and the model
is loaded. In a process that lives long, as behind a screen: after 10 searches. LanceDB lives long too. A shared
machine charges a process for time that it did not get, so each question is asked in three processes of its own kind
and the least counts.
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
PROCESSES = 3
WARM_UP = 10
QUESTIONS = 100
MOST_MB = 6_000


def measure(bench: Bench) -> Iterator[Figure]:
    for nodes, floor in FRESH_FLOORS.items():
        home = bench.folder / f"search-{nodes}"
        said = f"{nodes:,}"
        yield from made(bench, home, nodes)
        yield Figure(f"{said}: size of the project's file", _size(home / "projects"), "MB")
        _warm(home / "projects")
        ours = ("-m", "benchmarks.search_side")
        ms = [_least(bench, home, *ours, "0", str(number), "1")[0][0] for number in range(FRESH_RUNS)]
        yield from percentiles(f"{said}: CPU in a fresh process", ms, "ms", most_p95=floor)
        ms, memory = _least(bench, home, *ours, str(WARM_UP), "0", str(QUESTIONS))
        yield from percentiles(f"{said}: CPU, long-lived", ms, "ms", most_p95=HELD_FLOORS[nodes])
        yield Figure(f"{said}: peak memory, long-lived", memory, "MB", most=MOST_MB)
        theirs = ("-m", "benchmarks.lance_side", str(nodes))
        bench.run(home, *theirs, "0", "1")  # makes its table where it is not there
        ms, memory = _least(bench, home, *theirs, str(WARM_UP), str(QUESTIONS))
        yield from percentiles(f"{said}: CPU of LanceDB, long-lived", ms, "ms")
        yield Figure(f"{said}: peak memory of LanceDB", memory, "MB")


def made(bench: Bench, home: Path, nodes: int) -> Iterator[Figure]:
    """Makes a project of so many nodes in a home that is kept, where it is not there."""
    home.mkdir(exist_ok=True)
    bench.give_model(home)
    if bench.fresh or not (home / "complete").exists():
        yield from _build(bench, home, nodes)


def _least(bench: Bench, home: Path, *command: str) -> tuple[list[float], float]:
    """For each question the least milliseconds of PROCESSES runs, and the most memory of one."""
    runs = [bench.run(home, *command) for _ in range(PROCESSES)]
    return [min(ms) for ms in zip(*(run.record()["ms"] for run in runs), strict=True)], max(r.rss_mb for r in runs)


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
