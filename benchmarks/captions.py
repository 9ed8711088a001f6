"""Captions tied to their figures and tables, in twelve papers drawn by lot and marked by hand before any was read.

What was missed, and which floats are no captions, is written to .bench/captions/misses.txt.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.bench import Bench
from benchmarks.figures import Figure, MissingDataError
from benchmarks.parsed import parse
from evaluation.captions import marked, score


def measure(bench: Bench) -> Iterator[Figure]:
    papers = marked()
    paths = _paths(bench, {paper.sha256 for paper in papers})
    folder = bench.folder / "captions"
    parse(paths, folder)
    result = score(papers, _records(folder, paths))
    (folder / "misses.txt").write_text("".join(f"{miss}\n" for miss in result.misses), "utf-8")
    for name in ("found", "worded", "linked", "tight"):
        count = getattr(result, name)
        floor = 0.95 if name == "linked" else None
        yield Figure(f"captions {name}: {count} of {result.captions}", result.share(count), "", least=floor)
    yield Figure(f"precision: {result.matched} of {result.floats}", result.precision)


def _paths(bench: Bench, hashes: set[str]) -> list[Path]:
    """The papers with these hashes.

    Raises:
        MissingDataError: where one of them is not in the data.
    """
    files = [*bench.pdfs("qasper/pdf"), *bench.pdfs("headings/pdf")]
    found = {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in files}
    if missing := hashes - set(found):
        raise MissingDataError(f"{len(missing)} of the {len(hashes)} marked papers are missing in the data folder")
    return [found[digest] for digest in sorted(hashes)]


def _records(folder: Path, paths: list[Path]) -> dict[str, dict[str, Any]]:
    """What the papers were parsed to, by hash; one that failed has none."""
    files = (folder / f"{path.stem}.json" for path in paths)
    records = (json.loads(file.read_text("utf-8")) for file in files if file.exists())
    return {record["sha256"]: record for record in records}
