"""The commands that show what is there: tree, findings, diff, projects."""

from __future__ import annotations

import click

from hierarchy.nodes import FINDING_KINDS, Level
from strata.assistant import Assistant
from strata.cli import show
from strata.cli.door import emit
from strata.cli.options import LEVELS, json_option, one_paper_option, project_option


@click.command()
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


@click.command()
@json_option
def projects(as_json: bool) -> int:
    """List the projects."""
    found = Assistant("projects").projects()
    if as_json:
        emit({"schema": 1, "projects": [p.to_dict() for p in found]})
    else:
        show.show_projects(found)
    return 0


@click.command()
@project_option
@click.option("--since", default="7d", show_default=True, help="A date, a time, or how long ago: 12h, 7d, 2w.")
@json_option
def diff(project: str | None, since: str, as_json: bool) -> int:
    """Tell what changed in a project: papers, and findings that are new, gone or altered."""
    with Assistant(project) as assistant:
        changed = assistant.diff(since)
    if as_json:
        emit(changed.to_dict())
    else:
        show.console().print(show.plain(str(changed)))
    return 0


@click.command()
@project_option
@one_paper_option
@click.option("--kind", type=click.Choice(FINDING_KINDS), help="One kind only.")
@click.option("--reported", is_flag=True, help="Also what the papers tell of others' results.")
@json_option
def findings(project: str | None, paper: str | None, kind: str | None, reported: bool, as_json: bool) -> int:
    """List what the papers state: each finding with its page."""
    with Assistant(project) as assistant:
        found = assistant.findings(paper, kind=kind, reported=reported)
    if as_json:
        emit(found.to_dict())
    else:
        show.console().print(show.plain(str(found)))
    return 0
