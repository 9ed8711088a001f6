"""What an ingest would do, without doing it: nothing is read, encoded or stored, the files are only hashed.

It must not know readers or encoders.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from ingestion.entries.judging import EntryOf, NewEntry, judged
from ingestion.entries.reading import EntryFile, of_path, read_entries
from ingestion.judge import Judge, Moved, Unread
from ingestion.passes import How, wants
from ingestion.report import Duplicate, Failed, Unchanged, named

READ, RENEW, KEEP, MOVE, COPY, REFUSE = "read", "renew", "keep", "move", "duplicate", "refuse"
REFINE = "refine"


class Planned(msgspec.Struct, frozen=True):
    """A file and what would be done: read (it is new), renew (other bytes or rules), keep (it is unchanged),
    refine (the same, but for a closer reading), move (it lay elsewhere), duplicate (of the file `of`), refuse (for
    `reason`); `entry` is the key of an entry of a file of references."""

    file: str
    path: str
    would: str
    of: str | None = None
    reason: str | None = None
    entry: str | None = None


class IngestPlan(msgspec.Struct, frozen=True):
    """The record of `strata ingest --dry-run --json`."""

    project: str
    files: tuple[Planned, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many files for each thing to do."""
        words = [planned.would for planned in self.files]
        return {word: words.count(word) for word in (READ, RENEW, REFINE, KEEP, MOVE, COPY, REFUSE) if word in words}

    def to_dict(self) -> dict[str, Any]:
        """The record (docs/contract.md)."""
        return {"schema": 1, "project": self.project, "dry_run": True, "files": msgspec.to_builtins(self.files)}

    def __str__(self) -> str:
        said = ", ".join(f"{n} to {word}" if word != COPY else f"{n} duplicate" for word, n in self.counts.items())
        return f"Project {self.project}: {said}; nothing was done"


def plan(
    project: str, files: Sequence[Path], judge: Judge, asked: How, again: bool = False, most_mb: int = 500
) -> IngestPlan:
    """What `ingest` would do with these files now; what their words are is only known when they are read.

    Files of references of up to `most_mb` are looked into, and each of their entries is told.
    """
    papers, lists = of_path(files)
    entries = (entry for path in lists for entry in _entries(read_entries(path, most_mb), judge))
    return IngestPlan(project, (*(_planned(path, judge, asked, again) for path in papers), *entries))


def _entries(file: EntryFile, judge: Judge) -> Iterator[Planned]:
    name = named(file.path)
    for found in file.found:
        match judged(judge.shelf, file, found):
            case NewEntry(kept=kept):
                yield Planned(**name, would=READ, entry=kept.key)
            case EntryOf():
                yield Planned(**name, would=RENEW, entry=found.key)
            case Unchanged(entry=key):
                yield Planned(**name, would=KEEP, entry=key)
            case Duplicate(of=of, entry=key):
                yield Planned(**name, would=COPY, of=of, entry=key)
            case Failed(message=message, entry=key):
                yield Planned(**name, would=REFUSE, reason=message, entry=key)


def _planned(path: Path, judge: Judge, asked: How, again: bool) -> Planned:
    name = named(path)
    match judge.of(path):
        case Unchanged():
            paper = judge.shelf.at(path)
            closer = paper is not None and wants(paper.metadata, asked, again)
            return Planned(**name, would=REFINE if closer else KEEP)
        case Duplicate(of=of):
            return Planned(**name, would=COPY, of=of)
        case Failed(message=message):
            return Planned(**name, would=REFUSE, reason=message)
        case Moved(paper=paper):
            return Planned(**name, would=MOVE, of=paper.metadata.get("path"))
        case Unread(paper=paper):
            if not judge.claims(path):
                return Planned(**name, would=COPY, of=str(judge.first_of(path)))
            return Planned(**name, would=READ if paper is None else RENEW)
        case other:
            raise AssertionError(f"no verdict: {other}")
