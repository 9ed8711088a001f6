"""The themes of a project: communities of papers with words for them, their main findings, what they agree on and what
is in dispute.

Everything in a theme is an id, but for its label, whose words are words of its papers. It must not know models.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from hierarchy.graph.build import CONTRADICTS, STATES, SUPPORTS, Graph
from hierarchy.graph.communities import Community, communities
from hierarchy.graph.labels import labels
from hierarchy.graph.terms import stem
from hierarchy.nodes import Node

MAIN_FINDINGS = 6
OF_ONE_PAPER = 2
SAME_WORDS = 0.6  # share of words from which two findings say the same
READ_FINDINGS = 10  # of a paper, for the words of its theme
UNNAMED = "other papers"
TELLING = {"abstract": 0.3, "conclusion": 0.3, "result": 0.2, "discussion": 0.1}  # sections that state main findings


class Pair(msgspec.Struct, frozen=True):
    """Two findings that have to do with each other; `difference` are the conditions in which they differ."""

    a: str
    b: str
    difference: str = ""


class Theme(msgspec.Struct, frozen=True):
    """A theme: `label` in words of its papers, its `papers` by centrality, its main `findings`, and pairs of findings
    with one of them at least in this theme."""

    number: int
    label: str
    terms: tuple[str, ...]
    papers: tuple[str, ...]
    findings: tuple[str, ...] = ()
    agreed: tuple[Pair, ...] = ()
    disputed: tuple[Pair, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Its record, as a project's metadata keeps it."""
        return dict(msgspec.json.decode(msgspec.json.encode(self)))


def themes(graph: Graph, papers: Iterable[Node], found: list[Community] | None = None) -> list[Theme]:
    """The themes of a project, the largest first.

    Args:
        graph: of the project.
        papers: its paper nodes, whose texts are title and abstract.
        found: the communities of the graph, where they are known.
    """
    groups = communities(graph) if found is None else found
    texts = {paper.id: paper for paper in papers}
    words = [[_text(graph, paper, texts.get(paper)) for paper in _main(graph, group)] for group in groups]
    named = labels(words, names=_authors(graph))
    return [_theme(graph, group, terms) for group, terms in zip(groups, named, strict=True)]


def _theme(graph: Graph, group: Community, terms: list[str]) -> Theme:
    findings = [finding for paper in group.papers for finding in _findings(graph, paper)]
    inside = set(findings)
    agreed, disputed = (
        tuple(
            Pair(a, b, str(told.get("difference") or ""))
            for a, b, own, told in sorted(_relations(graph, findings), key=lambda edge: (-edge[3]["score"], *edge[:2]))
            if own == kind and (a in inside or b in inside)
        )
        for kind in (SUPPORTS, CONTRADICTS)
    )
    main = _main_findings(graph, group, terms)
    return Theme(group.number, ", ".join(terms) or UNNAMED, tuple(terms), group.papers, main, agreed, disputed)


def _main_findings(graph: Graph, group: Community, terms: list[str]) -> tuple[str, ...]:
    """The findings that stand for a theme: of central papers, related to others', in its words, none said twice."""
    wanted = {stem(word) for term in terms for word in term.split()}
    most = max((graph.nodes[paper]["centrality"] for paper in group.papers), default=1.0) or 1.0
    scores: dict[str, float] = {}
    words: dict[str, set[str]] = {}
    for paper in group.papers:
        for finding in _findings(graph, paper):
            told = graph.nodes[finding]
            if told["attribution"] != "own":
                continue
            words[finding] = {stem(word) for word in told["claim"].split()}
            related = sum(1 for _ in _relations(graph, [finding]))
            scores[finding] = (
                graph.nodes[paper]["centrality"] / most
                + min(1.0, 0.4 * related)
                + 0.8 * len(wanted & words[finding]) / max(1, len(wanted))
                + TELLING.get(told.get("section_kind") or "", 0.0)
                + (0.2 if told["direction"] else 0.0)
                - (0.3 if told["hedged"] else 0.0)
            )
    chosen: list[str] = []
    for finding in sorted(scores, key=lambda f: (-scores[f], f)):
        owner = graph.nodes[finding]["paper"]
        siblings = sum(graph.nodes[other]["paper"] == owner for other in chosen)
        if siblings < OF_ONE_PAPER and all(_overlap(words[finding], words[o]) < SAME_WORDS for o in chosen):
            chosen.append(finding)
        if len(chosen) == MAIN_FINDINGS:
            break
    return tuple(chosen)


def _text(graph: Graph, paper: str, node: Node | None) -> tuple[str, str, str]:
    claims = [graph.nodes[finding]["claim"] for finding in _findings(graph, paper)[:READ_FINDINGS]]
    title = str(graph.nodes[paper]["title"])
    return title, node.text.removeprefix(title) if node else "", "\n".join(claims)


def _authors(graph: Graph) -> set[str]:
    return {str(name) for _, told in graph.nodes(data=True) for name in told.get("authors") or ()}


def _main(graph: Graph, group: Community) -> list[str]:
    """Its papers without other versions of one that is there, whose words would count twice."""
    inside = set(group.papers)
    return [paper for paper in group.papers if graph.nodes[paper].get("version_of") not in inside]


def _findings(graph: Graph, paper: str) -> list[str]:
    return [finding for finding, edges in graph.succ[paper].items() if STATES in edges]


def _relations(graph: Graph, findings: Iterable[str]) -> list[tuple[str, str, str, dict[str, Any]]]:
    """The edges between these findings and any others, each once."""
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for finding in findings:
        for kind in (SUPPORTS, CONTRADICTS):
            found |= {(finding, b, kind): edges[kind] for b, edges in graph.succ[finding].items() if kind in edges}
            found |= {(a, finding, kind): edges[kind] for a, edges in graph.pred[finding].items() if kind in edges}
    return [(*edge, told) for edge, told in found.items()]


def _overlap(a: set[str], b: set[str]) -> float:
    return len(a & b) / max(1, min(len(a), len(b)))
