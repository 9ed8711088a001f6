"""The outline that a PDF brings along (its bookmarks), as it is. Whether it tells the truth is not decided here."""

from __future__ import annotations

import unicodedata
from typing import Any

from ingestion.pages import OutlineEntry

MOST_ENTRIES = 2_000
MOST_DEPTH = 12
MOST_LETTERS = 300


def bookmarks(pdf: Any) -> list[OutlineEntry]:
    """The entries that lead to a page of the file, in order; of a hostile outline the first few thousand."""
    found: list[OutlineEntry] = []
    waiting: list[tuple[Any, int]] = [(pdf.outline, 1)]
    seen = 0
    while waiting and seen < MOST_ENTRIES:
        item, level = waiting.pop()
        if item is None or not item.this.m_internal:  # a file without an outline has a null one: reading it crashes
            continue
        seen += 1
        waiting.append((item.next, level))
        if level < MOST_DEPTH:
            waiting.append((item.down, level + 1))
        title = " ".join(unicodedata.normalize("NFC", item.title or "").split())
        if title and len(title) <= MOST_LETTERS and not item.is_external and 0 <= item.page < pdf.page_count:
            top = float(item.y)
            found.append(OutlineEntry(title, level, int(item.page) + 1, top if 0 < top < 20_000 else None))
    return found
