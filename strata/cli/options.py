"""Options that several commands take, each defined once."""

from __future__ import annotations

from pathlib import Path

import click

from hierarchy.nodes import Level
from hierarchy.refusals import one_project

LEVELS = click.Choice([level.value for level in Level])
LAYOUTS = click.Choice(["auto", "always", "never"])

ocr_option = click.option(
    "--ocr", is_flag=True, help="Read scanned pages by Tesseract (languages: STRATA_OCR, English where it is not set)."
)


def _one(context: click.Context, parameter: click.Parameter, names: tuple[str, ...]) -> str | None:
    """The one project that is named; click itself would take the last of several without a word."""
    if len(names) > 1:
        raise one_project(names)
    return names[0] if names else None


project_option = click.option(
    "-p",
    "--project",
    multiple=True,
    callback=_one,
    help="The project's name (default: STRATA_PROJECT, or 'papers').",
)
projects_option = click.option(
    "-p",
    "--project",
    "projects",
    multiple=True,
    help="The project's name (default: STRATA_PROJECT, or 'papers'); may be repeated, to ask several together.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print the full record as JSON.")
paper_option = click.option(
    "--paper", "papers", multiple=True, help="Stay within this paper: id, DOI, arXiv id or file name; may be repeated."
)
one_paper_option = click.option("--paper", help="One paper only: id, DOI, arXiv id or file name.")
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
