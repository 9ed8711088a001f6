"""Findings of two neighbouring sentences that tell one thing are compared as one, and tie the findings they are."""

from __future__ import annotations

import numpy as np

from hierarchy.nodes import Finding, Level, Node
from hierarchy.relations import relations_between
from hierarchy.relations.neighbours import together

FIRST = "The probe for rain was right for 94% of the clips."
SECOND = "A probe for rain on the encoder trained from scratch was right for 78%."
OTHER = (
    "The probe for rain was right for 79% of the clips with the pretrained encoder and for 80% with one trained "
    "from scratch, a difference of −1 percentage point (interval −4 to 2)."
)


def node(id: str, quote: str, passage: str, paper: str) -> Node:
    return Node(id, Level.FINDING, "marsh", "", quote, paper=paper, finding=Finding(quote, "result", passage, quote))


def test_neighbours_are_told_together() -> None:
    nodes = [node("a", FIRST, "p", "one"), node("b", SECOND, "p", "one")]
    seen = together(nodes, np.eye(2, dtype=np.float32), {"p": f"{FIRST} {SECOND}"})
    assert seen.parts == [(0, 1)]
    assert seen.nodes[0].text == f"{FIRST} {SECOND}"
    assert np.linalg.norm(seen.vectors, axis=1).round(5).tolist() == [1.0]


def test_findings_with_words_between_stand_alone() -> None:
    nodes = [node("a", FIRST, "p", "one"), node("b", SECOND, "p", "one")]
    assert not together(nodes, np.eye(2, dtype=np.float32), {"p": f"{FIRST} It rained. {SECOND}"}).parts


def test_findings_that_each_compare_stand_alone() -> None:
    quotes = ("F1 rose from 0.41 to 0.52.", "Recall fell from 0.61 to 0.48.")
    nodes = [node(f"n{i}", quote, "p", "one") for i, quote in enumerate(quotes)]
    assert not together(nodes, np.eye(2, dtype=np.float32), {"p": " ".join(quotes)}).parts


def test_a_finding_of_an_unknown_passage_stands_alone() -> None:
    assert not together([node("a", FIRST, "gone", "one")], np.eye(1, dtype=np.float32), {}).parts


def test_what_two_sentences_tell_is_tied_to_one_of_them() -> None:
    mine = [node("a", FIRST, "p", "one"), node("b", SECOND, "p", "one")]
    vectors = np.array([[1, 0, 0], [0.9, 0.436, 0], [0.95, 0.2, 0.24]], np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    passages = {"p": f"{FIRST} {SECOND}", "q": OTHER}
    found = relations_between(mine, vectors[:2], [node("c", OTHER, "q", "two")], vectors[2:], passages=passages)
    assert [(r.kind, r.a in ("a", "b"), r.b) for r in found] == [("contradicts", True, "c")]
