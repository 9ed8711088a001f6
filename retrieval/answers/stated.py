"""Sentences that are known without a search: of a finding, of a paper's summary. It must not know questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hierarchy.filters import And, Eq, Filter
from hierarchy.nodes import Level, Node
from hierarchy.sentences import sentence_ranges
from hierarchy.store import NodeStore, nodes_of
from retrieval.extract import Sentence


def of_finding(finding: Node, cosine: float = 0.0, share: float = 0.0) -> Sentence:
    """A finding's own sentence."""
    return Sentence(finding, 0, len(finding.text), finding.text, cosine, share, cosine + share)


def of_summaries(store: NodeStore, papers: Iterable[Node]) -> dict[str, Sentence]:
    """The first sentence of each paper's summary, where it stands in its passage; else the first of its abstract."""
    first: dict[str, Mapping[str, str]] = {}
    known = list(papers)
    for paper in known:
        lines = paper.metadata.get("summary")
        if isinstance(lines, list) and lines:
            first[paper.id] = lines[0]
    passages = nodes_of(store, (str(line["from"]) for line in first.values()))
    out: dict[str, Sentence] = {}
    for paper in known:
        line = first.get(paper.id)
        passage = passages.get(str(line["from"])) if line else None
        start = passage.text.find(line["text"]) if passage and line else -1
        if passage and line and start >= 0:
            out[paper.id] = Sentence(passage, start, start + len(line["text"]), line["text"], 0.0, 0.0, 0.0)
        elif found := _first_said(store, paper):
            out[paper.id] = found
    return out


def _first_said(store: NodeStore, paper: Node) -> Sentence | None:
    inside = And((Eq("level", Level.PASSAGE.value), Eq("paper", paper.id), Eq("section_kind", "abstract")))
    for passage in store.scan(inside):
        for start, end in sentence_ranges(passage.text):
            return Sentence(passage, start, end, passage.text[start:end], 0.0, 0.0, 0.0)
    return None


def papers_in(store: NodeStore, where: Filter | None) -> list[str]:
    """The papers of which a scope holds anything, in the order of ids."""
    return sorted(store.count_by("paper", where))
