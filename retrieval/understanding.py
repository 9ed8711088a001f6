"""A question as it is understood: what it stays inside, whose citations it asks for, and its words as they are meant.

Each of these is a step of the trace, where there is anything to tell. It must not know how it is searched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from hierarchy.encoder import Encoder
from hierarchy.errors import UsageError
from hierarchy.filters import Filter, In, all_of
from hierarchy.store import NodeStore
from retrieval.citing import cited, in_words
from retrieval.scope import Library, names_papers
from retrieval.search import checked_question
from retrieval.settings import RetrievalSettings
from retrieval.titles import unknown_titles
from retrieval.trace import Trace
from retrieval.typed import read
from retrieval.weighing import Weighing
from retrieval.wording import worded


class Understood(msgspec.Struct, frozen=True):
    """`asked`: the words as they are meant, without filters; `sought`: those for BM25; `where`: the scope; `citing`:
    the references by which each paper cites the work that is asked for; `notes`: what a reader must know of it."""

    asked: str
    sought: str
    where: Filter | None
    citing: Mapping[str, frozenset[str]] = {}
    notes: tuple[str, ...] = ()

    @property
    def weighing(self) -> Weighing:
        """How much kinds of passages count for it."""
        return Weighing.of(self.asked, names_papers(self.where), self.citing)


def understood(
    question: str,
    papers: Sequence[str] | None,
    library: Library,
    store: NodeStore,
    encoder: Encoder,
    settings: RetrievalSettings,
    trace: Trace,
) -> Understood:
    """How a question is understood.

    Args:
        question: whole, as checked_question() gives it.
        papers: what options name; None for the whole project.
        library: the project's papers.
        store: the project.
        encoder: tells whether a word read otherwise leaves the question's meaning.
        settings: which steps are made.
        trace: takes the steps.

    Raises:
        UsageError: for a filter with a bad value, or that nothing fits.
    """
    typed = read(question)
    asked = checked_question(typed.words) if typed else question
    if not typed.of_papers:
        where = library.scope(papers) if papers is not None else None
    else:
        with trace.step("scope", **typed.to_dict()) as found:
            where = library.scope(papers, typed)
            found["filter"] = msgspec.to_builtins(where)
    citing: Mapping[str, frozenset[str]] = {}
    notes = tuple[str, ...]()
    told = in_words(typed)
    if told.of_citations:
        with trace.step("citations", cites=list(told.cites), citedby=list(told.cited_by)) as found:
            try:
                work = cited(told, store)
            except UsageError as error:
                if typed.of_citations:
                    raise
                # Words may mean something else, so they are no error; but who meant it must know.
                found["unknown"] = error.message
                notes = (f"{error.message} {error.hint} All was searched.",)
            else:
                found["works"], found["papers"] = list(work.works), list(work.papers)
                asked, citing = checked_question(told.words), work.references
                where = all_of(where, In("paper", work.papers))
    if titles := unknown_titles(asked, store.names()):
        notes += (f"No paper here is called {' or '.join(map(repr, titles))}. All was searched.",)
    words = worded(asked, store, where, encoder, settings, trace)
    return Understood(words.asked, words.sought, where, citing, (*notes, *words.notes))
