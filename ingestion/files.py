"""Which files an ingest takes, and what they are known by. It must not know what is in them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from hierarchy.errors import UsageError

TAKEN = frozenset((".pdf", ".bib", ".ris"))  # in folders; a .json may be anything there, and is taken where it is named


def find_files(paths: Sequence[Path], include: Sequence[str] = (), exclude: Sequence[str] = ()) -> list[Path]:
    """The PDFs and the .bib and .ris files in folders (searched to any depth), and the files named outright, absolute,
    each once, in order of name.

    Links are followed, to files and to folders, each place once. What begins with a dot is passed over in folders, as
    a shell does; named outright it is taken. A link that leads nowhere is given too: that it fails should be seen.

    Args:
        paths: files and folders.
        include: patterns (`*`, `?`, `[…]`, without regard to case); only files in folders are taken whose name, or
            path below the folder, fits one of them.
        exclude: files and folders whose name or path below the folder fits one of these are passed over.

    Raises:
        UsageError: for a path that does not exist, or where there is nothing to take at all.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if is_folder(path):
            inside = _inside(path.resolve(), include, exclude, set())
            found.update(dict.fromkeys(sorted(map(_real, inside))))
        elif _is_file_or_dead_link(path):
            found[_real(path)] = None
        elif path.exists():
            raise UsageError(
                f"{path} is neither a file nor a folder.", "Name PDFs, or folders with PDFs.", "missing_path"
            )
        else:
            raise UsageError(f"{path} does not exist.", "Check the path; quote it if it holds spaces.", "missing_path")
    if not found:
        where = ", ".join(str(p) for p in paths) or "the given paths"
        which = " that fits --include and --exclude" if include or exclude else ""
        raise UsageError(
            f"There is no PDF{which} in {where}, and no .bib or .ris.",
            "Name a folder with PDFs, or the PDFs themselves.",
            "no_files",
        )
    return list(found)


def _inside(
    folder: Path, include: Sequence[str], exclude: Sequence[str], seen: set[Path], below: str = ""
) -> Iterator[Path]:
    """The files to take in a folder; `below` is its path below the first one, `seen` the folders that were searched."""
    if folder in seen:
        return
    seen.add(folder)
    try:
        entries = sorted(os.scandir(folder), key=lambda e: e.name)
    except OSError:
        yield folder  # one that may not be looked into: that it fails should be seen
        return
    for entry in entries:
        name = below + entry.name
        if entry.name.startswith(".") or _fits(name, exclude):
            continue
        path = Path(entry.path)
        if is_folder(path):
            yield from _inside(path.resolve(), include, exclude, seen, name + "/")
        elif path.suffix.lower() in TAKEN and (not include or _fits(name, include)) and _is_file_or_dead_link(path):
            yield path


def is_folder(path: Path) -> bool:
    """Whether a folder is there, as far as one may look."""
    try:
        return path.is_dir()
    except OSError:  # a link in a loop, or into a folder that may not be looked into
        return False


def _is_file_or_dead_link(path: Path) -> bool:
    """Neither a device nor a pipe, which would be read without end, by whatever link it is reached."""
    try:
        return path.is_file() or (path.is_symlink() and not path.exists())
    except OSError:
        return True


def _fits(path: str, patterns: Sequence[str]) -> bool:
    low, name = path.lower(), path.rpartition("/")[2].lower()
    return any(fnmatchcase(low, p.lower().rstrip("/")) or fnmatchcase(name, p.lower().rstrip("/")) for p in patterns)


def _real(path: Path) -> Path:
    """The absolute path of what is there; of a link that leads nowhere, its own."""
    try:
        return path.resolve() if path.exists() else path.parent.resolve() / path.name
    except (OSError, RuntimeError):  # a link in a loop
        return path.absolute()


def exists(path: Path) -> bool:
    """Whether something is there, as far as one may look."""
    try:
        return path.exists()
    except OSError:
        return False


def hash_file(path: Path) -> str:
    """SHA-256 of the file's bytes, hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
