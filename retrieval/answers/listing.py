"""Which papers, and how many: a line for each paper that fits, from a pass over all of them.

The list is complete, or its notes say how many are not shown. It must not know how fitting is told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hierarchy.store import nodes_of
from retrieval.answers.holding import holdings
from retrieval.answers.matter import Matter
from retrieval.answers.membership import Member, members
from retrieval.answers.plan import Asked, Line, Plan, Style, leads
from retrieval.answers.shapes import Shape, cues, has
from retrieval.answers.stated import of_summaries, papers_in


def papers(asked: Asked, shape: Shape) -> Plan | None:
    """The papers that a question asks for; None where none can be quoted."""
    matter = Matter.of(asked.question)
    if not matter.groups:
        return _all(asked, shape)
    single = shape == Shape.PAPERS and has("single", asked.question)
    valued = has("value", asked.question)
    found = members(holdings(asked.store, asked.vector, matter, asked.where, valued=valued), single=single)
    plain = shape == Shape.COUNT or has("papers", asked.question) or not cues("told").match(asked.question)
    return listed(asked, shape, found, head=plain and not single)


def listed(asked: Asked, shape: Shape, found: Sequence[Member], *, head: bool) -> Plan | None:
    """A line for each of these papers, up to the most that an answer lists."""
    quoted = [m.holding.best for m in found if m.holding.best is not None]
    shown = quoted[: asked.settings.papers]
    if not shown:
        return None
    lines = tuple(Line((s,), lead) for s, lead in zip(shown, leads(shown), strict=True))
    more = len(found) - len(shown)
    return Plan(shape, lines, Style.BULLETS, _head(len(papers_in(asked.store, asked.where)), more, head), _cut(more))


def _all(asked: Asked, shape: Shape) -> Plan | None:
    """What there is, where a question asks for nothing in particular: every paper with a sentence of its own."""
    every = papers_in(asked.store, asked.where)
    shown = nodes_of(asked.store, every[: asked.settings.papers])
    said = of_summaries(asked.store, [shown[i] for i in every if i in shown])
    lines = tuple(Line((s,), lead) for s, lead in zip(said.values(), leads([*said.values()]), strict=True))
    more = len(every) - len(lines)

    def head(kept: Sequence[Line]) -> str:
        shown = f", {len(kept)} shown" if len(kept) < len(every) else ""
        return f"{len(every)} paper{'s' * (len(every) != 1)}{shown}:"

    return Plan(shape, lines, Style.BULLETS, head, _cut(more), sure=True) if lines else None


def _head(total: int, more: int, said: bool) -> Callable[[Sequence[Line]], str]:
    """Words such as "4 of 12 papers:", by the lines that stand and those that are not shown."""

    def head(lines: Sequence[Line]) -> str:
        shown = f", {len(lines)} shown" if more else ""
        return f"{len(lines) + more} of {total} paper{'s' * (total != 1)}{shown}:" if said else ""

    return head


def _cut(more: int) -> Callable[[Sequence[Line]], tuple[str, ...]]:
    """Says how many papers a list leaves out."""

    def notes(lines: Sequence[Line]) -> tuple[str, ...]:
        words = "paper fits and is" if more == 1 else "papers fit and are"
        return (f"The list is cut: {more} more {words} not shown.",) if more else ()

    return notes
