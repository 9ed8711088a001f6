"""Which files an ingest takes, and what they are known by. It must not know what is in them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from hierarchy.errors import UsageError


def find_files(paths: Sequence[Path]) -> list[Path]:
    """The PDFs in folders (searched to any depth) and the files named outright, absolute, each once, in order of name.

    Raises:
        UsageError: for a path that does not exist, or where there is no PDF at all.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path} does not exist.", "Check the path; quote it if it holds spaces.", "missing_path")
        if path.is_dir():
            inside = (
                p for p in path.rglob("*") if p.suffix.lower() == ".pdf" and p.is_file() and not p.name.startswith("._")
            )
            found.update(dict.fromkeys(sorted(p.resolve() for p in inside)))
        elif path.is_file():
            found[path.resolve()] = None
        else:
            raise UsageError(
                f"{path} is neither a file nor a folder.", "Name PDFs, or folders with PDFs.", "missing_path"
            )
    if not found:
        where = ", ".join(str(p) for p in paths) or "the given paths"
        raise UsageError(f"There is no PDF in {where}.", "Name a folder with PDFs, or the PDFs themselves.", "no_files")
    return list(found)


def hash_file(path: Path) -> str:
    """SHA-256 of the file's bytes, hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
