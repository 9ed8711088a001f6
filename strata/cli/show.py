"""How records look in a terminal. Text of papers is data: no markup and no control character of theirs gets through."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from hierarchy.journal import Job
from hierarchy.nodes import Level
from hierarchy.paper import Paper
from ingestion.plan import KEEP, IngestPlan
from ingestion.report import Added, Changed, Duplicate, Failed, IngestReport, Left, Outcome, Refined
from retrieval.around import Around
from retrieval.records import UNANSWERABLE, Answer, SearchResult
from strata.projects import ProjectInfo
from strata.tree import Tree, label

if TYPE_CHECKING:
    from rich.console import Console


def plain(text: str) -> str:
    """The text on one line or several, without anything that a terminal would obey."""
    return "".join(c if c in "\n\t" or unicodedata.category(c)[0] != "C" else "\N{REPLACEMENT CHARACTER}" for c in text)


def console(*, error: bool = False) -> Console:
    """A console that treats text as text."""
    from rich.console import Console

    return Console(stderr=error, markup=False, highlight=False, emoji=False, soft_wrap=True)


def show_report(report: IngestReport) -> None:
    """The outcome of an ingest: what failed, with what to do, and the sum."""
    out = console()
    for failure in report.failed:
        out.print(_failed(_place(failure.path, failure.entry), failure.message, failure.hint), style="red")
    for duplicate in report.duplicates:
        where = _place(duplicate.path, duplicate.entry)
        out.print(plain(f"duplicate  {where}\n           of {duplicate.of}"), style="yellow")
    for added in report.added:
        if added.version_of:
            out.print(
                plain(f"version    {_place(added.path, added.entry)}\n           of {added.version_of}"), style="yellow"
            )
    for refined in report.refined:
        if refined.error:
            said = refined.error["message"]
            out.print(plain(f"not refined {refined.path}\n           {said} The paper is in, as it was read before."))
    papers = {o.path: o.unread for o in report.added} | {o.path: o.unread for o in report.changed}
    papers |= {o.path: o.unread for o in report.refined}
    if unread := sum(map(bool, papers.values())):
        pages = "pages that are pictures and were not read: --ocr reads them, strata parse FILE tells which they are."
        out.print(f"{unread} of these papers have {pages}", style="yellow")
    out.print(plain(str(report)), style="bold")
    if report.failed:
        out.print("Mend these files and run the same command again, or take them up with --retry-failed.")


def show_plan(planned: IngestPlan) -> None:
    """What an ingest would do: a line for each file that is not simply kept, and the sum."""
    out = console()
    for file in planned.files:
        if file.would != KEEP:
            about = f"  of {file.of}" if file.of else f"  {file.reason}" if file.reason else ""
            out.print(
                plain(f"{file.would:10} {_place(file.path, file.entry)}{about}"), style="red" if file.reason else ""
            )
    out.print(plain(str(planned)), style="bold")


def show_jobs(jobs: Sequence[Job]) -> None:
    """A line for each ingest."""
    out = console()
    for job in jobs:
        out.print(plain(job_line(job)), style="" if job.state in ("done", "running") else "yellow")
    if not jobs:
        out.print("Nothing was ingested yet. Begin with: strata ingest FOLDER --project NAME")


def show_job(job: Job) -> None:
    """An ingest, with the files that failed and why."""
    out = console()
    out.print(plain(job_line(job)), style="bold")
    report = job.report or {}
    if report.get("reason"):
        out.print(plain(str(report["reason"])), style="yellow")
    for failure in report.get("failed", ()):
        where = _place(failure["path"], failure.get("entry"))
        out.print(_failed(where, failure["message"], failure["hint"]), style="red")


def _place(path: str, entry: str | None) -> str:
    """A file, or the entry in it that is meant."""
    return f"{path}, entry {entry}" if entry else path


def _failed(path: str, message: str, hint: str) -> str:
    return plain(f"failed     {path}\n           {message} {hint}")


def job_line(job: Job) -> str:
    """An ingest in a line."""
    report = job.report or {}
    counts = [f"{len(report[name])} {name}" for name in ("added", "changed", "failed") if report.get(name)]
    refined = f", {job.refined} of {job.to_refine} refined" if job.to_refine else ""
    took = f", {report['seconds']:.0f} s" if "seconds" in report else ""
    what = f" ({', '.join(counts)}{took})" if counts or took else ""
    return f"{job.id:4}  {job.began[:16]}  {job.project}: {job.state}, {job.done} of {job.files} files{refined}{what}"


def outcome_line(outcome: Outcome) -> str:
    """One file's outcome in a few words."""
    name = plain(_place(outcome.file, outcome.entry))
    match outcome:
        case Added():
            version = f", a version of {plain(outcome.version_of)}" if outcome.version_of else ""
            return f"added {name} ({outcome.nodes} nodes{version})"
        case Changed():
            return f"changed {name} ({outcome.embedded} passages embedded, {outcome.kept + outcome.moved} kept)"
        case Failed():
            return f"failed {name} ({outcome.code})"
        case Duplicate():
            return f"duplicate {name}"
        case _:
            return f"unchanged {name}"


