"""Levels against flat: what a way of searching finds and lets a reader read, against another, with intervals.

The interval is the percentile bootstrap over questions (Efron, 1979); two ways are compared on the same questions, so
that what makes a question hard falls out. It must not know how anything was searched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from evaluation.library import IN_PAPERS, IN_WORDS, Row, papers_found, was_read

FIRST = 5  # papers that count as found
ROUNDS = 10_000
FOUND, READ = "papers found in five", "evidence read in 600 words"

Values = Mapping[str, float]  # of questions by their ids


class Interval(msgspec.Struct, frozen=True):
    """A mean with its 95% interval."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:.3f} [{self.low:.3f}, {self.high:.3f}]"


class Compared(msgspec.Struct, frozen=True):
    """One way by one measure over `count` questions; `ahead` is how far the base stands above it (None for itself)."""

    way: str
    measure: str
    count: int
    value: Interval
    ahead: Interval | None


def measured(questions: Sequence[Row], found: Mapping[str, Row]) -> dict[str, Values]:
    """Each measure of each question that it applies to: the share of its papers found, and whether evidence was read.

    Args:
        questions: gold rows with id, level, papers (file stems) and evidence.
        found: records of searches by question id.
    """
    papers = {q["id"]: papers_found(found[q["id"]], q["papers"], FIRST) for q in questions if q["level"] in IN_PAPERS}
    read = {q["id"]: float(was_read(found[q["id"]], q["evidence"])) for q in questions if q["level"] in IN_WORDS}
    return {FOUND: papers, READ: read}


def compared(ways: Mapping[str, Mapping[str, Values]], base: str, rounds: int = ROUNDS) -> list[Compared]:
    """Every way by every measure, against `base`.

    Args:
        ways: measures by the name of the way, over the same questions.
        base: the way that the others are held against.
        rounds: resamplings of an interval.

    Raises:
        ValueError: where two ways were not asked the same questions.
    """
    out: list[Compared] = []
    for measure, ours in ways[base].items():
        ids = sorted(ours)
        for way, measures in ways.items():
            theirs = measures[measure]
            if sorted(theirs) != ids:
                raise ValueError(f"{way!r} and {base!r} were not asked the same questions.")
            values = np.array([theirs[i] for i in ids])
            ahead = np.array([ours[i] for i in ids]) - values
            against = interval(ahead, rounds) if way != base else None
            out.append(Compared(way, measure, len(ids), interval(values, rounds), against))
    return out


def interval(values: Sequence[float] | np.ndarray, rounds: int = ROUNDS) -> Interval:
    """The mean of values with its 95% interval, the same at each call.

    >>> print(interval([1.0, 1.0, 1.0]))
    1.000 [1.000, 1.000]
    """
    sample = np.asarray(values, dtype=np.float64)
    if not sample.size:
        raise ValueError("There are no values.")
    drawn = np.random.default_rng(0).integers(0, sample.size, (rounds, sample.size))
    low, high = np.percentile(sample[drawn].mean(axis=1), (2.5, 97.5))
    return Interval(round(float(sample.mean()), 4), round(float(low), 4), round(float(high), 4))
