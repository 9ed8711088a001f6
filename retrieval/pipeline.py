"""The way of a question, one step after the other: route, search, answer, check. Every door goes through here."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import msgspec

from hierarchy.encoder import Encoder
from hierarchy.errors import UsageError
from hierarchy.filters import Filter
from hierarchy.nodes import Level, Vector
from hierarchy.store import NodeStore
from retrieval.answer import Answerer
from retrieval.choose import Found
from retrieval.confidence import Evidence
from retrieval.extract import candidates
from retrieval.reading import reading, wanted
from retrieval.records import Answer, Event, Route, SearchResult
from retrieval.rerank import Reranker, SentenceReader
from retrieval.route import Adviser, Router, only
from retrieval.scope import Library
from retrieval.search import NOTHING_READ, Rankings, Read, Searcher, checked_question
from retrieval.settings import RetrievalSettings
from retrieval.trace import Trace
from retrieval.typed import read as typed
from retrieval.understanding import Understood, understood
from retrieval.weighing import Weighing

EVIDENCE = 10
READ = 12  # how many nodes of a level an answer is read from


class Pipeline:
    """Searches and answers over one project; `adviser` is asked where the route is hard to tell, `reranker` reads what
    was found beside the question."""

    def __init__(
        self,
        store: NodeStore,
        encoder: Encoder,
        settings: RetrievalSettings,
        adviser: Adviser | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        self._store, self._encoder, self._settings, self._reranker = store, encoder, settings, reranker
        self._router = Router(encoder.identity, adviser)
        self._searcher = Searcher(store, encoder, settings)
        self._answerer = Answerer(store, settings, self._reader)
        self._library: Library | None = None

    @property
    def library(self) -> Library:
        """The project's papers, read when first needed."""
        if self._library is None:
            self._library = Library(self._store)
        return self._library

    def expect(self, questions: Sequence[str]) -> None:
        """Makes ready for questions that come next, which costs less together; none ends it. What is found stays the
        same; a question that is none, or has filters in it, is left to itself."""
        plain = dict.fromkeys(question for question in map(_plain, questions) if question is not None)
        self._searcher.expect(list(plain))

    def search(
        self, question: str, k: int, level: Level | None, papers: Sequence[str] | None
    ) -> tuple[SearchResult, Trace]:
        """Ranked nodes of one level or, by the route, of all."""
        whole = checked_question(question)
        trace = Trace.of(whole)
        meant = self._understood(whole, papers, trace)
        vector = self._searcher.encode(meant.asked, trace)
        with trace.step("route") as found:
            way = only(level) if level else self._router.route(meant.asked, vector, self.library.names)
            found.update(msgspec.to_builtins(way))
        rankings = self._searcher.rank(meant.sought, vector, way, k, meant.where, trace)
        read, notes = self._read(meant, vector, rankings, wanted(way), trace)
        nodes = self._searcher.order(rankings, way, k, meant.weighing, read, trace)
        return SearchResult(whole, way, nodes, trace.id, (*meant.notes, *notes)), trace

    def _understood(self, question: str, papers: Sequence[str] | None, trace: Trace) -> Understood:
        return understood(question, papers, self.library, self._store, self._encoder, self._settings, trace)

    def _read(
        self, meant: Understood, vector: Vector, rankings: Rankings, level: Level | None, trace: Trace
    ) -> tuple[Read, tuple[str, ...]]:
        """What was found of a level, read beside the question, and notes; nothing without that level, or without a
        reranker."""
        if self._reranker is None or level not in rankings:
            return NOTHING_READ, ()
        if level is Level.PAPER:
            papers = self._searcher.papers(rankings, self._reranker.most, meant.weighing)
            return reading(self._reranker, meant.asked, papers, trace)
        with trace.step("pool") as said:
            found = self._searcher.pool(
                meant.sought, vector, rankings, meant.where, self._reranker.most, meant.weighing
            )
            said["passages"], said["papers"] = len(found), sorted({s.node.paper or "" for s in found})
            said["dropped"] = self._searcher.passed_over(rankings, found)
        return reading(self._reranker, meant.asked, found, trace)

    def _found(self, rankings: Rankings, way: Route, weighing: Weighing, read: Read) -> Found:
        wide = way.best in (Level.PROJECT, Level.PAPER)
        return Found(
            self._searcher.best(rankings, Level.PASSAGE, 3 * READ if wide else READ, weighing, read),
            self._searcher.best(rankings, Level.SECTION, READ, weighing),
            self._searcher.best(rankings, Level.PAPER, READ, weighing),
        )

    def evidence(self, question: str, where: Filter | None) -> Evidence:
        """What an answer to a question would be read from."""
        trace, vector = Trace.of(question), self._searcher.encode(question)
        meant = Understood(question, question, where)
        way = self._router.route(question, vector, self.library.names)
        rankings = self._searcher.rank(question, vector, way, EVIDENCE, where, trace)
        read, _ = self._read(meant, vector, rankings, _answered_from(way), trace)
        passages = self._found(rankings, way, meant.weighing, read).passages
        sentences = candidates(self._store, question, vector, passages, self._reader)
        return Evidence(question, vector, way, sentences, passages, where)

    @property
    def _reader(self) -> SentenceReader | None:
        return self._reranker if isinstance(self._reranker, SentenceReader) else None

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

        meant = self._understood(whole, papers, trace)
        vector = self._searcher.encode(meant.asked, trace)
        with trace.step("route") as said:
            way = self._router.route(meant.asked, vector, self.library.names)
            said.update(msgspec.to_builtins(way))
        yield from news()
        rankings = self._searcher.rank(meant.sought, vector, way, EVIDENCE, meant.where, trace)
        weighing = meant.weighing
        yield Event("found", self._searcher.merge(rankings, way, EVIDENCE, weighing)), trace
        yield from news()
        read, notes = self._read(meant, vector, rankings, _answered_from(way), trace)
        ranked_by = read if wanted(way) is read.level else NOTHING_READ
        evidence = self._searcher.order(rankings, way, EVIDENCE, weighing, ranked_by, trace)
        yield from news()
        found = self._found(rankings, way, weighing, read)
        draft = self._answerer.answer(meant.asked, vector, way, found, meant.where, trace)
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
            (*meant.notes, *notes, *draft.notes),
        )
        yield Event("answer", answer), trace


def _plain(question: str) -> str | None:
    """A question as it is searched, where nothing in it is a filter."""
    try:
        whole = checked_question(question)
        return None if typed(whole) else whole
    except UsageError:
        return None


def _answered_from(way: Route) -> Level | None:
    """What is read for an answer: passages, but of a field as a whole, which single ones do not tell."""
    return Level.PASSAGE if way.best is not Level.PROJECT else None
