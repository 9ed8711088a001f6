"""The root of the tree: what the project says as a whole.

Its papers' titles, and one sentence of each of its most central papers: that of the paper's summary which is most
central among all of theirs. Rebuilt from what the store holds whenever the papers' digests differ from those it was
made of.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import Any

import msgspec
import numpy as np

from hierarchy.encoder import Matrix, SentenceVectors
from hierarchy.filters import Eq
from hierarchy.graph.cache import GraphCache
from hierarchy.identity import digest, project_node_id
from hierarchy.nodes import Level, Node, Record, Vector
from hierarchy.sentences import sentence_ranges
from hierarchy.store import NodeStore, papers_of
from hierarchy.summaries import METHOD, Candidate, Line, central, pooled, ranked
from ingestion.branch import RULES

MOST_PAPERS = 20
MOST_TRIES = 5
MOST_FOR_THEMES = 300  # papers up to which the themes are renewed with them; beyond, when they are asked for
THEMES, THEMES_OF = "themes", "themes_of"  # the project's metadata: its themes, and the digest that they were made of


def renew_project(store: NodeStore, cache: GraphCache | None = None) -> bool:
    """Writes the project's node if its papers changed; says whether it did. An empty project has no node.

    Papers may come and go meanwhile, so it looks again after it wrote.

    Args:
        store: the project.
        cache: spares reading papers that did not change again for the themes.
    """
    tries = (_renewed(store, cache) for _ in range(MOST_TRIES))
    return sum(1 for _ in takewhile(bool, tries)) > 0


def _renewed(store: NodeStore, cache: GraphCache | None) -> bool:
    root = project_node_id(store.project)
    papers = sorted(papers_of(store), key=lambda p: p.id)
    now = digest("project", RULES, METHOD, store.project, [p.digest for p in papers], [p.id for p in papers])
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
    chosen = [papers[i] for i in central(matrix, MOST_PAPERS)]
    lines = _lines(store, chosen)
    titles = {p.id: p.title for p in chosen}
    found = _themes(store, papers, cache) if len(papers) <= MOST_FOR_THEMES else _kept_themes(old)
    node = Node(
        id=root,
        level=Level.PROJECT,
        project=store.project,
        title=store.project,
        text="\n".join(
            [
                *(p.title for p in papers),
                "",
                *(f"Theme: {theme['label']}" for theme in found),
                *(f"{titles[line.source]}: {line.text}" for line in lines),
            ]
        ),
        digest=now,
        metadata={
            "papers": len(papers),
            "summary": [line.to_dict() for line in lines],
            "from": [line.source for line in lines],
            THEMES: found,
            THEMES_OF: now if len(papers) <= MOST_FOR_THEMES else (old.metadata.get(THEMES_OF) if old else None),
        },
    )
    store.upsert([Record(node, pooled(list(matrix), [1.0] * len(papers)))])
    return True


def renew_themes(store: NodeStore, cache: GraphCache | None = None) -> Node | None:
    """The project's node with themes of its papers as they are now; None for an empty project."""
    root = project_node_id(store.project)
    for _ in range(MOST_TRIES):
        renew_project(store, cache)
        node = store.get([root]).get(root)
        if node is None or node.metadata.get(THEMES_OF) == node.digest:
            return node
        told = {THEMES: _themes(store, list(papers_of(store)), cache), THEMES_OF: node.digest}
        vector = store.vectors([root]).get(root)
        if vector is not None and store.get([root]).get(root) == node:
            store.upsert([Record(msgspec.structs.replace(node, metadata=node.metadata | told), vector)])
    return store.get([root]).get(root)


def _themes(store: NodeStore, papers: Sequence[Node], cache: GraphCache | None) -> list[dict[str, Any]]:
    from hierarchy.graph.build import ProjectGraph  # networkx is not imported where nothing is ingested
    from hierarchy.graph.themes import themes

    return [theme.to_dict() for theme in themes(ProjectGraph(store, cache).graph(), papers)]


def _kept_themes(old: Node | None) -> list[dict[str, Any]]:
    return list(old.metadata.get(THEMES) or ()) if old is not None else []


def _lines(store: NodeStore, papers: Sequence[Node]) -> list[Line]:
    """One line of each paper's summary, by the order of the papers; a paper without a summary gives its first words."""
    told = [(paper.id, line) for paper in papers for line in paper.metadata.get("summary") or ()]
    candidates, vectors = _with_vectors(store, told)
    scores = ranked(candidates, vectors)
    best: dict[str, int] = {}
    for i in np.argsort(-scores, kind="stable"):
        best.setdefault(candidates[i].source, int(i))
    return [Line(candidates[best[p.id]].text if p.id in best else _first_sentence(p), p.id) for p in papers]


def _with_vectors(store: NodeStore, told: Sequence[tuple[str, Any]]) -> tuple[list[Candidate], Matrix]:
    """The lines as candidates of their papers, with the vectors that their passages keep; those whose passage has gone
    meanwhile are left out."""
    ids = list(dict.fromkeys(line["from"] for _, line in told))
    passages, kept = store.get(ids), store.attachments(ids)
    candidates: list[Candidate] = []
    vectors: list[Vector] = []
    for paper, line in told:
        if line["from"] not in passages or line["from"] not in kept:
            continue
        passage, sentences = passages[line["from"]], SentenceVectors.unpack(kept[line["from"]])
        start = passage.text.find(line["text"])
        row = next((i for i, (a, b) in enumerate(sentences.ranges) if a <= start < b), None)
        if start >= 0 and row is not None:
            candidates.append(Candidate(line["text"], paper, passage.metadata.get("section_kind", "other")))
            vectors.append(sentences.vectors()[row])
    return candidates, np.stack(vectors) if vectors else np.zeros((0, 1), np.float32)


def _first_sentence(paper: Node) -> str:
    body = paper.text[len(paper.title) :].strip()
    return next((body[a:b] for a, b in sentence_ranges(body)), "")
