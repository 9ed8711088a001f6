"""How sure one may be that the evidence answers a question.

A logistic of two measures: the cosine of the best sentence, and the share of the question's words that nothing in the
scope holds (a question about whales asks in vain where no paper has the word). Its numbers come from questions with
and without an answer (docs/decisions/0006). It must not know how an answer is put together.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from hierarchy.filters import Filter
from hierarchy.nodes import Level
from hierarchy.query_words import words_of
from hierarchy.store import NodeStore
from retrieval.extract import Sentence, content_words, stem
from retrieval.records import ScoredNode
from retrieval.scope import names_papers

NEAR = 7.0  # what a unit of cosine adds to the log odds
EVEN = 0.4  # the cosine at which both are as likely, all words being known
UNKNOWN = 4.0  # what a question of unknown words alone takes away
WITHIN = 1.4  # who names the papers to look in has reason to


def confidence(
    question: str, sentences: Sequence[Sentence], passages: Sequence[ScoredNode], store: NodeStore, where: Filter | None
) -> float:
    """From 0 to 1."""
    if not sentences:
        return 0.0
    cosine = max(s.cosine for s in sentences[:5])
    odds = NEAR * (cosine - EVEN) - UNKNOWN * unknown_share(question, passages, store, where)
    return round(1 / (1 + math.exp(-odds - (WITHIN if names_papers(where) else 0.0))), 4)


def unknown_share(question: str, passages: Sequence[ScoredNode], store: NodeStore, where: Filter | None) -> float:
    """The share of the question's content words that no passage in the scope holds, endings aside."""
    words = content_words(question)
    seen = {stem(w) for p in passages for w in words_of(f"{p.node.text} {p.node.title} {p.node.paper_title or ''}")}
    missing = [w for w in words if stem(w) not in seen]
    return sum(not store.bm25(word, Level.PASSAGE, 1, where) for word in missing) / len(words)
