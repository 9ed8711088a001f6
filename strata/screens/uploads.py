"""Uploaded papers: copied under STRATA_HOME by the hash of their bytes, and taken in beside whoever asks.

One thread takes one project's files after the other, so that a reload or a closed window stops nothing; what waits is
noted beside the files, and taken up again by the next server. A paper is in when its fast pass is stored; it is refined
when nothing waits. What failed is in the journal; here stands only what is
under way. It must not know Streamlit.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from hierarchy.errors import StrataError
from ingestion.files import exists, hash_file
from ingestion.report import Added, Changed, Duplicate, Failed, Left, Outcome, Refined, Unchanged
from ingestion.watcher import Watcher
from strata.assistant import Assistant

CHUNK = 1 << 20
MOST_KEPT = 400  # uploads of a project whose end is still told
MOST_NAME = 180  # bytes of a file's name; systems refuse more than 255
NOTE = ".waiting"  # PROJECT.waiting: the paths that wait, as JSON
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
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._assistant = folder.resolve(), assistant
        self._lock = threading.Lock()
        self._uploads: dict[str, list[Upload]] = {}
        self._working: set[str] = set()
        self._refining: set[str] = set()  # projects of which all that came is searchable
        self._rough: dict[str, list[Path]] = {}  # papers that are in, and not yet refined
        for note in sorted(self._folder.glob(f"*{NOTE}")):
            paths = map(Path, msgspec.json.decode(note.read_bytes(), type=list[str]))
            self._begin(note.name.removesuffix(NOTE), [Upload(path.name, path) for path in paths if exists(path)])

    def take(self, project: str, files: Sequence[tuple[str, BinaryIO]]) -> None:
        """Keeps files, given as name and content, and begins to take them in.

        Raises:
            OSError: where they cannot be kept.
        """
        self._begin(project, [Upload(Path(name).name, self._keep(name, content)) for name, content in files])

    def of(self, project: str) -> list[Upload]:
        """What is known of a project's uploads, the oldest first."""
        with self._lock:
            return list(self._uploads.get(project.lower(), []))

    def busy(self, project: str) -> bool:
        """Whether files of a project are on their way; those that are in and only refined are not."""
        with self._lock:
            on_their_way = any(not upload.ended for upload in self._uploads.get(project.lower(), []))
            return on_their_way or project.lower() in self._working - self._refining

    def dismiss(self, project: str) -> None:
        """Forgets the uploads that have ended."""
        with self._lock:
            mine = self._uploads.get(project.lower(), [])
            mine[:] = [upload for upload in mine if not upload.ended]

    def _begin(self, project: str, uploads: Sequence[Upload]) -> None:
        with self._lock:
            mine = self._uploads.setdefault(project.lower(), [])
            mine += uploads
            old = {id(upload) for upload in [u for u in mine if u.ended][: max(0, len(mine) - MOST_KEPT)]}
            mine[:] = [upload for upload in mine if id(upload) not in old]
            self._note(project, mine)
            if project.lower() in self._working:
                return
            self._working.add(project.lower())
        threading.Thread(target=self._work, args=(project,), daemon=True).start()

    def _waits(self, project: str) -> bool:
        with self._lock:
            return any(upload.state == WAITING for upload in self._uploads[project.lower()])

    def _note(self, project: str, uploads: Sequence[Upload]) -> None:
        """Notes what waits, for a server that comes after this one."""
        note = self._folder / f"{project}{NOTE}"
        rough = self._rough.get(project.lower(), [])
        waiting = [str(path) for path in (*(upload.path for upload in uploads if not upload.ended), *rough)]
        if waiting:
            _write(note, msgspec.json.encode(waiting))
        else:
            note.unlink(missing_ok=True)

    def _keep(self, name: str, content: BinaryIO) -> Path:
        """Writes a file where its bytes say, whole or not at all."""
        sha256 = hashlib.sha256()
        while chunk := content.read(CHUNK):
            sha256.update(chunk)
        content.seek(0)
        folder = self._folder / sha256.hexdigest()[:32]
        folder.mkdir(exist_ok=True)
        path = folder / _short(Path(name).name)
        if not path.exists() or hash_file(path) != sha256.hexdigest():
            _write(path, content)
        return path

    def _work(self, project: str) -> None:
        while True:
            with self._lock:
                mine = self._uploads[project.lower()]
                self._note(project, mine)
                todo = [upload for upload in mine if upload.state == WAITING]
                rough = self._rough.setdefault(project.lower(), [])
                if not todo and not rough:
                    self._working.discard(project.lower())
                    return
            self._ingest(project, todo, rough)

    def _ingest(self, project: str, todo: Sequence[Upload], rough: list[Path]) -> None:
        """Takes files in, and refines them and what was left to refine, until others wait."""
        told = _Told(todo, rough, lambda: self._waits(project), lambda: self._refining.add(project.lower()))
        if todo:
            self._refining.discard(project.lower())
        try:
            with self._assistant(project) as assistant:
                assistant.ingest([*(upload.path for upload in todo), *filter(exists, rough)], watcher=told)
            if not told.left:
                rough.clear()
        except StrataError as error:
            _end(todo, str(error))
            rough.clear()
        except Exception as error:  # a door: the thread must go on with what comes later
            _end(todo, f"Something went wrong ({type(error).__name__}: {error}).")
            rough.clear()
        _end(todo, "It was passed over.")


