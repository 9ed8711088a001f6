"""Both sides of a disputed matter, and what papers agree on: findings known to contradict or support each other.

The relations are those that the papers' nodes keep; those nearest to the question are shown. It must not know how a
relation was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from hierarchy.nodes import Node
from hierarchy.relations.differences import ALIKE
from hierarchy.relations.kept import pair_of, relations_of
from hierarchy.relations.relation import Relation
from hierarchy.store import nodes_of
from retrieval.answers.comparing import between_papers, named_papers
from retrieval.answers.gist import gist, matter_of
from retrieval.answers.matter import bare
from retrieval.answers.plan import Asked, Line, Plan, Style, paper_lead
from retrieval.answers.shapes import Shape, has
from retrieval.answers.stated import of_finding, papers_in

MOST = 3  # pairs of a kind
ABOUT = 0.5  # share of the question's words that a pair must hold
NEARLY = 0.7  # of the fit of the best pair
NEAR = 0.5  # or the cosine to the question of one of its findings
AGAINST, BESIDE = "contradicts", "supports"


class Pair(NamedTuple):
    """Two findings, their relation, and how well they fit the question."""

    a: Node
    b: Node
    relation: Relation
    fit: float


def sides(asked: Asked) -> Plan | None:
    """Pairs of findings, the disputed ones first; what the papers say on the matter where no pair is known."""
    agreement, dispute = has("agreement", asked.question), has("dispute", asked.question)
    kinds = [AGAINST] * (dispute or not agreement) + [BESIDE] * agreement
    named = named_papers(asked)
    pairs = _pairs(asked, named)
    if agreement and not dispute and any(p.relation.kind == AGAINST for p in pairs):
        kinds = [BESIDE, AGAINST]  # who asks whether they agree must hear where they do not
    lines, left = list[Line](), 0
    for kind in kinds:
        mine = _apart([p for p in pairs if p.relation.kind == kind])
        left += len(mine) - min(MOST, len(mine))
        for number, pair in enumerate(mine[:MOST], 1):
            word = "Findings that differ" if kind == AGAINST else "Findings that agree"
            told = pair.relation.difference
            condition = f"; {told}" if told and told != ALIKE else ""
            together = f"{pair.a.id} {pair.b.id}"
            heading = f"{word} ({number}{condition}):"
            lines += [
                Line((of_finding(pair.a),), paper_lead(of_finding(pair.a)), heading, together),
                Line((of_finding(pair.b),), paper_lead(of_finding(pair.b)), "", together),
            ]
    if not lines:
        return _without(between_papers(asked) or gist(asked))

    def notes(kept: Sequence[Line]) -> tuple[str, ...]:
        cut = (f"{left} more pairs of findings fit and are not shown: strata contradictions.",) if left else ()
        return (*cut, "Which findings go together was told by rules or a model: both quotes are there to judge by.")

    return Plan(Shape.SIDES, tuple(lines), Style.BULLETS, notes=notes, sure=not matter_of(asked.question).groups)


def _without(plan: Plan | None) -> Plan | None:
    if plan is None:
        return None
    told = plan.notes

    def notes(lines: Sequence[Line]) -> tuple[str, ...]:
        return (
            *told(lines),
            "No two findings of these papers are known to contradict or confirm each other on this; "
            "shown is what the papers say on it.",
        )

    return Plan(plan.shape, plan.lines, plan.style, plan.head, notes, plan.sure)


def _pairs(asked: Asked, named: Sequence[str]) -> list[Pair]:
    """The pairs of the scope that have to do with the question, best first, each once."""
    papers = nodes_of(asked.store, papers_in(asked.store, asked.where))
    if len(named) > 1:
        papers = {i: p for i, p in papers.items() if i in named}
    known: dict[tuple[str, str], Relation] = {}
    for paper in papers.values():
        for relation in relations_of(paper):
            known.setdefault(pair_of(relation), relation)
    nodes = nodes_of(asked.store, (i for pair in known for i in pair))
    both = {ids: r for ids, r in known.items() if set(ids) <= nodes.keys() and _inside(ids, nodes, papers)}
    fits = _fits(asked, nodes, {i for ids in both for i in ids})
    out = [
        Pair(nodes[r.a], nodes[r.b], r, (fits[a] + fits[b]) / 2) for (a, b), r in both.items() if fits[a] and fits[b]
    ]
    least = NEARLY * max((p.fit for p in out), default=0.0)
    out = [p for p in out if p.fit >= least]
    return sorted(out, key=lambda p: (-p.fit - p.relation.score, p.a.id, p.b.id))


def _inside(ids: Iterable[str], nodes: Mapping[str, Node], papers: Mapping[str, Node]) -> bool:
    return all(nodes[i].paper in papers for i in ids)


def _fits(asked: Asked, nodes: Mapping[str, Node], ids: Iterable[str]) -> dict[str, float]:
    """How well each finding fits the question; 0 where it has nothing to do with it. Where nothing in particular is
    asked, all fit alike."""
    matter = matter_of(asked.question)
    wanted = sorted(ids)
    if not matter.groups:
        return dict.fromkeys(wanted, 1.0)
    vectors = asked.store.vectors(wanted)
    pattern, word_of = matter.pattern(), matter.word_of()
    out: dict[str, float] = {}
    for i in wanted:
        text = bare(f"{nodes[i].paper_title} {nodes[i].text}")
        held = {word_of[m.group()] for m in pattern.finditer(text)}
        share = matter.share(held.__contains__, dict.fromkeys(matter.words, 1.0))
        cosine = float(vectors[i] @ asked.vector) if i in vectors else 0.0
        out[i] = share + cosine if share >= ABOUT or cosine >= NEAR else 0.0
    return out


def _apart(pairs: Sequence[Pair]) -> list[Pair]:
    """Pairs in which no sentence comes twice: each tells something of its own."""
    seen: set[str] = set()
    first: list[Pair] = []
    for pair in pairs:
        if not {pair.a.text, pair.b.text} & seen:
            first.append(pair)
            seen |= {pair.a.text, pair.b.text}
    return first
