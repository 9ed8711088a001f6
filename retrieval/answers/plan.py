"""What an answer is planned as before its quotes are checked: lines of sentences, and words of our own around them.

The frame is told from the lines that stood the check, so it never claims more than they show. It must not know how
lines are chosen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from enum import StrEnum

import msgspec

from hierarchy.filters import Filter
from hierarchy.nodes import Level, Vector
from hierarchy.store import NodeStore
from retrieval.answers.shapes import Shape
from retrieval.extract import Sentence
from retrieval.records import Route, ScoredNode
from retrieval.settings import RetrievalSettings


class Found(msgspec.Struct, frozen=True):
    """What the search of a question brought, best first: passages to read, and the sections and papers above."""

    passages: tuple[ScoredNode, ...]
    sections: tuple[ScoredNode, ...]
    papers: tuple[ScoredNode, ...]


class Asked(msgspec.Struct, frozen=True, eq=False):
    """A question with all that an answer is made from: `sentences` are those of the passages found, best first."""

    question: str
    vector: Vector
    route: Route
    found: Found
    where: Filter | None
    store: NodeStore
    settings: RetrievalSettings
    sentences: Sequence[Sentence] = ()


class Style(StrEnum):
    """How lines stand under each other."""

    PROSE = "prose"
    BULLETS = "bullets"
    NUMBERED = "numbered"


class Line(msgspec.Struct, frozen=True):
    """Sentences with words of our own in front; `under` opens a group of lines with a heading of our own;
    lines of one `pair` stand or fall together."""

    sentences: tuple[Sentence, ...]
    lead: str = ""
    under: str = ""
    pair: str = ""


def nothing(lines: Sequence[Line]) -> str:
    """No words in front."""
    return ""


class Plan(msgspec.Struct, frozen=True, eq=False):
    """An answer to be checked. `head` gives the words in front, and `notes` what a reader must know, from the lines
    that stand. `sure`: whether the shape itself makes the evidence enough, as for what a library holds. `papers`: all
    that the trace must name."""

    shape: Shape
    lines: tuple[Line, ...]
    style: Style = Style.PROSE
    head: Callable[[Sequence[Line]], str] = nothing
    notes: Callable[[Sequence[Line]], tuple[str, ...]] = lambda lines: ()
    sure: bool = False

    @property
    def sentences(self) -> list[Sentence]:
        """All its sentences, in order."""
        return [s for line in self.lines for s in line.sentences]


def paper_lead(sentence: Sentence) -> str:
    """The name of the paper that says a sentence."""
    node = sentence.node
    return (node.title if node.level == Level.PAPER else node.paper_title) or node.file or "A paper"


def leads(sentences: Sequence[Sentence]) -> list[str]:
    """The names of the papers that say these sentences, with the file where several papers have one title."""
    papers = {s.node.paper: paper_lead(s) for s in sentences}
    common = Counter(papers.values())
    return [
        f"{name} ({s.node.file})" if common[name] > 1 and s.node.file else name
        for s in sentences
        for name in (paper_lead(s),)
    ]


def written(plan: Plan, lines: Sequence[Line]) -> str:
    """The text of the lines that stood, with a marker for each sentence in order from 1."""
    marker, out = 0, list[str]()
    for number, line in enumerate(lines, 1):
        said = list[str]()
        for s in line.sentences:
            marker += 1
            said.append(f"{s.text} [{marker}]")
        text = f"{line.lead}: {' '.join(said)}" if line.lead else " ".join(said)
        match plan.style:
            case Style.BULLETS:
                text = f"- {text}"
            case Style.NUMBERED:
                text = f"{number}. {text}"
            case _:
                pass
        out += [line.under, text] if line.under else [text]
    head = plan.head(lines)
    return "\n".join([*([head] if head else []), *out]) if plan.style != Style.PROSE else " ".join([head, *out]).strip()
