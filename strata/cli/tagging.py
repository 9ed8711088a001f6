"""The command that tags papers."""

from __future__ import annotations

import click

from strata.assistant import Assistant
from strata.cli.door import tell
from strata.cli.options import json_option, project_option


@click.command()
@click.argument("paper")
@click.argument("tags", nargs=-1)
@project_option
@click.option("--remove", is_flag=True, help="Take these tags away.")
@json_option
def tag(paper: str, tags: tuple[str, ...], project: str | None, remove: bool, as_json: bool) -> int:
    """Give a PAPER (id, DOI, arXiv id or file name) TAGS, for `tag:` in questions; without any, say which it has."""
    with Assistant(project) as assistant:
        return tell(assistant.tag(paper, tags, remove=remove), as_json)
