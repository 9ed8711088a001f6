"""A project opened: its store, its journal, its encoder and its pipeline, each made when it is first needed.

What the assistant is made of stands on this; it must not know what is done with a project.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing, suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from hierarchy.conversations import Conversations
from hierarchy.encoder import Encoder
from hierarchy.errors import StrataError, UsageError, WriterError
from hierarchy.graph.cache import GraphCache
from hierarchy.identity import checked_project_name
from hierarchy.journal import Journal
from hierarchy.refusals import one_project, other_encoder
from hierarchy.store import NodeStore
from hierarchy.union import UnionStore
from hierarchy.writer import Writer
from retrieval.opinion import WriterAdviser
from retrieval.pipeline import Pipeline
from retrieval.rerank import Reranker
from strata.models import build_encoder, build_reranker
from strata.projects import projects_of
from strata.rerankers import reranker_from
from strata.settings import Settings
from strata.writers import writer_from, writer_of

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

CONVERSATIONS = "conversations.db"  # under STRATA_HOME


class Opened:
    """A project by its name, and what works on it; or several, which can only be asked together. Its arguments are the
    assistant's."""

    def __init__(
        self,
        project: str | Sequence[str] | None = None,
        settings: Settings | None = None,
        *,
        encoder: Encoder | None = None,
        llm: LLM | None = None,
        reranker: Any = None,
    ) -> None:
        self.settings = settings or Settings.from_environment()
        self._projects = projects_of(self.settings)
        self._names = _checked(self.settings.project if project is None else project)
        self._encoder = encoder or build_encoder(self.settings)
        self._llm = llm
        self._given_reranker = reranker
        self._open_reranker: Reranker | None = None
        self._open_writer: Writer | None = None
        self._open_store: NodeStore | None = None
        self._open_union: UnionStore | None = None
        self._open_journal: Journal | None = None
        self._open_pipeline: Pipeline | None = None

    @property
    def project(self) -> str:
        """The project's name, as it was first written.

        Raises:
            UsageError: where several are open, for what can be done with one at a time.
        """
        if len(self._names) > 1:
            raise one_project(self._names)
        return self._open_store.project if self._open_store is not None else self._names[0]

    @property
    def asked_projects(self) -> tuple[str, ...]:
        """The names of the projects that are asked, as they were first written."""
        if len(self._names) == 1:
            return (self.project,)
        return self._open_union.projects if self._open_union is not None else self._names

    @property
    def _exists(self) -> bool:
        return self.project.lower() in (name.lower() for name in self._projects.names())

    def _store(self, *, create: bool = False) -> NodeStore:
        """The one project.

        Raises:
            UsageError: where several are open.
        """
        if self._open_store is None:
            self._open_store = self._projects.open(self.project, self._encoder.identity, create=create)
        return self._open_store

    def _asked(self) -> NodeStore:
        """What is read to answer: the project, or several as one.

        Raises:
            UsageError: for one that is not there, or where their vectors do not compare.
        """
        if len(self._names) == 1:
            return self._store()
        if self._open_union is None:
            with ExitStack() as opened:
                stores = list[NodeStore]()
                for name in self._names:
                    stores.append(self._projects.open(name, None, create=False))
                    opened.callback(stores[-1].close)
                union = UnionStore(stores)
                if union.encoder != self._encoder.identity:
                    raise other_encoder(union.project, union.encoder, self._encoder.identity)
                opened.pop_all()
            self._open_union = union
        return self._open_union

    def _forget_said(self, forget: Callable[[Conversations], None]) -> None:
        path = self.settings.home / CONVERSATIONS
        if path.exists():
            with closing(Conversations(path)) as said:
                forget(said)

    @property
    def _writer(self) -> Writer | None:
        """The language model, where there is one."""
        if self._open_writer is None:
            self._open_writer = writer_from(self._llm) if self._llm is not None else writer_of(self.settings)
        return self._open_writer

    @property
    def _reranker(self) -> Reranker | None:
        """What orders anew what is found, where something does; one as long as the assistant lives."""
        if self._open_reranker is None:
            given, chosen = self._given_reranker, self.settings.reranker
            self._open_reranker = build_reranker(self.settings) if given is None else reranker_from(given, chosen)
        return self._open_reranker

    @property
    def _journal(self) -> Journal:
        if self._open_journal is None:
            self._open_journal = Journal(self.settings.home / "journal.db")
        return self._open_journal

    @property
    def _pipeline(self) -> Pipeline:
        if self._open_pipeline is None:
            chosen = self.settings.writer.llm or (type(self._llm).__name__ if self._llm is not None else None)
            adviser = WriterAdviser(LateWriter(chosen, lambda: self._writer)) if chosen else None
            self._open_pipeline = Pipeline(
                self._asked(), self._encoder, self.settings.retrieval, adviser, self._reranker
            )
        return self._open_pipeline

    def _graph_cache(self) -> GraphCache:
        """What spares reading papers anew for the graph; it holds words of papers."""
        folder = self.settings.home / "graphs"
        folder.mkdir(parents=True, exist_ok=True)
        return GraphCache(folder / f"{self.project.lower()}.db", self.project)

    def close(self) -> None:
        """Lets go of the files; the assistant can be used again and opens them anew."""
        for held in (self._open_store, self._open_union, self._open_journal):
            if held is not None:
                with suppress(StrataError):
                    held.close()
        self._projects.close()
        self._open_store = self._open_union = self._open_journal = self._open_pipeline = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        names = self.asked_projects
        shown = names if len(names) > 1 else names[0]
        return f"{type(self).__name__}(project={shown!r}, home={str(self.settings.home)!r})"


def _checked(project: str | Sequence[str]) -> tuple[str, ...]:
    """Names of projects, each once; case makes no second one.

    Raises:
        UsageError: for one that cannot name a project, or where there is none.
    """
    given = (project,) if isinstance(project, str) else tuple(project)
    if not given:
        raise UsageError("No project is named.", "Name one, or several to ask them together.", "project_name")
    return tuple({name.lower(): checked_project_name(name) for name in reversed(given)}.values())[::-1]


class LateWriter:
    """A language model that is made when it is first asked: most questions need none, and it costs seconds to import.

    One that cannot be made is one that does not answer, so that a question that could do without it goes on.
    """

    def __init__(self, name: str, make: Callable[[], Writer | None]) -> None:
        self.name, self._make = name, make

    def write(self, instructions: str, material: str, most_tokens: int) -> str:
        try:
            writer = self._make()
        except UsageError as error:
            raise WriterError(error.message, error.hint, "writer_refused") from error
        if writer is None:
            raise WriterError("There is no language model.", code="writer_refused")
        return writer.write(instructions, material, most_tokens)
