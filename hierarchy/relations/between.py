"""Agreement and contradiction between findings of different papers, by rules.

Candidates come by meaning; each is compared in its words and numbers; of the findings of one paper only those count
that are about the nearest to the other finding, on both sides. Precision goes before recall. It must not know stores
or models.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from hierarchy.encoder import Matrix
from hierarchy.nodes import Finding, Node
from hierarchy.relations.against import against
from hierarchy.relations.candidates import near_pairs
from hierarchy.relations.comparison import dice
from hierarchy.relations.differences import difference
from hierarchy.relations.features import EFFECT, NUMBERS, SAME_START, opposition
from hierarchy.relations.outlook import outlook, same_ends
from hierarchy.relations.relation import Relation
from hierarchy.relations.sameness import WEIGHTS, Sameness, based, sameness
from hierarchy.relations.statement import Statement, read, said
from hierarchy.relations.surroundings import Surroundings, rarity
from hierarchy.relations.terms import Weight, terms_of
from hierarchy.relations.words import cue

# What must speak for a contradiction, by what it rests on: for the same thing (log odds), and for going against each
# other. One tells of no difference; or both start from the same and come to something else; or only directions differ.
CONTRADICTS = {"nothing": (-1.5, 0.6), "start": (-2.2, 0.4), "direction": (0.0, 0.6)}
AGAINST_SUPPORTS = 0.35  # for going against each other, at most, where they agree
UNRULED = 0.75  # for going against each other, where the rules cannot tell
LEAST_SUPPORTS = -1.5
LEAST_COMPARED = -2.6  # below, two findings are hardly on the same thing: neither is a word against the other
LEAST_COMMON = 0.08  # of the terms' weight: below, two findings are not compared at all
BEHIND_CONTRADICTS = 0.8  # how far a pair may lie behind the nearest finding of the same paper
BEHIND_SUPPORTS = 1.5
BEHIND_LIST = 2.5  # for a finding that lists three or more numbers, of which each has its own counterpart
LIST = 3
MUTUAL = 0.3  # how far each may lie behind the other's nearest of all papers, to be its nearest
EASED = 0.7  # what such a pair may lack
SAME_NUMBER = 0.8
KINDS = frozenset(("result", "claim"))
LEAST_TERMS = 3  # a finding of fewer says too little of what it is on to be contradicted
SAMPLE = 4000  # findings that the weights of terms are counted in
HEDGED = 0.9


class _Pair(msgspec.Struct, frozen=True):
    """Two findings that were compared; `going` is 1 for agreement, -1 for contradiction, 0 for neither, as the rules
    have it; `against` how sure it is that they go against each other; `rests` what a contradiction would rest on; `near`
    how near the numbers are that they start from."""

    i: int
    j: int
    same: Sameness
    going: int
    against: float
    rests: str
    ends: bool
    near: float

    @property
    def way(self) -> int:
        """1 for agreement, -1 for contradiction, 0 for neither."""
        least = UNRULED if self.going == 0 else CONTRADICTS[self.rests][1]
        if self.going <= 0 and self.against >= least:
            return -1
        return 1 if self.going > 0 and self.against <= AGAINST_SUPPORTS else 0

    @property
    def blocked(self) -> bool:
        """Whether their conditions exclude each other; numbers that agree at both ends show that they do not."""
        return bool(self.same.conflicts) and not (self.going > 0 and self.ends)


class _Pool:
    """The findings that take part, and what has been read of them."""

    def __init__(self, nodes: Sequence[Node], passages: Mapping[str, str]) -> None:
        self.nodes = nodes
        self._passages = passages
        self._statements: dict[int, Statement] = {}
        self._around: dict[int, Surroundings] = {}
        self._terms: dict[int, frozenset[str]] = {}
        ordered = sorted(range(len(nodes)), key=lambda i: nodes[i].id)
        step = -(-len(ordered) // SAMPLE) if ordered else 1
        self.weight: Weight = rarity(self.terms(i) for i in ordered[::step])

    def terms(self, i: int) -> frozenset[str]:
        if i not in self._terms:
            self._terms[i] = terms_of(said(self.nodes[i]))
        return self._terms[i]

    def statement(self, i: int) -> Statement:
        if i not in self._statements:
            self._statements[i] = read(self.nodes[i])
        return self._statements[i]

    def around(self, i: int) -> Surroundings:
        if i not in self._around:
            node = self.nodes[i]
            evidence = node.finding.evidence if node.finding else ""
            text = " ".join((self._passages.get(evidence, ""), *node.path, node.paper_title or ""))
            self._around[i] = Surroundings(terms_of(text), terms_of(node.paper_title or ""))
        return self._around[i]


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
    again = _told_again([*new, *others], versions or {})
    mine = _taking_part(new, again)
    theirs = _taking_part(others, again | {new[i].id for i in mine})
    nodes = [*(new[i] for i in mine), *(others[i] for i in theirs)]
    if not mine or len(nodes) < 2:
        return []
    vectors = (
        np.concatenate([np.asarray(new_vectors)[mine], np.asarray(other_vectors).reshape(len(others), -1)[theirs]])
        if theirs
        else np.asarray(new_vectors)[mine]
    )
    papers = [node.paper or node.id for node in nodes]
    numbers = {name: n for n, name in enumerate(dict.fromkeys(_base(p, versions or {}) for p in papers))}
    pool = _Pool(nodes, passages or {})
    pairs: list[_Pair] = []
    for i, j, cosine in near_pairs(vectors, [numbers[_base(p, versions or {})] for p in papers], len(mine)):
        if dice(pool.terms(i), pool.terms(j), pool.weight) >= LEAST_COMMON:
            pairs.append(_compared(pool, i, j, cosine))
    found = [_relation(pool, pair) for pair in _chosen(pairs, papers, pool)]
    return sorted(found, key=lambda r: (-r.score, r.a, r.b))


def _told_again(nodes: Sequence[Node], versions: Mapping[str, str]) -> set[str]:
    """Ids of findings that another version of their paper has in the same words; the last version's stays."""
    bases = set(versions.values())
    last: dict[tuple[str, str], tuple[bool, str, str]] = {}
    again: set[str] = set()
    for node in nodes:
        paper = node.paper or node.id
        if node.finding is None or (paper not in versions and paper not in bases):
            continue
        key = (_base(paper, versions), node.finding.quote)
        mine = (paper in versions, paper, node.id)
        before = last.setdefault(key, mine)
        if before[1] != paper:
            last[key] = max(before, mine)
            again.add(min(before, mine)[2])
    return again


