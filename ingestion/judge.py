"""Whether a file must be read: what its path and its bytes tell, beside the papers that are in.

It must not know stores or readers; it only looks at files, and does nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from hierarchy.nodes import Node
from ingestion.branch import RULES
from ingestion.files import exists, hash_file, is_folder
from ingestion.report import Duplicate, Failed, Outcome, Unchanged, named, readable
from ingestion.shelf import Shelf


class Moved(msgspec.Struct, frozen=True):
    """A file that lay elsewhere before; `paper` is its node."""

    paper: Node


class Unread(msgspec.Struct, frozen=True):
    """A file that must be read; `paper` is the node of its earlier version, if there is one."""

    paper: Node | None


class Judge:
    """Judges the files of one run, each once; `shelf` is kept up by whoever stores papers."""

    def __init__(self, papers: Iterable[Node]) -> None:
        self.shelf = Shelf(papers)
        self._hashes: dict[Path, str] = {}
        self._claimed: dict[str, Path] = {}  # hashes that this run takes in, with the path that does
        self._waiting: dict[Path, list[Path]] = {}

    def of(self, path: Path) -> Outcome | Moved | Unread:
        """What must be done with a file; nothing is done yet."""
        if str(path) != readable(str(path)):
            message, hint = "The file's name is no text in UTF-8.", "Rename it, and ingest it again."
            return Failed(**named(path), code="unreadable", message=message, hint=hint)
        try:
            sha256 = self._hashes[path] = hash_file(path)
        except OSError as error:
            what = "folder cannot be looked into" if is_folder(path) else "file cannot be opened"
            message = f"The {what} ({error.strerror or error})."
            hint = "Check that it exists and may be read."
            return Failed(**named(path), code="unreadable", message=message, hint=hint)
        here, same = self.shelf.at(path), self.shelf.with_bytes(sha256)
        if here is not None and here.metadata.get("sha256") == sha256 and here.metadata.get("rules") == RULES:
            return Unchanged(**named(path), paper=here.id)
        if same is not None and here is None and same.metadata.get("rules") == RULES:
            if exists(Path(same.metadata["path"])):
                return Duplicate(**named(path), of=same.metadata["path"])
            return Moved(same)
        return Unread(here)

    def claims(self, path: Path) -> bool:
        """Whether this is the file that is read; a copy of one waits for what becomes of it."""
        first = self._claimed.setdefault(self._hashes[path], path)
        if first == path or self.shelf.at(path) is not None:
            return True
        self._waiting.setdefault(first, []).append(path)
        return False

    def copies(self, path: Path) -> list[Path]:
        """The copies that waited for this file."""
        return self._waiting.pop(path, [])

    def first_of(self, path: Path) -> Path:
        """The file that is read in place of this copy."""
        return self._claimed[self._hashes[path]]
