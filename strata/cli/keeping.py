"""The commands that move or take away what is kept: remove, copy."""

from __future__ import annotations

import sys

import click

from hierarchy.errors import NotBuiltError, UsageError
from hierarchy.identity import checked_project_name
from strata.assistant import Assistant
from strata.cli import show
from strata.cli.door import emit, ending_ends_cleanly
from strata.cli.options import json_option, project_option
from strata.copying import copy_project
from strata.projects import Engine, projects_of
from strata.settings import Settings

ENGINES = click.Choice(["sqlite", "weaviate"])


@click.command()
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


@click.command()
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
