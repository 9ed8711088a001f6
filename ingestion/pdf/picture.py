"""Draws a page of a PDF as a picture, with marks over what shall be seen.

It runs inside the contained child process (ingestion/child.py), since drawing a hostile page is as risky as reading it.
Marks are laid over the picture, so that nothing is written into the file, and no text under them is lost. It must not
know why something is marked.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pymupdf

from hierarchy.errors import ReadError
from hierarchy.positions import Box
from ingestion.pdf.extract import opened
from ingestion.tasks import Outline, Picture

INK = (255, 226, 110)  # of a marker pen: what is under it is multiplied with it
MARGIN = 1.0  # points that a mark stands out over its words
MOST_PIXELS = 2_400  # of the longer side


def draw(path: Path, wanted: Picture) -> bytes:
    """The page as a PNG.

    Raises:
        ReadError: where the file cannot be opened, or has no such page.
    """
    with opened(path) as pdf:
        if not 1 <= wanted.page <= pdf.page_count:
            raise ReadError(f"The file has no page {wanted.page}.", "Ingest it again: it has changed.", "damaged")
        try:
            page = pdf[wanted.page - 1]
            size = page.rect
            zoom = min(wanted.width / size.width, MOST_PIXELS / max(size.width, size.height))
            plain = page.get_pixmap(matrix=pymupdf.Matrix(zoom, zoom), colorspace=pymupdf.csRGB, alpha=False)
        except (RuntimeError, ZeroDivisionError, pymupdf.mupdf.FzErrorBase) as error:
            raise ReadError(f"Page {wanted.page} cannot be drawn.", "Open the PDF itself.", "damaged") from error
    pixels = np.frombuffer(plain.samples, np.uint8).reshape(plain.height, plain.stride)[:, : plain.width * 3]
    picture = pixels.reshape(plain.height, plain.width, 3).copy()
    mark(picture, wanted.marks, zoom)
    if wanted.around is not None and wanted.marks:
        top = math.floor((min(box[1] for box in wanted.marks) - wanted.around) * zoom)
        picture = picture[max(0, top) : math.ceil((max(box[3] for box in wanted.marks) + wanted.around) * zoom)]
    height, width = picture.shape[:2]
    drawn = pymupdf.Pixmap(pymupdf.csRGB, width, height, picture.tobytes(), False)
    return bytes((_outlined(drawn, wanted.outlines, zoom) if wanted.outlines else drawn).tobytes("png"))


def _outlined(picture: Any, outlines: Sequence[Outline], zoom: float) -> Any:
    """The picture with boxes and their labels over it, drawn on a page of our own: nothing of the file is in it."""
    with pymupdf.open() as sheet:
        page = sheet.new_page(width=picture.width, height=picture.height)
        page.insert_image(page.rect, pixmap=picture)
        for outline in outlines:
            color = tuple(value / 255 for value in outline.color)
            x0, y0, x1, y1 = (value * zoom for value in outline.box)
            box = pymupdf.Rect(x0 - 2, y0 - 2, x1 + 2, y1 + 2)
            page.draw_rect(box, color=color, fill=color, fill_opacity=0.08, width=1.5)
            page.insert_text(
                (max(1.0, box.x0), max(13.0, box.y0 - 1)), outline.label, fontname="hebo", fontsize=14, color=color
            )
        return page.get_pixmap(colorspace=pymupdf.csRGB, alpha=False)


def mark(picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], marks: Sequence[Box], zoom: float) -> None:
    """Lays marks over a picture of shape (height, width, 3), in place; a pixel under two marks is marked once."""
    under = np.zeros(picture.shape[:2], bool)
    for x0, y0, x1, y1 in marks:
        left, top = (max(0, math.floor((v - MARGIN) * zoom)) for v in (x0, y0))
        right, bottom = (max(0, math.ceil((v + MARGIN) * zoom)) for v in (x1, y1))
        under[top:bottom, left:right] = True
    picture[under] = (picture[under].astype(np.uint16) * INK // 255).astype(np.uint8)
