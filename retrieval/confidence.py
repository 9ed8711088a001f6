"""How sure one may be that the evidence answers a question.

A logistic regression over a few signs: how well the best passages and sentences answer beside the question, how many
of its words they hold, how many nothing in the scope holds (a question about whales asks in vain where no paper has the
word), whether both legs of the search agree, and how far the best paper and finding stand ahead of the next (where
nothing answers, many are about as near). Weights and thresholds, some for a library and others inside named papers,
come from questions with and without an answer (`python -m training.confidence`, docs/decisions/0022) and stand in
confidence.json with their date. It must not know how an answer is put together.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import msgspec

from hierarchy.filters import Filter
from hierarchy.nodes import Level, Vector
from hierarchy.query_words import words_of
from hierarchy.store import NodeStore
from retrieval.extract import Sentence, content_words, rarity, stem
from retrieval.records import Route, ScoredNode
from retrieval.scope import names_papers

WEIGHTS = Path(__file__).with_suffix(".json")
BEST = 3  # passages and sentences that are looked at
FEW, MANY = 6, 12  # words: how a question is put says little beyond
BESIDE, LEAST_NEXT = 0.35, 5  # cosine of what stands in for the others where a project has hardly any, and for how many
NEXT = 20  # nodes of a level, the best among them, that it is held against


class Logistic(msgspec.Struct, frozen=True):
    """A weight for each sign, and what is added to all."""

    weight: dict[str, float]
    intercept: float

    def of(self, signs: Mapping[str, float]) -> float:
        """From 0 to 1."""
        odds = self.intercept + sum(weight * signs[name] for name, weight in self.weight.items())
        return 1 / (1 + math.exp(-odds))


class Place(msgspec.Struct, frozen=True):
    """What was learned for one kind of scope: `read` where a reader of our own has scored passages and sentences,
    `bare` where none has. Below `least` the papers do not tell; from `sure` on an answer is not called partial."""

    read: Logistic
    bare: Logistic
    least: float
    sure: float


class Calibration(msgspec.Struct, frozen=True):
    """What was learned, when, of what and beside which reader: over a library, and within papers that are named."""

    date: str
    learned_from: str
    encoder: str
    library: Place
    within: Place


class Evidence(msgspec.Struct, frozen=True, eq=False):
    """A question and what was found for it: `sentences` are the candidates for an answer, `passages` what they stand
    in, both best first."""

    question: str
    vector: Vector
    route: Route
    sentences: Sequence[Sentence]
    passages: Sequence[ScoredNode]
    where: Filter | None


@cache
def calibration(path: Path = WEIGHTS) -> Calibration:
    """The calibration that ships."""
    return msgspec.json.decode(path.read_bytes(), type=Calibration)


def place_of(found: Evidence, store: NodeStore) -> Place:
    """The weights and thresholds for a scope; a library of a few papers is asked as they are."""
    few = len(store.dense(found.vector, Level.PAPER, LEAST_NEXT, found.where)) < LEAST_NEXT
    return calibration().within if few or names_papers(found.where) else calibration().library


def confidence(found: Evidence, store: NodeStore, place: Place) -> float:
    """From 0 to 1: that what was found answers the question.

    Args:
        found: the question and its evidence.
        store: for how far the best stands ahead, and for words that nothing holds.
        place: what goes for the scope.
    """
    if not found.sentences:
        return 0.0
    model = place.read if any(s.read is not None for s in found.sentences) else place.bare
    return round(model.of(signs(found, store)), 4)


def signs(found: Evidence, store: NodeStore) -> dict[str, float]:
    """What the confidence rests on, by name; about -1 to 1 each."""
    sentences, passages = found.sentences, found.passages
    words = content_words(found.question)
    weight = rarity(words, passages)
    legs = [(p.factors.dense, p.factors.bm25) for p in passages[:BEST]]
    read = [s.read for s in sentences if s.read is not None]
    return {
        "cosine": max(s.cosine for s in sentences[: 2 * BEST]),
        "sentence": max(read, default=0.0),
        "held": max((_held(words, weight, p) for p in passages[:BEST]), default=0.0),
        "unknown": unknown_share(words, passages, store, found.where),
        "agreement": max((min(dense, bm25) for dense, bm25 in legs), default=0.0),
        "words": math.log(min(max(len(words), FEW), MANY)) / 3,
        "field": float(found.route.best == Level.PROJECT),
        "paper_ahead": _ahead(found, store, Level.PAPER),
        "finding_ahead": _ahead(found, store, Level.FINDING),
    }


def _ahead(found: Evidence, store: NodeStore, level: Level) -> float:
    """How much nearer to the question the best node of a level is than the next ones are on average, by cosine."""
    hits = store.dense(found.vector, level, NEXT, found.where)
    if not hits:  # a paper may state no findings
        return _ahead(found, store, Level.PASSAGE) if level is Level.FINDING else 0.0
    best, *others = [hit.score for hit in hits]
    others += [BESIDE] * (LEAST_NEXT - len(others))
    return best - sum(others) / len(others)


def unknown_share(
    words: Sequence[str], passages: Sequence[ScoredNode], store: NodeStore, where: Filter | None
) -> float:
    """The share of a question's content words that no passage in the scope holds, endings aside."""
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
