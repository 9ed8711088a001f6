"""How central each sentence of a text is: PageRank over the graph of its nearest neighbours.

TextRank (Mihalcea and Tarau 2004) and LexRank (Erkan and Radev 2004), with the cosine of sentence vectors as the weight
of an edge, and jumps that prefer sentences by a prior (Haveliwala 2002, "Topic-sensitive PageRank"). Each sentence
keeps edges to its nearest neighbours only, so that the graph grows with the sentences, not with their pairs. It must
not know what the sentences say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from hierarchy.encoder import Matrix

if TYPE_CHECKING:
    from networkx import Graph

NEIGHBOURS = 10
FOLLOWED = 0.5  # the share of steps along edges; the others jump by the prior
LEAST_COSINE = 1e-3
FEW = 300  # rows up to which the equations are solved
BLOCK = 1024  # rows whose cosines are held at once

Scores = npt.NDArray[np.float64]


def centrality(vectors: Matrix, prior: Scores) -> Scores:
    """PageRank of each row, summing to 1, shape (sentences,).

    Args:
        vectors: unit rows, shape (sentences, dimension).
        prior: positive weights, shape (sentences,).
    """
    count = len(vectors)
    if count < 2:
        return np.ones(count)
    if count <= FEW:
        return _of_few(vectors, prior / prior.sum())
    jumps = dict(enumerate(prior.tolist()))
    from networkx import pagerank  # a fifth of a second that asking need not pay

    found = pagerank(_neighbours(vectors), alpha=FOLLOWED, personalization=jumps)
    return np.array([found[i] for i in range(count)])


def _of_few(vectors: Matrix, jumps: Scores) -> Scores:
    """The same by its equations: solving them for the sentences of a paper costs a tenth of building a graph."""
    count = len(jumps)
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -np.inf)
    weights = np.maximum(cosines.astype(np.float64), LEAST_COSINE)
    if count > NEIGHBOURS + 1:
        near = np.zeros((count, count), bool)
        np.put_along_axis(near, _nearest(cosines, NEIGHBOURS), True, axis=1)
        weights[~(near | near.T)] = 0.0
    np.fill_diagonal(weights, 0.0)
    steps = weights / weights.sum(axis=1, keepdims=True)
    found: Scores = np.linalg.solve(np.eye(count) - FOLLOWED * steps.T, (1 - FOLLOWED) * jumps)
    return found


def _nearest(cosines: Matrix, degree: int) -> npt.NDArray[np.intp]:
    return np.argpartition(-cosines, degree - 1, axis=1)[:, :degree]


def _neighbours(vectors: Matrix) -> Graph[int]:
    count, degree = len(vectors), min(NEIGHBOURS, len(vectors) - 1)
    import networkx as nx

    graph: Graph[int] = nx.Graph()
    graph.add_nodes_from(range(count))
    for start in range(0, count, BLOCK):
        rows = np.arange(start, min(start + BLOCK, count))
        cosines = vectors[rows] @ vectors.T
        cosines[rows - start, rows] = -np.inf
        nearest = _nearest(cosines, degree)
        weights = np.maximum(np.take_along_axis(cosines, nearest, axis=1), LEAST_COSINE)
        ends = nearest.ravel().tolist()
        graph.add_weighted_edges_from(
            zip(np.repeat(rows, degree).tolist(), ends, weights.ravel().tolist(), strict=True)
        )
    return graph
