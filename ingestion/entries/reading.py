"""Reads a file of references into entries: which format it is, its letters, and keys that stand twice.

Whatever is wrong is told, for the file or for the one entry; nothing is raised. It must not know stores.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, count
from pathlib import Path

import msgspec

from hierarchy.identity import key_of
from hierarchy.paper import Author
from ingestion.entries.entry import BadEntry, Entry, Item, entry_of
from ingestion.report import readable

BOMS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
SUFFIXES = frozenset((".bib", ".bibtex", ".ris", ".json"))


class Again(msgspec.Struct, frozen=True):
    """An entry that stands in its file word for word before."""

    key: str


Found = Entry | Again | BadEntry


class EntryFile(msgspec.Struct, frozen=True):
    """A file of references, what was found in it, in its order, and the keys of the entries that can be taken."""

    path: Path
    found: tuple[Found, ...]
    keys: frozenset[str]

    @classmethod
    def of(cls, path: Path, *found: Found) -> EntryFile:
        """A file in which this was found."""
        return cls(path, found, frozenset(entry.key for entry in found if isinstance(entry, Entry)))


def is_references(path: Path) -> bool:
    """Whether a file is one of references, by its name."""
    return path.suffix.lower() in SUFFIXES


def read_entries(path: Path, most_mb: int) -> EntryFile:
    """The entries of a file, and what is wrong with it."""
    if str(path) != readable(str(path)):
        told = BadEntry(None, "unreadable", "The file's name is no text in UTF-8.", "Rename it, and ingest it again.")
        return EntryFile.of(path, told)
    try:
        if path.stat().st_size > most_mb * 1_000_000:
            told = BadEntry(None, "too_large", f"The file has more than {most_mb} MB.", "Set STRATA_MAX_FILE_MB.")
            return EntryFile.of(path, told)
        raw = path.read_bytes()
    except OSError as error:
        said = f"The file cannot be opened ({error.strerror or error})."
        return EntryFile.of(path, BadEntry(None, "unreadable", said, "Check that it exists and may be read."))
    found = tuple(_once(_found(_format_of(path)(_text(raw)))))
    empty = BadEntry(None, "empty", "The file holds no entry.", "Check that it is CSL-JSON, BibTeX or RIS.")
    return EntryFile.of(path, *(found or (empty,)))


def _format_of(path: Path) -> Callable[[str], Iterator[Item | BadEntry]]:
    """The reader of a format; each is imported where it is needed."""
    match path.suffix.lower():
        case ".ris":
            from ingestion.entries.ris import read_ris

            return read_ris
        case ".json":
            from ingestion.entries.csl import read_csl

            return read_csl
        case _:
            from ingestion.entries.bibtex import read_bibtex

            return read_bibtex


def _text(raw: bytes) -> str:
    """The letters of a file; bytes that are no UTF-8 are kept as such, so that only their entries fail."""
    encoding = next((name for mark, name in BOMS.items() if raw.startswith(mark)), "utf-8")
    if encoding == "utf-16":
        return raw.decode(encoding, "replace")
    return raw.decode("utf-8", "surrogateescape").removeprefix("\ufeff").replace("\x00", "")


def _found(items: Iterable[Item | BadEntry]) -> Iterator[Entry | BadEntry]:
    for item in items:
        yield item if isinstance(item, BadEntry) else entry_of(item)


def _once(entries: Iterable[Entry | BadEntry]) -> Iterator[Found]:
    """Each key once: of two entries with one key the first counts. One without a key gets one of its own."""
    seen: dict[str, Entry] = {}
    for entry in entries:
        if isinstance(entry, Entry) and not entry.key:
            made = key_of(Author(entry.authors[0]).family if entry.authors else "", entry.year, entry.title)
            others = (f"{made}-{number}" for number in count(2))
            free = next(key for key in chain((made,), others) if key not in seen or _same(seen[key], entry))
            entry = msgspec.structs.replace(entry, key=free)
        if isinstance(entry, BadEntry):
            yield entry
            continue
        before = seen.setdefault(entry.key, entry)
        if before is entry:
            yield entry
        elif before == entry:
            yield Again(entry.key)
        else:
            said = f"The key {entry.key[:80]!r} stands twice in the file; the first entry was taken."
            yield BadEntry(entry.key, "duplicate_key", said, "Give this one a key of its own, and ingest it again.")


def _same(one: Entry, other: Entry) -> bool:
    return one == msgspec.structs.replace(other, key=one.key)


def of_path(files: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """Files of papers, and those of references."""
    return [path for path in files if not is_references(path)], [path for path in files if is_references(path)]
