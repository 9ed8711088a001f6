"""What an entry is to a project: new, known and unchanged, known and changed, or one that says what another does.

It must not know stores, encoders, or the formats that entries are read from; it does nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from hierarchy.nodes import Node
from hierarchy.paper import Paper
from ingestion.branch import is_older
from ingestion.entries.entry import BadEntry, Entry
from ingestion.entries.kept import Kept, is_entry, kept_entries, paper_of
from ingestion.entries.reading import Again, EntryFile, Found
from ingestion.files import exists
from ingestion.report import Duplicate, Failed, Unchanged, named
from ingestion.shelf import Shelf


class NewEntry(msgspec.Struct, frozen=True):
    """An entry of a work that is not in; `paper` is what it makes alone."""

    kept: Kept
    paper: Paper


class EntryOf(msgspec.Struct, frozen=True):
    """An entry that tells something new of a paper that is in, and the entries that the paper has with it."""

    paper: Node
    entries: tuple[Kept, ...]


def judged(shelf: Shelf, file: EntryFile, found: Found) -> Failed | Duplicate | Unchanged | NewEntry | EntryOf:
    """What must be done with an entry: known by its file and key, else as the same work as a paper that is in."""
    names, here = named(file.path), str(file.path)
    if isinstance(found, BadEntry):
        return Failed(**names, code=found.code, message=found.message, hint=found.hint, entry=found.key)
    if isinstance(found, Again):
        return Duplicate(**names, of=here, entry=found.key)
    kept = Kept.of(found, file.path)
    known = shelf.of_entry(file.path, found.key)
    if known is None and (known := told_by(shelf, paper_of([kept]))) is not None:
        others = [e for e in kept_entries(known.metadata) if e.path == here and e.key in file.keys]
        if any(_differ(kept, other) for other in others):
            known = None  # two works for whoever made the file
        elif others:
            return Duplicate(**names, of=here, entry=found.key)
    if known is None:
        return NewEntry(kept, paper_of([kept]))
    had = kept_entries(known.metadata)
    entries = _with(had, kept, file)
    if entries == had and not (is_entry(known) and is_older(known)):
        return Unchanged(**names, paper=known.id, entry=found.key)
    return EntryOf(known, tuple(entries))


def told_by(shelf: Shelf, paper: Paper) -> Node | None:
    """The paper of the library that is the same work, or says word for word the same."""
    same = shelf.get(paper.paper_id)
    if same is not None and same.metadata.get("text_hash") == paper.text_hash:
        return same
    return shelf.same_work(paper)


def _with(had: Sequence[Kept], kept: Kept, file: EntryFile) -> list[Kept]:
    """The entries of a paper with one that is new or changed: in place of what it was, of one of its file whose key
    has gone, or of one whose file has; else behind them."""
    same = [i for i, e in enumerate(had) if (e.path, e.key) == (kept.path, kept.key)]
    same += [i for i, e in enumerate(had) if e.path == kept.path and e.key not in file.keys]
    same += [i for i, e in enumerate(had) if e.path != kept.path and not exists(Path(e.path))]
    return [kept if i == same[0] else e for i, e in enumerate(had)] if same else [*had, kept]


def _differ(one: Entry, other: Entry) -> bool:
    """Whether two entries name two works, each by an identifier of its own."""
    pairs = ((one.doi, other.doi), (one.arxiv, other.arxiv))
    return any(a and b and a.casefold() != b.casefold() for a, b in pairs)
