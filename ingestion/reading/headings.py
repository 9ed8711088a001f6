"""Pass 6: headings and their levels, by numbering first, then by style learned within the paper.

A heading stands alone, is set unlike the body, and is short. Numbers give levels ("3.2.1" is 3); without them the style
of the headings that every paper has (Introduction, References) is level 1, and other styles follow by size.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingestion.pages import Document, Line, Role
from ingestion.reading.typography import Typography

NUMBER = re.compile(
    r"(?:(?:Appendix|Section|Chapter)\s+)?"
    r"(?P<number>\d{1,2}(?:\.\d{1,2}){0,3}|[A-Z](?:\.\d{1,2}){1,3}|[A-Z](?=[.:)]?\s)|[IVX]{1,5}(?=[.:)]?\s))[.:)]?\s+(?=[^\W\d_]|\d)",
)
CANONICAL = re.compile(
    r"abstract|summary|introduction|background|related works?|methods?|methodology|materials and methods|"
    r"experiments?|experimental (?:setup|results|settings?)|results?|results and discussions?|discussions?|"
    r"evaluation|analysis|conclusions?|conclusions? and future work|discussion and conclusions?|future work|"
    r"limitations?|acknowledge?ments?|references|bibliography|appendix|appendices|statement of need|data|dataset|"
    r"ethics statement|supplementary materials?",
    re.I,
)
ALWAYS = re.compile(
    r"abstract|references|bibliography|acknowledge?ments?|appendi(?:x|ces)|limitations?|ethics statement", re.I
)
ROMAN = re.compile(r"[IVX]+")
MOST_WORDS = 18
FIRST_LETTER = 1001  # the value of "A": appendices come after all figures


@dataclass(slots=True)
class Heading:
    """Lines that together are one heading; `level` 1 is a top heading."""

    lines: list[Line]
    text: str
    number: str | None
    level: int = 0

    @property
    def style(self) -> tuple[float, bool, bool, bool]:
        line = self.lines[0]
        letters = "".join(c for c in self.text if c.isalpha())
        return (round(line.size), line.bold, line.italic, letters.isupper())


def find_headings(document: Document, measures: Typography) -> list[Heading]:
    """Finds the headings, gives their lines the role, and sets levels."""
    lines = [line for line in document.lines() if line.role in (Role.BODY, Role.CAPTION, Role.TABLE, Role.FORMULA)]
    found: list[Heading] = []
    i = 0
    while i < len(lines):
        group = _group(lines, i, measures)
        if group:
            found.append(_heading(group))
            i += len(group)
        else:
            i += 1
    kept = _believable(found, measures)
    _set_levels(kept)
    for heading in kept:
        for line in heading.lines:
            line.role = Role.HEADING
    return kept


def _group(lines: list[Line], i: int, measures: Typography) -> list[Line]:
    """The lines from `i` on that can be a heading; empty where they cannot."""
    first = lines[i]
    if first.role != Role.BODY or not _can_begin(first, measures) or not _stands_free(lines, i, measures):
        return []
    group = [first]
    for line in lines[i + 1 : i + 3]:
        step = line.middle - group[-1].middle
        alike = abs(line.size - first.size) < 0.4 and line.bold == first.bold and line.italic == first.italic
        if not (
            alike and line.page == first.page and line.column == first.column and 0 < step < 1.5 * first.size * 1.2
        ):
            break
        if _is_distinct(first, measures) and not NUMBER.match(line.text) and line.role == Role.BODY:
            group.append(line)
        else:
            break
    after = lines[i + len(group)] if i + len(group) < len(lines) else None
    if after is not None and after.page == first.page and after.column == first.column and after.role == Role.BODY:
        step = after.middle - group[-1].middle
        alike = abs(after.size - first.size) < 0.4 and after.bold == first.bold and after.italic == first.italic
        # Text that goes on in the same style is a paragraph, not a heading.
        if (
            alike
            and 0 < step < 1.3 * measures.pitch
            and not NUMBER.match(after.text)
            and not CANONICAL.fullmatch(first.text.strip())
        ):
            return []
        if step <= 0.3 * first.size:  # something else on the same line
            return []
    text = " ".join(line.text for line in group)
    return group if len(text.split()) <= MOST_WORDS and not text.rstrip().endswith((",", ";")) else []


def _can_begin(line: Line, measures: Typography) -> bool:
    text = line.text.strip()
    number = NUMBER.match(text)
    words = text[number.end() :] if number else text
    letters = [c for c in words if c.isalpha()]
    if len(letters) < 3 or len(letters) < 0.5 * len(words.replace(" ", "")) or len(text) > 130:
        return False
    if not words[:1].isupper() and not (number and words[:1].isalnum()):
        return False
    if number and re.search(r"[.!?]\s+\S+\s+\S+", words):
        return False
    return _is_distinct(line, measures) or bool(CANONICAL.fullmatch(words.rstrip(".: ")))


def _is_distinct(line: Line, measures: Typography) -> bool:
    """Set unlike the body: larger, bold, small capitals, capitals, or (with a number) italic."""
    text = line.text
    if line.size > measures.size + 0.6 or (line.bold and line.size > measures.size - 1.2):
        return True
    letters = "".join(c for c in text if c.isalpha())
    if line.size < measures.size - 0.6 and not (letters.isupper() and len(letters) > 4):
        return False
    capitals = letters.isupper() and len(letters) > 4
    small_capitals = any(mark in line.words[-1].style.font.lower() for mark in ("csc", "smallcaps", "-sc", "caps"))
    return capitals or small_capitals or line.italic


def _stands_free(lines: list[Line], i: int, measures: Typography) -> bool:
    """Nothing of another paragraph goes on in this line."""
    if i == 0:
        return True
    a, b = lines[i - 1], lines[i]
    if a.page != b.page or a.column != b.column or a.role != Role.BODY:
        return True
    step = b.middle - a.middle
    if step > 1.12 * measures.pitch or abs(a.size - b.size) > 0.6 or (a.bold and b.bold):
        return step > 0.3 * b.size or step < 0
    return a.text.rstrip().endswith((".", ":", "?", "!")) and step > 0.3 * b.size


def _heading(group: list[Line]) -> Heading:
    text = " ".join(line.text.strip() for line in group)
    text = re.sub(r"(\w)- (?=[a-z])", r"\1", text)
    match = NUMBER.match(text)
    if match is None:
        return Heading(group, text.rstrip(":. ") if text.endswith((":", ".")) else text, None)
    named = match.group()[: match.start("number") - match.start()]
    heading = text[match.end() :]
    if named and not heading:
        heading = text
    return Heading(group, heading.rstrip(". "), match["number"])


def _believable(found: list[Heading], measures: Typography) -> list[Heading]:
    """Drops what only looks like a heading, in the light of the others."""
    numbered = [h for h in found if h.number]
    if not _is_roman(numbered):
        for heading in numbered:
            # "A study of reeds" is no appendix.
            if heading.number and heading.number.isalpha() and not _follows(heading, numbered):
                heading.text, heading.number = f"{heading.number} {heading.text}", None
        numbered = [h for h in numbered if h.number]
    styles = {h.style for h in found if CANONICAL.fullmatch(h.text)}
    if len(numbered) >= 3:
        usual = {h.style for h in numbered if _follows(h, numbered)}
        return [
            h
            for h in found
            if (h.number and (h.style in usual or _follows(h, numbered)) and _is_styled(h, measures))
            or (not h.number and (ALWAYS.fullmatch(h.text) or h.style in usual | styles))
        ]
    if not styles:
        return [h for h in found if h.lines[0].bold or h.lines[0].size > measures.size + 0.6]
    return [
        h
        for h in found
        if CANONICAL.fullmatch(h.text) or h.style in styles or h.lines[0].bold or h.lines[0].size > measures.size + 0.6
    ]


def _is_styled(heading: Heading, measures: Typography) -> bool:
    line = heading.lines[0]
    return (
        line.bold or line.italic or line.size > measures.size + 0.6 or heading.style[3] or _is_distinct(line, measures)
    )


def _follows(heading: Heading, numbered: list[Heading]) -> bool:
    """Whether a number fits between those before and after it: "4" after "3.2", "3.3" after "3.2"."""
    if _is_roman(numbered):
        return True
    at = numbered.index(heading)
    value = _value(heading.number or "")
    if value is None:
        return False
    if at == 0:
        return value[-1] <= 1
    before = _value(numbered[at - 1].number or "")
    if before is None:
        return True
    depth = len(value)
    if depth > len(before):
        return value[: len(before)] == before and value[-1] <= 1
    if value[-1] == FIRST_LETTER and depth == 1 and before[0] < FIRST_LETTER:
        return True
    return value[: depth - 1] == before[: depth - 1] and value[-1] in (before[depth - 1] + 1, before[depth - 1] + 2)


def _is_roman(numbered: list[Heading]) -> bool:
    return sum(bool(h.number and ROMAN.fullmatch(h.number)) for h in numbered) >= 3


def _value(number: str) -> list[int] | None:
    parts = number.split(".")
    out: list[int] = []
    for part in parts:
        if part.isdigit():
            out.append(int(part))
        elif len(part) == 1 and part.isalpha():
            out.append(FIRST_LETTER + ord(part) - ord("A"))
        else:
            return None
    return out


def _set_levels(headings: list[Heading]) -> None:
    roman = _is_roman(headings)
    by_style: dict[tuple[float, bool, bool, bool], int] = {}
    for heading in headings:
        if heading.number:
            heading.level = heading.number.count(".") + 1
            if roman and heading.number.isalpha() and not ROMAN.fullmatch(heading.number):
                heading.level = 2
            if roman and heading.number.isdigit():
                heading.level = 3
            by_style.setdefault(heading.style, heading.level)
    plain = [h for h in headings if not h.number]
    top = {h.style for h in plain if CANONICAL.fullmatch(h.text)} | {s for s, level in by_style.items() if level == 1}
    others = sorted({h.style for h in plain} - top - set(by_style), key=lambda s: (-s[0], not s[3], not s[1], s[2]))
    largest = max((s[0] for s in top), default=0.0)
    base = 1 if top else 0
    rank = 0
    for style in others:
        if style[0] > largest and top:
            by_style[style] = 1
        else:
            rank += 1
            by_style[style] = min(base + rank, 4)
    for heading in plain:
        heading.level = 1 if heading.style in top and heading.style not in by_style else by_style.get(heading.style, 1)
        if ALWAYS.fullmatch(heading.text):
            heading.level = 1
