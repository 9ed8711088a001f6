"""How a tree keeps what a language model wrote: which passages it wrote about, and its findings as nodes.

A passage bears the writer's name in its metadata, so that a passage that has not changed keeps these findings when its
paper is grown anew; a paper notes for each section from what its findings were written. It must not know any model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from hierarchy.encoder import SentenceVectors
from hierarchy.filters import And, Eq, In
from hierarchy.identity import Occurrences, digest
from hierarchy.nodes import Finding, Level, Node, Record
from hierarchy.store import NodeStore
from hierarchy.summaries import pooled

WRITTEN = "written"  # a passage's metadata: the writer's name; a paper's: {section id: what its findings came from}


class Written(msgspec.Struct, frozen=True):
    """What a writer found in a passage: its name, and the findings as nodes."""

    writer: str
    findings: tuple[Node, ...]


def written_of(store: NodeStore, passages: Mapping[str, Node]) -> dict[str, Written]:
    """What writers found in these passages, of those that they wrote about."""
    marked = {i: str(node.metadata[WRITTEN]) for i, node in passages.items() if node.metadata.get(WRITTEN)}
    if not marked:
        return {}
    papers = {passages[i].paper or "" for i in marked}
    by_passage: dict[str, list[Node]] = {i: [] for i in marked}
    for node in store.scan(And((Eq("level", Level.FINDING.value), In("paper", tuple(sorted(papers)))))):
        if node.finding is not None and node.finding.evidence in by_passage:
            by_passage[node.finding.evidence].append(node)
    return {i: Written(name, tuple(by_passage[i])) for i, name in marked.items()}


def with_mark(passage: Node, writer: str) -> Node:
    """A passage that bears a writer's name."""
    return msgspec.structs.replace(passage, metadata=passage.metadata | {WRITTEN: writer})


def kept_records(passage: Node, sentences: SentenceVectors, written: Written) -> list[Record]:
    """The findings of a passage again, where its words did not change; what was noted of each stays."""
    ids = Occurrences(passage.paper or "")
    return [
        finding_record(passage, sentences, node.finding, ids, node)
        for node in written.findings
        if node.finding is not None
    ]


def finding_records(
    passage: Node, sentences: SentenceVectors, findings: Sequence[Finding], before: Mapping[str, Node]
) -> list[Record]:
    """A writer's findings of a passage as nodes, in the order of their quotes.

    Args:
        passage: the passage, as it is.
        sentences: its sentences.
        findings: all of this passage; each quote stands in it.
        before: the nodes that there were, by id: what was noted of one that comes out the same stays.
    """
    ids = Occurrences(passage.paper or "")
    records = []
    for finding in sorted(findings, key=lambda f: passage.text.find(f.quote)):
        record = finding_record(passage, sentences, finding, ids)
        old = before.get(record.node.id)
        if old is not None and old.digest == record.node.digest:
            node = msgspec.structs.replace(record.node, metadata=old.metadata | record.node.metadata)
            record = Record(node, record.vector)
        records.append(record)
    return records


def finding_record(
    passage: Node, sentences: SentenceVectors, finding: Finding, ids: Occurrences, before: Node | None = None
) -> Record:
    """A finding as a node beside its passage, with the pooled vector of the sentences that its quote touches."""
    start = max(0, passage.text.find(finding.quote))
    end = start + len(finding.quote)
    vectors = sentences.vectors()
    touched = [i for i, (a, b) in enumerate(sentences.ranges) if a < end and start < b] or range(len(vectors))
    lengths = [float(sentences.ranges[i][1] - sentences.ranges[i][0]) ** 0.5 for i in touched]
    told = {name: passage.metadata[name] for name in ("section_kind", "year") if name in passage.metadata}
    node = Node(
        id=ids.finding(passage.id, finding.quote),
        level=Level.FINDING,
        project=passage.project,
        title=passage.title,
        text=finding.quote,
        parent=passage.parent,
        paper=passage.paper,
        paper_title=passage.paper_title,
        file=passage.file,
        path=passage.path,
        kind=finding.kind,
        digest=digest("written finding", passage.digest, msgspec.json.encode(finding).decode()),
        metadata=(before.metadata if before is not None else {}) | told,
        finding=finding,
        places=passage.places.cut(start, end),
    )
    return Record(node, pooled([vectors[i] for i in touched], lengths))
