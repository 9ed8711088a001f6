"""The second pass of a run: papers that are in are read again by the layout model or OCR, as far as was asked.

Every paper is searchable by now, so it may be stopped at any moment: what is left is seen by the next run, since each
paper's node tells what its state satisfies. It must not know how they read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import wait
from pathlib import Path

import msgspec

from ingestion.containment import ReaderPool, Reading
from ingestion.intake import Intake
from ingestion.passes import How, reading_again, wants
from ingestion.prepared import Result
from ingestion.report import Added, Changed, Outcome, Unchanged
from ingestion.settings import IngestionSettings
from ingestion.taking import taken
from ingestion.watcher import Watcher

LOOK_S = 0.5  # between two looks at whether it is enough


class Rough(msgspec.Struct, frozen=True):
    """A paper that must be read again, how, and how many pages it has."""

    how: How
    pages: int


def to_refine(outcomes: Iterable[Outcome], intake: Intake, asked: How, again: bool = False) -> dict[Path, Rough]:
    """The files of these outcomes whose papers must be read again."""
    found: dict[Path, Rough] = {}
    for outcome in outcomes:
        if isinstance(outcome, Added | Changed | Unchanged):
            paper = intake.judge.shelf.at(Path(outcome.path))
            if paper is not None and wants(paper.metadata, asked, again):
                how = reading_again(paper.metadata, asked, again)
                found[Path(outcome.path)] = Rough(how, int(paper.metadata.get("pages") or 0))
    return found


def refined(
    files: dict[Path, Rough], intake: Intake, settings: IngestionSettings, watcher: Watcher
) -> Iterator[Result]:
    """Reads these files again, and gives what became of each."""
    if not files:
        return

    def enough(reading: Reading) -> bool:
        while not watcher.enough():
            if wait([reading], LOOK_S).done:
                return False
        return True

    with ReaderPool(settings) as readers:
        yield from taken(
            readers.read_all(files, {p: r.how for p, r in files.items()}, {p: r.pages for p, r in files.items()}),
            intake,
            watcher,
            lambda path, read: intake.refine(path, read, files[path].how),
            lambda path, error: intake.not_refined(path, error, files[path].how),
            enough,
        )
