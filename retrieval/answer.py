"""Extractive answers: verbatim sentences from the level that fits, each cited and checked, or the word that the papers
do not tell. It must not know how nodes were found, nor who shows the answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import msgspec

from hierarchy.filters import And, Eq
from hierarchy.nodes import Level, Node, Vector
from hierarchy.store import NodeStore
from retrieval.check import stands
from retrieval.extract import Sentence, candidates
from retrieval.records import UNANSWERABLE, Citation, Factors, Route, ScoredNode
from retrieval.settings import RetrievalSettings
from retrieval.trace import Trace

NOT_TOLD = "The papers do not tell."


class Draft(msgspec.Struct, frozen=True):
    """An answer before it has a question's frame around it."""

    status: str
    text: str
    citations: tuple[Citation, ...]
    confidence: float


class Answerer:
    """Answers from what was found."""

    def __init__(self, store: NodeStore, settings: RetrievalSettings) -> None:
        self._store, self._settings = store, settings
        self._pages: dict[str, Sequence[str]] = {}

    def answer(
        self,
        question: str,
        vector: Vector,
        route: Route,
        passages: Sequence[ScoredNode],
        papers: Sequence[ScoredNode],
        trace: Trace,
    ) -> Draft:
        """The answer that the evidence allows.

        Args:
            question: as asked.
            vector: the question's vector.
            route: which level fits; it decides the form of the answer.
            passages: passages found, best first.
            papers: papers found, best first.
            trace: takes what was chosen, checked and dropped.
        """
        with trace.step("extract", passages=len(passages)) as found:
            sentences = candidates(self._store, question, vector, passages)
            found["sentences"] = [
                {"node": s.node.id, "score": round(s.score, 4), "text": s.text} for s in sentences[:10]
            ]
        confidence = _confidence(sentences)
        with trace.step("choose", level=route.best.value, confidence=confidence) as found:
            chosen = self._choose(route, sentences, papers)
            if confidence < self._settings.least_confidence and route.best != Level.PROJECT:
                chosen = []
                found["refused"] = "the evidence is weak"
            found["sentences"] = len(chosen)
        with trace.step("check") as found:
            kept = [s for s in chosen if self._stands(s)]
            found["kept"], found["dropped"] = len(kept), [s.text for s in chosen if s not in kept]
        if not kept:
            return Draft(UNANSWERABLE, NOT_TOLD, (), round(min(confidence, self._settings.least_confidence), 4))
        status = "answered" if confidence >= self._settings.least_confidence + 0.1 else "partial"
        citations = tuple(_citation(i, s) for i, s in enumerate(kept, 1))
        return Draft(status, _text(route.best, kept), citations, round(confidence, 4))

    def _choose(self, route: Route, sentences: list[Sentence], papers: Sequence[ScoredNode]) -> list[Sentence]:
        match route.best:
            case Level.PROJECT:
                return self._from_project(papers)
            case Level.PAPER:
                return _one_of_each(sentences, lambda s: s.node.paper, self._settings.papers, 0.75)
            case Level.SECTION:
                return _of_one(sentences, lambda s: s.node.parent, self._settings.sentences)
            case _:
                return _best(sentences, self._settings.sentences, 0.88)

    def _from_project(self, papers: Sequence[ScoredNode]) -> list[Sentence]:
        """What each paper says of itself: the sentence of its abstract nearest to the whole of it."""
        out: list[Sentence] = []
        for scored in papers[: self._settings.papers]:
            sentence = self._own_words(scored.node)
            if sentence is not None:
                out.append(sentence)
        return out

    def _own_words(self, paper: Node) -> Sentence | None:
        abstract = list(
            self._store.scan(And((Eq("paper", paper.id), Eq("section_kind", "abstract"), Eq("level", "passage"))))
        )
        vectors = self._store.vectors([paper.id])
        if not abstract or paper.id not in vectors:
            return None
        scored = tuple(ScoredNode(n, 0.0, Factors()) for n in abstract)
        best = candidates(self._store, paper.title, vectors[paper.id], scored)
        return best[0] if best else None

    def _stands(self, sentence: Sentence) -> bool:
        """Whether the quote stands on its pages, by the pages' own words."""
        paper = sentence.node.paper or ""
        if paper not in self._pages:
            raw = self._store.attachments([paper]).get(paper)
            self._pages[paper] = msgspec.msgpack.decode(raw, type=list[str]) if raw else []
        texts = self._pages[paper]
        pages = sorted({s.page for s in sentence.node.places.spans(sentence.start, sentence.end)})
        return bool(pages) and stands(sentence.text, [texts[p - 1] for p in pages if p <= len(texts)])


def _confidence(sentences: Sequence[Sentence]) -> float:
    """That the best sentences answer the question, from 0 to 1: a logistic of their cosine and word overlap."""
    if not sentences:
        return 0.0
    cosine = max(s.cosine for s in sentences[:5])
    overlap = max(s.overlap for s in sentences[:3])
    return round(1 / (1 + math.exp(-(9.0 * (cosine - 0.38) + 2.5 * (overlap - 0.4)))), 4)


def _best(sentences: Sequence[Sentence], most: int, share: float) -> list[Sentence]:
    """The best sentence and those nearly as good, without repetitions."""
    out: list[Sentence] = []
    for s in sentences:
        if len(out) == most or s.score < share * sentences[0].score:
            break
        if all(s.text != other.text for other in out):
            out.append(s)
    return out


def _one_of_each(
    sentences: Sequence[Sentence], key: Callable[[Sentence], str | None], most: int, share: float
) -> list[Sentence]:
    out: dict[str | None, Sentence] = {}
    for s in sentences:
        if s.score >= share * sentences[0].score and len(out) < most:
            out.setdefault(key(s), s)
    return list(out.values())


def _of_one(sentences: Sequence[Sentence], key: Callable[[Sentence], str | None], most: int) -> list[Sentence]:
    """The best sentences of the place that has the best one, in reading order."""
    if not sentences:
        return []
    place = key(sentences[0])
    same = [s for s in sentences if key(s) == place and s.score >= 0.7 * sentences[0].score][:most]
    return sorted(same, key=lambda s: (s.node.order, s.start))


def _citation(marker: int, s: Sentence) -> Citation:
    spans = s.node.places.spans(s.start, s.end)
    return Citation(
        marker, s.node.paper or "", s.node.paper_title or "", s.node.file or "", spans[0].page, spans, s.text, s.node.id
    )


def _text(level: Level, kept: Sequence[Sentence]) -> str:
    """The sentences with their markers; over several papers, each paper's name in front of what it says."""
    if level in (Level.PROJECT, Level.PAPER):
        lines = [f"- {s.node.paper_title}: {s.text} [{i}]" for i, s in enumerate(kept, 1)]
        return "\n".join(lines)
    return " ".join(f"{s.text} [{i}]" for i, s in enumerate(kept, 1))
