"""What an ingest reports: every file in one of five lists, and what was refined besides; of a file of references
each entry, by its key (`entry`).

It must not know how files are read.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec


class Added(msgspec.Struct, frozen=True):
    """A new paper and how many nodes it has; `version_of` is the id of the paper that it is another version of,
    `unread` how many of its pages are pictures that were not read."""

    file: str
    path: str
    paper: str
    title: str
    nodes: int
    version_of: str | None = None
    unread: int = 0
    entry: str | None = None


class Unchanged(msgspec.Struct, frozen=True):
    """A file whose bytes are those that are in already."""

    file: str
    path: str
    paper: str
    entry: str | None = None


class Changed(msgspec.Struct, frozen=True):
    """A new version of a file; its passages were embedded anew, only moved, kept as they were, or removed; `unread` as
    in `Added`."""

    file: str
    path: str
    paper: str
    embedded: int
    moved: int
    kept: int
    removed: int
    unread: int = 0
    entry: str | None = None


class Duplicate(msgspec.Struct, frozen=True):
    """A file whose words are in already, from the file `of`."""

    file: str
    path: str
    of: str
    entry: str | None = None


class Failed(msgspec.Struct, frozen=True):
    """A file that could not be taken in, why, and what to do."""

    file: str
    path: str
    code: str
    message: str
    hint: str
    entry: str | None = None


class Refined(msgspec.Struct, frozen=True, rename={"reading": "pass"}):
    """A paper that was read again by the layout model or OCR, and how it is read now: its pass, the languages in which
    its pages that are pictures were read, and how many of them were not; its passages as in `Changed`.

    With `error` (code, message, hint) it could not be, and stays as it was.
    """

    file: str
    path: str
    paper: str
    reading: str
    embedded: int = 0
    moved: int = 0
    kept: int = 0
    removed: int = 0
    error: dict[str, str] | None = None
    ocr: str | None = None
    unread: int = 0


class Left(msgspec.Struct, frozen=True):
    """A paper that was to be refined, and that another process refined, changed or removed meanwhile."""

    file: str
    path: str


Outcome = Added | Unchanged | Changed | Duplicate | Failed


class IngestReport(msgspec.Struct, frozen=True):
    """The record of `strata ingest --json`; `encoder_cpu_s` is the encoder's part of the CPU time,
    `writing_s` the time by the clock that it waited for the store. `outcomes` tell what became of each file, `refined`
    which papers were read again after that, `written` what a language model wrote, where one is set."""

    project: str
    seconds: float
    outcomes: tuple[Outcome, ...]
    cpu_s: float = 0.0
    encoder_cpu_s: float = 0.0
    writing_s: float = 0.0
    refined: tuple[Refined, ...] = ()
    written: dict[str, Any] | None = None

    @property
    def added(self) -> list[Added]:
        return [o for o in self.outcomes if isinstance(o, Added)]

    @property
    def unchanged(self) -> list[Unchanged]:
        return [o for o in self.outcomes if isinstance(o, Unchanged)]

    @property
    def changed(self) -> list[Changed]:
        return [o for o in self.outcomes if isinstance(o, Changed)]

    @property
    def duplicates(self) -> list[Duplicate]:
        return [o for o in self.outcomes if isinstance(o, Duplicate)]

    @property
    def failed(self) -> list[Failed]:
        return [o for o in self.outcomes if isinstance(o, Failed)]

    def to_dict(self) -> dict[str, Any]:
        """The record (docs/contract.md)."""
        lists = {
            name: msgspec.to_builtins(getattr(self, name))
            for name in ("added", "unchanged", "changed", "duplicates", "failed", "refined")
        }
        times = {name: getattr(self, name) for name in ("seconds", "cpu_s", "encoder_cpu_s", "writing_s")}
        return {"schema": 1, "project": self.project, **times, **lists, "written": self.written}

    def __str__(self) -> str:
        counts = [(len(self.added), "added"), (len(self.changed), "changed"), (len(self.unchanged), "unchanged")]
        counts += [(len(self.duplicates), "duplicate"), (len(self.failed), "failed")]
        counts += [(sum(not r.error for r in self.refined), "refined")]
        said = ", ".join(f"{n} {word}" for n, word in counts if n) or "nothing to do"
        return f"Project {self.project}: {said} ({self.seconds:.1f} s)"


class Missing(msgspec.Struct, frozen=True):
    """A paper that older rules made and whose file is gone: it stays as it is."""

    paper: str
    title: str
    path: str


class RefreshReport(msgspec.Struct, frozen=True):
    """What a refresh did: as an ingest of the files that it renewed, and the papers whose files are `missing`."""

    report: IngestReport
    missing: tuple[Missing, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The record of `strata refresh --json` (docs/contract.md)."""
        return self.report.to_dict() | {"missing": msgspec.to_builtins(self.missing)}

    def __str__(self) -> str:
        missing = f", {len(self.missing)} whose file is gone" if self.missing else ""
        return f"{self.report}{missing}"


def named(path: Path) -> dict[str, Any]:
    """The two fields by which every outcome names its file."""
    return {"file": readable(path.name), "path": readable(str(path))}


def readable(name: str) -> str:
    """A name of a file as text: bytes that are no UTF-8 are shown as replaced."""
    return os.fsencode(name).decode("utf-8", "replace")
