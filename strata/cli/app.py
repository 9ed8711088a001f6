"""The command line: every command hands its arguments to the assistant and shows the record that comes back."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from hierarchy.identity import checked_project_name
from strata.cli import asking, keeping, looking, tagging, taking
from strata.cli.door import run
from strata.cli.options import project_option
from strata.screens import launch
from strata.settings import Settings


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="strata")
def app() -> None:
    """A research assistant with hierarchical document memory: PDFs in, cited answers out."""


@click.command("app")
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


COMMANDS = (
    *(taking.ingest, taking.refresh, taking.jobs, taking.parse),
    *(asking.ask, asking.search, asking.trace),
    *(looking.tree, looking.paper, looking.findings, looking.themes, looking.contradictions, looking.graph),
    *(looking.diff, looking.projects),
    *(tagging.tag, keeping.remove, keeping.copy, chat),
)
for command in COMMANDS:
    app.add_command(command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and gives its exit code."""
    return run(app, sys.argv[1:] if arguments is None else arguments)
