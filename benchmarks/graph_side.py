"""A process that builds the graph of a made project: `python -m benchmarks.graph_side FOLDER NEXT`.

Prints the CPU seconds of the graph, of its communities (and the most memory until then, in MB), of its themes with
their communities, and of each of five papers that come after it (from number NEXT on; 0: none come), taken out again at
the end; and a sum over all nodes and edges, to compare graphs by.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import resource
import sys
import time
from pathlib import Path

from benchmarks.made_graph import PROJECT, Maker, open_store
from hierarchy.filters import Eq
from hierarchy.graph.build import Graph, ProjectGraph
from hierarchy.graph.cache import GraphCache
from hierarchy.graph.communities import communities
from hierarchy.graph.themes import themes
from hierarchy.store import papers_of

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
    told["graph_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    papers = list(papers_of(store))
    start = time.process_time()
    told["themes"] = len(themes(graph, papers))
    told["themes_s"] = time.process_time() - start
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
    told["sum"] = _sum(held.graph())
    store.close()
    print(json.dumps(told))


def _sum(graph: Graph) -> int:
    """The same for graphs with the same nodes, edges and attributes, in whatever order."""
    parts = itertools.chain(graph.nodes(data=True), graph.edges(keys=True, data=True))
    lines = (json.dumps(part, sort_keys=True).encode() for part in parts)
    return sum(int.from_bytes(hashlib.sha256(line).digest()[:6], "big") for line in lines)


if __name__ == "__main__":
    main()
