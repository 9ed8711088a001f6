"""Which of the compared pairs are relations: those that are sure enough, and of the nearest between their papers.

It must not know how pairs are compared.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from hierarchy.relations.pool import Pool
from hierarchy.relations.sameness import Sameness
from hierarchy.relations.statement import said
from hierarchy.relations.words import cue

# What must speak for a contradiction, by what it rests on: for the same thing (log odds), and for going against each
# other. One tells of no difference; or both start from the same and come to something else; or both name their two
# sides and tell the reverse; or only directions differ.
CONTRADICTS = {"nothing": (-1.5, 0.6), "start": (-2.2, 0.4), "opposite": (-1.5, 0.6), "direction": (0.0, 0.75)}
AGAINST_SUPPORTS = 0.35  # for going against each other, at most, where they agree
UNRULED = 0.75  # for going against each other, where the rules cannot tell
LEAST_SUPPORTS = -0.5
LEAST_COMPARED = -2.6  # below, two findings are hardly on the same thing: neither is a word against the other
BEHIND_CONTRADICTS = 0.8  # how far a pair may lie behind the nearest finding of the same paper
BEHIND_SUPPORTS = 0.8
BEHIND_LIST = 2.5  # for a finding that lists three or more numbers, of which each has its own counterpart
LIST = 3
MUTUAL = 0.3  # how far each may lie behind the other's nearest of all papers, to be its nearest
EASED = 1.0  # what such a pair may lack
SAME_NUMBER = 0.8
LEAST_TERMS = 3  # a finding of fewer says too little of what it is on to be contradicted


class Pair(msgspec.Struct, frozen=True):
    """Two findings that were compared; `going` is 1 for agreement, -1 for contradiction, 0 for neither, as the rules
    have it; `against` how sure it is that they go against each other; `rests` what a contradiction would rest on;
    `near` how near the numbers are that they start from."""

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


class _Nearest:
    """How near each finding's nearest are: of each other paper, of those that agree, and of all."""

    def __init__(self, pairs: Sequence[Pair], papers: Sequence[str]) -> None:
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

    def _keys(self, p: Pair) -> tuple[tuple[int, str], tuple[int, str]]:
        return (p.i, self._papers[p.j]), (p.j, self._papers[p.i])

    def behind(self, p: Pair) -> list[float]:
        """How far a pair lies behind the nearest finding of the other's paper, for each of its two."""
        return [self._of_paper[key] - p.same.score for key in self._keys(p)]

    def agrees(self, p: Pair) -> list[bool]:
        """Whether a finding of the other's paper agrees with each of the two, and is nearer."""
        return [self._agreeing.get(key, p.same.score - 1) > p.same.score for key in self._keys(p)]

    def mutual(self, p: Pair) -> bool:
        """Whether each is the other's nearest in the whole library, or nearly."""
        return max(self._of_all[i] for i in (p.i, p.j)) - p.same.score <= MUTUAL


def chosen(pairs: Sequence[Pair], papers: Sequence[str], pool: Pool) -> list[Pair]:
    """Pairs that are sure enough, and of the nearest between their papers."""
    nearest = _Nearest(pairs, papers)
    return [p for p in pairs if p.way and not p.blocked and _near_enough(p, nearest, pool)]


def _near_enough(p: Pair, nearest: _Nearest, pool: Pool) -> bool:
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


def _leans(pool: Pool, i: int, near: float) -> bool:
    """Whether a finding says too little of what it is on, or points to what stands before it; the same number to start
    from says much."""
    if cue("pointing").match(said(pool.nodes[i])) is not None:
        return True
    return len(pool.terms(i)) < LEAST_TERMS and near < SAME_NUMBER
