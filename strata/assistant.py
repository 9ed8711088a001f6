"""The assistant: composes settings, models, stores, ingestion and retrieval. What every other door opens onto."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from hierarchy.conversations import Conversations
from hierarchy.encoder import Encoder
from hierarchy.errors import NotBuiltError, ReadError, StrataError, UsageError
from hierarchy.filters import Eq
from hierarchy.identity import checked_project_name
from hierarchy.journal import Failure, Job, Journal
from hierarchy.nodes import Level, Node
from hierarchy.paper import Paper, ReadWarning
from hierarchy.store import NodeStore, papers_of
from ingestion.batch import failed_paths, ingest
from ingestion.containment import Reader
from ingestion.files import exists, find_files
from ingestion.judge import Judge
from ingestion.passes import OCR_FAILED, UNREFINED, Layout
from ingestion.plan import IngestPlan, plan
from ingestion.project import renew_project
from ingestion.report import IngestReport
from ingestion.settings import IngestionSettings
from ingestion.versions import pass_on
from ingestion.watcher import Watcher
from retrieval.pipeline import Pipeline
from retrieval.records import Answer, Event, SearchResult
from retrieval.trace import Trace
from strata.models import build_encoder
from strata.projects import ProjectInfo, info, projects_of
from strata.settings import Settings
from strata.tree import Tree, tree_of

Paths = str | Path | Sequence[str | Path]
Row = dict[str, Any]
CONVERSATIONS = "conversations.db"  # under STRATA_HOME
ROW = 'Each line is {"id": ..., "question": "...", "papers": [ids or file names] or null}.'


class Removal(msgspec.Struct, frozen=True):
    """What a removal took away; `paper` is None for a whole project."""

    project: str
    paper: str | None
    nodes: int
    summaries_renewed: int = 0

    def to_dict(self) -> dict[str, Any]:
        """The record of `strata remove --json`."""
        removed = {"nodes": self.nodes, "vectors": self.nodes, "summaries_renewed": self.summaries_renewed}
        not_erased = {
            "erased": False,
            "checked_files": None,
            "residue": None,
            "not_checked": "erasure was not asked for",
        }
        return {"schema": 1, "project": self.project, "paper": self.paper, "removed": removed, **not_erased}


class Assistant:
    """A project with everything that can be done with it.

    Args:
        project: its name; STRATA_PROJECT or "papers" where none is given. It begins with the first ingest.
        settings: None reads STRATA_… variables.
        encoder: one that is loaded already, for several assistants in one process.

    Raises:
        UsageError: for a name or a setting that does not fit.
    """

    def __init__(
        self, project: str | None = None, settings: Settings | None = None, *, encoder: Encoder | None = None
    ) -> None:
        self.settings = settings or Settings.from_environment()
        self._projects = projects_of(self.settings)
        self._name = checked_project_name(self.settings.project if project is None else project)
        self._encoder = encoder or build_encoder(self.settings)
        self._open_store: NodeStore | None = None
        self._open_journal: Journal | None = None
        self._open_pipeline: Pipeline | None = None

    @property
    def project(self) -> str:
        """The project's name, as it was first written."""
        return self._open_store.project if self._open_store is not None else self._name

    # Taking in

    def ingest(
        self,
        paths: Paths = (),
        *,
        retry_failed: bool = False,
        include: Sequence[str] = (),
        exclude: Sequence[str] = (),
        layout: Layout | None = None,
        watcher: Watcher | None = None,
    ) -> IngestReport:
        """Takes files and folders in, and reads them again with the layout model where that pays.

        Args:
            paths: files, or folders that are searched to any depth.
            retry_failed: takes up those that failed before, or could not be read again, too.
            include: patterns; only files in folders that fit one are taken.
            exclude: patterns; what fits one is passed over.
            layout: which papers the layout model reads; None takes the setting.
            watcher: told how it goes.

        Raises:
            UsageError: where there is nothing to take.
            StoreError: where the project cannot be written.
        """
        files = self._files(paths, retry_failed, include, exclude)  # before a project is made for nothing
        store = self._store(create=True)
        self._open_pipeline = None
        settings = self._reading(layout)
        return ingest(files, store, self._journal, self._encoder, settings, watcher, again=retry_failed)

    def plan(
        self,
        paths: Paths = (),
        *,
        retry_failed: bool = False,
        include: Sequence[str] = (),
        exclude: Sequence[str] = (),
        layout: Layout | None = None,
    ) -> IngestPlan:
        """What `ingest` would do with these files; nothing is read or stored."""
        files = self._files(paths, retry_failed, include, exclude)
        judge = Judge(papers_of(self._store()) if self._exists else ())
        return plan(self.project, files, judge, self._reading(layout).asked, retry_failed)

    def _reading(self, layout: Layout | None) -> IngestionSettings:
        settings = self.settings.ingestion
        return settings if layout is None else settings.model_copy(update={"layout": layout})

    @property
    def _exists(self) -> bool:
        return self.project.lower() in (name.lower() for name in self._projects.names())

    def _files(self, paths: Paths, retry_failed: bool, include: Sequence[str], exclude: Sequence[str]) -> list[Path]:
        given = [Path(p) for p in ([paths] if isinstance(paths, str | Path) else paths)]
        if retry_failed:
            known = [p.metadata for p in (self.papers() if self._exists else ())]
            rough = (said for said in known if said.get(UNREFINED) or said.get(OCR_FAILED))
            again = [*failed_paths(self._journal, self.project), *filter(exists, (Path(p["path"]) for p in rough))]
            if not again and not given:
                raise UsageError(
                    f"Nothing failed in project {self.project!r}, or the files are gone.",
                    "Ingest a folder.",
                    "no_files",
                )
            given += again
        return find_files(given, include, exclude)

    def jobs(self, most: int = 20) -> list[Job]:
        """The latest ingests of all projects, the newest first."""
        return self._journal.jobs(None, most)

    def job(self, number: int) -> Job:
        """An ingest by its number.

        Raises:
            UsageError: where there is none.
        """
        found = self._journal.job(number)
        if found is None:
            raise UsageError(f"There is no job {number}.", "See: strata jobs.", "unknown_job")
        return found

    def parse(self, path: str | Path, *, layout: Layout | None = None) -> Paper:
        """What the parser sees in a file; nothing is stored.

        Args:
            path: of the file.
            layout: whether the layout model reads, too; None takes the setting. Where that fails, a warning says so.

        Raises:
            ReadError: where the file cannot be read as a paper.
        """
        file = Path(path)
        if not file.exists():
            raise UsageError(f"{file} does not exist.", "Check the path; quote it if it holds spaces.", "missing_path")
        settings = self._reading(layout)
        reader = Reader(settings)
        try:
            paper = reader.read(file.resolve())
            return paper if settings.layout == "never" else _refined(paper, reader, settings.layout)
        finally:
            reader.close()

    # Asking

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
        self._store()  # a project that does not exist is one error, not one a row
        for row in rows:
            try:
                record = answer(*_asked(row)).to_dict()
            except StrataError as error:
                record = {"schema": 1, "question": str(row.get("question")), "error": error.to_dict()}
            yield {"id": row.get("id"), **record}

    # Looking

    def tree(self, depth: Level = Level.FINDING) -> Tree:
        """The layers of the project, down to a level."""
        return tree_of(self._store(), depth)

    def papers(self) -> list[Node]:
        """The project's papers."""
        return list(papers_of(self._store()))

    def paper(self, paper: str) -> Node | None:
        """The node of a paper, by its id."""
        return self._store().get([paper]).get(paper)

    def failures(self) -> list[Failure]:
        """The files of the project that failed when they were last tried."""
        return self._journal.failures(self.project)

    def projects(self) -> list[ProjectInfo]:
        """All projects under STRATA_HOME, or on the Weaviate server that is set."""
        return info(self._projects)

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

    # Removing

    def remove(self, paper: str, *, erase: bool = False) -> Removal:
        """Takes a paper out of the project; the PDF stays where it is.

        Raises:
            UsageError: where no paper, or more than one, is named so.
            NotBuiltError: for `erase`.
        """
        if erase:
            raise NotBuiltError(
                "Proved erasure is not part of this version.",
                "Remove without --erase; the bytes may linger in the file.",
            )
        store = self._store()
        found = self._pipeline.library.resolve(paper)
        pass_on(store, found.id)
        nodes = store.delete(Eq("paper", found.id))
        renewed = renew_project(store)
        self._journal.forget_paper(self.project, found.id)
        self._forget_said(lambda said: said.forget_paper(self.project, found.id))
        self._open_pipeline = None
        return Removal(self.project, found.id, nodes, int(renewed))

    def remove_project(self) -> Removal:
        """Takes the whole project away; the PDFs stay where they are."""
        name = self._store().project
        self.close()
        nodes = self._projects.remove(name)
        self._journal.forget_project(name)
        self._forget_said(lambda said: said.forget_project(name))
        return Removal(name, None, nodes)

    # Inside

    def _store(self, *, create: bool = False) -> NodeStore:
        if self._open_store is None:
            self._open_store = self._projects.open(self.project, self._encoder.identity, create=create)
        return self._open_store

    def _forget_said(self, forget: Callable[[Conversations], None]) -> None:
        path = self.settings.home / CONVERSATIONS
        if path.exists():
            with closing(Conversations(path)) as said:
                forget(said)

    @property
    def _journal(self) -> Journal:
        if self._open_journal is None:
            self._open_journal = Journal(self.settings.home / "journal.db")
        return self._open_journal

    @property
    def _pipeline(self) -> Pipeline:
        if self._open_pipeline is None:
            self._open_pipeline = Pipeline(self._store(), self._encoder, self.settings.retrieval)
        return self._open_pipeline

    def _keep(self, traces: Sequence[Trace], papers: Sequence[Sequence[str | None]]) -> None:
        rows = [
            (t.id, sorted({paper for paper in near if paper} | t.papers), t.to_dict())
            for t, near in zip(traces, papers, strict=True)
        ]
        self._journal.keep_traces(self.project, rows)

    def close(self) -> None:
        """Lets go of the files; the assistant can be used again and opens them anew."""
        for held in (self._open_store, self._open_journal):
            if held is not None:
                with suppress(StrataError):
                    held.close()
        self._projects.close()
        self._open_store = self._open_journal = self._open_pipeline = None

    def __enter__(self) -> Assistant:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Assistant(project={self.project!r}, home={str(self.settings.home)!r})"


def _refined(paper: Paper, reader: Reader, layout: Layout) -> Paper:
    """A paper as the layout model reads it, or as it is, with a warning, where that fails."""
    try:
        return reader.read(Path(paper.path), layout, len(paper.pages))
    except ReadError as error:
        message = f"The layout model could not read it ({error.message.rstrip('.')})."
        return msgspec.structs.replace(paper, warnings=(*paper.warnings, ReadWarning(UNREFINED, message)))


def _level(level: str | Level | None) -> Level | None:
    if level is None or isinstance(level, Level):
        return level
    try:
        return Level(level)
    except ValueError:
        raise UsageError(f"There is no level {level!r}.", f"Levels: {', '.join(Level)}.", "unknown_level") from None


def _asked(row: Row) -> tuple[str, Sequence[str] | None]:
    """A row's question and papers.

    Raises:
        UsageError: where they are of another type.
    """
    question, papers = row.get("question"), row.get("papers")
    listed = isinstance(papers, list) and all(isinstance(p, str) for p in papers)
    if not isinstance(question, str) or not (papers is None or listed):
        raise UsageError("The row has no question, or papers that are no names.", ROW)
    return question, papers
