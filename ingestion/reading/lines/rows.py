"""Lines on one height, as the rows of a table or names side by side are. It must not know what stands in them."""

from __future__ import annotations

from collections.abc import Iterable

from ingestion.pages import Line


def rows(lines: Iterable[Line]) -> list[list[Line]]:
    """Lines from top to bottom, those on one height together from left to right."""
    found: list[list[Line]] = []
    for line in sorted(lines, key=lambda item: item.middle):
        if found and line.middle - found[-1][0].middle < 0.45 * min(line.size, found[-1][0].size):
            found[-1].append(line)
        else:
            found.append([line])
    return [sorted(row, key=lambda item: item.x0) for row in found]
