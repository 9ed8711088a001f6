"""The way of a question, one step after the other: route, search, answer, check. Every door goes through here."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import msgspec

from hierarchy.encoder import Encoder
from hierarchy.filters import Filter
from hierarchy.nodes import Level
from hierarchy.store import NodeStore
from retrieval.answer import Answerer
from retrieval.choose import Found
from retrieval.records import Answer, Event, SearchResult
from retrieval.route import Adviser, Router, only
from retrieval.scope import Library, names_papers
from retrieval.search import Searcher, checked_question
from retrieval.settings import RetrievalSettings
from retrieval.trace import Trace
from retrieval.typed import Typed, read
from retrieval.weighing import Weighing

EVIDENCE = 10
READ = 12  # how many nodes of a level an answer is read from


class Pipeline:
    """Searches and answers over one project; `adviser` is asked where the route is hard to tell."""

    def __init__(
        self, store: NodeStore, encoder: Encoder, settings: RetrievalSettings, adviser: Adviser | None = None
    ) -> None:
        self._store, self._settings = store, settings
        self._router = Router(encoder.identity, adviser)
        self._searcher = Searcher(store, encoder, settings)
        self._answerer = Answerer(store, settings)
        self._library: Library | None = None

    @property
    def library(self) -> Library:
        """The project's papers, read when first needed."""
        if self._library is None:
            self._library = Library(self._store)
        return self._library

    def search(
        self, question: str, k: int, level: Level | None, papers: Sequence[str] | None
    ) -> tuple[SearchResult, Trace]:
        """Ranked nodes of one level or, by the route, of all."""
        whole, asked, typed = _read(question)
        trace = Trace.of(whole)
        where = self._scope(papers, typed, trace)
        vector = self._searcher.encode(asked)
        with trace.step("route") as found:
            way = only(level) if level else self._router.route(asked, vector, self.library.names)
            found.update(msgspec.to_builtins(way))
        rankings = self._searcher.rank(asked, vector, way, k, where, trace)
        nodes = self._searcher.merge(rankings, way, k, Weighing.of(asked, names_papers(where)))
        return SearchResult(whole, way, nodes, trace.id), trace

    def _scope(self, papers: Sequence[str] | None, typed: Typed, trace: Trace) -> Filter | None:
        """The filter of options and of what was typed, which is a step of its own."""
        if not typed:
            return self.library.scope(papers) if papers is not None else None
        with trace.step("scope", **typed.to_dict()) as found:
            where = self.library.scope(papers, typed)
            found["filter"] = msgspec.to_builtins(where)
        return where

    def stream(self, question: str, papers: Sequence[str] | None) -> Iterator[tuple[Event, Trace]]:
        """The events of one question: steps as they end, tokens of the text, citations, and the answer last."""
        start = time.monotonic()
        whole, asked, typed = _read(question)
        trace = Trace.of(whole)
        told = 0

        def news() -> Iterator[tuple[Event, Trace]]:
            nonlocal told
            for step in trace.steps[told:]:
                yield Event("step", msgspec.to_builtins(step)), trace
            told = len(trace.steps)

        where = self._scope(papers, typed, trace)
        vector = self._searcher.encode(asked)
        with trace.step("route") as said:
            way = self._router.route(asked, vector, self.library.names)
            said.update(msgspec.to_builtins(way))
        yield from news()
        rankings = self._searcher.rank(asked, vector, way, EVIDENCE, where, trace)
        weighing = Weighing.of(asked, names_papers(where))
        evidence = self._searcher.merge(rankings, way, EVIDENCE, weighing)
        yield from news()
        wide = way.best in (Level.PROJECT, Level.PAPER)
        found = Found(
            self._searcher.best(rankings, Level.PASSAGE, 3 * READ if wide else READ, weighing),
            self._searcher.best(rankings, Level.SECTION, READ, weighing),
            self._searcher.best(rankings, Level.PAPER, READ, weighing),
        )
        draft = self._answerer.answer(asked, vector, way, found, where, trace)
        yield from news()
        for word in draft.text.split(" "):
            yield Event("token", word + " "), trace
        for citation in draft.citations:
            yield Event("citation", citation), trace
        seconds = round(time.monotonic() - start, 3)
        answer = Answer(
            whole,
            draft.status,
            draft.text,
            draft.citations,
            way,
            evidence,
            "extractive",
            draft.confidence,
            trace.id,
            seconds,
            draft.notes,
        )
        yield Event("answer", answer), trace


def _read(question: str) -> tuple[str, str, Typed]:
    """A question whole, its words without the filters typed into it, and these."""
    whole = checked_question(question)
    typed = read(whole)
    return whole, checked_question(typed.words) if typed else whole, typed
