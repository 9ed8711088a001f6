"""Who is told how an ingest goes. It must not know what is done with it: a bar, lines of a log, nothing."""

from __future__ import annotations

from pathlib import Path

from ingestion.report import Left, Outcome, Refined


class Watcher:
    """Told of an ingest as it goes; does nothing by itself."""

    def began(self, files: int) -> None:
        """So many files were found."""

    def taking(self, path: Path) -> None:
        """This file was read and is now encoded and stored."""

    def done(self, outcome: Outcome) -> None:
        """One more file has its outcome; a paper among them is searchable."""

    def refining(self, papers: int) -> None:
        """All files have their outcome; so many papers are now read again, more closely."""

    def refined(self, refined: Refined | Left) -> None:
        """One more of them was."""

    def enough(self) -> bool:
        """Whether what is left to refine shall be left to a later run; asked again and again."""
        return False
