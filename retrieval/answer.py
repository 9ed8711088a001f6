"""Extractive answers: verbatim sentences, each cited and checked, or the word that the papers do not tell.

It must not know how nodes were found, nor who shows the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from hierarchy.errors import RerankError
from hierarchy.filters import Filter
from hierarchy.nodes import Level, Vector
from hierarchy.quotes import stands
from hierarchy.store import NodeStore
from retrieval.choose import Found, choose
from retrieval.confidence import calibration, confidence
from retrieval.extract import QUOTABLE, Sentence, candidates
from retrieval.records import UNANSWERABLE, Citation, Route, ScoredNode
from retrieval.rerank import SentenceReader
from retrieval.settings import RetrievalSettings
from retrieval.trace import Trace
from retrieval.traced import LEFT_OUT, MOST, Row, candidate, left_out, sentence

NOT_TOLD = "The papers do not tell."
NOT_THERE = "it does not stand so on its page"
READ = 8  # sentences that the trace holds


class Draft(msgspec.Struct, frozen=True):
    """An answer before it has a question's frame around it."""

    status: str
    text: str
    citations: tuple[Citation, ...]
    confidence: float


class Answerer:
    """Answers from what was found in a store."""

    def __init__(self, store: NodeStore, settings: RetrievalSettings, reader: SentenceReader | None = None) -> None:
        self._store, self._settings, self._reader = store, settings, reader

    def answer(
        self, question: str, vector: Vector, route: Route, found: Found, where: Filter | None, trace: Trace
    ) -> Draft:
        """The answer that the evidence allows.

        Args:
            question: as asked.
            vector: the question's vector.
            route: which level fits; it decides the form of the answer.
            found: what the search brought.
            where: the scope of the question.
            trace: takes what was chosen, checked and dropped.
        """
        with trace.step("extract", passages=len(found.passages)) as said:
            sentences = self._candidates(question, vector, found, said)
            said["candidates"] = [sentence(s, place) for place, s in enumerate(sentences[:READ], 1)]
            said["dropped"] = _wordless(found.passages)
        with trace.step("choose", level=route.best.value) as said:
            sure = said["confidence"] = confidence(question, sentences, found.passages, self._store, where)
            # What a field is about is told by its papers' own words, however they are worded.
            enough = sure >= self._least or route.best == Level.PROJECT
            chosen = choose(question, route, sentences, found, self._store, self._settings) if enough else []
            said["sentences"] = len(chosen)
            said["candidates"], said["dropped"] = _chosen(chosen, sentences, enough=enough)
        with trace.step("check") as said:
            kept = self._checked(chosen)
            dropped = [s for s in chosen if s not in kept]
            said["kept"], said["dropped"] = len(kept), left_out(map(sentence, dropped), NOT_THERE)
        if not kept:
            return Draft(UNANSWERABLE, NOT_TOLD, (), round(min(sure, self._least), 4))
        status = "answered" if sure >= max(self._least, calibration().sure) else "partial"
        citations = tuple(_citation(i, s) for i, s in enumerate(kept, 1))
        return Draft(status, _text(route.best, kept), citations, sure)

    @property
    def _least(self) -> float:
        """The confidence below which the papers do not tell."""
        least = self._settings.least_confidence
        return calibration().least if least is None else least

    def _candidates(self, question: str, vector: Vector, found: Found, said: dict[str, Any]) -> list[Sentence]:
        """The candidates, read beside the question; by their vectors alone where the reader fails."""
        try:
            return candidates(self._store, question, vector, found.passages, self._reader)
        except RerankError as error:
            said["failed"] = error.to_dict()
            return candidates(self._store, question, vector, found.passages)

    def _checked(self, sentences: Sequence[Sentence]) -> list[Sentence]:
        """The sentences that stand on their pages, by the pages' own words; those of a paper without pages, in its
        abstract."""
        papers = {s.node.paper or "" for s in sentences}
        raw = self._store.attachments(sorted(papers))
        texts = {paper: msgspec.msgpack.decode(data, type=list[str]) for paper, data in raw.items()}
        kept: list[Sentence] = []
        for s in sentences:
            own = texts.get(s.node.paper or "", [])
            pages = sorted({span.page for span in s.node.places.spans(s.start, s.end)})
            if stands(s.text, [own[page - 1] for page in pages if page <= len(own)] if pages else own):
                kept.append(s)
        return kept


def _citation(marker: int, s: Sentence) -> Citation:
    spans = s.node.places.spans(s.start, s.end)
    node = s.node
    title, file = node.paper_title or "", node.file or ""
    return Citation(marker, node.paper or "", title, file, spans[0].page if spans else None, spans, s.text, node.id)


def _wordless(passages: Sequence[ScoredNode]) -> list[Row]:
    """The passages that give no sentence, by their kind."""
    others = [s for s in passages if s.node.kind not in QUOTABLE][:LEFT_OUT]
    rows = (candidate(s.node, s.score, s.factors) for s in others)
    return [{**row, "why": f"a {s.node.kind} holds no sentence"} for row, s in zip(rows, others, strict=True)]


def _chosen(chosen: Sequence[Sentence], sentences: Sequence[Sentence], *, enough: bool) -> tuple[list[Row], list[Row]]:
    """The sentences of the answer, with their place among all, and the best of the others with the reason."""
    place = {(s.node.id, s.start): i for i, s in enumerate(sentences, 1)}
    rows = [{**sentence(s, i), "before": place.get((s.node.id, s.start))} for i, s in enumerate(chosen[:MOST], 1)]
    here = {(s.node.id, s.start) for s in chosen}
    others = (sentence(s) for s in sentences if (s.node.id, s.start) not in here)
    why = "another says more, or the same" if enough else "the evidence is not sure enough to answer"
    return rows, left_out(others, why)


def _text(level: Level, kept: Sequence[Sentence]) -> str:
    """The sentences with their markers; over several papers, each paper's name in front of what it says."""
    if level in (Level.PROJECT, Level.PAPER):
        return "\n".join(f"- {s.node.paper_title}: {s.text} [{i}]" for i, s in enumerate(kept, 1))
    return " ".join(f"{s.text} [{i}]" for i, s in enumerate(kept, 1))
