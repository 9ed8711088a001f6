"""A bar on standard error while an ingest runs; silent where that is no terminal. It must not know what is ingested."""

from __future__ import annotations

import sys
from types import TracebackType

from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from ingestion.report import Outcome
from strata.cli import show


class Progress:
    """A context; give its `watch` to an ingest."""

    def __init__(self, *, quiet: bool = False) -> None:
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        self._bar = Bar(*columns, console=show.console(error=True), disable=quiet or not sys.stderr.isatty())
        self._task = self._bar.add_task("reading", total=None)

    def watch(self, outcome: Outcome, done: int, total: int) -> None:
        """Moves the bar on by one file."""
        self._bar.update(self._task, completed=done, total=total, description=show.outcome_line(outcome)[:60])

    def __enter__(self) -> Progress:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()
