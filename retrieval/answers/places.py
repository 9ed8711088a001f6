"""Answers from one place: a value with the sentence that states it, the steps of how something was done, or simply the
best sentences.

No sentence leans on one that is not shown, where another is nearly as good. It must not know how candidates are found.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from hierarchy.filters import And, Eq, In
from hierarchy.nodes import Level, Value
from hierarchy.query_words import words_of
from hierarchy.summaries import dangles
from retrieval.answers.numbers import counted, measured
from retrieval.answers.plan import Asked, Line, Plan, Style
from retrieval.answers.shapes import Shape
from retrieval.extract import Sentence, content_words, stem

NEARLY_AS_GOOD = 0.88  # of the best sentence's score, for a further sentence
AS_GOOD_WITH_VALUE = 0.75  # the same, for one that tells the value to come first
SAME_SECTION = 0.6  # the same, within a section that was chosen as a whole
SAME_STEPS = 0.7  # the same, for the steps of a procedure
PROCEDURE = frozenset({"method", "data", "experiment", "appendix", "other"})  # sections that tell steps
OWN_PLACE = 0.3  # of a section's score in the search, in what it is worth
PAPERS_PLACE = 0.6  # of its paper's: a question often says which study it means
HEADING = 0.5  # for a heading that holds all words of the question
LEANING = 0.93  # of its score, what a sentence keeps that leans on another or on a figure
STEPS = 5  # the most steps that are shown
LEAST_HELD = 0.4  # share of the question's words, by rarity, of a sentence whose number is put first
READ = 24  # sentences among which a value is looked for


def sentences(asked: Asked) -> Plan | None:
    """The best sentence and those nearly as good."""
    best = _best(asked.sentences, asked.settings.sentences)
    return Plan(Shape.SENTENCES, (Line(tuple(best)),)) if best else None


def value(asked: Asked) -> Plan | None:
    """The value that is asked for, where one sentence among the best states one and no other, then that sentence."""
    ranked = _standing(asked.sentences)[:READ]
    if not ranked:
        return None
    near = [s for s in ranked if s.score >= AS_GOOD_WITH_VALUE * ranked[0].score]
    values, most = _values(asked, near), max(s.overlap for s in near)
    for s in near:
        if s.overlap < max(most, LEAST_HELD):
            continue  # a number is put first only where no other sentence holds more of the question
        told = measured(asked.question, values.get(_key(s), ()), s.text) or counted(asked.question, s.text)
        if told:
            rest = [other for other in _best(asked.sentences, asked.settings.sentences) if other.text != s.text]
            lines = [Line((s,), told[:1].upper() + told[1:])]
            also = [other for other in rest if other.score >= s.score][: asked.settings.sentences - 1]
            return Plan(Shape.VALUE, (*lines, *(Line((other,)) for other in also)))
    numbered = [s for s in near if any(c.isdigit() for c in s.text)]
    first = numbered[:1] or near[:1]
    rest = [s for s in _best(asked.sentences, asked.settings.sentences) if s.text != first[0].text]
    return Plan(Shape.VALUE, (Line((*first, *rest[: asked.settings.sentences - 1])),))


def steps(asked: Asked) -> Plan | None:
    """The sentences of the one section that tells it best, numbered in reading order where they are several."""
    chosen = section(asked, STEPS, SAME_STEPS)
    if len(chosen) < 2 or any(s.node.metadata.get("section_kind") not in PROCEDURE for s in chosen):
        chosen = chosen[: asked.settings.sentences]
        return Plan(Shape.STEPS, (Line(tuple(chosen)),)) if chosen else None
    return Plan(Shape.STEPS, tuple(Line((s,)) for s in chosen), Style.NUMBERED)


def told_in_one_section(asked: Asked) -> Plan | None:
    """The same as prose, for what is no procedure."""
    chosen = section(asked, asked.settings.sentences)
    return Plan(Shape.SENTENCES, (Line(tuple(chosen)),)) if chosen else None


def section(asked: Asked, most: int, least: float = SAME_SECTION) -> list[Sentence]:
    """The best sentences of the one section that tells it best, in reading order.

    A section is worth its best sentences, its own and its paper's place in the search, and the words of the question
    that stand in its heading.
    """
    ranked = _standing(asked.sentences)
    ranked = [s for s in ranked if s.node.kind != "caption"] or ranked
    if not ranked:
        return []
    fit = {n.node.id: n.score for n in (*asked.found.sections, *asked.found.papers)}
    words = [stem(w) for w in content_words(asked.question)]
    inside: dict[str, list[Sentence]] = {}
    for s in ranked:
        inside.setdefault(s.node.parent or "", []).append(s)

    def worth(place: str) -> float:
        best = inside[place][: asked.settings.sentences]
        heading = {stem(w) for w in words_of(best[0].node.title)}
        named = sum(w in heading for w in words) / len(words)
        above = OWN_PLACE * fit.get(place, 0.0) + PAPERS_PLACE * fit.get(best[0].node.paper or "", 0.0)
        return sum(s.score for s in best) / len(best) + above + HEADING * named

    place = inside[max(inside, key=worth)]
    kept = [s for s in _distinct(place) if s.score >= least * place[0].score][:most]
    return sorted(kept, key=lambda s: (s.node.order, s.start))


def _best(ranked: Sequence[Sentence], most: int) -> list[Sentence]:
    """The best sentence and those nearly as good, without repetitions."""
    standing = _distinct(_standing(ranked))
    return [s for s in standing if s.score >= NEARLY_AS_GOOD * standing[0].score][:most]


def _standing(ranked: Sequence[Sentence]) -> list[Sentence]:
    """Sentences in order, a little lower those that lean on what is not shown, and captions."""
    lowered = [
        msgspec.structs.replace(s, score=s.score * LEANING)
        if s.score > 0 and (dangles(s.text) or s.node.kind == "caption")
        else s
        for s in ranked
    ]
    return sorted(lowered, key=lambda s: (-s.score, s.node.id, s.start))


def _distinct(ranked: Sequence[Sentence]) -> list[Sentence]:
    """Without those whose words came before."""
    seen: dict[str, Sentence] = {}
    for s in ranked:
        seen.setdefault(" ".join(re.findall(r"\w+", s.text.lower())), s)
    return list(seen.values())


def _key(s: Sentence) -> tuple[str, str]:
    return s.node.id, s.text


def _values(asked: Asked, near: Sequence[Sentence]) -> dict[tuple[str, str], tuple[Value, ...]]:
    """The values of the findings that were read from these sentences."""
    papers = tuple(sorted({s.node.paper for s in near if s.node.paper}))
    inside = And((Eq("level", Level.FINDING.value), In("paper", papers)))
    out: dict[tuple[str, str], tuple[Value, ...]] = {}
    for node in asked.store.scan(inside):
        if node.finding is not None:
            out[node.finding.evidence, node.text] = node.finding.values
    return out
