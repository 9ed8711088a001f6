"""What the assistant takes in: files and folders into a project, or one file to be looked at."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import msgspec

from hierarchy.errors import ReadError, UsageError
from hierarchy.journal import Failure, Job
from hierarchy.nodes import Node
from hierarchy.paper import Paper, ReadWarning
from hierarchy.store import NodeStore, papers_of
from ingestion.batch import failed_paths, ingest
from ingestion.branch import is_older
from ingestion.containment import Reader
from ingestion.entries.kept import is_entry
from ingestion.files import exists, find_files
from ingestion.judge import Judge
from ingestion.passes import OCR_FAILED, UNREFINED, Layout
from ingestion.plan import IngestPlan, plan
from ingestion.report import Added, Changed, IngestReport, Missing, RefreshReport, Unchanged
from ingestion.settings import IngestionSettings
from ingestion.watcher import Watcher
from ingestion.writing.writing import Writing
from strata.opened import Opened
from strata.tagging import checked_tags, set_tags

Paths: TypeAlias = str | Path | Sequence[str | Path]


class Taking(Opened):
    """Ingesting, and what is known of ingests."""

    def ingest(
        self,
        paths: Paths = (),
        *,
        retry_failed: bool = False,
        include: Sequence[str] = (),
        exclude: Sequence[str] = (),
        layout: Layout | None = None,
        tags: Sequence[str] = (),
        watcher: Watcher | None = None,
    ) -> IngestReport:
        """Takes files and folders in, and reads them again with the layout model where that pays.

        Args:
            paths: PDFs, files of references (.bib, .ris, CSL-JSON), or folders that are searched to any depth.
            retry_failed: takes up those that failed before, or could not be read again, too.
            include: patterns; only files in folders that fit one are taken.
            exclude: patterns; what fits one is passed over.
            layout: which papers the layout model reads; None takes the setting.
            tags: given to all papers of these files, when they are in.
            watcher: told how it goes.

        Raises:
            UsageError: where there is nothing to take.
            StoreError: where the project cannot be written.
        """
        wanted = checked_tags(tags)
        files = self._files(paths, retry_failed, include, exclude)  # before a project is made for nothing
        store = self._store(create=True)
        report = self._ingest(files, store, layout, watcher, retry_failed)
        if wanted:
            papers = [o.paper for o in report.outcomes if isinstance(o, Added | Changed | Unchanged)]
            set_tags(store, list(dict.fromkeys(papers)), wanted)
        return report

    def refresh(self, *, layout: Layout | None = None, watcher: Watcher | None = None) -> RefreshReport:
        """Renews what older rules, or another language model than the one that is set, made; nothing else.

        It may be stopped at any moment, and goes on when it is run again. Papers whose file is gone stay as they are,
        and are named.

        Raises:
            StoreError: where the project cannot be written.
        """
        store = self._store()
        older = [paper for paper in papers_of(store) if is_older(paper)]
        bare = [paper for paper in older if is_entry(paper)]
        paths = {paper.id: Path(str(paper.metadata["path"])) for paper in older if not is_entry(paper)}
        files = [path for path in paths.values() if exists(path)]
        report = self._ingest(files, store, layout, watcher, again=False, bare=bare)
        gone = [(paper, paths[paper.id]) for paper in older if paper.id in paths and paths[paper.id] not in files]
        return RefreshReport(report, tuple(Missing(paper.id, paper.title, str(path)) for paper, path in gone))

    def _ingest(
        self,
        files: Sequence[Path],
        store: NodeStore,
        layout: Layout | None,
        watcher: Watcher | None,
        again: bool,
        bare: Sequence[Node] = (),
    ) -> IngestReport:
        self._open_pipeline = None
        writing = Writing(self._writer, self.settings.writer.llm_at_once)
        settings = self._reading(layout)
        cache = self._graph_cache()
        return ingest(files, store, self._journal, self._encoder, settings, watcher, again, writing, cache, bare)

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
        settings = self._reading(layout)
        return plan(self.project, files, judge, settings.asked, retry_failed, settings.max_file_mb)

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

    def failures(self) -> list[Failure]:
        """The files of the project that failed when they were last tried."""
        return self._journal.failures(self.project)

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

    def _reading(self, layout: Layout | None) -> IngestionSettings:
        settings = self.settings.ingestion
        return settings if layout is None else settings.model_copy(update={"layout": layout})

    def _files(self, paths: Paths, retry_failed: bool, include: Sequence[str], exclude: Sequence[str]) -> list[Path]:
        given = [Path(p) for p in ([paths] if isinstance(paths, str | Path) else paths)]
        if retry_failed:
            papers = papers_of(self._store()) if self._exists else ()
            rough = (p.metadata for p in papers if p.metadata.get(UNREFINED) or p.metadata.get(OCR_FAILED))
            again = [*failed_paths(self._journal, self.project), *filter(exists, (Path(p["path"]) for p in rough))]
            if not again and not given:
                raise UsageError(
                    f"Nothing failed in project {self.project!r}, or the files are gone.",
                    "Ingest a folder.",
                    "no_files",
                )
            given += again
        return find_files(given, include, exclude)


def _refined(paper: Paper, reader: Reader, layout: Layout) -> Paper:
    """A paper as the layout model reads it, or as it is, with a warning, where that fails."""
    try:
        return reader.read(Path(paper.path), layout, len(paper.pages))
    except ReadError as error:
        message = f"The layout model could not read it ({error.message.rstrip('.')})."
        return msgspec.structs.replace(paper, warnings=(*paper.warnings, ReadWarning(UNREFINED, message)))
