"""How an answer was found, for the chat: the reason of its route, the nearest so far, the candidates, the times.

Plain functions from records to text that is safe to show, so that they are tested without a browser. It must not know
Streamlit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from retrieval.records import ScoredNode
from strata.anatomy import Candidate, factors_said, time_said
from strata.screens.safe import shown
from strata.screens.words import StepLine

FIRST = {
    "project": "Looked at the field as a whole first",
    "paper": "Looked for papers first",
    "section": "Looked for sections first",
    "passage": "Looked for passages first",
    "finding": "Looked for findings first",
}
SO_FAR = 3  # places named while an answer is being made
CELL = "text-align:left;vertical-align:top;padding:0.25rem 0"
NUMBER = "text-align:right;vertical-align:top;white-space:nowrap;padding:0.25rem 0.75rem 0.25rem 0"


def route_line(record: Mapping[str, Any]) -> str:
    """Why an answer's record was looked for where it was, in a line; empty where it does not tell."""
    route = record.get("route") or {}
    weights = route.get("weights") or {}
    if not weights:
        return ""
    best = max(weights, key=lambda level: weights[level])
    return shown(f"{FIRST.get(best, 'Looked through all levels')}: {route.get('reason', '')}.")


def so_far(found: Iterable[ScoredNode]) -> str:
    """The nearest places that a search found, in a line, before they were read; empty where there is none."""
    seen: dict[str, None] = {}
    for scored in found:
        node = scored.node
        if node.paper_title:
            seen.setdefault(f"{node.paper_title}, page {node.page}" if node.page else node.paper_title)
    return shown(f"Nearest so far: {'; '.join([*seen][:SO_FAR])}") if seen else ""


def how_html(lines: Sequence[StepLine]) -> str:
    """The candidates of an answer as a table, what was left out and why, and the time of each step."""
    parts = [_candidates(line.found) for line in lines if line.found]
    fallen = [row for line in lines for row in line.dropped]
    if fallen:
        parts.append(f"<p><strong>Left out</strong></p>{_left_out(fallen)}")
    if any(line.ms for line in lines):
        parts.append(_times(lines))
    return "".join(parts)


def _candidates(rows: Sequence[Candidate]) -> str:
    """Few columns, so that a phone has room for them: what a score is made of stands below the paper."""
    was = any(row.before is not None for row in rows)
    heads = [("#", NUMBER), *([("Was", NUMBER)] if was else []), ("Score", NUMBER), ("Level, paper, page", CELL)]
    body = []
    for row in rows:
        cells = [(_said(str(row.place or "")), NUMBER)]
        cells += [(_said(str(row.before or "–")), NUMBER)] if was else []
        cells += [(_said(f"{row.score:.2f}" if row.score is not None else ""), NUMBER)]
        made = f'<br><span style="font-size:0.875em">{_said(factors_said(row))}</span>'
        cells += [(_said(", ".join(filter(None, (row.level, row.where)))) + made, CELL)]
        body.append(_row(cells))
    note = "<p>Was: the place before the passages were read beside the question.</p>" if was else ""
    return _table("Candidates, best first", heads, body) + note


def _left_out(rows: Sequence[Candidate]) -> str:
    reasons: dict[str, list[Candidate]] = {}
    for row in rows:
        reasons.setdefault(row.why, []).append(row)
    items = []
    for why, those in reasons.items():
        inside = "".join(f"<li>{_said(', '.join(filter(None, (row.level, row.where))))}</li>" for row in those)
        items.append(f"<li>{_said(why)}<ul>{inside}</ul></li>")
    return f"<ul>{''.join(items)}</ul>"


def _times(lines: Sequence[StepLine]) -> str:
    times = [(line.label, line.ms) for line in lines] + [("All steps", sum(line.ms for line in lines))]
    body = [_row([(_said(label), CELL), (_said(time_said(ms)), NUMBER)]) for label, ms in times]
    return _table("Time of each step", [("Step", CELL), ("Time", NUMBER)], body)


def _table(caption: str, heads: Sequence[tuple[str, str]], body: Sequence[str]) -> str:
    """A table that scrolls by itself where the screen is narrow, by keyboard too."""
    top = "".join(f'<th scope="col" style="{style}">{_said(head)}</th>' for head, style in heads)
    title = f'<caption style="text-align:left;font-weight:600">{_said(caption)}</caption>'
    table = f'<table style="border-collapse:collapse">{title}<thead><tr>{top}</tr></thead>'
    group = f'role="group" aria-label="{_said(caption)}" tabindex="0"'
    return f'<div {group} style="overflow-x:auto">{table}<tbody>{"".join(body)}</tbody></table></div>'


def _row(cells: Sequence[tuple[str, str]]) -> str:
    """A row of cells that are HTML already, each with its style."""
    inside = "".join(f'<td style="{style}">{cell}</td>' for cell, style in cells)
    return f"<tr>{inside}</tr>"


def _said(text: str) -> str:
    return shown(text, html=True)
