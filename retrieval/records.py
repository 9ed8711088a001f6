"""What asking gives: route, ranked nodes, citations, answer. Typed, frozen, printable; no step is done here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from hierarchy.errors import UsageError
from hierarchy.nodes import Level, Node
from hierarchy.positions import Span, page_said

if TYPE_CHECKING:
    import pandas

UNANSWERABLE = "unanswerable"


class Route(msgspec.Struct, frozen=True):
    """How well each level fits the question, summing to 1, and why."""

    weights: dict[str, float]
    reason: str

    @property
    def best(self) -> Level:
        """The level that fits best."""
        return Level(max(self.weights, key=lambda name: self.weights[name]))


class Factors(msgspec.Struct, frozen=True):
    """What a score is made of: each leg from 0 to 1 within its pool, the level's factor, the raw cosine, the factor
    of a passage's kind, and how much of what was found stands in its paper, against the paper with the most."""

    dense: float = 0.0
    bm25: float = 0.0
    route: float = 1.0
    rerank: float | None = None
    cosine: float | None = None
    kind: float = 1.0
    paper: float = 1.0


class ScoredNode(msgspec.Struct, frozen=True):
    """A node with its score and what the score is made of."""

    node: Node
    score: float
    factors: Factors

    def to_dict(self) -> dict[str, Any]:
        return self.node.to_dict() | {"score": round(self.score, 4), "factors": _rounded(self.factors)}


class SearchResult(msgspec.Struct, frozen=True):
    """Ranked nodes, best first; iterates over them."""

    question: str
    route: Route
    nodes: tuple[ScoredNode, ...]
    trace: str | None = None
    notes: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[ScoredNode]:
        return iter(self.nodes)

    def __len__(self) -> int:
        return len(self.nodes)

    def to_dict(self) -> dict[str, Any]:
        """The record of `strata search --json`."""
        return {
            "schema": 1,
            "question": self.question,
            "route": msgspec.to_builtins(self.route),
            "nodes": [n.to_dict() for n in self.nodes],
            "trace": self.trace,
            "notes": list(self.notes),
        }

    def to_frame(self) -> pandas.DataFrame:
        """A table with a row for each node: score, its factors, level, paper, page, text."""
        rows = [
            {"score": n.score, **_rounded(n.factors), "level": n.node.level.value, "paper": n.node.paper_title}
            | {"section": n.node.title, "page": n.node.page, "text": n.node.text}
            for n in self.nodes
        ]
        return frame(rows)

    def __str__(self) -> str:
        lines = [f"{self.question}  [{self.route.best.value}: {self.route.reason}]"]
        for rank, n in enumerate(self.nodes, 1):
            text = " ".join(n.node.text.split())
            shown = text if len(text) <= 160 else text[:157] + "..."
            page = f", p. {n.node.page}" if n.node.page else ""
            title = n.node.paper_title or n.node.title
            lines.append(f"{rank:3}. {n.score:.3f} {n.node.level.value:8} {title}{page}\n     {shown}")
        return "\n".join(lines)


class Citation(msgspec.Struct, frozen=True):
    """A verbatim quote with the place that it can be looked at; a quote from an abstract without a PDF has none.
    `project` is the one that it was read in."""

    marker: int
    paper: str
    title: str
    file: str
    page: int | None
    spans: tuple[Span, ...]
    quote: str
    node: str
    project: str = ""

    def to_dict(self) -> dict[str, Any]:
        return dict(msgspec.to_builtins(self))


class Answer(msgspec.Struct, frozen=True):
    """A cited answer; `status` is answered, partial or unanswerable; `confidence` that the evidence answers it; `notes`
    say what a reader must know beside it: a service that did not answer, a list that was cut, a word read otherwise."""

    question: str
    status: str
    text: str
    citations: tuple[Citation, ...]
    route: Route
    evidence: tuple[ScoredNode, ...]
    model: str
    confidence: float
    trace: str | None
    seconds: float
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The record of `strata ask --json`."""
        plain = ("question", "status", "text", "model", "confidence", "trace", "seconds", "notes")
        return {
            "schema": 1,
            **{name: getattr(self, name) for name in plain},
            "citations": [c.to_dict() for c in self.citations],
            "route": msgspec.to_builtins(self.route),
            "evidence": [n.to_dict() for n in self.evidence],
        }

    @property
    def projects(self) -> tuple[str, ...]:
        """The projects that what was found is from, sorted."""
        return tuple(sorted({*(n.node.project for n in self.evidence), *(c.project for c in self.citations)} - {""}))

    def source(self, citation: Citation, *, several: bool = False) -> str:
        """Where a quote stands, in words."""
        return f"{citation.title}, {page_said(citation.page)} ({self.file(citation, several=several)})"

    def file(self, citation: Citation, *, several: bool = False) -> str:
        """The file of a quote; with its project where `several` were asked, or where several are seen to have been."""
        told = several or len(self.projects) > 1
        return f"{citation.file}, project {citation.project}" if told else citation.file

    def to_frame(self) -> pandas.DataFrame:
        """A table with a row for each citation."""
        return frame(
            [{name: getattr(c, name) for name in ("marker", "title", "file", "page", "quote")} for c in self.citations]
        )

    def __str__(self) -> str:
        sources = "\n".join(f"  [{c.marker}] {self.source(c)}" for c in self.citations)
        return "\n".join(filter(None, (self.text, sources, *(f"  ({note})" for note in self.notes))))


class Event(msgspec.Struct, frozen=True):
    """One thing that happens while a question is answered; `kind` is step, found (the evidence before it is read beside
    the question), token, citation or answer."""

    kind: str
    data: Any


def frame(rows: list[dict[str, Any]]) -> pandas.DataFrame:
    """A pandas table.

    Raises:
        UsageError: where pandas is not installed.
    """
    try:
        import pandas
    except ImportError as error:
        raise UsageError("Tables need pandas.", "Install it: pip install pandas.", "missing_extra") from error
    return pandas.DataFrame(rows)


def _rounded(factors: Factors) -> dict[str, float | None]:
    return {k: round(v, 4) if isinstance(v, float) else v for k, v in msgspec.to_builtins(factors).items()}