def refined_line(refined: Refined | Left) -> str:
    """What became of one paper that was to be refined, in a few words."""
    name = plain(refined.file)
    if isinstance(refined, Left):
        return f"left {name} (another process had it)"
    if refined.error:
        return f"not refined {name} ({refined.error['code']})"
    read = "".join(
        [f", {refined.ocr} by OCR" * bool(refined.ocr), f", {refined.unread} pages unread" * bool(refined.unread)]
    )
    return f"refined {name} ({refined.reading}{read}, {refined.embedded} passages embedded)"


def show_answer(answer: Answer, *, several: bool = False) -> None:
    """The answer, its quotes with their pages, and how it came about; with projects where `several` were asked."""
    out = console()
    refused = answer.status == UNANSWERABLE
    out.print(plain(answer.text), style="yellow" if refused else "bold")
    for c in answer.citations:
        out.print(plain(f"  [{c.marker}] {answer.source(c, several=several)}"), style="cyan")
        if c.quote not in answer.text:
            out.print(plain(f"      “{c.quote}”"))
    for note in answer.notes:
        out.print(plain(f"  {note}"), style="yellow")
    if refused and answer.evidence:
        nearest = answer.evidence[0].node
        out.print(plain(f"  Nearest: {nearest.paper_title or nearest.title}: {_short(nearest.text)}"), style="dim")
    how = f"{answer.route.best.value}: {answer.route.reason}; {answer.status}, confidence {answer.confidence:.2f}"
    out.print(plain(f"  {how}; trace {answer.trace}"), style="dim")


def show_search(result: SearchResult, beside: Mapping[str, Around] | None = None, *, several: bool = False) -> None:
    """Ranked nodes with scores, and what stands around them; with projects where `several` were asked."""
    out = console()
    out.print(plain(f"{result.route.best.value}: {result.route.reason}; trace {result.trace}"), style="dim")
    for note in result.notes:
        out.print(plain(note), style="yellow")
    for rank, scored in enumerate(result, 1):
        node = scored.node
        where = " > ".join(filter(None, (node.paper_title if node.level != Level.PAPER else "", *node.path)))
        page = (f", p. {node.page}" if node.page else "") + (f" ({node.project})" if several else "")
        out.print(plain(f"{rank:3}. {scored.score:.3f} {node.level.value:8} {where or node.title}{page}"), style="cyan")
        near = (beside or {}).get(node.id)
        if near is not None and near.before is not None:
            out.print(plain(f"     before: {_short(near.before.text)}"), style="dim")
        out.print(plain(f"     {_short(node.text)}"))
        if near is not None and near.after is not None:
            out.print(plain(f"     after: {_short(near.after.text)}"), style="dim")


def show_tree(tree: Tree) -> None:
    """The layers, drawn."""
    from rich.tree import Tree as Drawn

    def grow(drawn: Drawn, below: Tree) -> None:
        for child in below.children:
            grow(drawn.add(plain(label(child.node)), style=_STYLES[child.node.level]), child)

    root = Drawn(plain(label(tree.node)), style=_STYLES[Level.PROJECT])
    grow(root, tree)
    console().print(root, soft_wrap=False)


def show_paper(paper: Paper) -> None:
    """A paper as read: its front, its sections with what they hold, and what should be known of the reading."""
    out = console()
    names = ", ".join(a.name for a in paper.authors) or "unknown authors"
    out.print(plain(f"{paper.title}\n{names}, {paper.year or 'no year'}, {len(paper.pages)} pages"), style="bold")
    out.print(plain(paper.paper_id), style="dim")
    for section in paper.sections:
        words = sum(len(p.text.split()) for p in section.passages)
        name = section.path[-1] if section.path else "(before the first heading)"
        counts = f"[{section.kind}] p. {section.page}, {len(section.passages)} passages, {words} words"
        out.print(plain(f"{'  ' * section.level}{name} {counts}"))
    out.print(f"{len(paper.figures)} figures, {len(paper.tables)} tables, {len(paper.references)} references")
    for warning in paper.warnings:
        out.print(plain(f"{f'p. {warning.page}: ' if warning.page else ''}{warning.message}"), style="yellow")


def show_projects(projects: Sequence[ProjectInfo]) -> None:
    """A line for each project."""
    out = console()
    for p in projects:
        what = p.error or f"{p.papers} papers, {p.nodes} nodes ({p.engine}, {p.updated})"
        out.print(plain(f"{p.name}: {what}"), style="red" if p.error else "")
    if not projects:
        out.print("There is no project yet. Begin with: strata ingest FOLDER --project NAME")


_STYLES = {
    Level.PROJECT: "bold",
    Level.PAPER: "bold cyan",
    Level.SECTION: "green",
    Level.PASSAGE: "",
    Level.FINDING: "magenta",
}


def _short(text: str, most: int = 240) -> str:
    one = " ".join(text.split())
    return one if len(one) <= most else one[: most - 3] + "..."
