"""What is painted on a page besides text, looked up only where some text's colour raises the question.

It is handed an open page, and must not know why it is asked.
"""

from __future__ import annotations

from typing import Any

from hierarchy.positions import Box, box_of
from ingestion.pages import Drawn

MOST_DRAWINGS = 20_000  # beyond it a page is a map or an attack, and its colours are not looked up
FILLS = ("fill-path", "fill-image", "fill-shade")
PICTURES = ("fill-image", "fill-shade", "fill-imgmask")
PATHS = ("fill-path", "stroke-path")
GRAIN = 2.0  # points: paths whose boxes are the same on this grid are told once


class PaintedPage:
    """One page; implements `ingestion.pdf.hidden.Painted`."""

    def __init__(self, page: Any, area: float) -> None:
        self._page, self._area = page, area
        self._log: list[tuple[str, Box]] | None = None
        self._fills: list[tuple[Box, tuple[float, ...]]] | None = None

    def pictures(self) -> list[Box]:
        return [box for kind, box in self._drawn() if kind in ("fill-image", "fill-shade")]

    def picture_share(self) -> float:
        return max(((b[2] - b[0]) * (b[3] - b[1]) / max(1.0, self._area) for b in self.pictures()), default=0.0)

    def covers(self, point: tuple[float, float]) -> bool:
        x, y = point
        return any(kind == "fill-path" and b[0] <= x <= b[2] and b[1] <= y <= b[3] for kind, b in self._drawn())

    def fills(self) -> list[tuple[Box, tuple[float, ...]]]:
        if self._fills is None:
            drawings = self._page.get_cdrawings() if any(kind in FILLS for kind, _ in self._drawn()) else []
            self._fills = [(box_of(d["rect"]), tuple(d["fill"])) for d in drawings if d.get("fill")]
        return self._fills

    def drawn(self) -> list[Drawn]:
        """All that is no text; paths that hardly differ are told once, so that a plot's points stay few."""
        pictures = [Drawn(box, True) for kind, box in self._drawn() if kind in PICTURES]
        paths: dict[tuple[int, ...], Drawn] = {}
        for kind, box in self._drawn():
            if kind in PATHS:
                paths.setdefault(tuple(round(v / GRAIN) for v in box), Drawn(box))
        return pictures + list(paths.values())

    def _drawn(self) -> list[tuple[str, Box]]:
        if self._log is None:
            log = [(kind, box_of(box)) for kind, box, *_ in self._page.get_bboxlog() if not kind.endswith("text")]
            self._log = log if len(log) <= MOST_DRAWINGS else []
        return self._log
