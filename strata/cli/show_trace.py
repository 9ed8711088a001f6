"""How a trace looks in a terminal: a line for each step, its candidates as a table, what was dropped and why.

Where the terminal is narrow, rows become lines. Text of papers is data: see strata/cli/show.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from strata.anatomy import Candidate, candidates, dropped, factors_said, time_said, used_factors
from strata.cli.show import console, plain
from strata.screens.words import step_line

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

LEAST_WIDTH = 72  # columns of a terminal in which a table can be read
TEXT_WIDTH = 120  # and those from which on the texts have room, too
HEADS = {"cosine": "cos", "overlap": "words", "rerank": "read", "route": "lvl", "paper": "ppr"}


def show_trace(record: Mapping[str, Any]) -> None:
    """The steps of a question, in order."""
    out = console()
    steps: Sequence[Mapping[str, Any]] = record["steps"]
    out.print(plain(str(record["question"])), style="bold")
    whole = time_said(sum(float(step["ms"]) for step in steps))
    out.print(f"{len(steps)} steps, {whole}", style="dim")
    for number, step in enumerate(steps, 1):
        line = step_line(step)
        out.print()
        out.print(
            plain(f"{number}. {_one(line.label)}  ({step['name']}, {time_said(float(step['ms']))})"), style="cyan"
        )
        rows = candidates(step)
        for detail in () if rows else line.details:
            out.print(plain(f"   {_one(detail)}"))
        _show_rows(out, rows)
        _show_dropped(out, dropped(step))


def _show_rows(out: Console, rows: Sequence[Candidate]) -> None:
    if not rows:
        return
    if out.width >= LEAST_WIDTH:
        out.print(_table(rows, text=out.width >= TEXT_WIDTH), soft_wrap=False)
        return
    for row in rows:
        score = f"{row.score:.3f} " if row.score is not None else ""
        was = f" (was {row.before})" if row.before is not None else ""
        out.print(plain(f"  {row.place or '':>2}. {score}{row.level}{was}: {_one(row.where)}"))
        if row.factors:
            out.print(f"      {factors_said(row)}", style="dim")


def _show_dropped(out: Console, rows: Sequence[Candidate]) -> None:
    """What was dropped, under its reasons."""
    reasons: dict[str, list[Candidate]] = {}
    for row in rows:
        reasons.setdefault(row.why, []).append(row)
    for why, those in reasons.items():
        out.print(plain(f"   left out, as {_one(why)}:"), style="yellow")
        for row in those:
            where = _one(", ".join(filter(None, (row.level, row.where, f"“{row.text}”" if row.text else ""))))
            out.print(plain(f"      {where}"), no_wrap=True, overflow="ellipsis", soft_wrap=False)


def _table(rows: Sequence[Candidate], *, text: bool) -> Table:
    from rich.table import Table
    from rich.text import Text

    names = used_factors(rows)
    was = any(row.before is not None for row in rows)
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="dim", expand=True)
    for head in ("   #", *(["was"] if was else []), "score"):
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column("level", no_wrap=True)
    for name in names:
        table.add_column(HEADS.get(name, name), justify="right", no_wrap=True)
    table.add_column("page, paper", no_wrap=True, overflow="ellipsis", ratio=2)
    if text:
        table.add_column("text", no_wrap=True, overflow="ellipsis", ratio=3)
    for row in rows:
        cells = [str(row.place or ""), *([str(row.before or "")] if was else []), _number(row.score, 3), row.level]
        cells += [_number(row.factors.get(name), 2) for name in names]
        cells += [row.where, *([row.text] if text else [])]
        table.add_row(*(Text(plain(_one(cell))) for cell in cells))
    return table


def _number(value: float | None, places: int) -> str:
    return f"{value:.{places}f}" if value is not None else ""


def _one(text: str) -> str:
    return " ".join(text.split())
