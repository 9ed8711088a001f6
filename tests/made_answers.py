"""A small library made by hand, for tests of answers: papers of sentences, with findings and relations.

Its encoder counts words into buckets, so that texts with the same words are near, on any machine and without a model.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from hierarchy.encoder import EncoderIdentity, Encoding, SentenceVectors, Text, unit
from hierarchy.identity import project_node_id
from hierarchy.nodes import Finding, Level, Node, Record, Value, Vector
from hierarchy.query_words import words_of
from hierarchy.sentences import sentence_ranges
from hierarchy.sqlite import SqliteStore
from hierarchy.store import NodeStore
from retrieval.pipeline import Pipeline
from retrieval.records import Answer
from retrieval.settings import RetrievalSettings

DIMENSION = 256
COMMON = frozenset(["the", "a", "of", "in", "and", "was", "were", "is", "we", "which", "papers", "how", "many", "what"])


class BagOfWords:
    """An encoder: texts that share words are near."""

    identity = EncoderIdentity("bag of words", DIMENSION, "none", "none", "none")

    def encode(self, texts: Sequence[Text]) -> list[Encoding]:
        """A vector for each text and each of its parts."""
        return [
            Encoding(
                vector(t.text),
                np.stack([vector(t.text[a:b]) for a, b in t.parts])
                if t.parts
                else np.zeros((0, DIMENSION), np.float32),
            )
            for t in texts
        ]


class Stated(msgspec.Struct, frozen=True):
    """A finding of a made paper: its sentence and its values."""

    quote: str
    values: tuple[Value, ...] = ()
    attribution: str = "own"


class Made(msgspec.Struct, frozen=True):
    """A made paper: sections by kind with their text, findings, and what its node's metadata holds besides."""

    name: str
    title: str
    sections: Mapping[str, str]
    findings: tuple[Stated, ...] = ()
    metadata: Mapping[str, Any] = {}
    kind: str = "paragraph"


def vector(text: str) -> Vector:
    """The words of a text in buckets, at length 1."""
    out = np.zeros(DIMENSION)
    for word in words_of(text):
        if word not in COMMON:
            out[zlib.crc32(word.rstrip("s").encode()) % DIMENSION] += 1.0
    return unit(out)


def library(folder: Path, papers: Sequence[Made], themes: Sequence[Mapping[str, Any]] = ()) -> NodeStore:
    """A project with these papers; every word of theirs stands on their one page."""
    store = SqliteStore(folder / "p.db", "p", BagOfWords.identity)
    for paper in papers:
        store.upsert(list(_records(paper)))
    root = Node(
        project_node_id("p"),
        Level.PROJECT,
        "p",
        "p",
        "\n".join(p.title for p in papers),
        metadata={"themes": list(themes)},
    )
    store.upsert([Record(root, vector("project"))])
    return store


def ask(
    store: NodeStore, question: str, papers: Sequence[str] | None = None, *, least: float = 0.0, listed: int = 20
) -> Answer:
    """The answer of the whole pipeline; nothing is refused for want of confidence unless a test says so."""
    pipeline = Pipeline(store, BagOfWords(), RetrievalSettings(least_confidence=least, papers=listed))
    *_, (event, _) = pipeline.stream(question, papers)
    assert isinstance(event.data, Answer)
    return event.data


def finding_id(paper: str, number: int) -> str:
    """The id of a paper's finding."""
    return f"f-{paper}-{number}"


def _records(paper: Made) -> list[Record]:
    shared: dict[str, Any] = {
        "project": "p",
        "paper": paper.name,
        "paper_title": paper.title,
        "file": f"{paper.name}.pdf",
    }
    abstract = paper.sections.get("abstract", "")
    page = " ".join([paper.title, *paper.sections.values(), *(f.quote for f in paper.findings)])
    node = Node(
        paper.name,
        Level.PAPER,
        title=paper.title,
        text=f"{paper.title}\n{abstract}",
        metadata={"year": None, "authors": [], **paper.metadata},
        **shared,
    )
    records = [Record(node, vector(node.text), msgspec.msgpack.encode([page]))]
    for order, (kind, text) in enumerate(paper.sections.items()):
        section = f"s-{paper.name}-{order}"
        told = {"section_kind": kind, "year": paper.metadata.get("year")}
        heading = Node(
            section,
            Level.SECTION,
            title=kind.title(),
            text=text[:80],
            parent=paper.name,
            kind=kind,
            order=order,
            metadata=told,
            **shared,
        )
        ranges = sentence_ranges(text)
        sentences = SentenceVectors.of(ranges, np.stack([vector(text[a:b]) for a, b in ranges]))
        passage = Node(
            f"p-{paper.name}-{order}",
            Level.PASSAGE,
            title=kind.title(),
            text=text,
            parent=section,
            kind=paper.kind,
            order=order,
            metadata=told,
            **shared,
        )
        records += [Record(heading, vector(heading.text)), Record(passage, vector(text), sentences.pack())]
    for number, stated in enumerate(paper.findings):
        place = next((i for i, text in enumerate(paper.sections.values()) if stated.quote in text), 0)
        told_finding = Finding(
            stated.quote,
            "result",
            f"p-{paper.name}-{place}",
            stated.quote,
            stated.values,
            attribution=stated.attribution,
        )
        found = Node(
            finding_id(paper.name, number),
            Level.FINDING,
            title="Result",
            text=stated.quote,
            parent=f"p-{paper.name}-{place}",
            kind="result",
            metadata={"section_kind": "result"},
            finding=told_finding,
            **shared,
        )
        records.append(Record(found, vector(stated.quote)))
    return records
