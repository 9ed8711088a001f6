"""The graph as a file: node-link JSON, GraphML, or a page that stands alone.

Titles and quotes are other people's words: in the page they are data that a script shows as letters, never markup, and
the page may load nothing and send nothing. It must not know stores.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import networkx as nx

from hierarchy.graph.build import CITES, CONTRADICTS, SAME_TOPIC, STATES, SUPPORTS, Graph, papers_in
from hierarchy.graph.communities import communities
from hierarchy.graph.places import places
from hierarchy.graph.themes import Theme

FORMATS = ("json", "graphml", "html")
MOST_PAPERS = 1_000  # that a page shows, the most central first
SHOWN_AUTHORS = 6
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_json(graph: Graph) -> str:
    """Node-link JSON, which networkx (`node_link_graph(..., edges="edges")`) and d3 read."""
    return json.dumps(nx.node_link_data(graph, edges="edges"), ensure_ascii=False)


def as_graphml(graph: Graph) -> str:
    """GraphML, which Gephi, yEd and Cytoscape read; lists become JSON, what is not known is left out."""
    plain = nx.MultiDiGraph()
    plain.add_nodes_from((_xml(node), _flat(told)) for node, told in graph.nodes(data=True))
    for number, (a, b, told) in enumerate(graph.edges(data=True)):
        plain.add_edge(_xml(a), _xml(b), key=f"e{number}", **_flat(told))
    return "\n".join(nx.generate_graphml(plain)) + "\n"


def as_html(graph: Graph, themes: Sequence[Theme] = ()) -> str:
    """A page that shows the graph: papers in the colours of their themes, their edges, and findings that bear on each
    other.

    Args:
        graph: of a project.
        themes: name the colours; without them communities go unnamed.
    """
    name = str(graph.graph.get("project") or "")
    data = json.dumps(_shown(graph, themes), ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":  # a script's text ends at "</script", wherever that stands
        data = data.replace(sign, f"\\u{ord(sign):04x}")
    page = Path(__file__).with_name("page.html").read_text("utf-8")
    return page.replace("{{project}}", html.escape(name)).replace("{{data}}", data)


def _shown(graph: Graph, themes: Sequence[Theme]) -> dict[str, Any]:
    papers = papers_in(graph)
    shown = list(papers)[:MOST_PAPERS]
    number = {paper: i for i, paper in enumerate(shown)}
    groups = [theme.papers for theme in themes] or [group.papers for group in communities(graph)]
    group_of = {paper: group for group, members in enumerate(groups) for paper in members}
    at = places(graph, shown, group_of)
    findings, edges = list[dict[str, Any]](), list[list[Any]]()
    known: dict[str, int] = {}
    for paper in shown:
        for _, finding, kind in graph.out_edges(paper, keys=True):
            if kind == STATES:
                told = graph.nodes[finding]
                known[finding] = len(findings)
                findings.append({"paper": number[paper], "quote": told["quote"], "claim": told["claim"]})
    for a, b, kind, told in graph.edges(keys=True, data=True):
        if kind in (CITES, SAME_TOPIC) and a in number and b in number:
            edges.append([kind, number[a], number[b]])
        elif kind in (SUPPORTS, CONTRADICTS) and a in known and b in known:
            edges.append([kind, known[a], known[b], told.get("difference") or ""])
    return {
        "project": graph.graph.get("project") or "",
        "left_out": len(papers) - len(shown),
        "groups": [theme.label for theme in themes],
        "papers": [
            {
                "title": told["title"],
                "authors": [str(author) for author in (told.get("authors") or [])][:SHOWN_AUTHORS],
                "year": told.get("year"),
                "centrality": told["centrality"],
                "group": group_of.get(paper, -1),
                "at": at[paper],
            }
            for paper, told in ((paper, papers[paper]) for paper in shown)
        ],
        "findings": findings,
        "edges": edges,
    }


def _flat(told: dict[str, Any]) -> dict[str, str | int | float | bool]:
    flat: dict[str, str | int | float | bool] = {}
    for name, value in told.items():
        if isinstance(value, bool | int | float):
            flat[name] = value
        elif value is not None:
            flat[name] = _xml(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    return flat


def _xml(text: str) -> str:
    """A text without the signs that XML cannot carry."""
    return NOT_XML.sub("", text)
