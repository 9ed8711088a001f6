"""A paper as it stands in the store, and how its branch becomes one with other findings.

Nothing is encoded: a finding's vector is pooled from the sentence vectors that its passage's pass gave. It must not
know who writes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import msgspec

from hierarchy.encoder import SentenceVectors
from hierarchy.filters import Eq
from hierarchy.identity import digest
from hierarchy.linking import unlinked_digest
from hierarchy.nodes import Finding, Level, Node, Record
from hierarchy.store import NodeStore
from ingestion.told import RUNNING
from ingestion.writing.kept import WRITTEN, finding_records, with_mark
from ingestion.writing.sentences import Sentence, sentences_of

MOST_TRIES = 3
WHOLE = "paper"  # the mark of a paper all of whose sections are written about; no section has this id
SKIPPED = frozenset({"front", "acknowledgement"})  # the kinds of sections that state none


class StoredPaper:
    """A paper's records in reading order, the paper first."""

    def __init__(self, records: Sequence[Record]) -> None:
        self.records = sorted(records, key=lambda r: (r.node.level != Level.PAPER, r.node.order))
        self.paper = self.records[0].node

    @classmethod
    def read(cls, store: NodeStore, paper: str) -> StoredPaper | None:
        """The paper with this id; None where it is not there, or never stands still."""
        for _ in range(MOST_TRIES):
            nodes = list(store.scan(Eq("paper", paper)))
            if not any(node.id == paper for node in nodes):
                return None
            ids = [node.id for node in nodes]
            vectors, attachments = store.vectors(ids), store.attachments(ids)
            if len(vectors) == len(ids):  # else another process changed it between two reads
                return cls([Record(node, vectors[node.id], attachments.get(node.id)) for node in nodes])
        return None

    @cached_property
    def sections(self) -> list[Node]:
        """Those of its sections that may state findings and hold sentences of their own."""
        nodes = (r.node for r in self.records)
        return [n for n in nodes if n.level == Level.SECTION and n.kind not in SKIPPED and self.sentences(n.id)]

    def title(self, section: str) -> str:
        """The heading of a section."""
        return next(s.title for s in self.sections if s.id == section)

    def sentences(self, section: str) -> list[Sentence]:
        """The sentences of a section's own passages that may be shown to a model."""
        passages = self._passages.get(section, [])
        return sentences_of(passages, {p.id: self._sentences[p.id].ranges for p in passages})

    def mark(self, section: Node, by: str) -> str:
        """What findings of a section come from, if this hand writes them: its words, its headings, the hand."""
        passages = [p.digest for p in self._passages.get(section.id, ())]
        return digest("written", by, section.path, passages)

    @staticmethod
    def all_written(paper: Node, by: str) -> int | None:
        """How many sections a paper has, if this hand wrote about each as it is: told by the paper's own node alone."""
        marks = _marks(paper)
        return len(marks) - 1 if marks.get(WHOLE) == digest("written", by, unlinked_digest(paper)) else None

    def is_written(self, section: Node, by: str) -> bool:
        """Whether this hand wrote about the section as it is."""
        return bool(_marks(self.paper).get(section.id) == self.mark(section, by))

    def renewed(self, findings: Mapping[str, Sequence[Finding]], writer: str, by: str) -> list[Record]:
        """The paper's records with these findings, by section, that this hand wrote; none where nothing was told.

        A section of which nothing stands keeps the findings that it has, and is noted as asked about.
        """
        if not findings:
            return []
        before = {r.node.id: r.node for r in self.records if r.node.level == Level.FINDING}
        swapped = {p.id for s, found in findings.items() if found for p in self._passages[s]}
        told = [f for found in findings.values() for f in found]
        records: list[Record] = []
        for record in self.records[1:]:
            node = record.node
            if node.finding is not None and node.finding.evidence in swapped:
                continue
            if node.id not in swapped:
                records.append(record)
                continue
            passage = with_mark(node, writer)
            records.append(Record(passage, record.vector, record.attachment))
            here = [f for f in told if f.evidence == node.id]
            records += finding_records(passage, self._sentences[node.id], here, before)
        old = _marks(self.paper)
        marks = {s.id: self.mark(s, by) if s.id in findings else old.get(s.id, "") for s in self.sections}
        if all(marks[s.id] == self.mark(s, by) for s in self.sections):
            marks[WHOLE] = digest("written", by, unlinked_digest(self.paper))
        marked = {name: mark for name, mark in marks.items() if mark}
        top = msgspec.structs.replace(self.paper, metadata=self.paper.metadata | {WRITTEN: marked})
        first = Record(top, self.records[0].vector, self.records[0].attachment)
        return [
            Record(msgspec.structs.replace(r.node, order=i), r.vector, r.attachment)
            for i, r in enumerate([first, *records])
        ]

    @cached_property
    def _sentences(self) -> dict[str, SentenceVectors]:
        running = (r for r in self.records if r.node.level == Level.PASSAGE and r.node.kind in RUNNING)
        return {r.node.id: SentenceVectors.unpack(r.attachment) for r in running if r.attachment}

    @cached_property
    def _passages(self) -> dict[str, list[Node]]:
        by_section: dict[str, list[Node]] = {}
        for record in self.records:
            if record.node.id in self._sentences:
                by_section.setdefault(record.node.parent or "", []).append(record.node)
        return by_section


def _marks(paper: Node) -> dict[str, str]:
    marks = paper.metadata.get(WRITTEN)
    return dict(marks) if isinstance(marks, dict) else {}
