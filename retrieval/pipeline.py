"""The way of a question, one step after the other: route, search, answer, check. Every door goes through here."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from hierarchy.encoder import Encoder
from hierarchy.errors import UsageError
from hierarchy.filters import Filter, In, all_of
from hierarchy.nodes import Level
from hierarchy.store import NodeStore
from retrieval.answer import Answerer
from retrieval.choose import Found
from retrieval.citing import cited, in_words
from retrieval.records import Answer, Event, SearchResult
from retrieval.route import Adviser, Router, only
from retrieval.scope import Library, names_papers
from retrieval.search import Searcher, checked_question
from retrieval.settings import RetrievalSettings
from retrieval.trace import Trace
from retrieval.typed import read
from retrieval.weighing import Weighing
from retrieval.wording import worded

EVIDENCE = 10
READ = 12  # how many nodes of a level an answer is read from


class Scope(NamedTuple):
    """What is left to ask, inside what, by which references its papers cite the work that is asked for, and what a
    reader must know of it."""

    asked: str
    where: Filter | None
    citing: Mapping[str, frozenset[str]] = {}
    notes: tuple[str, ...] = ()


class Pipeline:
    """Searches and answers over one project; `adviser` is asked where the route is hard to tell."""

    def __init__(
        self, store: NodeStore, encoder: Encoder, settings: RetrievalSettings, adviser: Adviser | None = None
    ) -> None:
        self._store, self._encoder, self._settings = store, encoder, settings
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
        whole = checked_question(question)
        trace = Trace.of(whole)
        asked, where, citing, notes = self._scope(whole, papers, trace)
        meant = worded(asked, self._store, where, self._encoder, self._settings, trace)
        vector = self._searcher.encode(asked := meant.asked)
        with trace.step("route") as found:
            way = only(level) if level else self._router.route(asked, vector, self.library.names)
            found.update(msgspec.to_builtins(way))
        rankings = self._searcher.rank(meant.sought, vector, way, k, where, trace)
        nodes = self._searcher.merge(rankings, way, k, Weighing.of(asked, names_papers(where), citing))
        return SearchResult(whole, way, nodes, trace.id, (*notes, *meant.notes)), trace

    def _scope(self, question: str, papers: Sequence[str] | None, trace: Trace) -> Scope:
        """What a question stays inside by options, by what was typed, and by the citations that it asks for; each of
        the last two is a step of its own."""
        typed = read(question)
        asked = checked_question(typed.words) if typed else question
        if not typed.of_papers:
            where = self.library.scope(papers) if papers is not None else None
        else:
            with trace.step("scope", **typed.to_dict()) as found:
                where = self.library.scope(papers, typed)
                found["filter"] = msgspec.to_builtins(where)
        told = in_words(typed)
        if not told.of_citations:
            return Scope(asked, where)
        with trace.step("citations", cites=list(told.cites), citedby=list(told.cited_by)) as found:
            try:
                work = cited(told, self._store)
            except UsageError as error:
                if typed.of_citations:
                    raise
                # Words may mean something else, so they are no error; but who meant it must know.
                found["unknown"] = error.message
                return Scope(asked, where, notes=(f"{error.message} {error.hint} All was searched.",))
            found["works"], found["papers"] = list(work.works), list(work.papers)
        return Scope(checked_question(told.words), all_of(where, In("paper", work.papers)), work.references)

    def stream(self, question: str, papers: Sequence[str] | None) -> Iterator[tuple[Event, Trace]]:
        """The events of one question: steps as they end, tokens of the text, citations, and the answer last."""
        start = time.monotonic()
        whole = checked_question(question)
        trace = Trace.of(whole)
        told = 0

        def news() -> Iterator[tuple[Event, Trace]]:
            nonlocal told
            for step in trace.steps[told:]:
                yield Event("step", msgspec.to_builtins(step)), trace
            told = len(trace.steps)

        asked, where, citing, notes = self._scope(whole, papers, trace)
        meant = worded(asked, self._store, where, self._encoder, self._settings, trace)
        vector = self._searcher.encode(asked := meant.asked)
        with trace.step("route") as said:
            way = self._router.route(asked, vector, self.library.names)
            said.update(msgspec.to_builtins(way))
        yield from news()
        rankings = self._searcher.rank(meant.sought, vector, way, EVIDENCE, where, trace)
        weighing = Weighing.of(asked, names_papers(where), citing)
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
            (*notes, *meant.notes),
        )
        yield Event("answer", answer), trace
