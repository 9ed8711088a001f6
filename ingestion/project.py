"""The root of the tree: what the project says as a whole.

First form: its papers' titles, and one central sentence of each of the papers nearest to the middle of the project.
Rebuilt from what the store holds whenever the papers' digests differ from those it was made of.
"""

from __future__ import annotations

from itertools import takewhile

import numpy as np

from hierarchy.filters import Eq
from hierarchy.identity import digest, project_node_id
from hierarchy.nodes import Level, Node, Record
from hierarchy.sentences import sentence_ranges
from hierarchy.store import NodeStore, papers_of
from hierarchy.summaries import central, pooled
from ingestion.branch import RULES

MOST_PAPERS = 20
MOST_TRIES = 5


def renew_project(store: NodeStore) -> bool:
    """Writes the project's node if its papers changed; says whether it did. An empty project has no node.

    Papers may come and go meanwhile, so it looks again after it wrote.
    """
    tries = (_renewed(store) for _ in range(MOST_TRIES))
    return sum(1 for _ in takewhile(bool, tries)) > 0


def _renewed(store: NodeStore) -> bool:
    root = project_node_id(store.project)
    papers = sorted(papers_of(store), key=lambda p: p.id)
    now = digest("project", RULES, store.project, [p.digest for p in papers], [p.id for p in papers])
    old = store.get([root]).get(root)
    if old is not None and old.digest == now:
        return False
    if not papers:
        if old is not None:
            store.delete(Eq("id", root))
        return old is not None
    vectors = store.vectors([p.id for p in papers])
    if len(vectors) < len(papers):
        return True  # one was removed since: look again
    matrix = np.stack([vectors[p.id] for p in papers])
    chosen = central(matrix, MOST_PAPERS)
    lines = [f"{papers[i].title}: {_first_sentence(papers[i])}" for i in chosen]
    node = Node(
        id=root,
        level=Level.PROJECT,
        project=store.project,
        title=store.project,
        text="\n".join([*(p.title for p in papers), "", *lines]),
        digest=now,
        metadata={"papers": len(papers)},
    )
    store.upsert([Record(node, pooled(list(matrix), [1.0] * len(papers)))])
    return True


def _first_sentence(paper: Node) -> str:
    body = paper.text[len(paper.title) :].strip()
    return next((body[a:b] for a, b in sentence_ranges(body)), "")
