"""Re-ingest: what the same 80 files cost when nothing has changed, the start of the process included."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.bench import PROJECT, Bench
from benchmarks.figures import Figure


def measure(bench: Bench) -> Iterator[Figure]:
    files = bench.pdfs("qasper/pdf")
    home = bench.papers.home
    run = bench.strata(home, "ingest", bench.need("qasper/pdf"), "--project", PROJECT, "--json", ok=(0, 1))
    unchanged = len(run.record()["unchanged"])
    yield Figure(f"files found unchanged, of {len(files)}", unchanged, "files", least=len(files))
    yield Figure("CPU of the whole run", run.cpu_s, "s", most=3)
