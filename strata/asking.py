"""What the assistant is asked: questions, one or many, and how an answer came about."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any, TypeAlias

from hierarchy.errors import StrataError, UsageError
from hierarchy.nodes import Level
from retrieval.around import Around, around
from retrieval.records import Answer, Event, ScoredNode, SearchResult
from retrieval.trace import Trace
from strata.opened import Opened

TOGETHER = 64  # questions that are made ready for at once
PATIENCE_S = 0.5  # how long an answered row waits for others

Row: TypeAlias = dict[str, Any]
Kept: TypeAlias = tuple[str, list[str], dict[str, Any]]  # a trace: its id, the papers that it touches, its record
Done: TypeAlias = tuple[Row, Row, Kept | None]  # a row, its record, and its trace, where there is one
Answering: TypeAlias = Callable[[str, Sequence[str] | None], tuple[SearchResult | Answer, Kept]]
ROW = 'Each line is {"id": ..., "question": "...", "papers": [ids or file names] or null}.'


class Asking(Opened):
    """Searching and answering, in one project or several together, with a trace that is kept."""

    def search(
        self, question: str, k: int = 10, *, level: str | Level | None = None, papers: Sequence[str] | None = None
    ) -> SearchResult:
        """Ranked nodes without an answer.

        Args:
            question: in words.
            k: how many.
            level: one level only; None lets the route weigh them.
            papers: ids, DOIs, arXiv ids or file names to stay within.
        """
        result, kept = self._searched(question, k, level, papers)
        self._keep([kept])
        return result

    def around(self, result: SearchResult | Answer) -> dict[str, Around]:
        """What stands around the nodes of a search or the evidence of an answer, by their ids: headings and the
        passages before and after."""
        found = result.evidence if isinstance(result, Answer) else result.nodes
        return around(self._asked(), (scored.node for scored in found))

    def ask(self, question: str, *, papers: Sequence[str] | None = None) -> Answer:
        """A cited answer, or the word that the papers do not tell."""
        answer, kept = self._answered(question, papers)
        self._keep([kept])
        return answer

    def stream(self, question: str, *, papers: Sequence[str] | None = None) -> Iterator[Event]:
        """What happens while a question is answered: step, token, citation, and the answer last."""
        for event, trace in self._pipeline.stream(question, papers):
            if event.kind == "answer":
                self._keep([_kept(trace, event.data.evidence)])
            yield event

    def search_many(self, rows: Iterable[Row], k: int = 10, *, level: str | Level | None = None) -> Iterator[Row]:
        """Searches for rows `{"id", "question", "papers"}`, in their order, as `search` does one by one, at less cost;
        one that fails has `error`, and the others go on."""
        return self._many(rows, lambda question, papers: self._searched(question, k, level, papers))

    def ask_many(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Answers rows `{"id", "question", "papers"}`, in their order; one that fails has `error`, and the others go
        on."""
        return self._many(rows, self._answered)

    def trace(self, trace_id: str) -> dict[str, Any]:
        """The trace of an earlier question.

        Raises:
            UsageError: where there is none with this id.
        """
        found = self._journal.trace(trace_id)
        if found is None:
            raise UsageError(
                f"There is no trace {trace_id!r}.",
                "Its id stands under the answer, and in its record.",
                "unknown_trace",
            )
        return found

    def _searched(
        self, question: str, k: int, level: str | Level | None, papers: Sequence[str] | None
    ) -> tuple[SearchResult, Kept]:
        result, trace = self._pipeline.search(question, k, _level(level), papers)
        return result, _kept(trace, result.nodes)

    def _answered(self, question: str, papers: Sequence[str] | None) -> tuple[Answer, Kept]:
        answered: tuple[Answer, Kept] | None = None
        for event, trace in self._pipeline.stream(question, papers):
            if event.kind == "answer":
                answered = event.data, _kept(trace, event.data.evidence)
        assert answered is not None  # a stream ends with its answer, or raises
        return answered

    def _many(self, rows: Iterable[Row], answer: Answering) -> Iterator[Row]:
        self._asked()  # a project that does not exist is one error, not one a row
        coming = iter(rows)
        try:
            while few := list(islice(coming, TOGETHER)):
                with suppress(StrataError):  # each row meets it again by itself, and tells
                    self._pipeline.expect([question for row in few if isinstance(question := row.get("question"), str)])
                waiting = iter(few)
                while done := list(_answered_in(waiting, answer, PATIENCE_S)):
                    yield from self._acknowledged(done)
        finally:
            if self._open_pipeline is not None:  # not closed meanwhile
                self._open_pipeline.expect(())

    def _acknowledged(self, done: Sequence[Done]) -> list[Row]:
        """The rows as they are given out, after the traces of all are kept, in one write if that can be."""
        try:
            self._keep([kept for _, _, kept in done if kept is not None])
        except StrataError:
            return [{"id": row.get("id"), **self._alone(row, record, kept)} for row, record, kept in done]
        return [{"id": row.get("id"), **record} for row, record, _ in done]

    def _alone(self, row: Row, record: Row, kept: Kept | None) -> Row:
        try:
            self._keep([kept] if kept is not None else [])
        except StrataError as error:
            return _failed(row, error)
        return record

    def _keep(self, kept: Sequence[Kept]) -> None:
        if kept:
            self._journal.keep_traces(self.asked_projects, kept)


def _answered_in(rows: Iterator[Row], answer: Answering, seconds: float) -> Iterator[Done]:
    """Answers rows, until so many seconds are gone."""
    until = time.monotonic() + seconds
    for row in rows:
        try:
            found, kept = answer(*_question(row))
            yield row, found.to_dict(), kept
        except StrataError as error:
            yield row, _failed(row, error), None
        if time.monotonic() > until:
            return


def _failed(row: Row, error: StrataError) -> Row:
    return {"schema": 1, "question": str(row.get("question")), "error": error.to_dict()}


def _kept(trace: Trace, found: Iterable[ScoredNode]) -> Kept:
    papers = {scored.node.paper for scored in found}
    return trace.id, sorted({paper for paper in papers if paper} | trace.papers), trace.to_dict()


def _level(level: str | Level | None) -> Level | None:
    if level is None or isinstance(level, Level):
        return level
    try:
        return Level(level)
    except ValueError:
        raise UsageError(f"There is no level {level!r}.", f"Levels: {', '.join(Level)}.", "unknown_level") from None


def _question(row: Row) -> tuple[str, Sequence[str] | None]:
    """A row's question and papers.

    Raises:
        UsageError: where they are of another type.
    """
    question, papers = row.get("question"), row.get("papers")
    listed = isinstance(papers, list) and all(isinstance(p, str) for p in papers)
    if not isinstance(question, str) or not (papers is None or listed):
        raise UsageError("The row has no question, or papers that are no names.", ROW)
    return question, papers
