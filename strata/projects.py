"""Where projects lie, and which there are: one file a project under STRATA_HOME/projects."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

import msgspec

from hierarchy.encoder import EncoderIdentity
from hierarchy.errors import StoreError, UsageError
from hierarchy.identity import checked_project_name
from hierarchy.sqlite import SqliteStore


class ProjectInfo(msgspec.Struct, frozen=True):
    """A project in a line; `error` says what is wrong with one that cannot be opened."""

    name: str
    papers: int
    nodes: int
    engine: str
    updated: str
    error: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return dict(msgspec.to_builtins(self))


class Projects:
    """The projects under a home."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "projects"

    def names(self) -> list[str]:
        """The names of all projects, sorted without regard to case."""
        if not self._folder.is_dir():
            return []
        return sorted((p.stem for p in self._folder.glob("*.db")), key=str.lower)

    def path(self, name: str) -> Path:
        """The file of a project; names differ in more than case.

        Raises:
            UsageError: for a name that cannot be one.
        """
        checked = checked_project_name(name)
        same = next((n for n in self.names() if n.lower() == checked.lower()), checked)
        return self._folder / f"{same}.db"

    def open(self, name: str, encoder: EncoderIdentity | None, *, create: bool) -> SqliteStore:
        """The store of a project.

        Raises:
            UsageError: where there is no such project and none may be made; with the names that there are.
            StoreError: where it cannot be opened.
        """
        path = self.path(name)
        if not path.exists() and not create:
            raise unknown_project(name, self.names())
        return SqliteStore(path, path.stem, encoder, create=create)

    def info(self) -> list[ProjectInfo]:
        """All projects."""
        found = []
        for name in self.names():
            try:
                store = self.open(name, None, create=False)
                stats = store.stats()
                store.close()
            except StoreError as error:  # one broken file does not hide the others
                found.append(ProjectInfo(name, 0, 0, "sqlite", "", str(error)))
                continue
            found.append(ProjectInfo(name, stats.by_level.get("paper", 0), stats.nodes, stats.engine, stats.updated))
        return found

    def remove(self, name: str) -> int:
        """Deletes a project's file and gives the number of its nodes."""
        store = self.open(name, None, create=False)
        nodes = store.stats().nodes
        store.close()
        path = self.path(name)
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        return nodes


def unknown_project(name: str, names: list[str]) -> UsageError:
    """The error for a project that does not exist, with what may have been meant."""
    close = difflib.get_close_matches(name, names, 1)
    if close:
        hint = f"Did you mean --project {close[0]}?"
    elif names:
        hint = "Projects: " + ", ".join(names[:10]) + ". A new one begins with: strata ingest FOLDER --project NAME."
    else:
        hint = "There is none yet. Begin with: strata ingest FOLDER --project NAME."
    return UsageError(f"There is no project {name!r}.", hint, "unknown_project")
