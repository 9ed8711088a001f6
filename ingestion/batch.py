"""Ingests files into a project: what is new is read, grown into a branch, and stored; what is unchanged costs a hash.

The fast pass of all files is stored first, so that every paper is searchable soon; then those that ask for it are read
again with the layout model, or by OCR. Files are read ahead in processes of their own, one is encoded, and the one
before it is stored; how many wait is bounded, so memory does not grow with the batch. The entries of files of
references come after the papers. One file at a time is acknowledged, whole; a failure is one file's failure. Whether a
file is in, and how closely it was read, is read from its paper's node in the store, never from the journal. It must
not know any one store, encoder or screen.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import msgspec

from hierarchy.changes import notice
from hierarchy.encoder import Encoder, EncoderIdentity, Encoding, Text
from hierarchy.errors import EncodeError, ReadError
from hierarchy.graph.cache import GraphCache
from hierarchy.journal import Journal
from hierarchy.linking import link
from hierarchy.nodes import Node
from hierarchy.store import NodeStore
from ingestion.containment import ReaderPool
from ingestion.entries.reading import of_path, read_entries
from ingestion.entries.taking import EntryIntake
from ingestion.files import exists
from ingestion.intake import Intake
from ingestion.job import Job
from ingestion.judge import Moved, Unread
from ingestion.passes import OCR, How
from ingestion.prepared import Result
from ingestion.project import renew_project
from ingestion.refining import refined, to_refine
from ingestion.report import Duplicate, Failed, IngestReport, Outcome, named
from ingestion.settings import IngestionSettings
from ingestion.taking import taken
from ingestion.watcher import Watcher
from ingestion.writing.writing import Writing


def ingest(
    files: Sequence[Path],
    store: NodeStore,
    journal: Journal,
    encoder: Encoder,
    settings: IngestionSettings,
    watcher: Watcher | None = None,
    again: bool = False,
    writing: Writing | None = None,
    cache: GraphCache | None = None,
    bare: Sequence[Node] = (),
) -> IngestReport:
    """Takes files (absolute paths, each once: `ingestion.files.find_files`) into a project.

    `again` refines those papers, too, whose refinement failed before; `writing` is what a language model does besides;
    `cache` spares reading papers that did not change again for the themes; `bare` are papers without pages that are
    made anew from the entries that they keep.

    Raises:
        StoreError: where the store cannot be written; what was acknowledged before stays.
    """
    papers, lists = of_path(files)
    listed = [read_entries(path, settings.max_file_mb) for path in lists]
    job = Job(
        store.project, journal, len(papers) + sum(len(file.found) for file in listed) + len(bare), watcher or Watcher()
    )
    timed = _Timed(encoder)
    intake: Intake | None = None
    try:
        intake = Intake(store, timed)
        entries = EntryIntake(store, timed, intake, job.watcher)
        read = _outcomes(papers, intake, settings, job.watcher)
        for result in chain(read, entries.outcomes(listed), entries.renewed(bare)):
            job.done(result)
        rough = to_refine(job.outcomes, intake, settings.asked, again)
        if rough:
            _round_off(store, cache)
            job.refining(len(rough))
            for result in refined(rough, intake, settings, job.watcher):
                job.done(result)
        written = writing.write(store) if writing is not None else None
        link(store, writing.judge if writing is not None else None)
        _round_off(store, cache)
        notice(store, journal)
    except BaseException as error:
        job.stopped(error, intake.rest() if intake is not None else None)
        raise
    return job.ended(max(0.0, timed.cpu_s - intake.writing_cpu_s), intake.waited_s, written)


def failed_paths(journal: Journal, project: str) -> Iterator[Path]:
    """The files of a project that failed when they were last tried and still exist."""
    for failure in journal.failures(project):
        if exists(Path(failure.path)):
            yield Path(failure.path)


def _round_off(store: NodeStore, cache: GraphCache | None) -> None:
    """What is due when papers have changed."""
    if renew_project(store, cache):
        store.tidy()


def _outcomes(files: Sequence[Path], intake: Intake, settings: IngestionSettings, watcher: Watcher) -> Iterator[Result]:
    """An outcome for each file by the fast pass, those that need no reading first."""
    todo: dict[Path, How] = {}
    for path in files:
        verdict = intake.judge.of(path)
        while isinstance(verdict, Moved):
            verdict = intake.move(verdict.paper, path) or intake.judge.of(path)
        if not isinstance(verdict, Unread):
            yield verdict
        elif intake.judge.claims(path):
            said = settings.ocr or (verdict.paper.metadata.get(OCR) if verdict.paper else None)
            todo[path] = How(ocr=said or "")  # a new version of what was read by OCR is read so, too
    if not todo:
        return
    with ReaderPool(settings) as readers:
        for result in taken(readers.read_all(todo, todo), intake, watcher, intake.prepare, _failed):
            yield result
            path = Path(result.path)
            for copy in intake.judge.copies(path):
                failed = isinstance(result, Failed)
                yield msgspec.structs.replace(result, **named(copy)) if failed else _copy(copy, path)


def _failed(path: Path, error: ReadError | EncodeError) -> Failed:
    return Failed(**named(path), **error.to_dict())


def _copy(path: Path, of: Path) -> Outcome:
    return Duplicate(**named(path), of=str(of))


class _Timed:
    """An encoder that adds up the CPU time it takes, that of its threads included."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.cpu_s = 0.0

    @property
    def identity(self) -> EncoderIdentity:
        return self._encoder.identity

    def encode(self, texts: Sequence[Text]) -> list[Encoding]:
        start = time.process_time()
        try:
            return self._encoder.encode(texts)
        finally:
            self.cpu_s += time.process_time() - start
