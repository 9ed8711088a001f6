"""The commands: each hands its arguments to the assistant and shows the record that comes back."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TextIO

import click

from hierarchy.errors import NotBuiltError, UsageError
from hierarchy.identity import checked_project_name
from hierarchy.nodes import Level
from ingestion.passes import Layout
from ingestion.settings import ENGLISH
from retrieval.records import Answer, SearchResult
from strata.assistant import Assistant, Row
from strata.cli import show
from strata.cli.door import emit, ending_ends_cleanly, run
from strata.copying import copy_project
from strata.projects import Engine, projects_of
from strata.screens import launch
from strata.settings import Settings

ENGINES = click.Choice(["sqlite", "weaviate"])
LEVELS = click.Choice([level.value for level in Level])
LAYOUTS = click.Choice(["auto", "always", "never"])

ocr_option = click.option(
    "--ocr", is_flag=True, help="Read scanned pages by Tesseract (languages: STRATA_OCR, English where it is not set)."
)
project_option = click.option("-p", "--project", help="The project's name (default: STRATA_PROJECT, or 'papers').")
json_option = click.option("--json", "as_json", is_flag=True, help="Print the full record as JSON.")
paper_option = click.option(
    "--paper", "papers", multiple=True, help="Stay within this paper: id, DOI, arXiv id or file name; may be repeated."
)
queries_option = click.option(
    "--queries", type=click.Path(path_type=Path), help='Questions, a line each: {"id", "question", "papers"}.'
)
layout_option = click.option(
    "--layout",
    type=LAYOUTS,
    help="Whether the layout model reads, too (default: STRATA_LAYOUT, or auto).",
)
out_option = click.option(
    "--out", type=click.Path(path_type=Path), help="Where the rows for --queries go (default: standard output)."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="strata")
def app() -> None:
    """A research assistant with hierarchical document memory: PDFs in, cited answers out."""


@app.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@project_option
@click.option(
    "--workers", type=click.IntRange(1, 16), help="How many files are read at once (default: STRATA_READERS)."
)
@click.option("--include", multiple=True, help="Only files in folders that fit this pattern; may be repeated.")
@click.option("--exclude", multiple=True, help="Pass over files and folders that fit this pattern; may be repeated.")
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
    ocr: bool,
    retry_failed: bool,
    layout: Layout | None,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Take in PDFs, or folders with PDFs; unchanged files cost nothing. Exit code 1 if any file failed."""
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
            report = assistant.ingest(paths, watcher=progress, **chosen)
    if as_json:
        emit(report.to_dict())
    else:
        show.show_report(report)
    return 1 if report.failed else 0


@app.command()
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


@app.command()
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


@app.command()
@click.argument("question", required=False)
@project_option
@paper_option
@queries_option
@out_option
@json_option
def ask(
    question: str | None,
    project: str | None,
    papers: tuple[str, ...],
    queries: Path | None,
    out: Path | None,
    as_json: bool,
) -> int:
    """Answer a QUESTION with quotes, or say that the papers do not tell."""
    with Assistant(project) as assistant:
        if queries is not None:
            return _many(assistant, queries, out, question, lambda q, p: assistant.ask(q, papers=p))
        answer = assistant.ask(_given(question), papers=papers or None)
    if as_json:
        emit(answer.to_dict())
    else:
        show.show_answer(answer)
    return 0


