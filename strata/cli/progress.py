"""How an ingest shows itself: a bar for the whole in a terminal, a line for each file elsewhere, such as in a log.

Both on standard error, so that standard output holds the report alone. It must not know how anything is ingested.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from types import TracebackType

from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.text import Text

from ingestion.report import Left, Outcome, Refined, Unchanged
from ingestion.watcher import Watcher
from strata.cli import show

SHOWN = 40  # letters of the file at hand


class Progress(Watcher):
    """A context that an ingest is told to."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._bar = _Bar() if not quiet and sys.stderr.isatty() else None
        self._files = self._done = 0
        self._rough = self._refined = 0  # papers to refine, and those that were
        self._start = time.monotonic()

    def began(self, files: int) -> None:
        self._files, self._start = files, time.monotonic()
        if self._bar:
            self._bar.total(files)

    def taking(self, path: Path) -> None:
        if self._bar:
            self._bar.at_hand(path.name)

    def done(self, outcome: Outcome) -> None:
        self._done += 1
        if self._bar:
            self._bar.advance()
        elif not self._quiet and not (isinstance(outcome, Unchanged) and self._done < self._files):
            rate = 60 * self._done / max(1e-3, time.monotonic() - self._start)
            line = f"{self._done}/{self._files} {show.outcome_line(outcome)}, {rate:.0f} files a minute"
            print(line, file=sys.stderr, flush=True)

    def refining(self, papers: int) -> None:
        self._rough, self._start = papers, time.monotonic()
        if self._bar:
            self._bar.refining(papers)
        elif not self._quiet:
            print(f"All are searchable; {papers} to refine", file=sys.stderr, flush=True)

    def refined(self, refined: Refined | Left) -> None:
        self._refined += 1
        if self._bar:
            self._bar.advance()
        elif not self._quiet:
            line = f"refining {self._refined} of {self._rough}: {show.refined_line(refined)}"
            print(line, file=sys.stderr, flush=True)

    def __enter__(self) -> Progress:
        if self._bar:
            self._bar.bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.bar.stop()


class _Rate(ProgressColumn):
    """Files a minute, over the last while."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{60 * speed:.0f}/min" if speed else "")


class _Bar:
    """One bar: files done and found, rate, time left, and the file at hand."""

    def __init__(self) -> None:
        columns = (BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn())
        at_hand = TextColumn("{task.description}", markup=False)
        self.bar = Bar(*columns, at_hand, console=show.console(error=True), speed_estimate_period=120)
        self._task = self.bar.add_task("looking at the files", total=None)
        self._said = ""

    def total(self, files: int) -> None:
        self.bar.update(self._task, total=files)

    def refining(self, papers: int) -> None:
        """Begins anew, with the papers that are refined."""
        self._said = "refining "
        self.bar.update(self._task, visible=False)
        self._task = self.bar.add_task(self._said, total=papers)

    def at_hand(self, name: str) -> None:
        self.bar.update(self._task, description=self._said + show.plain(name)[:SHOWN])

    def advance(self) -> None:
        self.bar.update(self._task, advance=1)
