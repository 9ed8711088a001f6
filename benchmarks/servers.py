"""The engines that a measurement goes over: a home each, and for Weaviate a server of its own on free ports."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from benchmarks.bench import Bench
from strata.local_weaviate import LocalWeaviate

CHOSEN = os.environ.get("STRATA_BENCH_ENGINES", "sqlite weaviate").split()


def engines(bench: Bench) -> Iterator[tuple[str, Path, dict[str, str]]]:
    """(engine, a fresh home, the variables that choose it); a server is ended when the next is asked for."""
    if "sqlite" in CHOSEN:
        yield "sqlite", bench.home(), {}
    if "weaviate" in CHOSEN:
        server = fresh_server(bench)
        try:
            yield "weaviate", bench.home(), server.environment
        finally:
            server.stop()


def fresh_server(bench: Bench) -> LocalWeaviate:
    """A started server without data."""
    folder = bench.folder / "server"
    shutil.rmtree(folder, ignore_errors=True)
    server = LocalWeaviate(folder)
    server.start()
    return server
