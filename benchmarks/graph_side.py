"""A process that builds the graph of a made project: `python -m benchmarks.graph_side FOLDER NEXT`.

Prints the CPU seconds of the graph, of its communities, and of each of five papers that come after it (from number
NEXT on; 0: none come), taken out again at the end; and how many nodes and edges then differ from a graph built anew.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from benchmarks.made_graph import PROJECT, Maker, open_store
from hierarchy.filters import Eq
from hierarchy.graph.build import Graph, ProjectGraph
from hierarchy.graph.cache import GraphCache
from hierarchy.graph.communities import communities

MORE = 5


def main() -> None:
    folder, first = Path(sys.argv[1]), int(sys.argv[2])
    store = open_store(folder / "made.db")
    held = ProjectGraph(store, GraphCache(folder / "cache.db", PROJECT))
    told: dict[str, object] = {}
    start = time.process_time()
    graph = held.graph()
    told["graph_s"] = time.process_time() - start
    start = time.process_time()
    told["communities"] = len(communities(graph))
    told["communities_s"] = time.process_time() - start
    told |= {"papers": graph.graph["papers"], "findings": graph.graph["findings"], "edges": graph.size()}
    maker = Maker(first + MORE)
    numbers = range(first, first + MORE) if first else range(0)
    spent: list[float] = []
    for number in numbers:
        store.upsert(maker.records(number))
        start = time.process_time()
        held.graph()
        spent.append(time.process_time() - start)
    told["one_more_s"] = spent
    for number in numbers:
        store.delete(Eq("paper", f"paper:{number}"))
    if first:
        told["different"] = _different(held.graph(), ProjectGraph(store).graph())
    store.close()
    print(json.dumps(told))


def _different(a: Graph, b: Graph) -> int:
    """How many nodes and edges stand in one of two graphs only, or with other attributes."""
    nodes = sum(a.nodes.get(node) != b.nodes.get(node) for node in {*a, *b})
    ours, theirs = ({edge[:3]: edge[3] for edge in graph.edges(keys=True, data=True)} for graph in (a, b))
    return nodes + sum(ours.get(edge) != theirs.get(edge) for edge in ours.keys() | theirs.keys())


if __name__ == "__main__":
    main()
