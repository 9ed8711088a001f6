"""What of a page's text a reader sees: cheap reasons first, and the page's own pixels where they raise a doubt.

It gives each span a verdict and decides doubtful words by drawing the page; it must not know what the text says.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from hierarchy.positions import Box, box_of, contains
from ingestion.pages import Drawn
from ingestion.pdf.drawn import seen
from ingestion.pdf.hidden import LEAST_ALPHA, LEAST_SIZE, NEAR, Ink, hidden_reason
from ingestion.pdf.painted import PaintedPage

FILLED, STROKED, CLIPPING = 16, 32, 64  # how the library says that a letter is drawn
MOST_STAMP = 150  # letters that a library puts on a scan
LAYER_SHARE = 0.9  # of the spans of a scan that OCR wrote


class Verdict(NamedTuple):
    """Why a span is hidden, None where it is seen; where `sure` is false its words are to be looked at."""

    reason: str | None = None
    sure: bool = True


SEEN = Verdict()


class Sight:
    """Judges the text of one page."""

    def __init__(self, page: Any, content: dict[str, Any], area: float) -> None:
        self._page, self._painted = page, PaintedPage(page, area)
        self._late: np.ndarray[tuple[int, ...], np.dtype[np.float64]] | None = None
        self.scanned = self._is_scan(content)
        self.unknown = False  # whether some text may be covered, and could not be looked at

    def verdict(self, span: dict[str, Any]) -> Verdict:
        """What is known of a span without drawing the page."""
        if self.scanned or self._is_plain(span) or not span["text"].strip():
            return SEEN
        ink = ink_of(span)
        drawn_through = not ink.painted and int(span.get("char_flags", FILLED)) & CLIPPING
        if drawn_through and self._painted.covers(_middle(ink.box)):
            return SEEN  # letters as a hole through which a shade or a picture shows
        reason = hidden_reason(ink, self._painted)
        if reason == "colour":
            return Verdict(reason, sure=False)
        if reason is not None:
            return Verdict(reason)
        if self._is_under(ink.box):
            return Verdict("covered", sure=False)
        if _is_light(ink.color) and any(contains(box, _middle(ink.box)) for box in self._painted.pictures()):
            return Verdict("colour", sure=False)
        return SEEN

    def _is_plain(self, span: dict[str, Any]) -> bool:
        """Whether this is dark text of a usual size with nothing near, as nearly all is; told without much ado."""
        plain = _is_plain(span.get("char_flags", FILLED), span.get("alpha", 255), span["size"], span["color"])
        if not plain or self._painted.late():
            return False
        x0, y0, x1, y1 = span["bbox"]
        return not self._painted.covers(((x0 + x1) / 2, (y0 + y1) / 2))

    def are_seen(self, words: Sequence[tuple[Box, str]]) -> list[bool]:
        """Whether doubtful words, each with the reason of its doubt, show on the page."""
        found = seen(self._page, [box for box, _ in words])
        if found is None:
            # What cannot be looked at is kept, and said, unless its colour alone speaks against it.
            self.unknown = True
            return [reason != "colour" for _, reason in words]
        return found

    def drawn(self) -> list[Drawn]:
        """All on the page that is no text."""
        return self._painted.drawn()

    def is_picture(self, letters: int) -> bool:
        """Whether what the page says is in a picture: it has hardly any letters of its own, and something drawn."""
        if self.scanned or letters > MOST_STAMP:
            return False
        return self._painted.picture_share() > 0.8 or (not letters and self._painted.any())

    @property
    def mostly_picture(self) -> bool:
        """Whether one picture takes most of the page."""
        return self._painted.picture_share() > 0.6

    @property
    def crowded(self) -> bool:
        """Whether more is painted on the page than is looked at."""
        return self._painted.crowded

    def _is_under(self, box: Box) -> bool:
        """Whether something that is drawn late lies over some of a span, more than over its rim."""
        if self._late is None:
            self._late = np.array([b for _, b in self._painted.late()]).reshape(-1, 4)
        if not len(self._late):
            return False
        x0, y0, x1, y1 = self._late.T
        wide = np.minimum(x1, box[2]) - np.maximum(x0, box[0])
        high = np.minimum(y1, box[3]) - np.maximum(y0, box[1])
        return bool(((wide > 1) & (high > 0.4 * (box[3] - box[1]))).any())

    def _is_scan(self, content: dict[str, Any]) -> bool:
        """Whether the page is a picture whose words OCR wrote, invisibly over it or under it."""
        if not self.mostly_picture:
            return False
        spans = [s for block in content["blocks"] for line in block.get("lines", ()) for s in line["spans"]]
        inks = [ink_of(span) for span in spans if span["text"].strip()]
        layer = sum(not ink.painted or self._painted.under_page_picture(_middle(ink.box)) for ink in inks)
        return bool(inks) and layer > LAYER_SHARE * len(inks)


def ink_of(span: dict[str, Any]) -> Ink:
    """How a span of the library is painted."""
    painted = bool(int(span.get("char_flags", FILLED)) & (FILLED | STROKED))
    return Ink(int(span["color"]), int(span.get("alpha", 255)), float(span["size"]), painted, box_of(span["bbox"]))


@lru_cache(maxsize=4096)
def _is_plain(flags: int, alpha: int, size: float, color: int) -> bool:
    """Whether text in this style is dark, painted, and of a size to be read."""
    return bool(flags & (FILLED | STROKED)) and alpha >= LEAST_ALPHA and size >= LEAST_SIZE and not _is_light(color)


def _is_light(color: int) -> bool:
    return min(color >> 16 & 255, color >> 8 & 255, color & 255) >= 255 - NEAR


def _middle(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
