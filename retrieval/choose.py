"""Which sentences make the answer: its form follows the level that fits the question.

A value is a sentence or two; how something was done is told by one section; papers are listed with a sentence each; the
field is told by what its papers find. It must not know how an answer is checked or shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hierarchy.filters import And, Eq, In
from hierarchy.nodes import Level, Node
from hierarchy.query_words import words_of
from hierarchy.store import NodeStore
from retrieval.extract import Sentence, candidates, content_words, stem
from retrieval.records import Factors, Route, ScoredNode
from retrieval.settings import RetrievalSettings

NEARLY_AS_GOOD = 0.88  # of the best sentence's score, for a further sentence
SAME_SECTION = 0.6  # the same, within a section that was chosen as a whole
OTHER_PAPER = 0.7  # the same, for a further paper
OWN_PLACE = 0.3  # of a section's score in the search, in what it is worth
PAPERS_PLACE = 0.6  # of its paper's: a question often says which study it means
HEADING = 0.5  # for a heading that holds all words of the question
OVERVIEW_KINDS = ("abstract", "conclusion")


class Found(NamedTuple):
    """What the search of a question brought, best first: passages to read, and the sections and papers above."""

    passages: tuple[ScoredNode, ...]
    sections: tuple[ScoredNode, ...]
    papers: tuple[ScoredNode, ...]


def choose(
    question: str,
    route: Route,
    sentences: Sequence[Sentence],
    found: Found,
    store: NodeStore,
    settings: RetrievalSettings,
) -> list[Sentence]:
    """The sentences of the answer, in the order in which they are shown."""
    match route.best:
        case Level.PROJECT:
            return _overview(found.papers[: settings.papers], store) or _papers(sentences, settings.papers)
        case Level.PAPER:
            return _papers(sentences, settings.papers)
        case Level.SECTION:
            return _section(question, sentences, found, settings.sentences)
        case _:
            return _best(sentences, settings.sentences)


def _best(sentences: Sequence[Sentence], most: int) -> list[Sentence]:
    """The best sentence and those nearly as good, without repetitions."""
    out: list[Sentence] = []
    for s in sentences:
        if len(out) == most or s.score < NEARLY_AS_GOOD * sentences[0].score:
            break
        if all(s.text != other.text for other in out):
            out.append(s)
    return out


def _papers(sentences: Sequence[Sentence], most: int) -> list[Sentence]:
    """The best sentence of each paper that has one nearly as good; it must hold the words that the best ones hold."""
    if not sentences:
        return []
    words = 0.8 * max(s.overlap for s in sentences[:5])
    out: dict[str | None, Sentence] = {}
    for s in sentences:
        if s.score >= OTHER_PAPER * sentences[0].score and s.overlap >= words and len(out) < most:
            out.setdefault(s.node.paper, s)
    return list(out.values()) or [sentences[0]]


def _section(question: str, sentences: Sequence[Sentence], found: Found, most: int) -> list[Sentence]:
    """The best sentences of the one section that tells it best, in reading order.

    A section is worth its best sentences, its own and its paper's place in the search, and the words of the question
    that stand in its heading.
    """
    if not sentences:
        return []
    fit = {n.node.id: n.score for n in (*found.sections, *found.papers)}
    words = [stem(w) for w in content_words(question)]
    inside: dict[str, list[Sentence]] = {}
    for s in sentences:
        inside.setdefault(s.node.parent or "", []).append(s)

    def worth(section: str) -> float:
        best = inside[section][:most]
        heading = {stem(w) for w in words_of(best[0].node.title)}
        named = sum(w in heading for w in words) / len(words)
        above = OWN_PLACE * fit.get(section, 0.0) + PAPERS_PLACE * fit.get(best[0].node.paper or "", 0.0)
        return sum(s.score for s in best) / len(best) + above + HEADING * named

    place = inside[max(inside, key=worth)]
    kept = [s for s in place if s.score >= SAME_SECTION * place[0].score][:most]
    return sorted(kept, key=lambda s: (s.node.order, s.start))


def _overview(papers: Sequence[ScoredNode], store: NodeStore) -> list[Sentence]:
    """What each paper says for itself: the finding of its abstract or conclusion nearest to the whole of it."""
    said = [_own_words(paper.node, store) for paper in papers]
    return [sentence for sentence in said if sentence is not None]


def _own_words(paper: Node, store: NodeStore) -> Sentence | None:
    here = And((Eq("paper", paper.id), In("section_kind", OVERVIEW_KINDS)))
    nodes = list(store.scan(here))
    vectors = store.vectors([paper.id, *(n.id for n in nodes)])
    findings = [n for n in nodes if n.level == Level.FINDING]
    if findings:
        best = max(findings, key=lambda n: float(vectors[n.id] @ vectors[paper.id]))
        return Sentence(best, 0, len(best.text), best.text, float(vectors[best.id] @ vectors[paper.id]), 0.0, 0.0)
    passages = [ScoredNode(n, 0.0, Factors()) for n in nodes if n.level == Level.PASSAGE]
    return next(iter(candidates(store, paper.title, vectors[paper.id], passages)), None)
