"""How a paper that was read goes into the store: as a new one, a new version, a closer reading, or not at all.

Several ingests may work on one project: a paper is stored only if it still stands as it was known, else it is looked
at again. It must not know how files are found or read, nor in which order.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from hierarchy.behind import Behind
from hierarchy.encoder import Encoder, SentenceVectors
from hierarchy.errors import ConflictError, EncodeError, ReadError, StrataError
from hierarchy.identity import version_id
from hierarchy.linking import KEPT as LINKS
from hierarchy.linking import with_links
from hierarchy.nodes import Level, Node, Record
from hierarchy.paper import Paper
from hierarchy.store import BranchChange, NodeStore, papers_of
from ingestion.branch import Branch, Known, grow
from ingestion.containment import KilledTwiceError
from ingestion.entries.kept import ENTRIES, ENTRY, filled, kept_entries, metadata_of
from ingestion.files import exists
from ingestion.judge import Judge
from ingestion.passes import (
    LAYOUT,
    OCR,
    OCR_FAILED,
    UNREAD,
    UNREFINED,
    How,
    is_better,
    reads_more,
    satisfied,
    sees_more,
)
from ingestion.prepared import Prepared, Result
from ingestion.renaming import with_id
from ingestion.report import Duplicate, Failed, Left, Outcome, Refined, Unchanged, named
from ingestion.shelf import Shelf
from ingestion.versions import VERSION_OF, Work, main_of
from ingestion.writing.kept import WRITTEN, written_of
from ingestion.writing.summaries import MARK, with_prose

STAYING = ("tags", *LINKS, VERSION_OF, WRITTEN, ENTRIES)  # what a new state of a paper takes over
MOST_CONFLICTS = 20
MOST_WAIT_S = 1.0  # for a store that does not answer, when the run must end


class Intake:
    """Takes papers into a store, and keeps the judge's shelf up.

    One paper at a time is stored behind the caller, who prepares the next meanwhile; `waited_s` is the time by the
    clock that callers waited for the store, `writing_cpu_s` the CPU time of what was stored.
    """

    def __init__(self, store: NodeStore, encoder: Encoder) -> None:
        self._store, self._encoder = store, encoder
        self.judge = Judge(papers_of(store))
        self.waited_s = self.writing_cpu_s = 0.0
        self._storing: tuple[Prepared, Behind[BranchChange]] | None = None

    def move(self, node: Node, path: Path) -> Outcome | None:
        """Takes note of a paper whose file was moved or renamed: only its own node changes.

        None where another process changed the paper meanwhile: then the file must be judged again.
        """
        if not self._note(node, {"path": str(path)}, file=path.name):
            return None
        return Unchanged(**named(path), paper=node.id)

    def prepare(self, path: Path, read: Paper) -> Duplicate | Prepared:
        """Encodes a paper that was read by the fast pass, unless its words are in already."""
        shelf, paper = self.judge.shelf, read
        before, extra = shelf.at(path), dict[str, Any]()
        if before is None:
            before = shelf.with_words(paper.text_hash)
            if before is not None and exists(Path(before.metadata["path"])):
                return Duplicate(**named(path), of=before.metadata["path"])
        before = before or shelf.awaits(paper)
        if before is not None:  # a new version, at the same path or of a file that is gone, or of a bare entry
            paper = with_id(paper, before.id)
            extra = _kept(before, *STAYING)
        else:
            main = main_of(paper, shelf.bearing(Work.of_paper(paper).names))
            if main is not None:
                extra = {VERSION_OF: shelf.main(main).id}
            if shelf.get(paper.paper_id) is not None:
                paper = with_id(paper, version_id(paper.paper_id, paper.text_hash))
        known = shelf.get(paper.paper_id)
        branch = self.grown(paper, known, extra | {LAYOUT: "never"})
        return Prepared(path, branch, known, before, shelf, partial(self.prepare, path, read))

    def refine(self, path: Path, read: Paper, how: How) -> Result | Prepared:
        """Encodes what was read again otherwise than it is in; ids stay as the fast pass gave them."""
        shelf = self.judge.shelf
        known = shelf.at(path)
        if known is None or not is_better(known.metadata, how):
            return Left(**named(path))
        if read.sha256 != known.metadata["sha256"]:
            return _unrefined(path, known, ReadError("The file changed while it was read.", "Ingest it again."))
        if how.ocr and not read.ocr and read.unread and (known.metadata.get(OCR) or not sees_more(known.metadata, how)):
            return _unrefined(path, known, _without_ocr(read))
        paper = with_id(read, known.id)
        extra = _kept(known, *STAYING) | _satisfied(known, read, how)
        again = partial(self.refine, path, read, how)
        return Prepared(path, self.grown(paper, known, extra), known, known, shelf, again, how)

    def not_refined(self, path: Path, error: ReadError | EncodeError, how: How) -> Refined | Left:
        """Notes that a paper could not be refined: it stays as it is, and is not tried again unasked.

        Where the file is gone, its reader was killed, or a service did not encode its words, nothing is noted: another
        time it may go well. What was
        stored before must have been settled.
        """
        known = self.judge.shelf.at(path)
        if known is None:
            return Left(**named(path))
        passing = isinstance(error, KilledTwiceError | EncodeError) or not exists(path)
        failed = {LAYOUT: how.layout, UNREFINED: error.code} if sees_more(known.metadata, how) else {}
        failed |= {OCR_FAILED: how.ocr} if reads_more(known.metadata, how) else {}
        if not passing and not self._note(known, failed):
            return Left(**named(path))
        return _unrefined(path, known, error)

    def store(self, prepared: Prepared) -> Result | None:
        """Begins to store a paper; `settle` gives its outcome, unless it is known at once.

        What was stored before must have been settled.
        """
        again: Result | Prepared = prepared
        if prepared.shelf is not self.judge.shelf:
            try:
                again = prepared.again()
            except EncodeError as error:
                return _not_taken(prepared, error)
        if not isinstance(again, Prepared):
            return again
        self.judge.shelf.put(again.top)
        replace = partial(self._store.replace_branch, again.top.id, again.branch.records, again.known)
        self._storing = again, Behind(replace)
        return None

    def settle(self) -> Result | None:
        """Waits for the paper that is being stored, if there is one.

        Raises:
            ConflictError: where others keep changing this very paper.
        """
        for left in reversed(range(MOST_CONFLICTS)):
            if self._storing is None:
                return None
            prepared, storing = self._storing
            start = time.monotonic()
            try:
                change = storing.result()
            except ConflictError:
                if not left:
                    raise
                self._look_again()
                outcome = self.store(prepared)
                if outcome is not None:
                    self._storing = None
                    return outcome
            else:
                self._storing = None
                self.writing_cpu_s += storing.cpu_s
                return prepared.stored(change)
            finally:
                self.waited_s += time.monotonic() - start
        raise AssertionError("unreachable")

    def rest(self) -> Result | None:
        """Waits a moment for a paper that is being stored, where the run ends early; its outcome, if it is in.

        One that takes longer is whole or not at all without us.
        """
        if self._storing is None or not self._storing[1].wait(MOST_WAIT_S):
            return None
        (prepared, storing), self._storing = self._storing, None
        try:
            return prepared.stored(storing.result())
        except StrataError:
            return None

    def _note(self, node: Node, said: dict[str, Any], **fields: str) -> bool:
        """Writes a paper's own node alone, with more metadata; whether it still stood as it was known."""
        now = self._store.get([node.id]).get(node.id)
        vector = self._store.vectors([node.id]).get(node.id)
        if now is None or vector is None or now.metadata != node.metadata:
            self._look_again()
            return False
        noted = msgspec.structs.replace(now, metadata=now.metadata | said, **fields)
        self._store.upsert([Record(noted, vector, self._store.attachments([node.id]).get(node.id))])
        self.judge.shelf.put(noted)
        return True

    def grown(
        self, paper: Paper, known: Node | None, extra: Mapping[str, Any], encoder: Encoder | None = None
    ) -> Branch:
        """The branch of a paper with its final id, in place of the one that is `known`; `extra` as in `grow`."""
        entries = kept_entries(extra)
        paper = paper if paper.reading == ENTRY else filled(paper, entries)
        extra = {**extra, **metadata_of(entries)}
        passages_of = self._known_passages if known is not None else _none_known
        branch = grow(paper, self._store.project, encoder or self._encoder, passages_of, extra)
        top = branch.records[0]
        records = [msgspec.structs.replace(top, node=with_links(top.node)), *branch.records[1:]]
        if known is not None and known.metadata.get(MARK):
            above = [r.node.id for r in records if r.node.level in (Level.PAPER, Level.SECTION)]
            records = with_prose(records, self._store.get(above))
        return msgspec.structs.replace(branch, records=tuple(records))

    def _look_again(self) -> None:
        self.judge.shelf = Shelf(papers_of(self._store))

    def _known_passages(self, ids: Sequence[str]) -> Mapping[str, Known]:
        nodes, vectors, attachments = self._store.get(ids), self._store.vectors(ids), self._store.attachments(ids)
        written = written_of(self._store, nodes)
        return {
            i: Known(nodes[i].digest, vectors[i], SentenceVectors.unpack(attachments[i]), written.get(i))
            for i in ids
            if i in nodes and i in vectors and i in attachments
        }


