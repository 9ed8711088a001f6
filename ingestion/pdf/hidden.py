"""Tells text that no reader can see: invisible, transparent, tiny, or in the colour of what lies under it.

Such text is put into papers for programs to read, as a trick or an attack; a paper's reader must see what Strata sees.
It must not know how a page is extracted.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from hierarchy.positions import Box, contains

LEAST_SIZE = 2.0  # points
LEAST_ALPHA = 20  # of 255
NEAR = 24  # of 255: colours closer than this in each channel look the same
WHITE = (255, 255, 255)


class Ink(NamedTuple):
    """How some text is painted: colour as 0xRRGGBB, alpha of 255, size in points, whether it is painted at all."""

    color: int
    alpha: int
    size: float
    painted: bool
    box: Box


class Painted(Protocol):
    """What else is painted on the page."""

    def pictures(self) -> list[Box]:
        """Boxes of pictures and shades."""
        ...

    def covers(self, point: tuple[float, float]) -> bool:
        """Whether some filled path lies over or under this point; cheaper than to know its colour."""
        ...

    def fills(self) -> list[tuple[Box, tuple[float, ...]]]:
        """Filled paths in the order in which they are drawn, with colours from 0 to 1."""
        ...

    def picture_share(self) -> float:
        """The share of the page that its largest picture covers."""
        ...


def hidden_reason(ink: Ink, painted: Painted) -> str | None:
    """Why nobody can see this text; None where it can be seen."""
    if not ink.painted:
        return "invisible"
    if ink.alpha < LEAST_ALPHA:
        return "transparent"
    if ink.size < LEAST_SIZE:
        return "tiny"
    color = (ink.color >> 16 & 255, ink.color >> 8 & 255, ink.color & 255)
    middle = ((ink.box[0] + ink.box[2]) / 2, (ink.box[1] + ink.box[3]) / 2)
    light = min(color) >= 255 - NEAR
    # Dark text is questioned only where something is drawn: without it, it stands on white paper.
    if not (light or painted.covers(middle)) or any(contains(box, middle) for box in painted.pictures()):
        return None
    under = WHITE
    for box, fill in painted.fills():
        if contains(box, middle):
            under = _rgb(fill)
    return "colour" if all(abs(a - b) <= NEAR for a, b in zip(color, under, strict=True)) else None


def _rgb(fill: tuple[float, ...]) -> tuple[int, int, int]:
    if len(fill) == 1:
        fill = fill * 3
    if len(fill) == 4:
        c, m, y, k = fill
        fill = ((1 - c) * (1 - k), (1 - m) * (1 - k), (1 - y) * (1 - k))
    red, green, blue = (round(v * 255) for v in fill[:3])
    return red, green, blue
