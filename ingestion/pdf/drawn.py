"""Whether words can be seen at all: the page is drawn twice, with its text and without, and the pixels are compared.

The one test that knows every way of hiding (covers, blends, masks, clips, colours), and the dearest: it is asked only
where something cheaper has raised a doubt. It must not know what raised it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import pymupdf

from hierarchy.positions import Box, around

SCALE = 2.0  # pixels a point
LEAST_SCALE = 0.8  # with fewer, small letters are a blur
MOST_PIXELS = 6_000_000
MOST_PICTURE = 60_000_000  # pixels of a picture that is decoded for this
NEAR = 24  # of 255: pixels closer than this in each channel look the same
LEAST_SHARE = 0.01  # of a word's box: the ink of a full stop has more

mupdf = pymupdf.mupdf
Pixels: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.int16]]"


def seen(page: Any, boxes: Sequence[Box]) -> list[bool] | None:
    """For each box of a word, in points of the unturned page, whether the word shows; None where it cannot be told."""
    if not boxes:
        return []
    area = pymupdf.Rect(around(boxes))
    size = max(1.0, area.width * area.height)
    scale = min(SCALE, float(np.sqrt(MOST_PIXELS / size)))
    if scale < LEAST_SCALE or not _can_be_drawn(page):
        return None
    turn = page.rotation
    if turn:
        page.set_rotation(0)
    try:
        differ = np.abs(_draw(page, area, scale, True) - _draw(page, area, scale, False)).max(axis=2) > NEAR
    finally:
        if turn:
            page.set_rotation(turn)
    return [_shows(differ, area, scale, box) for box in boxes]


def _shows(differ: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], area: Any, scale: float, box: Box) -> bool:
    x0, y0 = int((box[0] - area.x0) * scale), int((box[1] - area.y0) * scale)
    x1, y1 = int((box[2] - area.x0) * scale) + 1, int((box[3] - area.y0) * scale) + 1
    part = differ[max(0, y0) : y1, max(0, x0) : x1]
    return bool(part.size) and float(part.mean()) >= LEAST_SHARE


def _can_be_drawn(page: Any) -> bool:
    return all(image[2] * image[3] <= MOST_PICTURE for image in page.get_images(full=True))


def _draw(page: Any, area: Any, scale: float, with_text: bool) -> Pixels:
    """The pixels of an area, as (height, width, 3)."""
    matrix = mupdf.FzMatrix(scale, 0, 0, scale, -area.x0 * scale, -area.y0 * scale)
    wide, high = int(area.width * scale) + 1, int(area.height * scale) + 1
    space = mupdf.FzColorspace(mupdf.FzColorspace.Fixed_RGB)
    picture = mupdf.FzPixmap(space, mupdf.FzIrect(0, 0, wide, high), mupdf.FzSeparations(), 0)
    picture.fz_clear_pixmap_with_value(255)
    device = mupdf.FzDevice(matrix, picture)
    if not with_text:  # the library passes over what a device does not draw
        device.m_internal.fill_text = device.m_internal.stroke_text = None
    mupdf.fz_run_page(page.this, device, mupdf.FzMatrix(), mupdf.FzCookie())
    mupdf.fz_close_device(device)
    samples = np.frombuffer(mupdf.fz_pixmap_samples_memoryview(picture), np.uint8)
    return samples.reshape(high, -1)[:, : wide * 3].reshape(high, wide, 3).astype(np.int16)
