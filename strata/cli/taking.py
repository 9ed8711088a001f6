"""The commands that take papers in: ingest, refresh, jobs, parse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from hierarchy.errors import UsageError
from ingestion.passes import Layout
from ingestion.settings import ENGLISH
from strata.assistant import Assistant
from strata.cli import show
from strata.cli.door import emit, ending_ends_cleanly
from strata.cli.options import json_option, layout_option, ocr_option, project_option
from strata.settings import Settings


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@project_option
@click.option(
    "--workers", type=click.IntRange(1, 16), help="How many files are read at once (default: STRATA_READERS)."
)
@click.option("--include", multiple=True, help="Only files in folders that fit this pattern; may be repeated.")
@click.option("--exclude", multiple=True, help="Pass over files and folders that fit this pattern; may be repeated.")
@click.option("--tag", "tags", multiple=True, help="Give these papers this tag; may be repeated.")
@ocr_option
@click.option("--retry-failed", is_flag=True, help="Take up what failed before.")
@layout_option
@click.option("--dry-run", is_flag=True, help="Say what would happen, and do nothing.")
@json_option
def ingest(
    paths: tuple[Path, ...],
    project: str | None,
    workers: int | None,
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    tags: tuple[str, ...],
    ocr: bool,
    retry_failed: bool,
    layout: Layout | None,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Take in PDFs, references (.bib, .ris, CSL-JSON), or folders with them; what is unchanged costs nothing.

    Exit code 1 if any file or entry failed.
    """
    if not paths and not retry_failed:
        raise UsageError("No path was given.", "Name a folder with PDFs, or PDFs: strata ingest ~/papers.", "no_files")
    settings = _settings(readers=workers, ocr=ocr)
    chosen: dict[str, Any] = {"retry_failed": retry_failed, "include": include, "exclude": exclude}
    chosen["layout"] = layout
    with Assistant(project, settings) as assistant:
        if dry_run:
            planned = assistant.plan(paths, **chosen)
            emit(planned.to_dict()) if as_json else show.show_plan(planned)
            return 0
        from strata.cli.progress import Progress  # drawing a bar costs start-up time that asking need not pay

        with ending_ends_cleanly(), Progress(quiet=as_json) as progress:
            report = assistant.ingest(paths, tags=tags, watcher=progress, **chosen)
    if as_json:
        emit(report.to_dict())
    else:
        show.show_report(report)
    return 1 if report.failed else 0


@click.command()
@project_option
@layout_option
@json_option
def refresh(project: str | None, layout: Layout | None, as_json: bool) -> int:
    """Renew what older rules or another language model made; run it again to go on. Exit code 1 if any file failed."""
    from strata.cli.progress import Progress

    with Assistant(project) as assistant, ending_ends_cleanly(), Progress(quiet=as_json) as progress:
        refreshed = assistant.refresh(layout=layout, watcher=progress)
    if as_json:
        emit(refreshed.to_dict())
    else:
        show.show_report(refreshed.report)
        for gone in refreshed.missing:
            show.console().print(show.plain(f"not renewed {gone.title}\n           {gone.path} is gone."))
    return 1 if refreshed.report.failed or refreshed.missing else 0


@click.command()
@click.argument("number", type=int, required=False)
@click.option("--most", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many.")
@json_option
def jobs(number: int | None, most: int, as_json: bool) -> int:
    """List the latest ingests, or show the one with this NUMBER."""
    with Assistant("jobs") as assistant:
        if number is not None:
            job = assistant.job(number)
            emit({"schema": 1, "job": job.to_dict()}) if as_json else show.show_job(job)
            return 0
        found = assistant.jobs(most)
    if as_json:
        emit({"schema": 1, "jobs": [job.to_dict() | {"report": None} for job in found]})
    else:
        show.show_jobs(found)
    return 0


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--draw", "folder", type=click.Path(path_type=Path, file_okay=False), help="Write each page as a picture to FOLDER."
)
@layout_option
@ocr_option
@json_option
def parse(file: Path, folder: Path | None, layout: Layout | None, ocr: bool, as_json: bool) -> int:
    """Show what the parser sees in a FILE; nothing is stored."""
    assistant = Assistant("parse", _settings(ocr=ocr))
    paper = assistant.parse(file, layout=layout)
    if folder is not None:
        from strata.drawing import draw_reading

        draw_reading(paper, folder, assistant.settings.ingestion)
    if as_json:
        emit(paper.to_dict())
    else:
        show.show_paper(paper)
    return 0


def _settings(*, readers: int | None = None, ocr: bool = False) -> Settings:
    """The settings with what the options change of them."""
    settings = Settings.from_environment()
    changed: dict[str, Any] = {} if readers is None else {"readers": readers}
    if ocr and not settings.ingestion.ocr:
        changed["ocr"] = ENGLISH
    reading = settings.ingestion.model_copy(update=changed)
    return settings.model_copy(update={"ingestion": reading}) if changed else settings
