"""The commands that show what is there: tree, paper, findings, themes, contradictions, graph, diff, projects."""

from __future__ import annotations

from pathlib import Path

import click

from hierarchy.errors import UsageError
from hierarchy.nodes import FINDING_KINDS, Level
from strata.assistant import Assistant
from strata.cli import show
from strata.cli.door import emit, tell
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
    return tell(changed, as_json)


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
    return tell(found, as_json)


@click.command()
@click.argument("name", metavar="PAPER")
@project_option
@json_option
def paper(name: str, project: str | None, as_json: bool) -> int:
    """Show a PAPER's card: what it asks, its data, method, main findings and limitations, each with a quote."""
    with Assistant(project) as assistant:
        card = assistant.card(name)
    return tell(card, as_json)


@click.command()
@project_option
@json_option
def themes(project: str | None, as_json: bool) -> int:
    """Tell what the papers are about: groups, their main findings, what is agreed and what is disputed."""
    with Assistant(project) as assistant:
        found = assistant.themes()
    return tell(found, as_json)


@click.command()
@project_option
@click.option("--agreements", is_flag=True, help="Also findings that support each other (always there with --json).")
@json_option
def contradictions(project: str | None, agreements: bool, as_json: bool) -> int:
    """List findings of different papers that contradict each other, with a quote from both sides."""
    with Assistant(project) as assistant:
        found = assistant.relations()
    if as_json:
        emit(found.to_dict())
        return 0
    shown = found if agreements else found.of("contradicts")
    nothing = "No two findings contradict each other; see those that agree with --agreements."
    show.console().print(show.plain(str(shown) if shown or agreements else nothing))
    return 0


@click.command()
@project_option
@click.option("--format", "form", type=click.Choice(["json", "graphml", "html"]), default="json", show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The file (default: standard output).")
def graph(project: str | None, form: str, out: Path | None) -> int:
    """Write the graph of papers and findings; the html is a page that stands alone."""
    from hierarchy.graph.export import as_graphml, as_json

    with Assistant(project) as assistant:
        if form == "html":
            text = assistant.graph_page()
        else:
            text = (as_json if form == "json" else as_graphml)(assistant.graph())
    if out is None:
        click.echo(text)
        return 0
    try:
        out.write_text(text, "utf-8")
    except OSError as error:
        message = f"{out} cannot be written ({error.strerror or error})."
        raise UsageError(message, "Name another file with --out.", "out") from error
    return 0
