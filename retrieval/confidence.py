"""How sure one may be that the evidence answers a question.

A logistic regression over a few signs: how well the best passages and sentences answer beside the question, how many
of its words they hold, how many nothing in the scope holds (a question about whales asks in vain where no paper has the
word), and whether both legs of the search agree. Weights and thresholds come from questions with and without an answer
(`python -m training.confidence`, docs/decisions/0022) and stand in confidence.json with their date. It must not know
how an answer is put together.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import msgspec

from hierarchy.filters import Filter
from hierarchy.nodes import Level
from hierarchy.query_words import words_of
from hierarchy.store import NodeStore
from retrieval.extract import Sentence, content_words, rarity, stem
from retrieval.records import ScoredNode
from retrieval.scope import names_papers

WEIGHTS = Path(__file__).with_suffix(".json")
BEST = 3  # passages and sentences that are looked at
LOGIT_END = 6.0  # of a reader's score as log odds


class Logistic(msgspec.Struct, frozen=True):
    """A weight for each sign, and what is added to all."""

    weight: dict[str, float]
    intercept: float

    def of(self, signs: Mapping[str, float]) -> float:
        """From 0 to 1."""
        odds = self.intercept + sum(weight * signs[name] for name, weight in self.weight.items())
        return 1 / (1 + math.exp(-odds))


class Calibration(msgspec.Struct, frozen=True):
    """What was learned, when and of what: `read` where a reader of our own has scored passages and sentences, `bare`
    where none has. Below `least` the papers do not tell; from `sure` on an answer is not called partial."""

    date: str
    learned_from: str
    encoder: str
    read: Logistic
    bare: Logistic
    least: float
    sure: float


@cache
def calibration(path: Path = WEIGHTS) -> Calibration:
    """The calibration that ships."""
    return msgspec.json.decode(path.read_bytes(), type=Calibration)


def confidence(
    question: str, sentences: Sequence[Sentence], passages: Sequence[ScoredNode], store: NodeStore, where: Filter | None
) -> float:
    """From 0 to 1: that what was found answers the question.

    Args:
        question: in words.
        sentences: the candidates for an answer, best first.
        passages: what they stand in, best first.
        store: for words that nothing holds.
        where: the scope.
    """
    if not sentences:
        return 0.0
    found = signs(question, sentences, passages, store, where)
    learned = calibration()
    model = learned.read if any(s.read is not None for s in sentences) else learned.bare
    return round(model.of(found), 4)


def signs(
    question: str, sentences: Sequence[Sentence], passages: Sequence[ScoredNode], store: NodeStore, where: Filter | None
) -> dict[str, float]:
    """What the confidence rests on, by name; about -1 to 1 each, but for log odds."""
    words = content_words(question)
    weight = rarity(words, passages)
    legs = [(p.factors.dense, p.factors.bm25) for p in passages[:BEST]]
    read = [s.read for s in sentences if s.read is not None]
    ranked = [p.factors.rerank for p in passages if p.factors.rerank is not None]
    return {
        "cosine": max(s.cosine for s in sentences[: 2 * BEST]),
        "sentence": max(read, default=0.0),
        "passage": _logit(max(ranked, default=0.5)) / LOGIT_END,
        "second": _logit(sorted(ranked)[-2] if len(ranked) > 1 else 0.5) / LOGIT_END,
        "held": max((_held(words, weight, p) for p in passages[:BEST]), default=0.0),
        "together": max(s.overlap for s in sentences[: 2 * BEST]),
        "unknown": unknown_share(question, passages, store, where),
        "agreement": max((min(dense, bm25) for dense, bm25 in legs), default=0.0),
        "words": math.log(len(words)) / 3,
        "within": float(names_papers(where)),
    }


def unknown_share(question: str, passages: Sequence[ScoredNode], store: NodeStore, where: Filter | None) -> float:
    """The share of the question's content words that no passage in the scope holds, endings aside."""
    words = content_words(question)
    seen = {word for p in passages for word in _stems(p)}
    missing = [w for w in words if stem(w) not in seen]
    return sum(not store.bm25(word, Level.PASSAGE, 1, where) for word in missing) / len(words)


def _held(words: Sequence[str], weight: Mapping[str, float], passage: ScoredNode) -> float:
    """The share of the question's words, by rarity, that a passage, its headings or its paper's title hold."""
    stems, total = _stems(passage), sum(weight.values())
    return sum(weight[w] for w in weight if stem(w) in stems) / total if total else 0.0


def _stems(passage: ScoredNode) -> set[str]:
    node = passage.node
    return {stem(w) for w in words_of(f"{node.text} {' '.join(node.path)} {node.title} {node.paper_title or ''}")}


def _logit(score: float) -> float:
    return max(-LOGIT_END, min(LOGIT_END, math.log(max(score, 1e-9) / max(1 - score, 1e-9))))
