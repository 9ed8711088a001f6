"""Agreement and contradiction between findings of different papers, by rules.

Candidates come by meaning; each is compared in its words and numbers; of the findings of one paper only those count
that are about the nearest to the other finding, on both sides. Precision goes before recall. It must not know stores
or models.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from hierarchy.encoder import Matrix
from hierarchy.nodes import Node
from hierarchy.relations.against import against
from hierarchy.relations.candidates import near_pairs
from hierarchy.relations.choosing import LEAST_COMPARED, Pair, chosen
from hierarchy.relations.comparison import dice
from hierarchy.relations.differences import difference
from hierarchy.relations.features import EFFECT, NUMBERS, OPPOSITE, SAME_ENDS, SAME_START, opposition
from hierarchy.relations.neighbours import together
from hierarchy.relations.outlook import outlook
from hierarchy.relations.pool import Pool, base_of, taking_part, told_again
from hierarchy.relations.relation import Relation
from hierarchy.relations.sameness import WEIGHTS, based, sameness

LEAST_COMMON = 0.08  # of the terms' weight: below, two findings are not compared at all
HEDGED = 0.9
RESTS = {"nothing": (EFFECT, NUMBERS), "start": (SAME_START,), "opposite": (OPPOSITE,)}


def relations_between(
    new: Sequence[Node],
    new_vectors: Matrix,
    others: Sequence[Node],
    other_vectors: Matrix,
    *,
    passages: Mapping[str, str] | None = None,
    versions: Mapping[str, str] | None = None,
) -> list[Relation]:
    """The relations between new findings and others, and among the new ones.

    Args:
        new, others: nodes of findings; others that are also new count once. All findings of a paper should stand on
            the same side, since they are weighed against each other.
        new_vectors, other_vectors: their unit vectors, shape (findings, dimension).
        passages: the text of passages by id, as far as known; with the words around them findings are told apart
            better.
        versions: the base version of papers that are versions of another, as their metadata has it (`version_of`).

    Returns:
        Each pair once, `a` before `b` by id, the surest first; the same for the same findings in any order.

    Raises:
        ValueError: where there is not one vector for each finding.
    """
    if len(new) != len(new_vectors) or len(others) != len(other_vectors):
        raise ValueError("there must be one vector for each finding")
    bases = versions or {}
    again = told_again([*new, *others], bases)
    mine = taking_part(new, again)
    theirs = taking_part(others, again | {new[i].id for i in mine})
    if not mine or len(mine) + len(theirs) < 2:
        return []
    sides = [
        _Side([given[i] for i in places], np.asarray(rows, np.float32)[places] if places else None, passages or {})
        for given, rows, places in ((new, new_vectors, mine), (others, other_vectors, theirs))
    ]
    nodes = [node for side in sides for node in side.nodes]
    papers = [node.paper or node.id for node in nodes]
    numbers = {name: n for n, name in enumerate(dict.fromkeys(base_of(p, bases) for p in papers))}
    pool = Pool(nodes, passages or {})
    vectors = np.concatenate([side.vectors for side in sides if side.vectors is not None])
    pairs: list[Pair] = []
    for i, j, cosine in near_pairs(vectors, [numbers[base_of(p, bases)] for p in papers], len(sides[0].nodes)):
        if dice(pool.terms(i), pool.terms(j), pool.weight) >= LEAST_COMMON:
            pairs.append(_compared(pool, i, j, cosine))
    shift = len(sides[0].nodes)
    parts = {**sides[0].parts, **{k + shift: (a + shift, b + shift) for k, (a, b) in sides[1].parts.items()}}
    found = [_relation(pool, pair, ends) for pair, ends in _of_parts(chosen(pairs, papers, pool), pairs, parts)]
    return sorted(found, key=lambda r: (-r.score, r.a, r.b))


class _Side:
    """Findings that take part, with those that their neighbours tell together behind them; `parts` by place. Without
    findings there are no vectors."""

    def __init__(self, nodes: list[Node], vectors: Matrix | None, passages: Mapping[str, str]) -> None:
        self.nodes, self.vectors, self.parts = nodes, vectors, dict[int, tuple[int, int]]()
        if vectors is not None:
            wholes = together(nodes, vectors, passages)
            self.nodes = [*nodes, *wholes.nodes]
            self.vectors = np.concatenate([vectors, wholes.vectors])
            self.parts = {len(nodes) + k: parts for k, parts in enumerate(wholes.parts)}


def _of_parts(
    found: Sequence[Pair], pairs: Sequence[Pair], parts: Mapping[int, tuple[int, int]]
) -> Iterator[tuple[Pair, tuple[int, int]]]:
    """Each pair with the two findings that it ties: of neighbours, the one that is nearer to the other finding; of the
    pairs that tie the same two, the nearest."""
    scores = {(i, j): p.same.score for p in pairs for i, j in ((p.i, p.j), (p.j, p.i))}

    def end(i: int, other: int) -> int:
        return max(parts[i], key=lambda part: scores.get((part, other), -math.inf)) if i in parts else i

    best: dict[frozenset[int], tuple[Pair, tuple[int, int]]] = {}
    for pair in sorted(found, key=lambda p: -p.same.score):
        ends = end(pair.i, pair.j), end(pair.j, pair.i)
        best.setdefault(frozenset(ends), (pair, ends))
    yield from best.values()


def _compared(pool: Pool, i: int, j: int, cosine: float) -> Pair:
    if pool.nodes[i].id > pool.nodes[j].id:
        i, j = j, i
    a, b = pool.statement(i), pool.statement(j)
    same = sameness(a, b, pool.around(i), pool.around(j), cosine, pool.weight)
    if same.score + WEIGHTS["base"] < LEAST_COMPARED:
        return Pair(i, j, same, 0, 0.5, "direction", False, 0.0)
    going, paired = outlook(a, b, pool.weight)
    told = opposition(a, b, going, paired, pool.weight)
    rests = next((name for name, features in RESTS.items() if any(told[f] for f in features)), "direction")
    near = max((m.near for m in paired), default=0.0)
    return Pair(i, j, based(same, near), going, against(told), rests, bool(told[SAME_ENDS]), near)


def _relation(pool: Pool, pair: Pair, ends: tuple[int, int]) -> Relation:
    a, b = sorted((pool.nodes[i] for i in ends), key=lambda node: node.id)
    share = min(1.0, 0.5 + 0.5 * pair.same.share)
    for node in (a, b):
        share *= HEDGED if node.finding and node.finding.hedged else 1.0
    kind = "supports" if pair.way > 0 else "contradicts"
    return Relation(kind, a.id, b.id, difference(pool.statement(pair.i), pool.statement(pair.j)), round(share, 3))  # type: ignore[arg-type]
