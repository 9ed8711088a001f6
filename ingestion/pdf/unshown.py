"""Text that a page holds and does not show: outside its edges or a clip, or on a layer that is switched off.

The library passes over such text when it is told to; here it is taken too, so that it can be reported. It must not
know how shown text is judged.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pymupdf

from hierarchy.positions import Box, box_of

CLIPPED = pymupdf.TEXT_CLIP
MOST_WORDS = 20_000  # that are compared on a page


def with_all_layers(pdf: Any, path: Path) -> Any:
    """The same file with every layer switched on; the one that was given where none is off."""
    layers = pdf.get_layer() if pdf.get_ocgs() else {}
    if not layers.get("off") and layers.get("basestate") != "OFF":
        return pdf
    bare = pymupdf.open(path, filetype="pdf")
    bare.xref_set_key(bare.pdf_catalog(), "OCProperties", "null")
    return bare


def shown_text(page: Any, bare: Any, text_page: Any, flags: int) -> tuple[str, dict[str, list[str]]]:
    """A page's own words, by another call than that of `text_page`, and by reason the words that it does not show.

    `bare` is the same page with all its layers.
    """
    unshown: dict[str, list[str]] = {}
    shown = text_page
    whole = _everything(page, flags)
    text = str(whole.extractText())
    if text != shown.extractText():
        text = str(page.get_text("text", flags=flags))
        if outside := _without(whole.extractWORDS(), shown.extractWORDS()):
            unshown["outside"] = [outside]
    if bare is not page and (layered := _without(_everything(bare, flags).extractWORDS(), whole.extractWORDS())):
        unshown["invisible"] = [layered]
    return text, unshown


def _everything(page: Any, flags: int) -> Any:
    return page.get_textpage(flags=flags & ~CLIPPED, clip=pymupdf.INFINITE_RECT())


def _without(there: list[tuple[Any, ...]], shown: list[tuple[Any, ...]]) -> str:
    """The words that are there and not shown, whole or in part."""
    if len(there) > MOST_WORDS:
        return ""
    same = Counter((round(w[0]), round(w[1]), w[4]) for w in shown)
    lines: dict[int, list[Box]] = {}
    for word in shown:
        lines.setdefault(round(word[1] / 4), []).append(box_of(word[:4]))
    left = []
    for word in there:
        key = (round(word[0]), round(word[1]), word[4])
        if same[key] > 0:
            same[key] -= 1
            continue
        box, row = box_of(word[:4]), round(word[1] / 4)
        if not any(_overlap(box, other) for near in (row - 1, row, row + 1) for other in lines.get(near, ())):
            left.append(str(word[4]))
    return " ".join(left)


def _overlap(a: Box, b: Box) -> bool:
    return min(a[2], b[2]) - max(a[0], b[0]) > 1 and min(a[3], b[3]) - max(a[1], b[1]) > 0.5 * (a[3] - a[1])
