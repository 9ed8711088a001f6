"""Summaries of 80 real papers, made from their bodies alone, against the authors' own abstracts.

ROUGE F1 at equal words, beside the first sentences of the sections and beside random sentences of the same body.
Weights were chosen looking at half 0 only (`benchmarks.parsed.half_of`); both halves are reported.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import msgspec
import numpy as np

from benchmarks.bench import Bench
from benchmarks.figures import Figure
from benchmarks.parsed import files, half_of
from evaluation.summaries import METRICS, Floats, cut, difference, first_sentences, random_sentences, rouge
from hierarchy.encoder import SentenceVectors, Text, prefix_of
from hierarchy.errors import ReadError
from hierarchy.paper import Paper
from hierarchy.sentences import sentence_ranges
from ingestion.containment import ReaderPool
from ingestion.findings import findings_in
from ingestion.settings import IngestionSettings
from ingestion.summaries import BESIDE_THE_BODY, summarised
from ingestion.told import Source, Told
from strata.minilm import MiniLM
from strata.weights import prepared

WORDS = 150
LEAST_WORDS = 30  # of an abstract that counts as one
SEEDS = range(20)


class Row(msgspec.Struct, frozen=True):
    """A paper's scores, each of shape (2,): ROUGE-1 and ROUGE-L; CPU seconds of its summaries."""

    half: int
    ours: Floats
    first: Floats
    drawn: Floats
    cpu_s: float


def measure(bench: Bench) -> Iterator[Figure]:
    paths = files(bench, "qasper")
    prepared(bench.folder)
    encoder = MiniLM(bench.folder)
    rows: list[Row] = []
    without = 0
    with ReaderPool(IngestionSettings(readers=2)) as readers:
        for path, reading in readers.read_all(paths):
            paper = reading.result()
            if isinstance(paper, ReadError) or len(paper.abstract.split()) < LEAST_WORDS:
                without += 1
                continue
            rows.append(_row(paper, half_of(path.stem), encoder))
    yield Figure("papers", len(rows), "papers")
    yield Figure("papers without an abstract, skipped", without, "papers")
    for half in (None, 0, 1):
        yield from _compared([row for row in rows if half is None or row.half == half], half)
    yield Figure("CPU of a paper's summaries", float(np.mean([row.cpu_s for row in rows])), "s", most=0.05)


def _row(paper: Paper, half: int, encoder: MiniLM) -> Row:
    sources = _sources(paper, encoder)
    start = time.thread_time()  # without the encoder's threads, which wait busily
    ours = [line.text for line in summarised(paper.sections, sources, words=WORDS).paper]
    cpu_s = time.thread_time() - start
    body = [
        [c.text for c in Told.by([x for x in sources if x.section.id == section.id and x.runs]).candidates]
        for section in paper.sections
        if section.kind not in BESIDE_THE_BODY
    ]
    drawn = [rouge(paper.abstract, random_sentences(body, WORDS, seed)) for seed in SEEDS]
    return Row(
        half,
        rouge(paper.abstract, cut(ours, WORDS)),
        rouge(paper.abstract, first_sentences(body, WORDS)),
        np.mean(drawn, axis=0),
        cpu_s,
    )


def _sources(paper: Paper, encoder: MiniLM) -> list[Source]:
    pairs = [(section, passage) for section in paper.sections for passage in section.passages]
    ranges = [sentence_ranges(passage.text) for _, passage in pairs]
    texts = [Text(p.text, prefix_of(s.path), r) for (s, p), r in zip(pairs, ranges, strict=True)]
    sources: list[Source] = []
    for (section, passage), found, encoding in zip(pairs, ranges, encoder.encode(texts), strict=True):
        stated = findings_in(passage, section, found, encoding.parts, ())
        findings = tuple(passage.text[one.start : one.end] for one in stated)
        sources.append(Source(section, passage, SentenceVectors.of(found, encoding.parts), findings))
    return sources


def _compared(rows: list[Row], half: int | None) -> Iterator[Figure]:
    of = "" if half is None else f" of half {half}"
    for i, metric in enumerate(METRICS):
        ours = np.array([row.ours[i] for row in rows])
        yield Figure(f"{metric} F1{of}", float(ours.mean()))
        first, drawn = np.array([row.first[i] for row in rows]), np.array([row.drawn[i] for row in rows])
        for name, others in (("first sentences", first), ("random sentences", drawn)):
            gain = difference(ours, others)
            yield Figure(f"  above {name} ({others.mean():.3f}), 95% up to {gain.high:.3f}", gain.mean)
            yield Figure("    95% from", gain.low, least=0.0001 if half is None else None)
