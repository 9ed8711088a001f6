"""`python -m benchmarks [NAME ...]`: runs measurements and prints a line for each figure.

A figure that misses its floor makes the exit code 1; a measurement whose data is missing is skipped by name. All
figures are also written to .bench/results.json.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import time

import msgspec

from benchmarks.bench import Bench
from benchmarks.figures import Figure, MissingDataError

NAMES = (
    "ingest",
    "reingest",
    "ask",
    "evidence",
    "quotes",
    "llamaindex",
    "search",
    "many",
    "kill",
    "engines",
    "readers",
    "batch",
    "sample",
    "marks",
    "reading",
    "outlines",
    "chat",
    "fuzz",
    "captions",
    "graph",
    "relations",
    "sentences",
    "findings",
    "writing",
    "summaries",
    "knowing",
    "routes",
    "granularity",
    "lists",
    "spelling",
    "several",
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measures Strata against its floors.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all where none is given")
    parser.add_argument("--fresh", action="store_true", help="build the made projects of `search` anew")
    given = parser.parse_args()
    if unknown := set(given.names) - set(NAMES):
        parser.error(f"there is no measurement {sorted(unknown)[0]!r}; there are {', '.join(NAMES)}")
    bench = Bench(fresh=given.fresh)
    results: dict[str, dict[str, object]] = {}
    try:
        for name in given.names or NAMES:
            results[name] = _measured(bench, name)
    finally:
        bench.close()
        (bench.folder / "results.json").write_bytes(msgspec.json.format(msgspec.json.encode(results)))
    return int(any(result.get("missed") for result in results.values()))


def _measured(bench: Bench, name: str) -> dict[str, object]:
    start = time.monotonic()
    figures: list[Figure] = []
    try:
        for figure in importlib.import_module(f"benchmarks.{name}").measure(bench):
            figures.append(figure)
            print(f"{name + ':':<11} {figure}", flush=True)
    except MissingDataError as error:
        print(f"{name + ':':<11} skipped: {error}", flush=True)
        return {"skipped": str(error)}
    missed = [f.name for f in figures if not f.ok]
    return {"seconds": round(time.monotonic() - start, 1), "missed": missed, "figures": msgspec.to_builtins(figures)}


if __name__ == "__main__":
    sys.exit(main())
