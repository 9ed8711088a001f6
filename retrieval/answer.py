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
from retrieval.answers.matter import Matter
from retrieval.answers.plan import Line, Plan, written
from retrieval.choose import Asked, Found, plan
from retrieval.confidence import Evidence, Place, confidence, place_of
from retrieval.extract import Sentence, candidates
from retrieval.records import UNANSWERABLE, Citation, Route
from retrieval.rerank import SentenceReader
from retrieval.settings import RetrievalSettings
from retrieval.trace import Trace
from retrieval.traced import chosen_of, left_out, sentence, wordless

NOT_TOLD = "The papers do not tell."
CERTAIN = 0.9  # that a library answers what it holds, whatever the words
NOT_THERE = "it does not stand so on its page"
READ = 8  # sentences that the trace holds


class Draft(msgspec.Struct, frozen=True):
    """An answer before it has a question's frame around it."""

    status: str
    text: str
    citations: tuple[Citation, ...]
    confidence: float
    notes: tuple[str, ...] = ()


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
            said["dropped"] = wordless(found.passages)
        asked = Asked(question, vector, route, found, where, self._store, self._settings, sentences)
        evidence = Evidence(question, vector, route, sentences, found.passages, where)
        place = place_of(evidence, self._store)
        least, certain = self._thresholds(place)
        with trace.step("choose", level=route.best.value) as said:
            sure = confidence(evidence, self._store, place)
            # What a field is about is told by its papers' own words, however they are worded; and what a library holds
            # needs no evidence at all.
            enough = sure >= least or route.best == Level.PROJECT
            planned = plan(asked) if enough or not Matter.of(question).groups else None
            if planned is not None and planned.sure:
                sure, enough = max(sure, CERTAIN), True
            elif not enough:
                planned = None
            said["confidence"] = sure
            said["shape"] = planned.shape.value if planned else None
            said["sentences"] = len(planned.sentences) if planned else 0
            said["candidates"], said["dropped"] = chosen_of(
                planned.sentences if planned else (), sentences, enough=enough
            )
        with trace.step("check") as said:
            chosen = planned.sentences if planned else []
            kept = self._checked(chosen)
            lines = _standing(planned, kept)
            dropped = [s for s in chosen if s not in kept]
            said["kept"], said["dropped"] = len(kept), left_out(map(sentence, dropped), NOT_THERE)
        if planned is None or not lines:
            return Draft(UNANSWERABLE, NOT_TOLD, (), round(min(sure, least), 4))
        status = "answered" if sure >= certain else "partial"
        shown = [s for line in lines for s in line.sentences]
        citations = tuple(_citation(i, s) for i, s in enumerate(shown, 1))
        return Draft(status, written(planned, lines), citations, sure, planned.notes(lines))

    def _thresholds(self, place: Place) -> tuple[float, float]:
        """The confidence below which the papers do not tell, and the one from which on an answer is not partial."""
        chosen = self._settings.least_confidence
        least = place.least if chosen is None else chosen
        return least, max(least, place.sure)

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
    page = spans[0].page if spans else None
    return Citation(marker, node.paper or "", title, file, page, spans, s.text, node.id, node.project)


def _standing(planned: Plan | None, kept: Sequence[Sentence]) -> list[Line]:
    """The lines with the sentences that stood, without those of which none did, and without a pair of which one fell; a
    heading passes to the next line."""
    every = planned.lines if planned else ()
    fallen = {line.pair for line in every if line.pair and any(s not in kept for s in line.sentences)}
    out: list[Line] = []
    under = ""
    for line in every:
        if line.pair in fallen:
            continue
        under = line.under or under
        if stood := tuple(s for s in line.sentences if s in kept):
            out.append(Line(stood, line.lead, under, line.pair))
            under = ""
    return out
