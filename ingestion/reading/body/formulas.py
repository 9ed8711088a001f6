"""Pass 8: lines that are displayed formulas. Their extracted text is garbled, so they stay out of paragraphs."""

from __future__ import annotations

import re
from functools import lru_cache

from ingestion.pages import Line, PageModel, Role
from ingestion.reading.lines.typography import Typography

MATH_FONT = re.compile(
    r"cmmi|cmsy|cmex|msbm|msam|math|symbol|mtmi|mtsy|mtex|eufm|rsfs|stmary|txsy|txmi|pxsy|lmmi|lmsy|lmex", re.I
)
PUNCTUATION = frozenset(".,;:!?'\"()[]{}-–—/%&’‘“”@#•…§†‡©")
WORD = re.compile(r"[a-z]{2,}")
OPERATORS = frozenset({"min", "max", "log", "exp", "arg", "argmax", "argmin", "lim", "sup", "inf", "sin", "cos", "if"})
LEAST_PLAIN = 3  # words in a line of a paragraph
NUMBERED = re.compile(r".*\(\d{1,3}(?:\.\d{1,2})?[a-z]?\)\s*$")
PLAIN_WORD = re.compile(r"[^\W\d_]{3,}[,.;:]?")


def mark_formulas(page: PageModel, measures: Typography) -> None:
    """Gives displayed formulas their role; formulas within a sentence stay in it.

    The pieces of one formula (its number, what stands over and under its signs) are one part.
    """
    lines = [line for line in page.lines if line.role == Role.BODY]
    found = [line for line in lines if is_formula(line, measures) and not _in_sentence(line, lines)]
    seen = [line for line in page.lines if line.role == Role.FORMULA]
    wrapped = _wrapped(page, {id(line) for line in (*found, *seen)}, measures) if found or seen else set()
    found = [line for line in found if id(line) not in wrapped]
    for line in seen:
        if id(line) in wrapped:
            line.role = Role.BODY
    parts: list[list[Line]] = []
    for line in found:
        if parts and _is_near(parts[-1][-1], line, 1.6):
            parts[-1].append(line)
        else:
            parts.append([line])
    own = {id(line) for line in found}
    for part in parts:
        for line in lines:
            if id(line) not in own and _is_scrap(line) and any(_is_near(line, x, 0.4) for x in part):
                part.append(line)
                own.add(id(line))
    for number, part in enumerate(parts, 1):
        for line in part:
            line.role, line.part = Role.FORMULA, -(page.number * 1000 + number)


def _in_sentence(line: Line, lines: list[Line]) -> bool:
    """Whether words of a sentence stand beside it, close by."""
    for other in lines:
        gap = max(other.x0 - line.x1, line.x0 - other.x1)
        same_row = min(line.y1, other.y1) - max(line.y0, other.y0) > 0.5 * min(line.height, other.height)
        if other is not line and same_row and -line.size < gap < 1.5 * line.size and _plain_words(other) >= LEAST_PLAIN:
            return True
    return False


def _wrapped(page: PageModel, formulas: set[int], measures: Typography) -> set[int]:
    """Which lines (by id) only go on with a paragraph that is broken at its right edge: they are no displayed formulas,
    which begin further in or after a gap."""
    right: dict[int, float] = {}
    for line in page.lines:
        if line.role == Role.BODY and id(line) not in formulas:
            right[line.column] = max(right.get(line.column, 0.0), line.x1)
    found: set[int] = set()
    before: Line | None = None
    for line in page.lines:
        if line.role not in (Role.BODY, Role.FORMULA) or (id(line) in formulas and before is None):
            before = None
            continue
        if id(line) in formulas and before is not None:
            full = before.column == line.column and before.x1 > right.get(line.column, before.x1) - 1.5 * line.size
            step = line.middle - before.middle
            flush = line.x0 <= before.x0 + 2 or (line.block == before.block and _plain_words(line) >= 1)
            alike = abs(line.size - before.size) < 0.6 and _plain_words(before) >= LEAST_PLAIN
            near = 0.6 * measures.pitch < step < 1.35 * measures.pitch
            cut = before.text.endswith("-") and line.text[:1].islower() and near
            if not (cut or (full and flush and near and alike)) or before.text.endswith((".", ":")):
                before = None
                continue
            found.add(id(line))
        before = line
    return found


def _is_near(a: Line, b: Line, steps: float) -> bool:
    """Whether two lines stand in one column, less than so many lines apart."""
    apart = max(a.y0, b.y0) - min(a.y1, b.y1)
    return a.column == b.column and apart < steps * min(a.size, b.size)


def _is_scrap(line: Line) -> bool:
    """A number in brackets, a limit, a fraction's part: hardly a word in it."""
    return len(line.text) <= 16 and all(word in OPERATORS for word in WORD.findall(line.text))


def _plain_words(line: Line) -> int:
    return sum(bool(PLAIN_WORD.fullmatch(w.text)) and not is_math_font(w.style.font) for w in line.words)


@lru_cache(maxsize=500)
def is_math_font(font: str) -> bool:
    return MATH_FONT.search(font) is not None


def is_formula(line: Line, measures: Typography) -> bool:
    letters = sum(len(w.text) for w in line.words)
    math = sum(len(w.text) for w in line.words if is_math_font(w.style.font))
    symbols = sum(not c.isalnum() and c not in PUNCTUATION for w in line.words for c in w.text)
    plain = _plain_words(line)
    mathematical = math + symbols > 0.35 * letters
    if mathematical and plain <= 1 + 0.15 * len(line.words):
        return True
    return bool(NUMBERED.match(line.text)) and mathematical and plain <= 3
