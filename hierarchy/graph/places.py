"""Where each paper stands in a picture of the graph: papers that have to do with each other near, themes side by side.

Each theme is laid out by networkx's spring layout (Fruchterman and Reingold, 1991) and takes a disc as large as it has
papers; the discs are packed around the largest. Seeded, so that the same graph always looks the same. It must not know
how a picture is drawn.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

import networkx as nx
import numpy as np

from hierarchy.graph.build import CITES, SAME_TOPIC, Graph

SEED = 20
ROOM = 46.0  # half the distance that papers keep, in the picture's units
BETWEEN = 70.0  # room between two themes
TURNS, STEP = 0.35, 9.0  # of the spiral on which a disc looks for room: radians and units
ROUNDS = 60  # of pushing papers apart

Place = tuple[float, float]


def places(graph: Graph, papers: Sequence[str], group_of: Mapping[str, int]) -> dict[str, Place]:
    """A place for each of these papers, around (0, 0)."""
    groups: defaultdict[int, list[str]] = defaultdict(list)
    for paper in papers:
        groups[group_of.get(paper, -1)].append(paper)
    found: dict[str, Place] = {}
    discs: list[tuple[float, float, float]] = []
    for members in sorted(groups.values(), key=lambda group: (-len(group), group[0])):
        inside = _inside(graph, members)
        radius = float(np.hypot(inside[:, 0], inside[:, 1]).max(initial=0.0)) + ROOM
        x, y = _room(discs, radius)
        discs.append((x, y, radius))
        found |= {
            paper: (round(x + float(dx), 1), round(y + float(dy), 1))
            for paper, (dx, dy) in zip(members, inside, strict=True)
        }
    return found


def _inside(graph: Graph, members: Sequence[str]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Places of one theme's papers around its middle, none on another; shape (papers, 2)."""
    size = ROOM * math.sqrt(len(members)) * 1.2
    if len(members) == 1:
        return np.zeros((1, 2))
    near = nx.Graph()
    near.add_nodes_from(members)
    wanted = set(members)
    near.add_edges_from(
        (a, b)
        for paper in members
        for a, b, kind in graph.out_edges(paper, keys=True)
        if kind in (CITES, SAME_TOPIC) and b in wanted
    )
    spread = nx.spring_layout(near, k=2.5 / math.sqrt(len(members)), iterations=80, seed=SEED, method="force")
    at = np.array([spread[paper] for paper in members], float)
    at = (at - at.mean(axis=0)) / max(1e-9, float(np.abs(at - at.mean(axis=0)).max())) * size
    for _ in range(ROUNDS):
        apart = at[:, None] - at[None]
        distance = np.hypot(apart[..., 0], apart[..., 1]) + np.eye(len(at)) * 1e9
        push = np.clip(2 * ROOM - distance, 0, None) / 2
        if not push.any():
            break
        at = at + (apart / np.maximum(distance, 1e-6)[..., None] * push[..., None]).sum(axis=1) * 0.5
    return np.asarray(at - at.mean(axis=0))


def _room(discs: Sequence[tuple[float, float, float]], radius: float) -> Place:
    """The first place on a spiral where a disc meets no other."""
    for step in range(100_000):
        angle, reach = step * TURNS, step * STEP * TURNS / 2
        x, y = 1.35 * reach * math.cos(angle), reach * math.sin(angle)  # screens are wider than high
        if all(math.hypot(x - ox, y - oy) >= radius + other + BETWEEN for ox, oy, other in discs):
            return x, y
    raise AssertionError("a spiral without end has room")