def _taking_part(nodes: Sequence[Node], known: set[str]) -> list[int]:
    known = set(known)
    out: list[int] = []
    for i, node in enumerate(nodes):
        if node.finding is not None and _own(node.finding) and node.id not in known:
            known.add(node.id)
            out.append(i)
    return out


def _own(finding: Finding) -> bool:
    """Whether a finding is a result or claim of its own paper."""
    return finding.kind in KINDS and finding.attribution != "reported" and not cue("reported").search(finding.quote)


def _base(paper: str, versions: Mapping[str, str]) -> str:
    """The paper that this is a version of, itself where it is of none; of a ring, the first by name."""
    seen = [paper]
    while (base := versions.get(seen[-1])) is not None:
        if base in seen:
            return min(seen)
        seen.append(base)
    return seen[-1]


def _compared(pool: _Pool, i: int, j: int, cosine: float) -> _Pair:
    if pool.nodes[i].id > pool.nodes[j].id:
        i, j = j, i
    a, b = pool.statement(i), pool.statement(j)
    same = sameness(a, b, pool.around(i), pool.around(j), cosine, pool.weight)
    if same.score + WEIGHTS["base"] < LEAST_COMPARED:
        return _Pair(i, j, same, 0, 0.5, "direction", False, 0.0)
    going, paired = outlook(a, b, pool.weight)
    told = opposition(a, b, going, paired, pool.weight)
    rests = "nothing" if told[EFFECT] or told[NUMBERS] else "start" if told[SAME_START] else "direction"
    near = max((m.near for m in paired), default=0.0)
    return _Pair(i, j, based(same, near), going, against(told), rests, same_ends(a, b), near)