def _not_taken(prepared: Prepared, error: EncodeError) -> Failed | Refined:
    """What becomes of a paper that others changed meanwhile and that cannot be encoded again."""
    if prepared.refines and prepared.known is not None:
        return _unrefined(prepared.path, prepared.known, error)
    return Failed(**named(prepared.path), **error.to_dict(), entry=prepared.entry)


def _unrefined(path: Path, known: Node, error: ReadError | EncodeError) -> Refined:
    said = known.metadata
    names, reading = named(path), str(said["pass"])
    return Refined(
        **names,
        paper=known.id,
        reading=reading,
        error=error.to_dict(),
        ocr=said.get(OCR),
        unread=said.get(UNREAD, 0),
    )


def _satisfied(known: Node, read: Paper, how: How) -> dict[str, Any]:
    """What a paper satisfies that was read again so: what failed before and was not tried now stays noted.

    The hash of its words stays that of the fast pass, unless OCR has read others.
    """
    said: dict[str, Any] = {LAYOUT: satisfied(how.layout, read.reading)}
    if known.metadata.get(UNREFINED) and not sees_more(known.metadata, how):
        said = _kept(known, LAYOUT, UNREFINED)
    if known.metadata.get(OCR_FAILED) != how.ocr:
        said |= _kept(known, OCR_FAILED)
    return said | (_kept(known, "text_hash") if read.ocr == (known.metadata.get(OCR) or "") else {})


def _without_ocr(read: Paper) -> ReadError:
    """Why pages that are pictures were not read although that was asked for: Tesseract is not there."""
    first = next(warning for warning in read.warnings if warning.code == "unread")
    return ReadError(f"Page {first.page}: {first.message}", "Then ingest it again with --ocr.", "no_text")


def _kept(node: Node, *names: str) -> dict[str, Any]:
    """What a new state of a paper takes over from the one before."""
    return {name: node.metadata[name] for name in names if name in node.metadata}


def _none_known(ids: Sequence[str]) -> Mapping[str, Known]:
    return {}
