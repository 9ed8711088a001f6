"""The trace of a question: each step with what went in, what came out, and its time. It must not know the steps."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msgspec


class Step(msgspec.Struct):
    """One step: `given` and `found` are plain JSON values; `ms` is wall time."""

    name: str
    given: dict[str, Any]
    found: dict[str, Any]
    ms: float = 0.0


class Trace(msgspec.Struct):
    """The steps of one question, in order."""

    id: str
    question: str
    steps: list[Step]

    @classmethod
    def of(cls, question: str) -> Trace:
        """An empty trace with a new id."""
        return cls(uuid.uuid4().hex[:16], question, [])

    @contextmanager
    def step(self, name: str, *, optional: bool = False, **given: Any) -> Iterator[dict[str, Any]]:
        """Times a step; what is put into the yielded dictionary is what it found. An `optional` one that found nothing
        is not kept."""
        step = Step(name, given, {})
        start = time.perf_counter()
        try:
            yield step.found
        finally:
            step.ms = round((time.perf_counter() - start) * 1000, 2)
            if step.found or not optional:
                self.steps.append(step)

    @property
    def papers(self) -> set[str]:
        """The papers whose words stand in the steps."""
        found = [paper for step in self.steps for paper in papers_of_step(step.found)]
        return set(found)

    def to_dict(self) -> dict[str, Any]:
        """The record of `strata trace --json`."""
        return {"schema": 1, **msgspec.to_builtins(self)}


def papers_of_step(found: Mapping[str, Any]) -> list[str]:
    """The papers whose words stand in what a step found."""
    rows = [row.get("paper") for row in found.get("sentences", [])] if isinstance(found.get("sentences"), list) else []
    return [paper for paper in [*rows, *found.get("papers", [])] if paper]
