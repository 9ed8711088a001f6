"""Ingests files into a project: what is new is read, grown into a branch, and stored; what is unchanged costs a hash.

Files are read ahead in processes of their own, one is encoded, and the one before it is stored; how many wait is
bounded, so memory does not grow with the batch. One file at a time is acknowledged, whole; a failure is one file's
failure. Whether a file is in is read from its paper's node in the store, never from the journal. It must not know any
one store, encoder or screen.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from hierarchy.encoder import Encoder, EncoderIdentity, Encoding, Text
from hierarchy.errors import ReadError, StrataError
from hierarchy.journal import Failure, Journal
from hierarchy.paper import Paper
from hierarchy.store import NodeStore
from ingestion.containment import ReaderPool, Reading
from ingestion.files import exists
from ingestion.intake import Intake, Prepared
from ingestion.judge import Moved, Unread
from ingestion.project import renew_project
from ingestion.report import Duplicate, Failed, IngestReport, Outcome, named
from ingestion.settings import IngestionSettings
from ingestion.watcher import Watcher

NOTED_S = 2.0  # between two notes of a job's progress


def ingest(
    files: Sequence[Path],
    store: NodeStore,
    journal: Journal,
    encoder: Encoder,
    settings: IngestionSettings,
    watcher: Watcher | None = None,
) -> IngestReport:
    """Takes files (absolute paths, each once: `ingestion.files.find_files`) into a project.

    Raises:
        StoreError: where the store cannot be written; what was acknowledged before stays.
    """
    job = _Job(store.project, journal, files, watcher or Watcher())
    timed = _Timed(encoder)
    intake: Intake | None = None
    try:
        intake = Intake(store, timed)
        for outcome in _outcomes(files, intake, settings, job.watcher):
            job.done(outcome)
        if renew_project(store):
            store.tidy()
    except BaseException as error:
        job.stopped(error, intake.rest() if intake is not None else None)
        raise
    return job.ended(max(0.0, timed.cpu_s - intake.writing_cpu_s), intake.waited_s)


def _outcomes(
    files: Sequence[Path], intake: Intake, settings: IngestionSettings, watcher: Watcher
) -> Iterator[Outcome]:
    """An outcome for each file, those that need no reading first."""
    todo: list[Path] = []
    for path in files:
        verdict = intake.judge.of(path)
        while isinstance(verdict, Moved):
            verdict = intake.move(verdict.paper, path) or intake.judge.of(path)
        if not isinstance(verdict, Unread):
            yield verdict
        elif intake.judge.claims(path):
            todo.append(path)
    if not todo:
        return
    with ReaderPool(settings) as readers:
        for outcome in _taken(readers.read_all(todo), intake, watcher):
            yield outcome
            path = Path(outcome.path)
            for copy in intake.judge.copies(path):
                failed = isinstance(outcome, Failed)
                yield msgspec.structs.replace(outcome, **named(copy)) if failed else _copy(copy, path)


def _taken(readings: Iterable[tuple[Path, Reading]], intake: Intake, watcher: Watcher) -> Iterator[Outcome]:
    """What becomes of files that are being read; each is stored while the next is encoded."""
    for path, reading in readings:
        if not reading.done() and (outcome := intake.settle()):  # nothing to encode meanwhile
            yield outcome
        watcher.taking(path)
        prepared = _prepared(path, reading.result(), intake)
        if outcome := intake.settle():
            yield outcome
        if outcome := intake.store(prepared) if isinstance(prepared, Prepared) else prepared:
            yield outcome
    if outcome := intake.settle():
        yield outcome


def _prepared(path: Path, read: Paper | ReadError, intake: Intake) -> Outcome | Prepared:
    if isinstance(read, ReadError):
        return Failed(**named(path), **read.to_dict())
    return intake.prepare(path, read)


def _copy(path: Path, of: Path) -> Outcome:
    return Duplicate(**named(path), of=str(of))


def failed_paths(journal: Journal, project: str) -> Iterator[Path]:
    """The files of a project that failed when they were last tried and still exist."""
    for failure in journal.failures(project):
        if exists(Path(failure.path)):
            yield Path(failure.path)


class _Job:
    """A run of an ingest: tells its watcher and the journal how it goes, and makes its report."""

    def __init__(self, project: str, journal: Journal, files: Sequence[Path], watcher: Watcher) -> None:
        self._project, self._journal, self.watcher = project, journal, watcher
        self._outcomes: list[Outcome] = []
        self._start, self._cpu, self._noted = time.monotonic(), _cpu(), time.monotonic()
        self._id = journal.job_began(project, len(files))
        watcher.began(len(files))

    def done(self, outcome: Outcome) -> None:
        self._outcomes.append(outcome)
        if isinstance(outcome, Failed):
            failure = Failure(outcome.path, outcome.code, outcome.message, outcome.hint)
            self._journal.failed(self._project, failure)
        self.watcher.done(outcome)
        if time.monotonic() - self._noted > NOTED_S:
            self._noted = time.monotonic()
            self._journal.job_went_on(self._id, len(self._outcomes))

    def stopped(self, error: BaseException, rest: Outcome | None) -> None:
        """Notes why it ended early, and what was stored last; that it cannot be noted does not hide the reason."""
        reason = str(error) if isinstance(error, StrataError) else type(error).__name__
        state = "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
        try:
            if rest is not None:
                self.done(rest)
            self._forgive()
            self._journal.job_ended(self._id, state, self._report().to_dict() | {"reason": reason})
        except StrataError as also:
            error.add_note(str(also))

    def ended(self, encoder_cpu_s: float, writing_s: float) -> IngestReport:
        report = self._report(round(encoder_cpu_s, 3), round(writing_s, 3))
        self._forgive()
        self._journal.job_ended(self._id, "done", report.to_dict())
        return report

    def _forgive(self) -> None:
        self._journal.succeeded(self._project, [o.path for o in self._outcomes if not isinstance(o, Failed)])

    def _report(self, encoder_cpu_s: float = 0.0, writing_s: float = 0.0) -> IngestReport:
        seconds, cpu = round(time.monotonic() - self._start, 3), round(_cpu() - self._cpu, 3)
        return IngestReport(self._project, seconds, tuple(self._outcomes), cpu, encoder_cpu_s, writing_s)


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


def _cpu() -> float:
    """CPU seconds of this process and of its children that ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime
