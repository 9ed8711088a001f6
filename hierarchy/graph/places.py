"""Where each paper stands in a picture of the graph: papers that have to do with each other near, themes side by side.

Each theme is laid out by networkx's spring layout (Fruchterman and Reingold, 1991) and takes a disc as large as it has
papers; the discs are packed around the largest. Seeded, so that the same graph always looks the same. It must not know
how a picture is drawn.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import networkx as nx
import numpy as np

from hierarchy.graph.build import CITES, SAME_TOPIC, Graph

SEED = 20
ROOM = 46.0  # half the distance that papers keep, in the picture's units
BETWEEN = 70.0  # room between two themes
TURNS, STEP = 0.35, 9.0  # of the spiral on which a disc looks for room: radians and units
ROUNDS = 60  # of pushing papers apart

CHUNK = 2_000  # places on the spiral that are tried at once
GOLDEN = math.pi * (3 - math.sqrt(5))  # the angle by which the seeds of a sunflower follow each other
ALONE = -1  # the group of papers that are in no other

Place = tuple[float, float]


def places(graph: Graph, papers: Sequence[str], group_of: Mapping[str, int]) -> dict[str, Place]:
    """A place for each of these papers, around (0, 0)."""
    groups: defaultdict[int, list[str]] = defaultdict(list)
    sizes = Counter(group_of.get(paper, ALONE) for paper in papers)
    for paper in papers:
        group = group_of.get(paper, ALONE)
        groups[group if sizes[group] > 1 else ALONE].append(paper)
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
    near = nx.Graph()
    near.add_nodes_from(members)
    wanted = set(members)
    near.add_edges_from(
        (a, b)
        for paper in members
        for a, b, kind in graph.out_edges(paper, keys=True)
        if kind in (CITES, SAME_TOPIC) and b in wanted
    )
    if not near.size():
        turns, reach = np.arange(len(members)) * GOLDEN, 1.3 * ROOM * np.sqrt(np.arange(len(members)))
        return np.stack([reach * np.cos(turns), reach * np.sin(turns)], axis=1)
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
    if not discs:
        return 0.0, 0.0
    at = np.array(discs)
    for start in itertools.count(0, CHUNK):
        turns = (start + np.arange(CHUNK)) * TURNS
        x, y = 1.35 * turns * STEP / 2 * np.cos(turns), turns * STEP / 2 * np.sin(turns)  # screens are wide
        apart = np.hypot(x[:, None] - at[:, 0], y[:, None] - at[:, 1])
        free = np.flatnonzero((apart >= radius + at[:, 2] + BETWEEN).all(axis=1))
        if free.size:
            return float(x[free[0]]), float(y[free[0]])
    raise AssertionError("a spiral without end has room")