class _Nearest:
    """How near each finding's nearest are: of each other paper, of those that agree, and of all."""

    def __init__(self, pairs: Sequence[_Pair], papers: Sequence[str]) -> None:
        self._papers = papers
        self._of_paper: dict[tuple[int, str], float] = {}
        self._agreeing: dict[tuple[int, str], float] = {}
        self._of_all: dict[int, float] = {}
        for p in pairs:
            score = p.same.score
            for i, key in zip((p.i, p.j), self._keys(p), strict=True):
                self._of_paper[key] = max(self._of_paper.get(key, score), score)
                self._of_all[i] = max(self._of_all.get(i, score), score)
                if p.going > 0 and not p.blocked and score >= LEAST_COMPARED:
                    self._agreeing[key] = max(self._agreeing.get(key, score), score)

    def _keys(self, p: _Pair) -> tuple[tuple[int, str], tuple[int, str]]:
        return (p.i, self._papers[p.j]), (p.j, self._papers[p.i])

    def behind(self, p: _Pair) -> list[float]:
        """How far a pair lies behind the nearest finding of the other's paper, for each of its two."""
        return [self._of_paper[key] - p.same.score for key in self._keys(p)]

    def agrees(self, p: _Pair) -> list[bool]:
        """Whether a finding of the other's paper agrees with each of the two, and is nearer."""
        return [self._agreeing.get(key, p.same.score - 1) > p.same.score for key in self._keys(p)]

    def mutual(self, p: _Pair) -> bool:
        """Whether each is the other's nearest in the whole library, or nearly."""
        return max(self._of_all[i] for i in (p.i, p.j)) - p.same.score <= MUTUAL


def _chosen(pairs: Sequence[_Pair], papers: Sequence[str], pool: _Pool) -> list[_Pair]:
    """Pairs that are sure enough, and of the nearest between their papers."""
    nearest = _Nearest(pairs, papers)
    return [p for p in pairs if p.way and not p.blocked and _near_enough(p, nearest, pool)]


def _near_enough(p: _Pair, nearest: _Nearest, pool: _Pool) -> bool:
    score, behind = p.same.score, nearest.behind(p)
    if p.way > 0:
        return score >= LEAST_SUPPORTS and max(behind) <= BEHIND_SUPPORTS
    if score < 0 and any(_leans(pool, k, p.near) for k in (p.i, p.j)):
        return False
    if score < CONTRADICTS[p.rests][0] - (EASED if nearest.mutual(p) else 0.0):
        return False
    lists = [len(pool.statement(k).outcomes) >= LIST for k in (p.i, p.j)]
    # Where the same paper also agrees, about as nearly, the two differ in a condition that was not seen; of a list, the
    # other numbers may agree.
    if any(agrees for agrees, many in zip(nearest.agrees(p), lists, strict=True) if not many):
        return False
    return min(behind) <= 0.3 and all(
        d <= (BEHIND_LIST if is_list else BEHIND_CONTRADICTS) for d, is_list in zip(behind, lists, strict=True)
    )


def _leans(pool: _Pool, i: int, near: float) -> bool:
    """Whether a finding says too little of what it is on, or points to what stands before it; the same number to start
    from says much."""
    if cue("pointing").match(said(pool.nodes[i])) is not None:
        return True
    return len(pool.terms(i)) < LEAST_TERMS and near < SAME_NUMBER


def _relation(pool: _Pool, pair: _Pair) -> Relation:
    a, b = pool.nodes[pair.i], pool.nodes[pair.j]
    share = min(1.0, 0.5 + 0.5 * pair.same.share)
    for node in (a, b):
        share *= HEDGED if node.finding and node.finding.hedged else 1.0
    kind = "supports" if pair.way > 0 else "contradicts"
    return Relation(kind, a.id, b.id, difference(pool.statement(pair.i), pool.statement(pair.j)), round(share, 3))  # type: ignore[arg-type]
