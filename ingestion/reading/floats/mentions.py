"""Which figures and tables a text refers to: "Figure 3", "Figs. 2 and 3", "Tables 1–3", "Fig. 2a".

It must not know where anything stands; only labels that the paper has are told.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from ingestion.reading.labels import BEFORE, SEVERAL, SINGLE, either, label_name

ONE = r"(?:[A-Z]{1,2}[.-]?)?\d{1,3}(?:\.\d{1,2})?|[IVXL]{1,6}(?!\w)|[A-Z](?!\w)"
PART = r"(?:\s?\(?[a-h]\)?(?![a-z]))?"
BETWEEN = r"\s*(?:,\s*and|,|and|&|to|or|through|[-–—])\s*"
SMALL = "|".join(sorted((w for w in SINGLE | SEVERAL if len(w) > 2 and w.isascii()), key=lambda w: (-len(w), w)))
MENTION = re.compile(
    rf"(?:(?P<before>{BEFORE})\s+)?\b(?P<word>{either(SINGLE | SEVERAL)}|{SMALL})\b\.?\s*"
    rf"(?P<numbers>(?:{ONE}){PART}(?:{BETWEEN}(?:{ONE}){PART}){{0,12}})",
)
PIECE = re.compile(rf"(?P<between>to|through|[-–—])?\s*(?P<number>{ONE}){PART}")
MOST_IN_RANGE = 30


def mentions(text: str, labels: Collection[str]) -> tuple[str, ...]:
    """The labels among `labels` that a text names, in the order in which it first does."""
    by_name = {label.lower(): label for label in labels}
    found: dict[str, None] = {}
    for match in MENTION.finditer(text):
        word = _single(match["word"])
        last: str | None = None
        for piece in PIECE.finditer(match["numbers"]):
            numbers = [piece["number"]]
            if piece["between"] and last and last.isdigit() and numbers[0].isdigit():
                numbers = [str(n) for n in range(int(last) + 1, min(int(numbers[0]), int(last) + MOST_IN_RANGE) + 1)]
            for number in numbers:
                name = label_name(match["before"], word, number).lower()
                if name in by_name:
                    found[by_name[name]] = None
            last = piece["number"]
    return tuple(found)


def _single(word: str) -> str:
    """ "Tables" as "Table"."""
    low = word.lower()
    if low in SINGLE:
        return word
    return next(s for s in (low[:-1], low[:-2]) if s in SINGLE)
