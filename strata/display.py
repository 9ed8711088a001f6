"""How results look in a notebook: registered with IPython for our records, so that the records know no screen.

Text of papers is data: all of it is escaped.
"""

from __future__ import annotations

import sys
from html import escape
from typing import Any

from hierarchy.nodes import Level, Node
from hierarchy.positions import page_said
from ingestion.report import IngestReport
from retrieval.records import UNANSWERABLE, Answer, SearchResult
from strata.cards import ASPECTS, PaperCard, Quoted
from strata.knowledge import Findings, RelatedPair, Relations, finding_of, source_line
from strata.themes import Said, Theme, Themes
from strata.tree import Tree, label

SHORT = 280
MOST = 100  # rows of a table; the record has all
CELL = "<td style='text-align:left;vertical-align:top;width:50%'>"


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
        (Findings, findings_html),
        (RelatedPair, pair_html),
        (Relations, relations_html),
        (PaperCard, card_html),
        (Theme, theme_html),
        (Themes, themes_html),
    ):
        html.for_type(kind, show)


def answer_html(answer: Answer) -> str:
    """The answer with its sources below; a refusal looks different and shows the nearest there is."""
    refused = answer.status == UNANSWERABLE
    colour = "#b45309" if refused else "#1d4ed8"
    text = "<br>".join(escape(line) for line in answer.text.splitlines())
    items = "".join(
        f"<li value='{c.marker}'><b>{escape(c.title)}</b>, {page_said(c.page)} ({escape(answer.file(c))})"
        f"<br><i>“{escape(c.quote)}”</i></li>"
        for c in answer.citations
    )
    if refused and answer.evidence:
        near = answer.evidence[0].node
        items = f"<p>Nearest: {escape(near.paper_title or near.title)}: {escape(_short(near.text))}</p>"
    how = f"{answer.route.best.value}: {answer.route.reason}; {answer.status}, confidence {answer.confidence:.2f}"
    how = " ".join([*answer.notes, how])
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


def findings_html(findings: Findings) -> str:
    """A row for each of the first hundred findings."""
    rows = []
    for node in findings.nodes[:MOST]:
        said = finding_of(node)
        values = "; ".join(
            f"{v.metric or 'value'} {v.value:g}{v.unit or ''}" for v in said.values if v.value is not None
        )
        year = node.metadata.get("year")
        rows.append((node.paper_title, year, said.kind, _short(said.claim), values, said.direction, node.page))
    more = f"<p>The first {MOST} of {len(findings)}; to_frame() has all.</p>" if len(findings) > MOST else ""
    return more + _table(("paper", "year", "kind", "claim", "values", "direction", "page"), rows)


def pair_html(pair: RelatedPair) -> str:
    """Both sides beside each other, and what they differ in."""
    relation = pair.relation
    reason = f"{relation.origin}: {relation.reason}" if relation.reason else ""
    heading = f"{relation.kind} ({relation.score:.2f})"
    return _sides(pair.a, pair.b, heading, relation.difference, reason)


def relations_html(relations: Relations) -> str:
    """Pair below pair, both sides beside each other."""
    more = f"<p>The first {MOST} of {len(relations)}.</p>" if len(relations) > MOST else ""
    pairs = "".join(pair_html(pair) for pair in relations.pairs[:MOST])
    return more + (pairs or f"<p>{escape(str(relations))}</p>")


def card_html(card: PaperCard) -> str:
    """A heading for each aspect, and its quotes with their pages."""
    meta = card.paper.metadata
    authors = ", ".join(map(str, meta.get("authors") or ())) or "unknown authors"
    line = f"{authors}, {meta.get('year') or 'n.d.'} ({card.paper.file})"
    older = "<p><i>Made by older rules; strata refresh renews it.</i></p>" if card.older else ""
    aspects = "".join(f"<p><b>{heading}</b></p>{_quotes(card.aspects[name])}" for name, heading in ASPECTS.items())
    return f"<p><b>{escape(card.paper.title)}</b><br>{escape(line)}</p>{older}{aspects}"


def themes_html(themes: Themes) -> str:
    """Each theme to be folded open."""
    return "".join(map(theme_html, themes)) or f"<p>{escape(str(themes))}</p>"


def theme_html(theme: Theme) -> str:
    """Its papers and main findings, what is disputed and what is agreed."""
    counts = f"{len(theme.papers)} papers, {len(theme.agreed)} agreed, {len(theme.disputed)} disputed"
    papers = "".join(
        f"<li>{escape(p.title)} ({escape(str(p.metadata.get('year') or 'n.d.'))})</li>" for p in theme.papers
    )
    findings = "".join(
        f"<li>“{escape(finding_of(node).quote)}” {escape(source_line(node))}</li>" for node in theme.findings
    )
    return (
        f"<details><summary><b>{escape(theme.label)}</b>: {counts}</summary><ul>{papers}</ul>"
        f"<p><b>Main findings</b></p><ul>{findings}</ul>"
        f"{_said('Disputed', theme.disputed)}{_said('Agreed', theme.agreed)}</details>"
    )


def _said(heading: str, pairs: tuple[Said, ...]) -> str:
    return "".join(_sides(said.a, said.b, heading, said.difference) for said in pairs[:MOST])


def _sides(a: Node, b: Node, heading: str, difference: str, reason: str = "") -> str:
    cells = "".join(f"{CELL}“{escape(finding_of(n).quote)}”<br><i>{escape(source_line(n))}</i></td>" for n in (a, b))
    under = "<br>".join(escape(told) for told in (difference, reason) if told)
    return f"<p><b>{escape(heading)}</b></p><table style='width:100%'><tr>{cells}</tr></table><p>{under}</p>"


def _quotes(quotes: tuple[Quoted, ...]) -> str:
    items = "".join(f"<li>“{escape(said.quote)}” ({page_said(said.page)})</li>" for said in quotes)
    return f"<ul>{items}</ul>" if items else "<p>The paper does not tell.</p>"


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
