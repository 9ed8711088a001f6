"""Candidate sentences for an answer: the sentences of the passages found, each with a score of its own.

A sentence is as good as its nearness to the question, the question's words that it holds (rare ones count more), and
the passage that it stands in. It must not know levels or how an answer is put together.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

import msgspec

from hierarchy.encoder import SentenceVectors
from hierarchy.nodes import Level, Node, Vector
from hierarchy.query_words import words_of
from hierarchy.store import NodeStore
from retrieval.records import ScoredNode
from retrieval.rerank import SentenceReader

QUOTABLE = frozenset({"paragraph", "list", "caption", "footnote"})
BULLET = re.compile(r"[•◦▪‣∙·●○■–—-]\s+|\d{1,2}(?=[A-Z][a-z]*\s)")  # or the number of a footnote that ran in
LEAST_WORDS, MOST_WORDS = 5, 70
STOP = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "in",
        "on",
        "at",
        "to",
        "for",
        "from",
        "by",
        "with",
        "without",
        "and",
        "or",
        "not",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "do",
        "does",
        "did",
        "how",
        "what",
        "which",
        "who",
        "whom",
        "whose",
        "when",
        "where",
        "why",
        "this",
        "that",
        "these",
        "those",
        "it",
        "its",
        "they",
        "their",
        "them",
        "there",
        "any",
        "some",
        "can",
        "could",
        "would",
        "should",
        "use",
        "used",
        "using",
        "we",
        "our",
        "paper",
        "papers",
        "study",
        "studies",
        "author",
        "authors",
        "as",
        "than",
        "into",
        "between",
        "about",
        "have",
        "has",
        "had",
        "i",
        "you",
    ]
)


class Sentence(msgspec.Struct, frozen=True):
    """A sentence of a passage: its text, its characters there, its cosine to the question, the share of the question's
    words that it holds (by rarity), its score, and how well it answers by a reader, where one has read it."""

    node: Node
    start: int
    end: int
    text: str
    cosine: float
    overlap: float
    score: float
    read: float | None = None


def content_words(question: str) -> list[str]:
    """The words of a question that say what it is about; all of them if none does."""
    words = words_of(question)
    return [w for w in words if w not in STOP] or words


def candidates(
    store: NodeStore,
    question: str,
    vector: Vector,
    found: Sequence[ScoredNode],
    reader: SentenceReader | None = None,
) -> list[Sentence]:
    """Sentences of the passages found, best first; by their reading beside the question where there is a reader.

    Raises:
        RerankError: where the reader cannot say.
    """
    passages = [n for n in found if n.node.level == Level.PASSAGE and n.node.kind in QUOTABLE]
    attachments = store.attachments([n.node.id for n in passages])
    words = content_words(question)
    weight = rarity(words, passages)
    passages = [scored for scored in passages if scored.node.id in attachments]
    sentences = [SentenceVectors.unpack(attachments[scored.node.id]) for scored in passages]
    read = _read(reader, question, passages, sentences)
    out: list[Sentence] = []
    for i, scored in enumerate(passages):
        cosines = sentences[i].vectors() @ vector
        for j, (first, end) in enumerate(sentences[i].ranges):
            cosine, own = float(cosines[j]), read[i][j]
            bullet = BULLET.match(scored.node.text, first)
            start = bullet.end() if bullet else first
            text = scored.node.text[start:end]
            if not is_quotable(text):
                continue
            overlap = _overlap(text, weight)
            score = 0.55 * (cosine if own is None else own) + 0.25 * overlap + 0.3 * scored.score
            out.append(Sentence(scored.node, start, end, text, cosine, overlap, score, own))
    return sorted(out, key=lambda s: (-s.score, s.node.id, s.start))


def is_quotable(text: str) -> bool:
    """Whether this is a whole sentence in words: no fragment, no garbled formula."""
    words = text.split()
    letters = sum(c.isalpha() for c in text)
    whole = text[:1].isupper() or text[:1].isdigit() or text[:1] in "\"“'(["
    plain = letters > 0.6 * len(text.replace(" ", "")) and sum(len(w) == 1 for w in words) < 0.3 * len(words)
    return LEAST_WORDS <= len(words) <= MOST_WORDS and whole and plain


def _read(
    reader: SentenceReader | None,
    question: str,
    passages: Sequence[ScoredNode],
    sentences: Sequence[SentenceVectors],
) -> list[list[float | None]]:
    """What a reader says of each sentence; None for all without one."""
    if reader is None or not passages:
        return [[None] * len(s.ranges) for s in sentences]
    said = reader.sentences(question, [p.node for p in passages], [s.ranges for s in sentences])
    return [[float(score) for score in scores] for scores in said]


def rarity(words: Sequence[str], passages: Sequence[ScoredNode]) -> dict[str, float]:
    """How much each word tells, by how few of the passages found hold it."""
    held = Counter(w for p in passages for w in set(words_of(p.node.text)) if w in set(words))
    return {w: math.log(1 + len(passages) / (0.5 + held[w])) for w in words}


def _overlap(text: str, rarity: dict[str, float]) -> float:
    total = sum(rarity.values())
    held = set(words_of(text))
    stems = {stem(w) for w in held}
    return sum(r for w, r in rarity.items() if w in held or stem(w) in stems) / total if total else 0.0


def stem(word: str) -> str:
    """A light stem, so that "annotated" meets "annotators"."""
    return re.sub(r"(?:ations?|ators?|ated|ating|ings?|ed|es|s)$", "", word) if len(word) > 5 else word.rstrip("s")
