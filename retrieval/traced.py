"""What a trace keeps of a node or a sentence: one form for every step, short, and with the paper whose words it holds.

Every row has `paper`, so that what is kept of a paper goes with it. It must not know steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec

from hierarchy.nodes import Level, Node
from retrieval.extract import QUOTABLE, Sentence
from retrieval.records import Factors, ScoredNode

MOST = 20  # candidates of a step
LEFT_OUT = 5  # rows that a step tells of what it dropped
LETTERS = 100  # of a text
TITLE = 70  # of a title
ALWAYS = ("dense", "bm25", "cosine", "rerank")  # factors that are told whatever they are

Row: TypeAlias = dict[str, Any]


def candidate(
    node: Node, score: float, factors: Factors, *, before: int | None = None, after: int | None = None
) -> Row:
    """A node as a step saw it: where it stands, its score and what that is made of; factors of 1 are left out.

    Args:
        node: of any level.
        score: after the step.
        factors: what it is made of.
        before: its place before the step, from 1; None where it had none.
        after: its place after the step.
    """
    parts = msgspec.to_builtins(factors).items()
    made = {name: round(v, 4) for name, v in parts if v is not None and (v != 1.0 or name in ALWAYS)}
    return {**_place(node), "score": round(score, 4), "factors": made, "before": before, "after": after}


def candidates(found: Sequence[ScoredNode], before: Mapping[str, int] | None = None) -> list[Row]:
    """The first of what a step brought, best first; `before`: the place of each by its id before the step."""
    was = before or {}
    return [
        candidate(s.node, s.score, s.factors, before=was.get(s.node.id), after=place)
        for place, s in enumerate(found[:MOST], 1)
    ]


def sentence(s: Sentence, place: int | None = None) -> Row:
    """A sentence as a candidate for an answer."""
    made = {"cosine": round(s.cosine, 4), "overlap": round(s.overlap, 4)}
    if s.read is not None:
        made["rerank"] = round(s.read, 4)
    where = {**_place(s.node), "text": _cut(s.text, LETTERS)}
    if spans := s.node.places.spans(s.start, s.end):
        where["page"] = spans[0].page
    return {**where, "score": round(s.score, 4), "factors": made, "before": None, "after": place}


def left_out(rows: Iterable[Row], why: str) -> list[Row]:
    """The first of what a step dropped, each with the reason in words."""
    dropped: list[Row] = []
    for row in rows:
        if len(dropped) == LEFT_OUT:
            break
        dropped.append({**row, "why": why})
    return dropped


def wordless(passages: Sequence[ScoredNode]) -> list[Row]:
    """The passages that give no sentence, by their kind."""
    others = [s for s in passages if s.node.kind not in QUOTABLE][:LEFT_OUT]
    rows = (candidate(s.node, s.score, s.factors) for s in others)
    return [{**row, "why": f"a {s.node.kind} holds no sentence"} for row, s in zip(rows, others, strict=True)]


def chosen_of(chosen: Sequence[Sentence], read: Sequence[Sentence], *, enough: bool) -> tuple[list[Row], list[Row]]:
    """The sentences of the answer, with their place among all that were read, and the best of the others with the
    reason; `enough`: whether the evidence was sure enough to answer."""
    place = {(s.node.id, s.start): i for i, s in enumerate(read, 1)}
    rows = [{**sentence(s, i), "before": place.get((s.node.id, s.start))} for i, s in enumerate(chosen[:MOST], 1)]
    here = {(s.node.id, s.start) for s in chosen}
    others = (sentence(s) for s in read if (s.node.id, s.start) not in here)
    why = "another says more, or the same" if enough else "the evidence is not sure enough to answer"
    return rows, left_out(others, why)


def places(ids: Iterable[str]) -> dict[str, int]:
    """The place of each, from 1."""
    return {i: place for place, i in enumerate(ids, 1)}


def _place(node: Node) -> Row:
    """What a project says is made of many papers' words: none of it is kept."""
    own = node.level is not Level.PROJECT
    return {
        "id": node.id,
        "level": node.level.value,
        "paper": node.paper,
        "title": _cut(node.paper_title or node.title, TITLE) if own else None,
        "page": node.page,
        "text": _cut(node.text, LETTERS) if own else "",
    }


def _cut(text: str, most: int) -> str:
    one = " ".join(text[: 4 * most].split())
    return one if len(one) <= most else one[: most - 1].rsplit(" ", 1)[0] + "…"
