"""The nouns of the tree: levels, nodes, findings, and what a store keeps of a node.

project → paper → section → passage, and findings beside the passages that they were read from. Nodes are plain and
frozen; they must not know how they were made, stored or found.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from hierarchy.positions import Positions, Span

Vector = npt.NDArray[np.float32]


class Level(StrEnum):
    """The layers of the memory, from the whole to the detail."""

    PROJECT = "project"
    PAPER = "paper"
    SECTION = "section"
    PASSAGE = "passage"
    FINDING = "finding"


class Value(msgspec.Struct, frozen=True):
    """A number that a finding states: what it measures, under which condition, and the number that it is compared with.

    `unit` as printed ("%", "dB", "hours"), None for a bare number. `interval` is the interval of uncertainty that is
    printed with it.
    """

    metric: str | None = None
    value: float | None = None
    unit: str | None = None
    condition: str | None = None
    baseline: float | None = None
    interval: tuple[float, float] | None = None


FINDING_KINDS = ("result", "claim", "method", "limitation", "definition", "other")


class Finding(msgspec.Struct, frozen=True):
    """What a paper states, as a record; `evidence` is the id of the passage that says it, `quote` its words there.

    `kind`: result, claim, method, limitation, definition or other. `direction`: increase, decrease, none (no
    difference), difference, or None where nothing is compared. `attribution`: "own", or "reported" where the paper
    tells what others found. `origin`: "rules", or the name of the language model.
    """

    claim: str
    kind: str
    evidence: str
    quote: str
    values: tuple[Value, ...] = ()
    direction: str | None = None
    hedged: bool = False
    attribution: str = "own"
    origin: str = "rules"


class Node(msgspec.Struct, frozen=True):
    """One node of the tree.

    `parent` is the id of the node above; `paper` the id of the paper that it belongs to (None for a project);
    `path` the headings above it; `order` its place in reading order within the paper; `digest` the Merkle digest of
    its text, its children and the models and rules it was made with; `places` where its text stands on the pages.
    """

    id: str
    level: Level
    project: str
    title: str
    text: str
    parent: str | None = None
    paper: str | None = None
    paper_title: str | None = None
    file: str | None = None
    path: tuple[str, ...] = ()
    kind: str | None = None
    order: int = 0
    digest: str = ""
    metadata: dict[str, Any] = {}  # msgspec copies mutable defaults
    finding: Finding | None = None
    places: Positions = Positions()

    @property
    def spans(self) -> tuple[Span, ...]:
        """Where the text stands, a span for each line."""
        return self.places.spans()

    @property
    def page(self) -> int | None:
        """The first page that the text stands on."""
        spans = self.spans
        return spans[0].page if spans else None

    def to_dict(self) -> dict[str, Any]:
        """The record of a node (docs/contract.md)."""
        record: dict[str, Any] = {
            "id": self.id,
            "level": self.level.value,
            "parent": self.parent,
            "project": self.project,
            "paper": self.paper,
            "paper_title": self.paper_title,
            "file": self.file,
            "path": list(self.path),
            "title": self.title,
            "text": self.text,
            "kind": self.kind,
            "spans": msgspec.to_builtins(self.spans),
            "digest": self.digest,
            "metadata": dict(self.metadata),
        }
        if self.finding is not None:
            record["finding"] = msgspec.to_builtins(self.finding)
        return record


class Record(msgspec.Struct, frozen=True, eq=False):
    """What a store keeps: a node, its unit vector (float32, the encoder's dimension), and bytes that only its maker
    reads (a passage's sentence vectors, a paper's own page texts)."""

    node: Node
    vector: Vector
    attachment: bytes | None = None


class PaperName(msgspec.Struct, frozen=True):
    """What a paper is called by: its id, title, authors as printed, and the tags that its readers gave it."""

    id: str
    title: str
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


class Hit(msgspec.Struct, frozen=True):
    """A node found by one leg of a search; a higher score is better, and scores of different legs do not compare."""

    id: str
    score: float
