"""What is painted on a page besides text, and in which order, looked up only where some text raises the question.

It is handed an open page, and must not know why it is asked.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hierarchy.positions import Box, box_of, contains
from ingestion.pages import Drawn

MOST_DRAWINGS = 20_000  # beyond it a page is a map or an attack, and its colours are not looked up
PICTURES = ("fill-image", "fill-shade")
FILLS = ("fill-path", *PICTURES)
TEXTS = ("fill-text", "stroke-text")
LEAST_COVER = 2.0  # points: a thinner thing is a rule, and covers nothing
PATHS = ("fill-path", "stroke-path")
GRAIN = 2.0  # points: paths whose boxes are the same on this grid are told once


class PaintedPage:
    """One page; implements `ingestion.pdf.hidden.Painted`."""

    def __init__(self, page: Any, area: float) -> None:
        self._page, self._area = page, area
        self._log: list[tuple[str, Box]] | None = None
        self._filled: list[tuple[str, Box]] = []  # of the log, without text
        self._hull: Box = (0.0, 0.0, -1.0, -1.0)  # around all of them
        self._fills: list[tuple[Box, tuple[float, ...]]] | None = None
        self._late: list[tuple[str, Box]] | None = None
        self.crowded = False  # whether there is too much on it to look at

    def pictures(self) -> list[Box]:
        self._drawn()
        return [box for kind, box in self._filled if kind in PICTURES]

    def any(self) -> bool:
        """Whether anything is filled or pictured."""
        self._drawn()
        return bool(self._filled) or self.crowded

    def picture_share(self) -> float:
        return max((self._share(box) for box in self.pictures()), default=0.0)

    def covers(self, point: tuple[float, float]) -> bool:
        self._drawn()
        x, y = point
        x0, y0, x1, y1 = self._hull
        return x0 <= x <= x1 and y0 <= y <= y1 and any(contains(box, point) for _, box in self._filled)

    def fills(self) -> list[tuple[Box, tuple[float, ...]]]:
        if self._fills is None:
            drawings = self._page.get_cdrawings() if any(kind in FILLS for kind, _ in self._drawn()) else []
            self._fills = [(box_of(d["rect"]), tuple(d["fill"])) for d in drawings if d.get("fill")]
        return self._fills

    def late(self) -> list[tuple[str, Box]]:
        """What is filled or pictured over text that was drawn before it, with its kind."""
        if self._late is None:
            self._late, log = [], self._drawn()
            if not self._filled:
                return self._late
            texts = [(at, box) for at, (kind, box) in enumerate(log) if kind in TEXTS]
            order, boxes = np.array([at for at, _ in texts]), np.array([box for _, box in texts]).reshape(-1, 4)
            for at, (kind, box) in enumerate(log):
                if kind not in FILLS or min(box[2] - box[0], box[3] - box[1]) < LEAST_COVER or not len(order):
                    continue
                x0, y0, x1, y1 = boxes[: int(np.searchsorted(order, at))].T
                if ((x0 < box[2]) & (x1 > box[0]) & (y0 < box[3]) & (y1 > box[1])).any():
                    self._late.append((kind, box))
        return self._late

    def under_page_picture(self, point: tuple[float, float]) -> bool:
        """Whether a picture of most of the page is laid over this point after some text was drawn."""
        return any(kind in PICTURES and self._share(b) > 0.6 and contains(b, point) for kind, b in self.late())

    def _share(self, box: Box) -> float:
        return (box[2] - box[0]) * (box[3] - box[1]) / max(1.0, self._area)

    def drawn(self) -> list[Drawn]:
        """All that is no text; paths that hardly differ are told once, so that a plot's points stay few."""
        log = [(kind, box_of(box)) for kind, box, *_ in self._page.get_bboxlog() if not kind.endswith("text")]
        if len(log) > MOST_DRAWINGS:
            return []
        pictures = [Drawn(box, True) for kind, box in log if kind in (*PICTURES, "fill-imgmask")]
        paths: dict[tuple[int, ...], Drawn] = {}
        for kind, box in log:
            if kind in PATHS:
                paths.setdefault(tuple(round(v / GRAIN) for v in box), Drawn(box))
        return pictures + list(paths.values())

    def _drawn(self) -> list[tuple[str, Box]]:
        """All fills and texts, in the order in which they are drawn."""
        if self._log is None:
            self._log = [(k, box_of(box)) for k, box, *_ in self._page.get_bboxlog() if k in FILLS or k in TEXTS]
            self._filled = [entry for entry in self._log if entry[0] in FILLS]
            if len(self._filled) > MOST_DRAWINGS:
                self._log, self._filled, self.crowded = [], [], True
            if self._filled:
                x0, y0, x1, y1 = zip(*(box for _, box in self._filled), strict=True)
                self._hull = (min(x0), min(y0), max(x1), max(y1))
        return self._log
