"""What a run of a language model over a project reports.

It must not know how findings are written.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec


class SectionFailed(msgspec.Struct, frozen=True):
    """A section whose findings could not be renewed; those that it had stand."""

    paper: str
    title: str
    section: str
    code: str
    message: str


class PaperWritten(msgspec.Struct, frozen=True):
    """What became of a paper: how many of its sections were asked about, were `unchanged` since they were, or were
    `left` because the model did not answer before; how many findings were taken, and what was refused.

    `error` (code, message, hint) is why its new findings could not be stored, if they could not.
    """

    paper: str
    title: str
    asked: int = 0
    unchanged: int = 0
    left: int = 0
    accepted: int = 0
    rejected: dict[str, int] = {}
    left_out: dict[str, int] = {}
    calls: int = 0
    failed: tuple[SectionFailed, ...] = ()
    error: dict[str, str] | None = None


class WritingReport(msgspec.Struct, frozen=True):
    """What a run did; `stopped` is the error (code, message, hint) after which nothing more was asked, else None."""

    project: str
    writer: str
    seconds: float
    papers: tuple[PaperWritten, ...]
    stopped: dict[str, str] | None = None

    @property
    def accepted(self) -> int:
        """How many findings were taken."""
        return sum(p.accepted for p in self.papers)

    @property
    def rejected(self) -> dict[str, int]:
        """How many were refused, by reason."""
        return dict(sum((Counter(p.rejected) for p in self.papers), Counter[str]()))

    @property
    def failed(self) -> list[SectionFailed]:
        """The sections whose findings could not be renewed."""
        return [f for p in self.papers for f in p.failed]

    @property
    def complete(self) -> bool:
        """Whether another run would find nothing to do."""
        return not self.stopped and not any(p.failed or p.left or p.error for p in self.papers)

    def to_dict(self) -> dict[str, Any]:
        """The record."""
        names = ("asked", "unchanged", "left", "accepted", "calls")
        return {
            "schema": 1,
            "project": self.project,
            "writer": self.writer,
            "seconds": self.seconds,
            **{name: sum(getattr(p, name) for p in self.papers) for name in names},
            "rejected": self.rejected,
            "left_out": dict(sum((Counter(p.left_out) for p in self.papers), Counter[str]())),
            "papers": msgspec.to_builtins(self.papers),
            "stopped": self.stopped,
        }

    def __str__(self) -> str:
        asked, left = sum(p.asked for p in self.papers), sum(p.left for p in self.papers)
        counts = [
            (asked, "sections asked about"),
            (self.accepted, "findings"),
            (sum(self.rejected.values()), "refused"),
        ]
        counts += [(len(self.failed), "sections failed"), (left, "left for the next run")]
        said = ", ".join(f"{n} {word}" for n, word in counts if n) or "nothing to do"
        return f"Project {self.project}, written by {self.writer}: {said} ({self.seconds:.1f} s)"
