"""Pass 8: lines that are displayed formulas. Their extracted text is garbled, so they stay out of paragraphs."""

from __future__ import annotations

import re

from ingestion.pages import Line, PageModel, Role
from ingestion.reading.typography import Typography

MATH_FONT = re.compile(
    r"cmmi|cmsy|cmex|msbm|msam|math|symbol|mtmi|mtsy|mtex|eufm|rsfs|stmary|txsy|txmi|pxsy|lmmi|lmsy|lmex", re.I
)
PUNCTUATION = frozenset(".,;:!?'\"()[]{}-–—/%&’‘“”@#•…")
NUMBERED = re.compile(r".*\(\d{1,3}(?:\.\d{1,2})?[a-z]?\)\s*$")
PLAIN_WORD = re.compile(r"[^\W\d_]{3,}[,.;:]?")


def mark_formulas(page: PageModel, measures: Typography) -> None:
    """Gives displayed formulas their role; formulas within a sentence stay in it."""
    for line in page.lines:
        if line.role == Role.BODY and _is_formula(line, measures):
            line.role = Role.FORMULA


def _is_formula(line: Line, measures: Typography) -> bool:
    letters = sum(len(w.text) for w in line.words)
    math = sum(len(w.text) for w in line.words if MATH_FONT.search(w.style.font))
    symbols = sum(not c.isalnum() and c not in PUNCTUATION for w in line.words for c in w.text)
    plain = sum(bool(PLAIN_WORD.fullmatch(w.text)) and not MATH_FONT.search(w.style.font) for w in line.words)
    mathematical = math + symbols > 0.35 * letters
    if mathematical and plain <= 1 + 0.15 * len(line.words):
        return True
    return bool(NUMBERED.match(line.text)) and mathematical and plain <= 3
