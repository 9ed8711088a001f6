"""The stage in which a language model writes summaries: of sections from their sentences, of the paper from those.

Each sentence keeps the ids of the passages that it was made from. A paper is rewritten whole or not at all; where the
model fails, or nothing that it says stands, the extractive summary stays. It must not know any one store or model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from hierarchy.errors import ConflictError
from hierarchy.identity import digest
from hierarchy.linking import unlinked_digest
from hierarchy.nodes import Level, Node, Record
from hierarchy.store import NodeStore, papers_of
from hierarchy.writer import Writer
from ingestion.writing.asking import Breaker, side_by_side
from ingestion.writing.prompts import version
from ingestion.writing.stored import StoredPaper
from ingestion.writing.summary import Source, WrittenSentence, WrittenSummary, write_summary

LEAST_SENTENCES = 8  # of a section, below which it says itself in short
SECTION_WORDS, PAPER_WORDS = 60, 150
BY, MARK = "summary_by", "summarised"  # metadata: who wrote a summary; a paper's: what its summaries were made from


def write_summaries(store: NodeStore, writer: Writer, *, at_once: int = 4) -> int:
    """Writes the summaries of papers that this writer has not written as they are; says how many it rewrote.

    It may be stopped at any moment; a model that does not answer is asked no more, and the next run goes on.

    Raises:
        StoreError: where the store cannot be read or written.
    """
    breaker, rewritten = Breaker(), 0
    for paper in papers_of(store):
        mark = _mark(paper, writer)
        if paper.metadata.get(MARK) == mark or breaker.stopped is not None:
            continue
        stored = StoredPaper.read(store, paper.id)
        if stored is None or unlinked_digest(stored.paper) != unlinked_digest(paper):
            continue
        sections = _sections(stored, writer, breaker, at_once)
        whole = breaker.call(partial(write_summary, writer, _of_sections(stored, sections), PAPER_WORDS, "paper"))
        complete = breaker.stopped is None and isinstance(whole, WrittenSummary)
        records = [_renewed(r, sections, whole, writer, mark if complete else None) for r in stored.records]
        try:
            store.replace_branch(paper.id, records, stored.paper)
            rewritten += 1
        except ConflictError:
            continue  # another process changed the paper: the next run sees it
    return rewritten


def with_prose(records: Sequence[Record], before: Mapping[str, Node]) -> list[Record]:
    """Records of a paper that was grown anew, with the summaries that a model wrote of what did not change."""
    return [_again(record, before.get(record.node.id)) for record in records]


def _again(record: Record, before: Node | None) -> Record:
    node = record.node
    if before is None or not before.metadata.get(BY):
        return record
    if node.level == Level.SECTION and node.digest == before.digest:
        said = {name: before.metadata[name] for name in ("from", BY) if name in before.metadata}
        kept = msgspec.structs.replace(node, text=before.text, metadata=node.metadata | said)
    elif node.level == Level.PAPER and unlinked_digest(node) == unlinked_digest(before):
        said = {name: before.metadata[name] for name in ("summary", BY, MARK) if name in before.metadata}
        kept = msgspec.structs.replace(node, metadata=node.metadata | said)
    else:
        return record
    return Record(kept, record.vector, record.attachment)


def _sections(
    stored: StoredPaper, writer: Writer, breaker: Breaker, at_once: int
) -> dict[str, tuple[WrittenSentence, ...]]:
    """What the model says of each section that is long enough and not of its hand yet."""
    asked: dict[str, list[Source]] = {}
    found: dict[str, tuple[WrittenSentence, ...]] = {}
    for section in stored.sections:
        sources = [Source(s.passage.id, s.text) for s in stored.sentences(section.id)]
        if len(sources) >= LEAST_SENTENCES and section.metadata.get(BY) != writer.name:
            asked[section.id] = sources
    calls = [partial(breaker.call, partial(write_summary, writer, s, SECTION_WORDS)) for s in asked.values()]
    for section_id, told in zip(asked, side_by_side(calls, at_once), strict=True):
        if isinstance(told, WrittenSummary) and told.sentences:
            found[section_id] = told.sentences
    return found


def _of_sections(stored: StoredPaper, written: Mapping[str, tuple[WrittenSentence, ...]]) -> list[Source]:
    """What a paper's summary is made from: its sections' summaries, but for the abstract."""
    sources: list[Source] = []
    for section in stored.sections:
        if section.kind == "abstract":
            continue
        if section.id in written:
            sources += [Source(s.sources[0], s.text) for s in written[section.id]]
        else:
            ids = section.metadata.get("from") or [section.id]
            lines = section.text.split("\n")[1:]
            sources += [Source(ids[min(i, len(ids) - 1)], line) for i, line in enumerate(lines)]
    return sources


def _renewed(
    record: Record, sections: Mapping[str, tuple[WrittenSentence, ...]], whole: object, writer: Writer, mark: str | None
) -> Record:
    node, said = record.node, dict[str, Any]()
    if node.id in sections:
        sentences = sections[node.id]
        heading = node.text.split("\n")[0] if node.path else ""
        ids = list(dict.fromkeys(source for s in sentences for source in s.sources))
        text = "\n".join([*([heading] if heading else []), *(s.text for s in sentences)])
        node = msgspec.structs.replace(node, text=text, metadata=node.metadata | {"from": ids, BY: writer.name})
    elif node.level == Level.PAPER:
        if isinstance(whole, WrittenSummary) and whole.sentences:
            lines = [{"text": s.text, "from": s.sources[0], "sources": list(s.sources)} for s in whole.sentences]
            said = {"summary": lines, BY: writer.name}
        said |= {MARK: mark} if mark else {}
        node = msgspec.structs.replace(node, metadata=node.metadata | said)
    return Record(node, record.vector, record.attachment)


def _mark(paper: Node, writer: Writer) -> str:
    return digest("summarised", writer.name, version("summary"), unlinked_digest(paper))
