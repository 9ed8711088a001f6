"""A number that a finding states, folded to its base unit, as a record."""

from __future__ import annotations

import msgspec


class Outcome(msgspec.Struct, frozen=True):
    """A number that a finding states, folded to its base unit.

    `delta` is what it changed by, None for a level; `base` what it is compared with; `interval` that of uncertainty;
    `kind` that of its unit; `start` and `end` where it stands in the words. `signed` is False where two things are set
    side by side, so that either may be the one that is compared with; `ablated` where a part was left out.
    """

    value: float | None
    base: float | None
    delta: float | None
    interval: tuple[float, float] | None
    kind: str
    start: int
    end: int
    signed: bool = True
    ablated: bool = False

    @property
    def level(self) -> bool:
        """Whether nothing is compared."""
        return self.delta is None

    @property
    def unclear(self) -> bool:
        """Whether its interval holds no difference at all."""
        return self.delta is not None and self.interval is not None and self.interval[0] < 0 < self.interval[1]
