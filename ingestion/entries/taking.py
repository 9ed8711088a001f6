"""Takes the entries of files of references into a project: as papers of their own, or into the paper of the same work.

An entry is known by its file and key; one that is new is looked up as a reference to its work would be resolved. Each
is acknowledged when its paper is stored, so a run that ends early is gone on with by the next. It must not know the
formats that entries are read from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from hierarchy.encoder import Encoder, Text
from hierarchy.filters import Eq
from hierarchy.identity import version_id
from hierarchy.linking import with_links
from hierarchy.nodes import Level, Node, Record
from hierarchy.paper import Paper
from hierarchy.store import NodeStore
from ingestion.branch import Branch, is_older, paper_digest, texts_of
from ingestion.entries.ahead import Ahead
from ingestion.entries.entry import BadEntry, Entry
from ingestion.entries.kept import ENTRIES, Kept, is_entry, kept_entries, paper_of, renewed
from ingestion.entries.reading import Again, EntryFile, Found
from ingestion.files import exists
from ingestion.intake import STAYING, Intake
from ingestion.prepared import Prepared, Result
from ingestion.renaming import with_id
from ingestion.report import Duplicate, Failed, Outcome, Unchanged, named
from ingestion.shelf import Shelf
from ingestion.versions import VERSION_OF, Work, main_of
from ingestion.watcher import Watcher

AT_ONCE = 64  # entries that are encoded together


class EntryIntake:
    """Takes entries in through the same intake as papers; one of them is stored while the next is prepared."""

    def __init__(self, store: NodeStore, encoder: Encoder, intake: Intake, watcher: Watcher) -> None:
        self._store, self._encoder, self._intake, self._watcher = store, encoder, intake, watcher
        self._settled: list[Result] = []

    def outcomes(self, files: Sequence[EntryFile]) -> Iterator[Result]:
        """What becomes of each entry, and of each file that has none."""
        for file in files:
            for start in range(0, len(file.found), AT_ONCE):
                some = file.found[start : start + AT_ONCE]
                ahead = Ahead(self._encoder, self._texts(file.path, some))
                for found in some:
                    yield from self._taken(file, found, ahead)
        self._settle()
        yield from self._given()

    def _texts(self, path: Path, some: Sequence[Found]) -> list[Text]:
        """What must be encoded of entries of which nothing is in."""
        papers = [
            paper
            for entry in some
            if isinstance(entry, Entry) and self._shelf.of_entry(path, entry.key) is None
            for paper in [paper_of([Kept.of(entry, path)])]
            if _told_by(self._shelf, paper) is None
        ]
        return list(dict.fromkeys(text for paper in papers for text in texts_of(paper)))

    def _taken(self, file: EntryFile, found: Found, encoder: Encoder) -> Iterator[Result]:
        if isinstance(found, BadEntry):
            said = {"code": found.code, "message": found.message, "hint": found.hint}
            yield Failed(**named(file.path), **said, entry=found.key)
        elif isinstance(found, Again):
            yield Duplicate(**named(file.path), of=str(file.path), entry=found.key)
        else:
            self._watcher.taking(file.path)
            prepared = self._prepared(file, found, encoder)
            if isinstance(prepared, Prepared):
                self._settle()
                outcome = self._intake.store(prepared)
            else:
                outcome = prepared
            yield from self._given()
            if outcome:
                yield outcome

    def _prepared(self, file: EntryFile, entry: Entry, encoder: Encoder) -> Outcome | Prepared:
        path, shelf, kept = file.path, self._shelf, Kept.of(entry, file.path)
        paper, known = paper_of([kept]), shelf.of_entry(file.path, entry.key)
        if known is None and (known := _told_by(shelf, paper)) is not None:
            others = [e for e in kept_entries(known.metadata) if e.path == kept.path and e.key in file.keys]
            if any(_differ(kept, other) for other in others):
                known = None
            elif others:
                return Duplicate(**named(path), of=str(path), entry=entry.key)
        again = partial(self._prepared, file, entry, encoder)
        if known is None:
            branch, replaced = self._new(paper, kept, encoder)
            return Prepared(path, branch, replaced, None, shelf, again, entry=entry.key)
        had = kept_entries(known.metadata)
        entries = _with(had, kept, file)
        if entries == had and not (is_entry(known) and is_older(known)):
            return Unchanged(**named(path), paper=known.id, entry=entry.key)
        if is_entry(known):
            extra = {name: known.metadata[name] for name in STAYING if name in known.metadata}
            whole = with_id(paper_of(entries), known.id)
            branch = self._intake.grown(whole, known, extra | {ENTRIES: msgspec.to_builtins(entries)}, encoder)
            return Prepared(path, branch, known, known, shelf, again, entry=entry.key)
        self._settle()  # it may be the one that is being stored
        branch = self._renewed(known, entries)
        return Prepared(path, branch, known, known, shelf, again, entry=entry.key)

    def _new(self, paper: Paper, kept: Kept, encoder: Encoder) -> tuple[Branch, Node | None]:
        """The branch of a paper that an entry alone makes."""
        shelf = self._shelf
        extra: dict[str, Any] = {ENTRIES: msgspec.to_builtins([kept])}
        main = main_of(paper, shelf.bearing(Work.of_paper(paper).names))
        if main is not None:
            extra[VERSION_OF] = shelf.main(main).id
        if shelf.get(paper.paper_id) is not None:
            paper = with_id(paper, version_id(paper.paper_id, f"{kept.path}\n{kept.key}\n{paper.text_hash}"))
        known = shelf.get(paper.paper_id)
        return self._intake.grown(paper, known, extra, encoder), known

    def _renewed(self, known: Node, entries: Sequence[Kept]) -> Branch:
        """The branch of a paper with pages, as these entries tell of it; nothing is read or encoded again."""
        title, text, metadata = renewed(known, entries)
        nodes = list(self._store.scan(Eq("paper", known.id)))
        tops = [n.digest for n in sorted(nodes, key=lambda n: n.order) if _is_top_section(n, known)]
        own = paper_digest(title, text, metadata, tops, self._store.encoder)
        said = f"{title}\n{text}" if text else title
        top = msgspec.structs.replace(
            known, title=title, paper_title=title, text=said, digest=own, metadata=metadata
        )
        told = {"paper_title": title}
        below = [
            msgspec.structs.replace(node, **told, metadata=node.metadata | {"year": metadata["year"]})
            for node in nodes
            if node.level != Level.PAPER
        ]
        ids = [node.id for node in nodes]
        vectors, attachments = self._store.vectors(ids), self._store.attachments(ids)
        records = [
            Record(node, vectors[node.id], attachments.get(node.id))
            for node in (with_links(top), *below)
            if node.id in vectors
        ]
        return Branch(tuple(records), 0)

    @property
    def _shelf(self) -> Shelf:
        return self._intake.judge.shelf

    def _settle(self) -> None:
        if result := self._intake.settle():
            self._settled.append(result)

    def _given(self) -> Iterator[Result]:
        yield from self._settled
        self._settled.clear()


def _told_by(shelf: Shelf, paper: Paper) -> Node | None:
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


def _is_top_section(node: Node, paper: Node) -> bool:
    return node.level == Level.SECTION and node.parent == paper.id
