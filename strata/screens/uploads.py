"""Uploaded papers: copied under STRATA_HOME by the hash of their bytes, and taken in beside whoever asks.

One thread takes one project's files after the other, so that a reload or a closed window stops nothing. What failed is
in the journal; here stands only what is under way. It must not know Streamlit.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from hierarchy.errors import StrataError
from ingestion.report import Changed, Duplicate, Failed, Outcome
from ingestion.watcher import Watcher
from strata.assistant import Assistant

CHUNK = 1 << 20
MOST_KEPT = 400  # uploads of a project whose end is still told
WAITING, READING, DONE, FAILED = "waiting", "reading", "done", "failed"


class Upload(msgspec.Struct):
    """A file on its way: its state, and what is said of it."""

    name: str
    path: Path
    state: str = WAITING
    said: str = ""

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in (DONE, FAILED)


class Uploads:
    """The uploads of all projects.

    Args:
        folder: where files are kept.
        assistant: opens an assistant for a project.
    """

    def __init__(self, folder: Path, assistant: Callable[[str], Assistant]) -> None:
        self._folder, self._assistant = folder, assistant
        self._lock = threading.Lock()
        self._uploads: dict[str, list[Upload]] = {}
        self._working: set[str] = set()

    def take(self, project: str, files: Sequence[tuple[str, BinaryIO]]) -> None:
        """Keeps files, given as name and content, and begins to take them in."""
        kept = [Upload(Path(name).name, self._keep(name, content)) for name, content in files]
        with self._lock:
            mine = self._uploads.setdefault(project.lower(), [])
            mine += kept
            del mine[:-MOST_KEPT]
            if project.lower() in self._working:
                return
            self._working.add(project.lower())
        threading.Thread(target=self._work, args=(project,), daemon=True).start()

    def of(self, project: str) -> list[Upload]:
        """What is known of a project's uploads, the oldest first."""
        with self._lock:
            return list(self._uploads.get(project.lower(), []))

    def busy(self, project: str) -> bool:
        """Whether files of a project are being taken in."""
        return project.lower() in self._working

    def dismiss(self, project: str) -> None:
        """Forgets the uploads that have ended."""
        with self._lock:
            mine = self._uploads.get(project.lower(), [])
            mine[:] = [upload for upload in mine if not upload.ended]

    def _keep(self, name: str, content: BinaryIO) -> Path:
        """Writes a file where its bytes say, whole or not at all."""
        sha256 = hashlib.sha256()
        while chunk := content.read(CHUNK):
            sha256.update(chunk)
        content.seek(0)
        folder = self._folder / sha256.hexdigest()[:32]
        path = folder / Path(name).name
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            part = path.with_name(path.name + ".part")
            with part.open("wb") as file:
                while chunk := content.read(CHUNK):
                    file.write(chunk)
            part.replace(path)
        return path

    def _work(self, project: str) -> None:
        while True:
            with self._lock:
                todo = [u for u in self._uploads[project.lower()] if u.state == WAITING]
                if not todo:
                    self._working.discard(project.lower())
                    return
            self._ingest(project, todo)

    def _ingest(self, project: str, todo: Sequence[Upload]) -> None:
        try:
            with self._assistant(project) as assistant:
                assistant.ingest([u.path for u in todo], watcher=_Told(todo))
        except StrataError as error:
            _end(todo, str(error))
        except Exception as error:  # a door: the thread must go on with what comes later
            _end(todo, f"Something went wrong ({type(error).__name__}: {error}).")
        _end(todo, "It was passed over.")


class _Told(Watcher):
    """Notes how the files of one run go."""

    def __init__(self, uploads: Sequence[Upload]) -> None:
        self._by_path = {str(u.path): u for u in uploads}

    def taking(self, path: Path) -> None:
        upload = self._by_path.get(str(path))
        if upload is not None:
            upload.state = READING

    def done(self, outcome: Outcome) -> None:
        upload = self._by_path.get(outcome.path)
        if upload is not None:
            upload.said = said_of(outcome)
            upload.state = FAILED if isinstance(outcome, Failed) else DONE


def said_of(outcome: Outcome) -> str:
    """What became of a file, in words."""
    if isinstance(outcome, Failed):
        return f"{outcome.message} {outcome.hint}"
    if isinstance(outcome, Duplicate):
        return "It is in already, as another file."
    return "Renewed." if isinstance(outcome, Changed) else "In."


def _end(uploads: Sequence[Upload], said: str) -> None:
    for upload in uploads:
        if not upload.ended:
            upload.state, upload.said = FAILED, said
