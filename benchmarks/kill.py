"""Kills: SIGKILL at random moments of an ingest; after the next run the store must equal an undisturbed one.

20 kills of the main process and 20 of a reading process on each engine, 10 of the server on Weaviate. Ids, texts,
digests, positions and everything else of each node must be the same, vectors to a cosine of .98; the undisturbed run is
on files, for both engines.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import psutil

from benchmarks.bench import PROJECT, Bench, variables
from benchmarks.figures import Figure
from benchmarks.servers import CHOSEN, fresh_server
from hierarchy.errors import UsageError
from hierarchy.sqlite import SqliteStore
from hierarchy.store import NodeStore
from strata.local_weaviate import LocalWeaviate
from strata.projects import projects_of
from strata.settings import Settings

KILLS, SERVER_KILLS = 20, 10
PAPERS = 12
SAMPLE = Path(__file__).resolve().parent.parent / "data" / "sample" / "wetland-calls"

Variables = Mapping[str, str]


def measure(bench: Bench) -> Iterator[Figure]:
    files = [*bench.pdfs("qasper/pdf")[:PAPERS], *sorted(SAMPLE.glob("*.pdf"))]
    calm = bench.home()
    start = time.monotonic()
    bench.strata(calm, "ingest", *files, "--project", PROJECT)
    moments = Moments(time.monotonic() - start)
    if "sqlite" in CHOSEN:
        yield from _killed(bench, calm, "sqlite, main process", files, {}, moments.mains)
        yield from _killed(bench, calm, "sqlite, reading process", files, {}, moments.children)
    if "weaviate" in CHOSEN:
        server = fresh_server(bench)
        try:
            there = server.environment
            yield from _killed(bench, calm, "weaviate, main process", files, there, moments.mains)
            yield from _killed(bench, calm, "weaviate, reading process", files, there, moments.children)
            moments.server = server
            yield from _killed(bench, calm, "weaviate, server", files, there, moments.servers)
        finally:
            server.stop()


def _killed(
    bench: Bench,
    calm: Path,
    said: str,
    files: list[Path],
    there: Variables,
    kill: Callable[[Path, list[Path], Variables], int],
) -> Iterator[Figure]:
    """One kind of kills: what they were, and what differs after the next run."""
    home = bench.home()
    yield Figure(f"{said}: kills", kill(home, files, there), "kills")
    bench.strata(home, "ingest", *files, "--project", PROJECT, environment=there)
    one, other = project_of(calm), opened(home, there)
    yield Figure(f"{said}: nodes compared", one.stats().nodes, "nodes", least=1)
    yield Figure(f"{said}: nodes that differ", len(differences(one, other)), "nodes", most=0)
    for store in (one, other):
        store.close()
    bench.strata(home, "remove", "--all", "--yes", "--project", PROJECT, environment=there)


class Moments:
    """Kills of three kinds at random moments of ingests that take `whole` seconds undisturbed."""

    def __init__(self, whole: float) -> None:
        self.whole = whole
        self.server: LocalWeaviate | None = None
        self._random = random.Random(20)

    def mains(self, home: Path, files: list[Path], there: Variables) -> int:
        """The main process, each time in a new ingest."""
        for _ in range(KILLS):
            kill_during(home, files, self._random.uniform(0.05, 0.9) * self.whole, there)
        return KILLS

    def children(self, home: Path, files: list[Path], there: Variables) -> int:
        """A reading process, again and again; each ingest begins anew, so that there is something to read."""
        killed = 0
        while killed < KILLS:
            running = started(home, files, there)
            while running.poll() is None and killed < KILLS:
                time.sleep(self._random.uniform(0.02, 0.1) * self.whole)
                killed += kill_children(running.pid)
            running.wait()
            if killed < KILLS and home_has_project(home, there):
                removing = [sys.executable, "-m", "strata", "remove", "--all", "--yes", "--project", PROJECT]
                subprocess.run(removing, env=variables(home, there), stdout=subprocess.DEVNULL, check=False)
        return killed

    def servers(self, home: Path, files: list[Path], there: Variables) -> int:
        """The server, which is started again at once; the ingest is begun anew where it had ended."""
        assert self.server is not None
        running: subprocess.Popen[bytes] | None = None
        for _ in range(SERVER_KILLS):
            if running is None or running.poll() is not None:
                running = started(home, files, there)
            time.sleep(self._random.uniform(0.05, 0.3) * self.whole)
            self.server.kill()
            self.server.start()
        if running is not None:
            running.wait()
        return SERVER_KILLS


def started(home: Path, files: list[Path], there: Variables) -> subprocess.Popen[bytes]:
    """An ingest that runs."""
    command = [sys.executable, "-m", "strata", "ingest", *map(str, files), "--project", PROJECT]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, env=variables(home, there), stdout=quiet, stderr=quiet)


def kill_during(home: Path, files: list[Path], seconds: float, there: Variables | None = None) -> None:
    """Starts an ingest and kills it after so long."""
    running = started(home, files, there or {})
    time.sleep(seconds)
    running.send_signal(signal.SIGKILL)
    running.wait()


def kill_children(parent: int) -> int:
    """Kills the reading processes of an ingest; how many there were."""
    try:
        children = psutil.Process(parent).children()
    except psutil.Error:
        return 0
    for child in children:
        child.kill()
    return len(children)


def home_has_project(home: Path, there: Variables) -> bool:
    """Whether anything was taken in."""
    try:
        opened(home, there).close()
    except UsageError:
        return False
    return True


def opened(home: Path, there: Variables) -> NodeStore:
    """The project on the engine that the variables choose."""
    settings = Settings.from_environment({"STRATA_HOME": str(home), **there})
    return projects_of(settings).open(PROJECT, None, create=False)


def project_of(home: Path, name: str = PROJECT) -> SqliteStore:
    """A project in its file, as it was made."""
    return SqliteStore(home / "projects" / f"{name}.db", name, None)


def differences(one: NodeStore, other: NodeStore) -> list[str]:
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
