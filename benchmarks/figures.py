"""What a measurement gives: figures, some with a floor. It must not know how anything is measured."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np


class Figure(msgspec.Struct, frozen=True):
    """A measured number; its floor is `least` or `most`, and there is none where both are None."""

    name: str
    value: float
    unit: str = ""
    least: float | None = None
    most: float | None = None

    @property
    def ok(self) -> bool:
        """Whether it keeps its floor."""
        return (self.least is None or self.value >= self.least) and (self.most is None or self.value <= self.most)

    def __str__(self) -> str:
        value = f"{self.value:,.4g}" if abs(self.value) < 1000 else f"{self.value:,.0f}"
        floor = f">= {self.least:g}" if self.least is not None else f"<= {self.most:g}" if self.most is not None else ""
        verdict = ("ok" if self.ok else "MISSED") if floor else ""
        return f"{self.name:<58} {value:>10} {self.unit:<7} {floor:<9} {verdict}".rstrip()


class MissingDataError(Exception):
    """The data that a measurement needs is not here; its text says which."""


def percentiles(name: str, values: Sequence[float], unit: str, *, most_p95: float | None = None) -> list[Figure]:
    """The median and the 95th percentile, which may have a floor."""
    p50, p95 = (float(np.percentile(values, p)) for p in (50, 95))
    return [Figure(f"{name}, p50", p50, unit), Figure(f"{name}, p95", p95, unit, most=most_p95)]
