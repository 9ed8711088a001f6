"""Who is told how an ingest goes. It must not know what is done with it: a bar, lines of a log, nothing."""

from __future__ import annotations

from pathlib import Path

from ingestion.report import Outcome


class Watcher:
    """Told of an ingest as it goes; does nothing by itself."""

    def began(self, files: int) -> None:
        """So many files were found."""

    def taking(self, path: Path) -> None:
        """This file was read and is now encoded and stored."""

    def done(self, outcome: Outcome) -> None:
        """One more file has its outcome."""
