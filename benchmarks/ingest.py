"""Ingest: that every real paper comes in, and its CPU seconds a page.

`strata ingest` over 80 arXiv papers and 45 proceedings papers, each into a fresh project. CPU is that of the whole
process and its children, start included; the encoder's part is told apart, as it is a matter of the model.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pymupdf

from benchmarks.bench import Bench
from benchmarks.figures import Figure


def measure(bench: Bench) -> Iterator[Figure]:
    qasper, headings = bench.pdfs("qasper/pdf"), bench.pdfs("headings/pdf")
    besides = encoder = 0.0
    for name, files in (("qasper", qasper), ("headings", headings)):
        ingested = bench.papers if name == "qasper" else bench.ingest(bench.need("headings/pdf"))
        report = ingested.run.record()
        arrived = len(report["added"]) + len(report["unchanged"])
        yield Figure(f"{name}: papers in, of {len(files)}", arrived, "papers", least=len(files))
        yield Figure(f"{name}: failures", len(report["failed"]), "papers", most=0)
        yield Figure(f"{name}: peak memory of a process", ingested.run.rss_mb, "MB")
        yield Figure(f"{name}: wall time", ingested.run.wall_s, "s")
        encoder += report["encoder_cpu_s"]
        besides += ingested.run.cpu_s - report["encoder_cpu_s"]
    pages = _pages([*qasper, *headings])
    yield Figure("pages", pages, "pages")
    yield Figure("CPU a page besides the encoder", besides / pages, "s", most=0.05)
    yield Figure("CPU a page of the encoder", encoder / pages, "s")


def _pages(files: Sequence[Path]) -> int:
    total = 0
    for file in files:
        with pymupdf.open(file) as document:
            total += document.page_count
    return total
