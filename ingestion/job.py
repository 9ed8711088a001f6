"""A run of an ingest: tells its watcher and the journal how it goes, and makes its report.

It must not know how files are taken in.
"""

from __future__ import annotations

import resource
import time
from typing import Any

import msgspec

from hierarchy.errors import StrataError
from hierarchy.journal import Failure, Journal
from ingestion.prepared import Result
from ingestion.report import Failed, IngestReport, Left, Outcome, Refined
from ingestion.watcher import Watcher

NOTED_S = 2.0  # between two notes of a job's progress


class Job:
    """One run over so many files of a project, the entries of files of references among them."""

    def __init__(self, project: str, journal: Journal, files: int, watcher: Watcher) -> None:
        self._project, self._journal, self.watcher = project, journal, watcher
        self.outcomes: list[Outcome] = []
        self._refined: list[Refined] = []
        self._looked_at = self._to_refine = 0  # of papers to refine
        self._start, self._cpu, self._noted = time.monotonic(), _cpu(), time.monotonic()
        self._id = journal.job_began(project, files)
        watcher.began(files)

    def done(self, result: Result) -> None:
        """Takes note of what became of a file."""
        if isinstance(result, Refined | Left):
            self._looked_at += 1
            if isinstance(result, Refined):
                self._refined.append(result)
            self.watcher.refined(result)
        else:
            self.outcomes.append(result)
            if isinstance(result, Failed):
                failure = Failure(result.path, result.code, result.message, result.hint)
                self._journal.failed(self._project, failure)
            self.watcher.done(result)
        if time.monotonic() - self._noted > NOTED_S:
            self._note()

    def refining(self, papers: int) -> None:
        """So many papers are read again from now on."""
        self._to_refine = papers
        self._note()
        self.watcher.refining(papers)

    def stopped(self, error: BaseException, rest: Result | None) -> None:
        """Notes why it ended early, and what was stored last; that it cannot be noted does not hide the reason."""
        reason = str(error) if isinstance(error, StrataError) else type(error).__name__
        state = "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
        try:
            if rest is not None:
                self.done(rest)
            self._end(state, self._report(), reason)
        except StrataError as also:
            error.add_note(str(also))

    def ended(self, encoder_cpu_s: float, writing_s: float, written: dict[str, Any] | None = None) -> IngestReport:
        """Notes that all is done, and gives the report."""
        report = msgspec.structs.replace(self._report(round(encoder_cpu_s, 3), round(writing_s, 3)), written=written)
        self._end("done", report)
        return report

    def _note(self) -> None:
        self._noted = time.monotonic()
        self._journal.job_went_on(self._id, len(self.outcomes), self._looked_at, self._to_refine)

    def _end(self, state: str, report: IngestReport, reason: str | None = None) -> None:
        failed = {
            o.path for o in self.outcomes if isinstance(o, Failed)
        }  # a file of which an entry failed is among them
        self._journal.succeeded(self._project, sorted({o.path for o in self.outcomes} - failed))
        self._note()
        self._journal.job_ended(self._id, state, report.to_dict() | ({"reason": reason} if reason else {}))

    def _report(self, encoder_cpu_s: float = 0.0, writing_s: float = 0.0) -> IngestReport:
        seconds, cpu = round(time.monotonic() - self._start, 3), round(_cpu() - self._cpu, 3)
        outcomes, refined = tuple(self.outcomes), tuple(self._refined)
        return IngestReport(self._project, seconds, outcomes, cpu, encoder_cpu_s, writing_s, refined)


def _cpu() -> float:
    """CPU seconds of this process and of its children that ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime
