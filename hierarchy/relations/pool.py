"""The findings that take part in a comparison, and what has been read of each.

Own results and claims take part, each once over the versions of a paper. It must not know how they are compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hierarchy.nodes import Finding, Node
from hierarchy.relations.statement import Statement, read, said
from hierarchy.relations.surroundings import Surroundings, rarity
from hierarchy.relations.terms import Weight, terms_of
from hierarchy.relations.words import cue

KINDS = frozenset(("result", "claim"))
SAMPLE = 4000  # findings that the weights of terms are counted in


class Pool:
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


def told_again(nodes: Sequence[Node], versions: Mapping[str, str]) -> set[str]:
    """Ids of findings that another version of their paper has in the same words; the last version's stays."""
    bases = set(versions.values())
    last: dict[tuple[str, str], tuple[bool, str, str]] = {}
    again: set[str] = set()
    for node in nodes:
        paper = node.paper or node.id
        if node.finding is None or (paper not in versions and paper not in bases):
            continue
        key = (base_of(paper, versions), node.finding.quote)
        mine = (paper in versions, paper, node.id)
        before = last.setdefault(key, mine)
        if before[1] != paper:
            last[key] = max(before, mine)
            again.add(min(before, mine)[2])
    return again


def taking_part(nodes: Sequence[Node], known: set[str]) -> list[int]:
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


def base_of(paper: str, versions: Mapping[str, str]) -> str:
    """The paper that this is a version of, itself where it is of none; of a ring, the first by name."""
    seen = [paper]
    while (base := versions.get(seen[-1])) is not None:
        if base in seen:
            return min(seen)
        seen.append(base)
    return seen[-1]
