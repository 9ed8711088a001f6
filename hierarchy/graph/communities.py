"""Communities of papers: groups that cite each other, are about the same, or state findings that bear on each other.

Found by the Louvain method (Blondel et al., 2008) from networkx, seeded, over papers in the order of their ids, so that
the same graph always gives the same communities. It must not know words.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

import msgspec
import networkx as nx

from hierarchy.graph.build import CITES, CONTRADICTS, SAME_TOPIC, SUPPORTS, Graph, papers_in

if TYPE_CHECKING:
    Weighted = nx.Graph[str]

SEED = 20
CITATION, FINDINGS, TOPIC = 1.0, 0.5, 2.0  # weights: a citation; pairs of findings (by the root); nearest topics
FLOOR = 0.4  # cosine below which two papers' nearness weighs nothing


class Community(msgspec.Struct, frozen=True):
    """A community; its papers stand in the order of their centrality. Its number is its place, the largest first."""

    number: int
    papers: tuple[str, ...]


def communities(graph: Graph) -> list[Community]:
    """The communities of a graph, the largest first; a project of one or two papers is one community."""
    order = {paper: place for place, paper in enumerate(papers_in(graph))}
    if not order:
        return []
    if len(order) <= 2:
        return [Community(0, tuple(order))]
    found = nx.community.louvain_communities(_weighted(graph), weight="weight", seed=SEED)
    groups = [sorted(group, key=order.__getitem__) for group in found]
    groups.sort(key=lambda group: (-len(group), order[group[0]]))
    return [Community(number, tuple(group)) for number, group in enumerate(groups)]


def _weighted(graph: Graph) -> Weighted:
    """Papers alone, with one weighted edge where two have to do with each other."""
    weights: Counter[tuple[str, str]] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    owner = {node: told.get("paper", node) for node, told in graph.nodes(data=True)}
    for a, b, kind, told in graph.edges(keys=True, data=True):
        pair = (min(owner[a], owner[b]), max(owner[a], owner[b]))
        if pair[0] == pair[1]:
            continue
        if kind == CITES:
            weights[pair] += CITATION  # type: ignore[assignment]
        elif kind == SAME_TOPIC:
            weights[pair] += TOPIC * (told["score"] - FLOOR) / (1 - FLOOR)
        elif kind in (SUPPORTS, CONTRADICTS):
            pairs[pair] += 1
    for pair, count in pairs.items():
        weights[pair] += FINDINGS * math.sqrt(count)  # type: ignore[assignment]
    weighted: Weighted = nx.Graph()
    weighted.add_nodes_from(sorted(paper for paper, told in graph.nodes(data=True) if owner[paper] == paper))
    weighted.add_edges_from((a, b, {"weight": weight}) for (a, b), weight in sorted(weights.items()) if weight > 0)
    return weighted
