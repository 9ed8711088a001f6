"""An answer taken apart: the candidates of a trace and what was dropped, as rows for a terminal, the chat, a notebook.

Traces of earlier versions have other rows; what they lack is left empty. Text of papers is as it stands in the trace:
whoever shows it makes it safe. It must not know any screen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from hierarchy.nodes import Level
from retrieval.records import frame

if TYPE_CHECKING:
    import pandas

FACTORS = {  # as a trace names them, and in a word
    "dense": "meaning",
    "bm25": "words",
    "cosine": "cosine",
    "overlap": "overlap",
    "rerank": "read",
    "route": "level",
    "kind": "kind",
    "paper": "paper",
}


class Candidate(msgspec.Struct, frozen=True):
    """A node or sentence in a step: its place there and before, its score and factors; `why` it was dropped, if it
    was. `where` is its paper's title and page."""

    level: str
    title: str = ""
    page: int | None = None
    text: str = ""
    score: float | None = None
    factors: dict[str, float] = {}
    place: int | None = None
    before: int | None = None
    why: str = ""

    @property
    def where(self) -> str:
        """The paper and the page, or what the level has in their place."""
        title = self.title or ("the whole project" if self.level == Level.PROJECT else "")
        return f"p. {self.page}, {title}" if self.page else title


def candidates(step: Mapping[str, Any]) -> tuple[Candidate, ...]:
    """What a step weighed, best first."""
    found = step.get("found", {})
    rows = found.get("candidates") or found.get("sentences")
    return tuple(_candidate(row, place) for place, row in enumerate(_rows(rows), 1))


def dropped(step: Mapping[str, Any]) -> tuple[Candidate, ...]:
    """What a step dropped, each with its reason; of an older trace, only the texts."""
    rows = step.get("found", {}).get("dropped")
    texts = [row for row in rows if isinstance(row, str)] if isinstance(rows, list) else []
    old = [Candidate("passage", text=text, why="it does not stand so on its page") for text in texts]
    return (*(_candidate(row, None) for row in _rows(rows)), *old)


def used_factors(rows: Iterable[Candidate]) -> list[str]:
    """The factors that any of the rows has, in the order in which they are shown."""
    there = {name for row in rows for name in row.factors}
    return [name for name in FACTORS if name in there]


def factors_said(row: Candidate) -> str:
    """The factors of a candidate in words."""
    return ", ".join(f"{word} {row.factors[name]:.2f}" for name, word in FACTORS.items() if name in row.factors)


def time_said(ms: float) -> str:
    """A time in a readable unit."""
    return f"{ms:.1f} ms" if ms < 100 else f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:.1f} s"


def anatomy_frame(record: Mapping[str, Any]) -> pandas.DataFrame:
    """A table of a trace's candidates and of what was dropped, a row each: step, level, place before and after, score,
    factors, paper, page, text, why.

    Raises:
        UsageError: where pandas is not installed.
    """
    rows: list[dict[str, Any]] = []
    for number, step in enumerate(record["steps"], 1):
        for seen in (*candidates(step), *dropped(step)):
            told: dict[str, Any] = {"step": f"{number} {step['name']}", "level": seen.level, "before": seen.before}
            told |= {"place": seen.place, "score": seen.score, **seen.factors, "paper title": seen.title}
            rows.append(told | {"page": seen.page, "text": seen.text, "why": seen.why})
    return frame(rows)


def _candidate(row: Mapping[str, Any], place: int | None) -> Candidate:
    numbers = {**row, **row.get("factors", {})}
    factors = {name: float(v) for name in FACTORS if isinstance(v := numbers.get(name), int | float)}
    return Candidate(
        str(row.get("level") or "passage"),
        str(row.get("title") or ""),
        _whole(row.get("page")),
        str(row.get("text") or ""),
        float(score) if isinstance(score := row.get("score"), int | float) else None,
        factors,
        _whole(row.get("after")) or place,
        _whole(row.get("before")),
        str(row.get("why") or ""),
    )


def _rows(rows: object) -> Sequence[Mapping[str, Any]]:
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None
