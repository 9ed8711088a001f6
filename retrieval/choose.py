"""Which sentences make the answer, and in which form: the shape that the question asks for, or the nearest there is.

It must not know how an answer is checked or shown.
"""

from __future__ import annotations

from collections.abc import Callable

from hierarchy.nodes import Level
from retrieval.answers.comparing import between_papers, comparison
from retrieval.answers.extremes import extreme, without
from retrieval.answers.gist import gist, themes
from retrieval.answers.listing import papers
from retrieval.answers.places import sentences, steps, told_in_one_section, value
from retrieval.answers.plan import Asked, Found, Plan
from retrieval.answers.shapes import Shape, has, shape_of
from retrieval.answers.sides import sides

__all__ = ["Asked", "Found", "plan"]

MAKERS: dict[Shape, Callable[[Asked], Plan | None]] = {
    Shape.PAPERS: lambda asked: _named(asked) or papers(asked, Shape.PAPERS),
    Shape.COUNT: lambda asked: papers(asked, Shape.COUNT),
    Shape.EXTREME: lambda asked: extreme(asked) or without(asked, papers(asked, Shape.PAPERS)),
    Shape.COMPARISON: lambda asked: comparison(asked) or gist(asked),
    Shape.SIDES: sides,
    Shape.THEMES: themes,
    Shape.GIST: gist,
    Shape.VALUE: value,
    Shape.STEPS: steps,
    Shape.SENTENCES: lambda asked: (
        told_in_one_section(asked) if asked.route.best == Level.SECTION else sentences(asked)
    ),
}


def plan(asked: Asked) -> Plan | None:
    """The answer to a question before its quotes are checked; None where there is nothing to say."""
    return MAKERS[shape_of(asked.question, asked.route)](asked) or sentences(asked)


def _named(asked: Asked) -> Plan | None:
    """What several named papers say, unless papers are what is asked for."""
    return None if has("papers", asked.question) else between_papers(asked)
