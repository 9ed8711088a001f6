"""What the assistant is asked: questions, one or many, and how an answer came about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from hierarchy.errors import StrataError, UsageError
from hierarchy.nodes import Level
from retrieval.around import Around, around
from retrieval.records import Answer, Event, SearchResult
from retrieval.trace import Trace
from strata.opened import Opened

Row: TypeAlias = dict[str, Any]
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
        result, trace = self._pipeline.search(question, k, _level(level), papers)
        self._keep([trace], [[n.node.paper for n in result]])
        return result

    def around(self, result: SearchResult | Answer) -> dict[str, Around]:
        """What stands around the nodes of a search or the evidence of an answer, by their ids: headings and the
        passages before and after."""
        found = result.evidence if isinstance(result, Answer) else result.nodes
        return around(self._asked(), (scored.node for scored in found))

    def ask(self, question: str, *, papers: Sequence[str] | None = None) -> Answer:
        """A cited answer, or the word that the papers do not tell."""
        answer: Answer | None = None
        for event in self.stream(question, papers=papers):
            if event.kind == "answer":
                answer = event.data
        assert answer is not None  # a stream ends with its answer, or raises
        return answer

    def stream(self, question: str, *, papers: Sequence[str] | None = None) -> Iterator[Event]:
        """What happens while a question is answered: step, token, citation, and the answer last."""
        for event, trace in self._pipeline.stream(question, papers):
            if event.kind == "answer":
                self._keep([trace], [[n.node.paper for n in event.data.evidence]])
            yield event

    def many(
        self, rows: Iterable[Row], answer: Callable[[str, Sequence[str] | None], SearchResult | Answer]
    ) -> Iterator[Row]:
        """Answers rows `{"id", "question", "papers"}`; one that fails has `error`, and the others go on."""
        self._asked()  # a project that does not exist is one error, not one a row
        for row in rows:
            try:
                record = answer(*_question(row)).to_dict()
            except StrataError as error:
                record = {"schema": 1, "question": str(row.get("question")), "error": error.to_dict()}
            yield {"id": row.get("id"), **record}

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

    def _keep(self, traces: Sequence[Trace], papers: Sequence[Sequence[str | None]]) -> None:
        rows = [
            (t.id, sorted({paper for paper in near if paper} | t.papers), t.to_dict())
            for t, near in zip(traces, papers, strict=True)
        ]
        self._journal.keep_traces(self.asked_projects, rows)


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
