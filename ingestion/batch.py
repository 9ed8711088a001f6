"""Ingests files into a project: what is new is read, grown into a branch, and stored; what is unchanged costs a hash.

One file at a time is acknowledged, whole; a failure is one file's failure. Whether a file is in is read from its
paper's node in the store, never from the journal. It must not know any one store, encoder or screen.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from hierarchy.encoder import Encoder, EncoderIdentity, Encoding, SentenceVectors, Text
from hierarchy.errors import ReadError
from hierarchy.filters import Eq
from hierarchy.identity import version_id
from hierarchy.journal import Failure, Journal
from hierarchy.nodes import Level, Node, Record
from hierarchy.paper import Paper
from hierarchy.store import NodeStore
from ingestion.branch import RULES, Known, grow
from ingestion.containment import ReaderPool
from ingestion.files import hash_file
from ingestion.project import renew_project
from ingestion.renaming import with_id
from ingestion.report import Added, Changed, Duplicate, Failed, IngestReport, Outcome, Unchanged, named, readable
from ingestion.settings import IngestionSettings

Watcher = Callable[[Outcome, int, int], None]  # an outcome, how many files are done, how many there are


def ingest(
    files: Sequence[Path],
    store: NodeStore,
    journal: Journal,
    encoder: Encoder,
    settings: IngestionSettings,
    watch: Watcher = lambda outcome, done, total: None,
) -> IngestReport:
    """Takes files (absolute paths, each once: `ingestion.files.find_files`) into a project.

    Raises:
        StoreError: where the store cannot be written; what was acknowledged before stays.
    """
    start, cpu = time.monotonic(), _cpu()
    timed = _Timed(encoder)
    batch = _Batch(store, timed)
    outcomes: list[Outcome] = []

    def done(outcome: Outcome) -> None:
        outcomes.append(outcome)
        if isinstance(outcome, Failed):
            journal.failed(store.project, Failure(outcome.path, outcome.code, outcome.message, outcome.hint))
        watch(outcome, len(outcomes), len(files))

    todo: list[Path] = []
    for path in files:
        known = batch.known(path)
        if known is not None:
            done(known)
        elif batch.claims(path):
            todo.append(path)
    if todo:
        with ReaderPool(settings) as readers:
            for path, read in readers.read_all(todo):
                first = (
                    Failed(**named(path), **read.to_dict()) if isinstance(read, ReadError) else batch.take(path, read)
                )
                done(first)
                for copy in batch.copies(path):
                    failed = isinstance(first, Failed)
                    done(_renamed(first, copy) if failed else Duplicate(**named(copy), of=str(path)))
    renew_project(store)
    report = IngestReport(
        store.project,
        round(time.monotonic() - start, 3),
        tuple(outcomes),
        round(_cpu() - cpu, 3),
        round(timed.cpu_s, 3),
    )
    journal.succeeded(store.project, [o.path for o in outcomes if not isinstance(o, Failed)])
    journal.ran(store.project, report.to_dict())
    return report


class _Batch:
    """What the project holds, kept up while files come in."""

    def __init__(self, store: NodeStore, encoder: Encoder) -> None:
        self._store, self._encoder = store, encoder
        self._papers = {node.id: node for node in store.scan(Eq("level", Level.PAPER.value))}
        self._hashes: dict[Path, str] = {}
        self._claimed: dict[str, Path] = {}  # hashes that this run takes in, with the path that does
        self._waiting: dict[Path, list[Path]] = {}

    def known(self, path: Path) -> Outcome | None:
        """The outcome for a file that need not be read; None for one that must."""
        if str(path) != readable(str(path)):
            message, hint = "The file's name is no text in UTF-8.", "Rename it, and ingest it again."
            return Failed(**named(path), code="unreadable", message=message, hint=hint)
        try:
            sha256 = self._hashes[path] = hash_file(path)
        except OSError as error:
            message = f"The file cannot be opened ({error.strerror or error})."
            return Failed(
                **named(path), code="unreadable", message=message, hint="Check that it exists and may be read."
            )
        here = self._at(path)
        if here is not None and here.metadata.get("sha256") == sha256 and here.metadata.get("rules") == RULES:
            return Unchanged(**named(path), paper=here.id)
        same = next((n for n in self._papers.values() if n.metadata.get("sha256") == sha256), None)
        if same is not None and here is None and same.metadata.get("rules") == RULES:
            if Path(same.metadata["path"]).exists():
                return Duplicate(**named(path), of=same.metadata["path"])
            self._move(same, path)
            return Unchanged(**named(path), paper=same.id)
        return None

    def claims(self, path: Path) -> bool:
        """Whether this is the file that is read; a copy of one waits for what becomes of it."""
        first = self._claimed.setdefault(self._hashes[path], path)
        if first == path or self._at(path) is not None:
            return True
        self._waiting.setdefault(first, []).append(path)
        return False

    def copies(self, path: Path) -> list[Path]:
        """The copies that waited for this file."""
        return self._waiting.pop(path, [])

    def take(self, path: Path, paper: Paper) -> Outcome:
        """Stores a paper that was read."""
        before = self._at(path)
        extra: dict[str, Any] = {}
        if before is not None:
            paper = with_id(paper, before.id)
            extra = {name: before.metadata[name] for name in ("tags", "version_of") if name in before.metadata}
        else:
            other = next((n for n in self._papers.values() if n.metadata.get("text_hash") == paper.text_hash), None)
            if other is not None:
                return Duplicate(**named(path), of=other.metadata["path"])
            if paper.paper_id in self._papers:
                extra = {"version_of": paper.paper_id}
                paper = with_id(paper, version_id(paper.paper_id, paper.text_hash))
        branch = grow(paper, self._store.project, self._encoder, self._known_passages, extra)
        change = self._store.replace_branch(paper.paper_id, branch.records)
        self._papers[paper.paper_id] = branch.records[0].node
        if before is None:
            return Added(**named(path), paper=paper.paper_id, title=paper.title, nodes=len(branch.records))
        passages = {r.node.id for r in branch.records if r.node.level == Level.PASSAGE}
        moved, kept = len(passages & set(change.moved)), len(passages & set(change.kept))
        gone = sum(node_id.startswith("p") for node_id in change.removed)
        return Changed(
            **named(path), paper=paper.paper_id, embedded=branch.embedded, moved=moved, kept=kept, removed=gone
        )

    def _at(self, path: Path) -> Node | None:
        return next((n for n in self._papers.values() if n.metadata.get("path") == str(path)), None)

    def _move(self, node: Node, path: Path) -> None:
        """A paper whose file was moved or renamed: only its own node changes."""
        moved = msgspec.structs.replace(node, file=path.name, metadata=node.metadata | {"path": str(path)})
        kept = self._store.attachments([node.id]).get(node.id)
        self._store.upsert([Record(moved, self._store.vectors([node.id])[node.id], kept)])
        self._papers[node.id] = moved

    def _known_passages(self, ids: Sequence[str]) -> Mapping[str, Known]:
        nodes, vectors, attachments = self._store.get(ids), self._store.vectors(ids), self._store.attachments(ids)
        return {
            i: Known(nodes[i].digest, vectors[i], SentenceVectors.unpack(attachments[i]))
            for i in ids
            if i in nodes and i in vectors and i in attachments
        }


def _renamed(failed: Outcome, path: Path) -> Outcome:
    """The same failure for a copy of the file."""
    return msgspec.structs.replace(failed, **named(path))


class _Timed:
    """An encoder that adds up the CPU time it takes, that of its threads included."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.cpu_s = 0.0

    @property
    def identity(self) -> EncoderIdentity:
        return self._encoder.identity

    def encode(self, texts: Sequence[Text]) -> list[Encoding]:
        start = time.process_time()
        try:
            return self._encoder.encode(texts)
        finally:
            self.cpu_s += time.process_time() - start


def _cpu() -> float:
    """CPU seconds of this process and of its children that ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def failed_paths(journal: Journal, project: str) -> Iterator[Path]:
    """The files of a project that failed when they were last tried and still exist."""
    for failure in journal.failures(project):
        if Path(failure.path).exists():
            yield Path(failure.path)
