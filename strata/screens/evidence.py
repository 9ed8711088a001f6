"""Findings and cards as a screen shows them: their quotes as sources that can be looked at on the page, their lines.

Plain functions from records to text, so that they are tested without a browser. It must not know Streamlit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from hierarchy.nodes import Node
from hierarchy.relations.differences import ALIKE
from strata.cards import Quoted
from strata.knowledge import RelatedPair, finding_of
from strata.screens.safe import shown
from strata.screens.words import Source
from strata.themes import Said

MOST_AUTHORS = 6


class Pair(msgspec.Struct, frozen=True):
    """Two findings beside each other; `reason` is a model's own, whose name `judge` is."""

    name: str
    a: Node
    b: Node
    difference: str
    reason: str | None = None
    judge: str | None = None


def pair_of(related: RelatedPair) -> Pair:
    """A pair of the project, with a name that no other has."""
    relation = related.relation
    judge = relation.origin if relation.reason else None
    return Pair(f"{related.a.id}-{related.b.id}", related.a, related.b, relation.difference, relation.reason, judge)


def pair_in_theme(said: Said) -> Pair:
    """A pair of a theme."""
    return Pair(f"{said.a.id}-{said.b.id}", said.a, said.b, said.difference)


def finding_source(node: Node) -> Source:
    """A finding's quote with its place."""
    quote = finding_of(node).quote
    return Source(node.id, node.paper or "", node.paper_title or "", node.file or "", quote, node.spans)


def card_source(paper: Node, said: Quoted, name: str, passages: Mapping[str, Node]) -> Source | None:
    """A quote of a card with its place; None where its passage has gone."""
    passage = passages.get(said.source)
    if passage is None:
        return None
    start = passage.text.find(said.quote)
    spans = passage.places.spans(start, start + len(said.quote)) if start >= 0 else passage.spans
    return Source(name, paper.id, paper.title, paper.file or "", said.quote, spans)


def by_line(paper: Node) -> str:
    """Who wrote a paper, when, and in which file it is; made safe."""
    authors = [str(name) for name in paper.metadata.get("authors") or ()]
    others = f" and {len(authors) - MOST_AUTHORS} others" if len(authors) > MOST_AUTHORS else ""
    told = [", ".join(authors[:MOST_AUTHORS]) + others, year_of(paper), paper.file or ""]
    return shown(" · ".join(filter(None, told)))


def year_of(node: Node) -> str:
    """The year of a paper or finding, as text; empty where none is known."""
    return str(node.metadata.get("year") or "")


def paper_labels(papers: Sequence[Node]) -> dict[str, str]:
    """A label for each paper by its id: title and year, and the file where several have the same; made safe."""
    plain = {paper.id: (paper.title or paper.file or paper.id, year_of(paper)) for paper in papers}
    twins = Counter(plain.values())
    files = {paper.id: paper.file or "" for paper in papers if twins[plain[paper.id]] > 1}
    return {i: shown(" · ".join(filter(None, [*told, files.get(i)]))) for i, told in plain.items()}


def matching(papers: Iterable[Node], words: str) -> list[Node]:
    """The papers whose title, authors, year or file hold all of some words, in whatever case; the newest first."""
    wanted = words.casefold().split()
    found = [paper for paper in papers if all(word in _searched(paper) for word in wanted)]
    return sorted(found, key=lambda paper: (-int(paper.metadata.get("year") or 0), paper.title.casefold(), paper.id))


def _searched(paper: Node) -> str:
    authors = " ".join(map(str, paper.metadata.get("authors") or ()))
    return f"{paper.title} {authors} {year_of(paper)} {paper.file}".casefold()


def differences(pair: Pair) -> str:
    """The conditions in which two findings differ, as a sentence; made safe."""
    if not pair.difference or pair.difference == ALIKE:
        return "Neither tells a condition that the other does not."
    return f"Conditions that differ: {shown(pair.difference)}."


def counted(count: int, one: str, many: str) -> str:
    """A number with its noun."""
    return f"{count} {one if count == 1 else many}"
