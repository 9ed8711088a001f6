"""What is said of each of several: papers that a question names, or two things that it sets side by side.

Each side has its own line, and the sides have one order, that of the question. It must not know fields.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from hierarchy.filters import Eq, Filter, all_of
from hierarchy.summaries import dangles
from retrieval.answers.holding import Holding, holdings
from retrieval.answers.matter import Matter, bare
from retrieval.answers.plan import Asked, Line, Plan, Style, leads, paper_lead
from retrieval.answers.shapes import Shape, has
from retrieval.extract import Sentence
from retrieval.names import Names

BETWEEN = re.compile(
    r"(?:\b(?:compare[sd]?|comparison (?:of|between)|differences? between|contrast between)\s+)(?P<a>.+?)"
    r"\s+(?:and|with|to|against|versus|vs\.?)\s+(?P<b>.+)",
    re.I,
)
VERSUS = re.compile(r"(?P<a>[^,;:?]+?)\s+(?:versus|vs\.?|as opposed to|rather than|unlike)\s+(?P<b>[^,;:?]+)", re.I)
DIFFER = re.compile(r"\b(?:does|do|did|is|are)\s+(?P<a>.+?)\s+differ(?:ent)?\s+from\s+(?P<b>.+)", re.I)
SIDE_WORDS = 3  # of a thing that is compared with another, where nothing else says where it begins
LEAST = 0.99  # share of a side's words that its sentence must hold
BOTH = 3  # papers that name both sides in one sentence
MOST_PAPERS = 6


def named_papers(asked: Asked) -> list[str]:
    """The papers that a question names, in its order."""
    return Names(asked.store.names()).named(asked.question)


def comparison(asked: Asked) -> Plan | None:
    """A line for each side; None where no two sides are told apart."""
    return between_papers(asked) or _things(asked)


def between_papers(asked: Asked) -> Plan | None:
    """A line for each paper that a question names; None where it names fewer than two."""
    named = named_papers(asked)
    return _papers(asked, named[:MOST_PAPERS]) if len(named) > 1 else None


def _papers(asked: Asked, named: Sequence[str]) -> Plan | None:
    """The sentence of each named paper that answers best."""
    matter = Matter.of(asked.question)
    said: list[Sentence] = []
    for paper in named:
        inside = all_of(Eq("paper", paper), asked.where)
        best = next((h.best for h in _holdings(asked, matter, inside) if h.best), None)
        if best is not None:
            said.append(best)
    lines = [Line((s,), lead) for s, lead in zip(said, leads(said), strict=True)]
    silent = len(named) - len(lines)

    def notes(kept: Sequence[Line]) -> tuple[str, ...]:
        return (f"{silent} of the named papers say nothing on it that can be quoted.",) if silent else ()

    return Plan(Shape.COMPARISON, tuple(lines), Style.BULLETS, notes=notes) if len(lines) > 1 else None


def _holdings(asked: Asked, matter: Matter, where: Filter | None) -> list[Holding]:
    return holdings(asked.store, asked.vector, matter, where, valued=has("value", asked.question))


def sides_of(question: str) -> tuple[str, str] | None:
    """The two things that a question sets side by side, in its words.

    >>> sides_of("Compare soft labels and hard labels")
    ('soft labels', 'hard labels')
    """
    match = BETWEEN.search(question) or VERSUS.search(question) or DIFFER.search(question)
    if match is None or "," in match["a"]:
        return None
    a, b = match["a"].split(), match["b"].strip(" ?.").split()
    if match.re is VERSUS:
        a = a[-SIDE_WORDS:]
        b = b[:SIDE_WORDS]
    b = list(_until_frame(b))
    sides = " ".join(a).strip(" ,"), " ".join(b).strip(" ,")
    matters = [Matter.of(side) for side in sides]
    return (
        (sides[0], sides[1])
        if all(m.groups for m in matters) and set(matters[0].words) != set(matters[1].words)
        else None
    )


def _until_frame(words: Sequence[str]) -> Sequence[str]:
    """Words up to the first that goes on about something else ("for", "in", "on")."""
    for i, word in enumerate(words):
        if i and word.lower().strip(",") in (
            "for",
            "in",
            "on",
            "at",
            "when",
            "with",
            "by",
            "across",
            "under",
            "as",
            "over",
        ):
            return words[:i]
        if word.endswith((",", ";", ":")):
            return words[: i + 1]
    return words


def _things(asked: Asked) -> Plan | None:
    """The sentences that name each thing, those that name both first."""
    sides = sides_of(asked.question)
    if sides is None:
        return None
    whole = Matter.of(asked.question)
    found = holdings(asked.store, asked.vector, whole, asked.where)
    sentences = sorted((h.best for h in found if h.best), key=lambda s: -s.score)
    pool = _distinct([*asked.sentences, *sentences])
    a, b = (_holding(side, pool) for side in sides)
    both = [s for s in a if s in b and not dangles(s.text)]
    apart: dict[str | None, Sentence] = {}
    for s in both:
        apart.setdefault(s.node.paper, s)
    lines = [Line((s,), paper_lead(s)) for s in list(apart.values())[:BOTH]]
    if not lines:
        if not (a and b):
            return None
        lines = [Line((own[0],), f"{side} ({paper_lead(own[0])})") for side, own in zip(sides, (a, b), strict=True)]
    return Plan(Shape.COMPARISON, tuple(lines), Style.BULLETS)


def _holding(side: str, pool: Sequence[Sentence]) -> list[Sentence]:
    """The sentences that hold what a side is called, best first."""
    matter = Matter.of(side)
    pattern, word_of, weight = matter.pattern(), matter.word_of(), dict.fromkeys(matter.words, 1.0)
    out: list[Sentence] = []
    for s in pool:
        held = {word_of[m.group()] for m in pattern.finditer(bare(s.text))}
        if matter.share(held.__contains__, weight) >= LEAST:
            out.append(s)
    return sorted(out, key=lambda s: dangles(s.text))


def _distinct(sentences: Sequence[Sentence]) -> list[Sentence]:
    return list({s.text: s for s in reversed(sentences)}.values())[::-1]
