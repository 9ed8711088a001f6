"""Ingest beside LlamaIndex: CPU seconds for the same 40 papers, one run after the other.

LlamaIndex as its documentation teaches it: its PDF reader, SentenceSplitter(256, 20), its in-memory vector index, with
the same weights in fp32 (`llamaindex_side.py`). Strata as it is: `strata ingest`, which also finds headings, sections,
findings and places, and writes to disk. Both are processes of their own, start included. The words that each embedded
are told, so that the one that embeds less is seen.
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.bench import PROJECT, Bench
from benchmarks.figures import Figure
from hierarchy.filters import Eq
from hierarchy.nodes import Level
from strata.projects import FileProjects

PAPERS = 40


def measure(bench: Bench) -> Iterator[Figure]:
    files = bench.pdfs("qasper/pdf")[:PAPERS]
    theirs = bench.run(bench.home(), "-m", "benchmarks.llamaindex_side", *files)
    ours = bench.ingest(*files)
    store = FileProjects(ours.home).open(PROJECT, None, create=False)
    words = sum(len(node.text.split()) for node in store.scan(Eq("level", Level.PASSAGE.value)))
    store.close()
    counted = theirs.record()
    yield Figure("LlamaIndex: words embedded", counted["words"], "words")
    yield Figure("LlamaIndex: chunks", counted["chunks"], "chunks")
    yield Figure("LlamaIndex: CPU", theirs.cpu_s, "s")
    yield Figure("LlamaIndex: CPU of reading PDFs", counted["reading_cpu_s"], "s")
    yield Figure("LlamaIndex: CPU of embedding", counted["embedding_cpu_s"], "s")
    yield Figure("Strata: papers in", len(ours.run.record()["added"]), "papers", least=PAPERS)
    yield Figure("Strata: words of passages", words, "words")
    yield Figure("Strata: CPU", ours.run.cpu_s, "s")
    yield Figure("Strata: CPU of embedding", ours.run.record()["encoder_cpu_s"], "s")
    yield Figure("LlamaIndex's CPU over Strata's (goal 2.5)", theirs.cpu_s / ours.run.cpu_s, "times", least=1.4)