class _Told(Watcher):
    """Notes how the files of one run go; one file may have been given twice.

    Args:
        uploads: of this run.
        rough: the papers that are in and not yet refined; kept up.
        waits: whether other uploads wait.
        searchable: called when all that came is in.
    """

    def __init__(
        self, uploads: Sequence[Upload], rough: list[Path], waits: Callable[[], bool], searchable: Callable[[], None]
    ) -> None:
        self._uploads, self._rough, self._waits, self._searchable = uploads, rough, waits, searchable
        self.left = False  # whether papers were left unrefined, as others waited

    def taking(self, path: Path) -> None:
        for upload in self._at(str(path)):
            if not upload.ended:
                upload.state = READING

    def done(self, outcome: Outcome) -> None:
        for upload in self._at(outcome.path):
            upload.said = said_of(outcome)
            upload.state = FAILED if isinstance(outcome, Failed) else DONE
        path = Path(outcome.path)
        if isinstance(outcome, Added | Changed | Unchanged) and path not in self._rough:
            self._rough.append(path)

    def refining(self, papers: int) -> None:
        self._searchable()

    def refined(self, refined: Refined | Left) -> None:
        if Path(refined.path) in self._rough:
            self._rough.remove(Path(refined.path))

    def enough(self) -> bool:
        self.left = self.left or self._waits()
        return self.left

    def _at(self, path: str) -> list[Upload]:
        return [upload for upload in self._uploads if str(upload.path) == path]


def said_of(outcome: Outcome) -> str:
    """What became of a file, in words."""
    if isinstance(outcome, Failed):
        return f"{outcome.message} {outcome.hint}"
    if isinstance(outcome, Duplicate):
        return "It is in already, as another file."
    if isinstance(outcome, Added) and outcome.version_of:
        return "In, as another version of a paper."
    return "Renewed." if isinstance(outcome, Changed) else "In."


def _end(uploads: Sequence[Upload], said: str) -> None:
    for upload in uploads:
        if not upload.ended:
            upload.state, upload.said = FAILED, said


def _write(path: Path, content: bytes | BinaryIO) -> None:
    """Puts a file in its place in one step, when its bytes are on the disk."""
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as part:
        if isinstance(content, bytes):
            part.write(content)
        else:
            while chunk := content.read(CHUNK):
                part.write(chunk)
        part.flush()
        os.fsync(part.fileno())
    os.replace(part.name, path)


def _short(name: str) -> str:
    """A name that every system takes, with its ending."""
    stem, ending = os.path.splitext(name)
    room = MOST_NAME - len(ending.encode())
    return stem.encode()[:room].decode("utf-8", "ignore") + ending if len(name.encode()) > MOST_NAME else name
