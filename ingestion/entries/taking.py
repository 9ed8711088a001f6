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
from hierarchy.errors import EncodeError
from hierarchy.filters import Eq
from hierarchy.identity import version_id
from hierarchy.linking import with_links
from hierarchy.nodes import Level, Node, Record
from hierarchy.paper import Paper
from hierarchy.store import NodeStore
from ingestion.branch import Branch, paper_digest, texts_of
from ingestion.entries.ahead import Ahead
from ingestion.entries.entry import Entry
from ingestion.entries.judging import EntryOf, NewEntry, judged, told_by
from ingestion.entries.kept import ENTRIES, Kept, is_entry, kept_entries, paper_of, renewed
from ingestion.entries.reading import EntryFile, Found
from ingestion.intake import STAYING, Intake
from ingestion.prepared import Prepared, Result
from ingestion.renaming import with_id
from ingestion.report import Failed, Left, Outcome, named
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
                    if isinstance(found, Entry):
                        self._watcher.taking(file.path)
                    yield from self._stored(self._prepared(file, found, ahead))
        self._settle()
        yield from self._given()

    def renewed(self, papers: Sequence[Node]) -> Iterator[Result]:
        """Grows papers of which there are entries alone once more, from what their nodes keep of the entries."""
        for paper in papers:
            yield from self._stored(self._again(Path(str(paper.metadata["path"])), paper.id))
        self._settle()
        yield from self._given()

    def _texts(self, path: Path, some: Sequence[Found]) -> list[Text]:
        """What must be encoded of entries of which nothing is in."""
        papers = [
            paper
            for entry in some
            if isinstance(entry, Entry) and self._shelf.of_entry(path, entry.key) is None
            for paper in [paper_of([Kept.of(entry, path)])]
            if told_by(self._shelf, paper) is None
        ]
        return list(dict.fromkeys(text for paper in papers for text in texts_of(paper)))

    def _stored(self, prepared: Result | Prepared) -> Iterator[Result]:
        outcome: Result | None = None
        if isinstance(prepared, Prepared):
            self._settle()
            outcome = self._intake.store(prepared)
        else:
            outcome = prepared
        yield from self._given()
        if outcome:
            yield outcome

    def _prepared(self, file: EntryFile, found: Found, encoder: Encoder) -> Outcome | Prepared:
        try:
            return self._judged(file, found, encoder)
        except EncodeError as error:  # the next entry may fare better
            return Failed(**named(file.path), **error.to_dict(), entry=found.key)

    def _judged(self, file: EntryFile, found: Found, encoder: Encoder) -> Outcome | Prepared:
        shelf, again = self._shelf, partial(self._prepared, file, found, encoder)
        match judged(shelf, file, found):
            case NewEntry(kept=kept, paper=paper):
                branch, replaced = self._new(paper, kept, encoder)
                return Prepared(file.path, branch, replaced, None, shelf, again, entry=kept.key)
            case EntryOf(paper=known, entries=entries):
                if not is_entry(known):
                    self._settle()  # it may be the one that is being stored
                grown = self._grown(known, entries, encoder) if is_entry(known) else self._renewed(known, entries)
                key = found.key if isinstance(found, Entry) else None
                return Prepared(file.path, grown, known, known, shelf, again, entry=key)
            case outcome:
                return outcome

    def _again(self, path: Path, paper: str) -> Result | Prepared:
        shelf = self._shelf
        known = shelf.get(paper)
        if known is None or not is_entry(known):
            return Left(**named(path))
        entries = kept_entries(known.metadata)
        try:
            branch = self._grown(known, entries, self._encoder)
        except EncodeError as error:
            return Failed(**named(path), **error.to_dict(), entry=entries[0].key)
        return Prepared(path, branch, known, known, shelf, partial(self._again, path, paper), entry=entries[0].key)

    def _grown(self, known: Node, entries: Sequence[Kept], encoder: Encoder) -> Branch:
        """The branch of a paper without pages, as these entries tell of it."""
        extra = {name: known.metadata[name] for name in STAYING if name in known.metadata}
        paper = with_id(paper_of(entries), known.id)
        return self._intake.grown(paper, known, extra | {ENTRIES: msgspec.to_builtins(list(entries))}, encoder)

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
        top = msgspec.structs.replace(known, title=title, paper_title=title, text=said, digest=own, metadata=metadata)
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


def _is_top_section(node: Node, paper: Node) -> bool:
    return node.level == Level.SECTION and node.parent == paper.id
