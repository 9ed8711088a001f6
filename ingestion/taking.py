"""The belt of a run: files are read ahead, one is encoded, and the one before it is stored.

It must not know which pass reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from hierarchy.errors import EncodeError, ReadError
from hierarchy.paper import Paper
from ingestion.containment import Reading
from ingestion.intake import Intake
from ingestion.prepared import Prepared, Result
from ingestion.watcher import Watcher


def taken(
    readings: Iterable[tuple[Path, Reading]],
    intake: Intake,
    watcher: Watcher,
    prepare: Callable[[Path, Paper], Result | Prepared],
    failed: Callable[[Path, ReadError | EncodeError], Result],
    enough: Callable[[Reading], bool] = lambda reading: False,
) -> Iterator[Result]:
    """What becomes of files that are being read; each is stored while the next is encoded.

    Args:
        readings: the files, each with its reading.
        intake: stores them.
        watcher: told which file is at hand.
        prepare: encodes a paper.
        failed: what becomes of a file that cannot be read, or whose words a service does not encode.
        enough: waits for a reading as long as it likes, and says whether the rest shall be left.
    """
    for path, reading in readings:
        if not reading.done() and (result := intake.settle()):  # nothing to encode meanwhile
            yield result
        if enough(reading):
            break
        read = reading.result()
        watcher.taking(path)
        prepared = read if isinstance(read, ReadError) else _prepared(path, read, prepare)
        if result := intake.settle():
            yield result
        if isinstance(prepared, ReadError | EncodeError):
            yield failed(path, prepared)
        elif result := intake.store(prepared) if isinstance(prepared, Prepared) else prepared:
            yield result
    if result := intake.settle():
        yield result


def _prepared(
    path: Path, read: Paper, prepare: Callable[[Path, Paper], Result | Prepared]
) -> Result | Prepared | EncodeError:
    try:
        return prepare(path, read)
    except EncodeError as error:  # the next paper may fare better
        return error
