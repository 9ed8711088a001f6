"""The highest or lowest value of a metric that the papers' findings state.

Only findings whose own words name the metric and print the number count, and what papers report of others does not.
Shares and per cents are put on one scale. It must not know how findings were read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from hierarchy.filters import Eq, all_of
from hierarchy.nodes import Level, Node, Value
from hierarchy.relations.statement import metrics_of
from retrieval.answers.matter import Matter, bare
from retrieval.answers.numbers import printed
from retrieval.answers.plan import Asked, Line, Plan, Style, paper_lead
from retrieval.answers.shapes import Shape, cues, has
from retrieval.answers.stated import of_finding

SHOWN = 3
PERCENT = ("%", "percent", "per cent")
DIFFERENCE = re.compile(
    r"\b(?:discrepan|differ|gap|improv|reduc|gain|relative|increas|decreas|drop|lower|rais|around|about)\w*\b[^.;:]*$",
    re.I,
)
REACH = 60  # characters before a number in which a word for a change makes it one
ABOUT = 0.6  # share of the question's other words that a finding, its title or its conditions must hold


class Stated(NamedTuple):
    """A value as it is ranked, the finding that states it, and how it is printed there."""

    scaled: float
    finding: Node
    said: str


def extreme(asked: Asked) -> Plan | None:
    """The best few values, each of another paper; None where no finding states any."""
    metrics = metrics_of(asked.question)
    low = _asks_for_low(asked.question, metrics)
    stated = _stated(asked, metrics)
    ranked = sorted(stated, key=lambda v: (v.scaled if low else -v.scaled, v.finding.id))
    best: dict[str, Stated] = {}
    for value in ranked:
        best.setdefault(value.finding.paper or "", value)
    if not best:
        return None
    name = " or ".join(sorted(metrics))
    kept = list(best.values())[:SHOWN]
    lines = tuple(Line((of_finding(v.finding),), f"{v.said} ({_name(v.finding)})") for v in kept)
    counts = len(stated), len(best)

    def head(lines: Sequence[Line]) -> str:
        return f"{'Lowest' if low else 'Highest'} {name} that a sentence states:"

    def notes(lines: Sequence[Line]) -> tuple[str, ...]:
        values, papers = counts
        return (
            f"Ranked from {values} value{'s' * (values != 1)} of {name} in sentences of {papers} "
            f"paper{'s' * (papers != 1)}; values that stand only in tables are not among them, and conditions differ.",
        )

    return Plan(Shape.EXTREME, lines, Style.BULLETS, head, notes)


def without(asked: Asked, planned: Plan | None) -> Plan | None:
    """A plan that says besides that nothing could be ranked."""
    if planned is None:
        return None
    name = " or ".join(sorted(metrics_of(asked.question)))
    told = planned.notes

    def notes(lines: Sequence[Line]) -> tuple[str, ...]:
        return (
            *told(lines),
            f"No sentence states a value of {name} that fits, so nothing is ranked; tables are not read.",
        )

    return msgspec.structs.replace(planned, notes=notes)


def _asks_for_low(question: str, metrics: frozenset[str]) -> bool:
    errors = any(cues("errors").fullmatch(metric) for metric in metrics)
    if has("good", question) or has("bad", question):
        return errors != has("bad", question)
    return has("low", question)


def _stated(asked: Asked, metrics: frozenset[str]) -> list[Stated]:
    matter = Matter.of(asked.question, besides=_besides(asked.question, metrics))
    found: list[tuple[Node, Value, str]] = []
    results = all_of(Eq("level", Level.FINDING.value), Eq("kind", "result"), asked.where)
    for node in asked.store.scan(results):
        told = node.finding
        if told is None or told.attribution != "own" or not metrics & metrics_of(node.text):
            continue
        if matter.groups and _share(matter, node) < ABOUT:
            continue
        for value in told.values:
            said = printed(value, node.text)
            if value.metric and metrics & metrics_of(value.metric) and said and _is_level(value, said, node.text):
                found.append((node, value, said))
    small = any(abs(v.value or 0.0) <= 1 for _, v, _ in found)
    return [Stated(_scaled(value, small), node, said) for node, value, said in found]


def _is_level(value: Value, said: str, text: str) -> bool:
    """Whether a value is one of the metric, and not a change of it or what else was counted beside it."""
    before = text[: text.find(said)][-REACH:]
    if DIFFERENCE.search(before):
        return False
    if any(cues("shares").fullmatch(metric) for metric in metrics_of(value.metric or "")):
        return (value.unit or "%") in PERCENT and abs(value.value or 0.0) <= 100
    return True


def _share(matter: Matter, node: Node) -> float:
    """How much of the other words a finding holds, every word counting the same."""
    conditions = " ".join(v.condition or "" for v in node.finding.values) if node.finding else ""
    text = bare(f"{node.paper_title} {' '.join(node.path)} {node.text} {conditions}")
    word_of = matter.word_of()
    held = {word_of[m.group()] for m in matter.pattern().finditer(text)}
    return matter.share(held.__contains__, dict.fromkeys(matter.words, 1.0))


def _besides(question: str, metrics: frozenset[str]) -> list[str]:
    """The words of a question that name the metric and the end that is asked for."""
    said = [m.group() for name in ("extreme", "value") for m in cues(name).finditer(question)]
    return [word for text in (*metrics, *said) for word in bare(text).replace("-", " ").split()]


def _scaled(value: Value, small: bool) -> float:
    """On the scale of shares, where others are shares."""
    number = value.value or 0.0
    return (
        number / 100 if (value.unit or "") in ("%", "percent", "per cent") or (small and 1 < number <= 100) else number
    )


def _name(finding: Node) -> str:
    return paper_lead(of_finding(finding))