@app.command()
@click.argument("question", required=False)
@project_option
@click.option("--k", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many nodes.")
@click.option("--level", type=LEVELS, help="One level only.")
@paper_option
@queries_option
@out_option
@json_option
def search(
    question: str | None,
    project: str | None,
    k: int,
    level: str | None,
    papers: tuple[str, ...],
    queries: Path | None,
    out: Path | None,
    as_json: bool,
) -> int:
    """Rank nodes for a QUESTION, without an answer."""
    with Assistant(project) as assistant:
        if queries is not None:
            return _many(assistant, queries, out, question, lambda q, p: assistant.search(q, k, level=level, papers=p))
        result = assistant.search(_given(question), k, level=level, papers=papers or None)
    if as_json:
        emit(result.to_dict())
    else:
        show.show_search(result)
    return 0


@app.command()
@project_option
@click.option("--depth", type=LEVELS, default=Level.SECTION.value, show_default=True, help="The lowest level shown.")
@json_option
def tree(project: str | None, depth: str, as_json: bool) -> int:
    """Show the layers of a project (all of them with --json)."""
    with Assistant(project) as assistant:
        if as_json:
            emit({"schema": 1, "root": assistant.tree().to_dict()})
        else:
            show.show_tree(assistant.tree(Level(depth)))
    return 0


@app.command()
@json_option
def projects(as_json: bool) -> int:
    """List the projects."""
    found = Assistant("projects").projects()
    if as_json:
        emit({"schema": 1, "projects": [p.to_dict() for p in found]})
    else:
        show.show_projects(found)
    return 0


@app.command()
@click.argument("paper", required=False)
@project_option
@click.option("--all", "everything", is_flag=True, help="Remove the whole project.")
@click.option("--erase", is_flag=True, help="Leave no byte behind (not in this version).")
@click.option("-y", "--yes", is_flag=True, help="Ask nothing.")
@json_option
def remove(paper: str | None, project: str | None, everything: bool, erase: bool, yes: bool, as_json: bool) -> int:
    """Take a PAPER (id, DOI, arXiv id or file name), or a whole project, out. PDFs stay where they are."""
    if erase:
        raise NotBuiltError(
            "Proved erasure is not part of this version.", "Remove without --erase; the bytes may linger in the file."
        )
    if (paper is None) != everything:
        raise UsageError(
            "Name a paper, or give --all for the whole project.", "For example: strata remove x.pdf --project NAME."
        )
    with Assistant(project) as assistant:
        what = (
            f"the whole project {assistant.project!r}"
            if paper is None
            else f"{paper!r} from project {assistant.project!r}"
        )
        if not yes and not (sys.stdin.isatty() and click.confirm(show.plain(f"Remove {what}?"), err=True)):
            raise UsageError("Nothing was removed: it was not confirmed.", "Answer y, or give --yes.", "not_confirmed")
        removal = assistant.remove_project() if paper is None else assistant.remove(paper)
    if as_json:
        emit(removal.to_dict())
    else:
        click.echo(show.plain(f"Removed {what}: {removal.nodes} nodes."))
    return 0


@app.command()
@click.option("--from", "source", type=ENGINES, required=True, help="The engine that has the project.")
@click.option("--to", "target", type=ENGINES, required=True, help="The engine that is to have it.")
@project_option
@json_option
def copy(source: Engine, target: Engine, project: str | None, as_json: bool) -> int:
    """Copy a project from one engine to the other, with its vectors; run it again to go on where it stopped."""
    if source == target:
        raise UsageError("A project is copied from one engine to the other.", "Give --from and --to differently.")
    settings = Settings.from_environment()
    sources, targets = projects_of(settings, source), projects_of(settings, target)
    try:
        store = sources.open(checked_project_name(project or settings.project), None, create=False)
        with ending_ends_cleanly():
            copied = copy_project(store, targets.open(store.project, store.encoder, create=True))
    finally:
        sources.close()
        targets.close()
    if as_json:
        emit(copied.to_dict())
    else:
        click.echo(show.plain(f"Copied {copied.project!r}: {copied.nodes} nodes, {copied.written} written now."))
        click.echo(f"Compared all {copied.checked} nodes with their vectors: {copied.different} differ.")
    return 1 if copied.different else 0


@app.command("app")
@project_option
@click.option("--port", type=click.IntRange(1, 65535), default=8501, show_default=True, help="Where it answers.")
def chat(project: str | None, port: int) -> int:
    """Open the research chat: a server on this machine, for the browser. Ctrl-C ends it."""
    settings = Settings.from_environment()
    chosen = {"STRATA_PROJECT": checked_project_name(project)} if project else {}
    command = launch.command(port, settings.ingestion.max_file_mb)
    click.echo(f"Strata answers at http://127.0.0.1:{port} (Ctrl-C ends it).")
    sys.stdout.flush()
    os.execve(
        command[0], command, launch.VARIABLES | os.environ | chosen
    )  # one process: whoever ends it ends the server


@app.command()
@click.argument("trace_id")
@json_option
def trace(trace_id: str, as_json: bool) -> int:
    """Show how an earlier answer came about; its TRACE_ID stands under the answer."""
    with Assistant("trace") as assistant:
        record = assistant.trace(trace_id)
    if as_json:
        emit(record)
    else:
        show.show_trace(record)
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and gives its exit code."""
    return run(app, sys.argv[1:] if arguments is None else arguments)


def _settings(*, readers: int | None = None, ocr: bool = False) -> Settings:
    """The settings with what the options change of them."""
    settings = Settings.from_environment()
    changed: dict[str, Any] = {} if readers is None else {"readers": readers}
    if ocr and not settings.ingestion.ocr:
        changed["ocr"] = ENGLISH
    reading = settings.ingestion.model_copy(update=changed)
    return settings.model_copy(update={"ingestion": reading}) if changed else settings


def _given(question: str | None) -> str:
    if question is None:
        raise UsageError(
            "No question was given.", 'For example: strata ask "Which papers use a contrastive loss?"', "empty_question"
        )
    return question


def _many(
    assistant: Assistant,
    queries: Path,
    out: Path | None,
    question: str | None,
    answer: Callable[[str, Sequence[str] | None], SearchResult | Answer],
) -> int:
    if question is not None:
        raise UsageError("Give a question or --queries, not both.", "Leave one out.", "usage")
    rows = assistant.many(_rows(queries), answer)
    if out is None:
        _write(rows, sys.stdout)
        return 0
    part = out.with_name(out.name + ".part")
    try:
        with part.open("w", encoding="utf-8", errors="replace") as handle:
            _write(rows, handle)
        part.replace(out)  # whole or not at all
    except OSError as error:
        raise UsageError(
            f"{out} cannot be written ({error.strerror or error}).", "Name another file with --out.", "out"
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return 0


def _write(rows: Iterable[Row], handle: TextIO) -> None:
    for row in rows:
        handle.write(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n")
        handle.flush()


def _rows(path: Path) -> list[Row]:
    """The rows of a file of questions; a line that is no JSON object becomes a row that has no question."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")  # not splitlines(): a question may hold U+2028
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path} cannot be read ({error}).", "Name a file of questions in UTF-8, a JSON object a line.", "queries"
        ) from error
    return [_row(number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _row(number: int, line: str) -> Row:
    try:
        row = json.loads(line, parse_constant=str)  # NaN is no JSON, and none may come out again
    except json.JSONDecodeError:
        row = None
    return row if isinstance(row, dict) else {"id": f"line {number}", "question": None}
