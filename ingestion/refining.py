"""The second pass of a run: papers that are in are read again with the layout model, as far as was asked.

Every paper is searchable by now, so it may be stopped at any moment: what is left is seen by the next run, since each
paper's node tells what its state satisfies. It must not know how the model reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import wait
from pathlib import Path

from ingestion.containment import ReaderPool, Reading
from ingestion.intake import Intake
from ingestion.passes import wants
from ingestion.prepared import Result
from ingestion.report import Added, Changed, Outcome, Unchanged
from ingestion.settings import IngestionSettings
from ingestion.shelf import Shelf
from ingestion.taking import taken
from ingestion.watcher import Watcher

LOOK_S = 0.5  # between two looks at whether it is enough


def to_refine(
    outcomes: Iterable[Outcome], shelf: Shelf, settings: IngestionSettings, again: bool = False
) -> dict[Path, int]:
    """The files of these outcomes whose papers must be read again, with their numbers of pages."""
    found: dict[Path, int] = {}
    for outcome in outcomes:
        if isinstance(outcome, Added | Changed | Unchanged):
            paper = shelf.at(Path(outcome.path))
            if paper is not None and wants(paper.metadata, settings.layout, again):
                found[Path(outcome.path)] = int(paper.metadata.get("pages") or 0)
    return found


def refined(
    files: dict[Path, int], intake: Intake, settings: IngestionSettings, watcher: Watcher, again: bool = False
) -> Iterator[Result]:
    """Reads these files again, and gives what became of each."""
    if not files:
        return
    asked = settings.layout

    def enough(reading: Reading) -> bool:
        while not watcher.enough():
            if wait([reading], LOOK_S).done:
                return False
        return True

    with ReaderPool(settings) as readers:
        yield from taken(
            readers.read_all(files, asked, files),
            intake,
            watcher,
            lambda path, read: intake.refine(path, read, asked, again),
            lambda path, error: intake.not_refined(path, error, asked),
            enough,
        )
