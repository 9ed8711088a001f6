"""How results look in a notebook: registered with IPython for our records, so that the records know no screen.

Text of papers is data: all of it is escaped.
"""

from __future__ import annotations

import sys
from html import escape
from typing import Any

from hierarchy.nodes import Level
from ingestion.report import IngestReport
from retrieval.records import UNANSWERABLE, Answer, SearchResult
from strata.tree import Tree, label

SHORT = 280


def register() -> None:
    """Teaches a running IPython our records; does nothing elsewhere."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None:
        return
    html = shell.display_formatter.formatters["text/html"]
    for kind, show in (
        (Answer, answer_html),
        (SearchResult, search_html),
        (Tree, tree_html),
        (IngestReport, report_html),
    ):
        html.for_type(kind, show)


def answer_html(answer: Answer) -> str:
    """The answer with its sources below; a refusal looks different and shows the nearest there is."""
    refused = answer.status == UNANSWERABLE
    colour = "#b45309" if refused else "#1d4ed8"
    text = "<br>".join(escape(line) for line in answer.text.splitlines())
    items = "".join(
        f"<li value='{c.marker}'><b>{escape(c.title)}</b>, p. {c.page} ({escape(c.file)})"
        f"<br><i>“{escape(c.quote)}”</i></li>"
        for c in answer.citations
    )
    if refused and answer.evidence:
        near = answer.evidence[0].node
        items = f"<p>Nearest: {escape(near.paper_title or near.title)}: {escape(_short(near.text))}</p>"
    how = f"{answer.route.best.value}: {answer.route.reason}; {answer.status}, confidence {answer.confidence:.2f}"
    return (
        f"<div style='border-left:4px solid {colour};padding-left:1em'><p>{text}</p>"
        f"<ol>{items}</ol><p style='opacity:.7'>{escape(how)}</p></div>"
    )


def search_html(result: SearchResult) -> str:
    """A row for each node."""
    rows = [
        (
            f"{n.score:.3f}",
            n.node.level.value,
            n.node.paper_title or n.node.title,
            n.node.title,
            n.node.page,
            _short(n.node.text),
        )
        for n in result
    ]
    return _table(("score", "level", "paper", "section", "page", "text"), rows)


def tree_html(tree: Tree) -> str:
    """Nested, each layer to be folded open."""
    text = escape(label(tree.node))
    if not tree.children:
        return f"<div style='margin-left:1.2em'>{text}</div>"
    inside = "".join(tree_html(child) for child in tree.children)
    opened = " open" if tree.node.level == Level.PROJECT else ""
    return f"<details{opened} style='margin-left:1.2em'><summary>{text}</summary>{inside}</details>"


def report_html(report: IngestReport) -> str:
    """The sum, and a row for each failure."""
    failures = _table(("file", "what is wrong", "what to do"), [(f.file, f.message, f.hint) for f in report.failed])
    return f"<p>{escape(str(report))}</p>{failures if report.failed else ''}"


def _table(heads: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    top = "".join(f"<th style='text-align:left'>{escape(h)}</th>" for h in heads)
    body = "".join(
        "<tr>"
        + "".join(f"<td style='text-align:left'>{escape(str(v if v is not None else ''))}</td>" for v in row)
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _short(text: str) -> str:
    one = " ".join(text.split())
    return one if len(one) <= SHORT else one[: SHORT - 3] + "..."
