"""Whether a quote is verbatim: the letters and digits of a quote, in order, must stand on the pages that it names.

It reads the page's own words, which another extraction call gave than the passages, so it can fail. A float, a footnote
or a column break may lie inside a quote: up to three pieces of twelve letters or more are allowed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

MOST_PIECES = 3
LEAST_PIECE = 12


def folded(text: str) -> str:
    """Letters and digits only, compatibility forms opened, lower case."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).lower() if c.isalnum())


def stands(quote: str, pages: Sequence[str]) -> bool:
    """Whether the quote stands on these pages (their own words, in order)."""
    return stands_in(quote, [folded(page) for page in pages])


def stands_in(quote: str, pages: Sequence[str]) -> bool:
    """The same for pages that are folded already."""
    left, words, pieces = folded(quote), "".join(pages), 0
    if not left:
        return False
    while left:
        size = _longest(left, words)
        pieces += 1
        if pieces > MOST_PIECES or size < min(LEAST_PIECE, len(left)):
            return False
        left = left[size:]
    return True


def _longest(left: str, words: str) -> int:
    """The length of the longest beginning of `left` that stands in `words` in one piece."""
    if left in words:
        return len(left)
    low, high = 0, len(left)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if left[:middle] in words else (low, middle - 1)
    return low
