"""Kills: SIGKILL at 20 random moments of an ingest; after the next run the store must equal an undisturbed one.

Ids, texts, digests, positions and everything else of each node must be the same, vectors to a cosine of .98.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.bench import PROJECT, Bench
from benchmarks.figures import Figure
from hierarchy.sqlite import SqliteStore

KILLS = 20
PAPERS = 12
SAMPLE = Path(__file__).resolve().parent.parent / "data" / "sample"


def measure(bench: Bench) -> Iterator[Figure]:
    files = [*bench.pdfs("qasper/pdf")[:PAPERS], *sorted(SAMPLE.glob("*.pdf"))]
    calm, torn = bench.home(), bench.home()
    start = time.monotonic()
    bench.strata(calm, "ingest", *files, "--project", PROJECT)
    whole = time.monotonic() - start
    moments = random.Random(20)
    for _ in range(KILLS):
        kill_during(torn, files, moments.uniform(0.05, 0.9) * whole)
    half = project_of(torn)
    yield Figure("papers that were in after the kills", half.stats().by_level.get("paper", 0), "papers")
    half.close()
    bench.strata(torn, "ingest", *files, "--project", PROJECT)
    stores = [project_of(home) for home in (calm, torn)]
    yield Figure("nodes compared", stores[0].stats().nodes, "nodes", least=1)
    yield Figure("nodes that differ", len(differences(*stores)), "nodes", most=0)
    for store in stores:
        store.close()


def kill_during(home: Path, files: list[Path], seconds: float) -> None:
    """Starts an ingest and kills it after so long."""
    command = [sys.executable, "-m", "strata", "ingest", *map(str, files), "--project", PROJECT]
    clean = {k: v for k, v in os.environ.items() if not k.startswith("STRATA_")}
    quiet = subprocess.DEVNULL
    running = subprocess.Popen(command, env=clean | {"STRATA_HOME": str(home)}, stdout=quiet, stderr=quiet)
    time.sleep(seconds)
    running.send_signal(signal.SIGKILL)
    running.wait()


def project_of(home: Path, name: str = PROJECT) -> SqliteStore:
    """The project's store, as it was made."""
    return SqliteStore(home / "projects" / f"{name}.db", name, None)


def differences(one: SqliteStore, other: SqliteStore) -> list[str]:
    """The ids of nodes that are missing in one of two stores, or are not the same in both."""
    left, right = ({n.id: n for n in store.scan()} for store in (one, other))
    mine, theirs = one.vectors(list(left)), other.vectors(list(right))
    attached = [store.attachments(list(left)).keys() for store in (one, other)]
    same = [
        i
        for i in left
        if left[i] == right.get(i) and float(mine[i] @ theirs[i]) > 0.98 and (i in attached[0]) == (i in attached[1])
    ]
    return sorted((set(left) | set(right)) - set(same))
