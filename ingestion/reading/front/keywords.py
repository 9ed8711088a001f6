"""Keywords and index terms: the words behind their label, on its line and the next, or under it.

It must not know where the abstract ends.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingestion.pages import Document, Line, Role
from ingestion.reading.cues import either, table
from ingestion.reading.lines.joining import Vocabulary, join

CUES = table("front")["label"]
LABEL = re.compile(rf"{either(CUES['keywords'])}(?P<stop>\s*[:：.—–―-]+\s*|\s*$|\s+(?=[A-Z])|(?=\s))", re.I)
SUBJECT = re.compile(
    rf"{either(CUES['subjects'])}(?:\s*\(\d{{4}}\))?(?P<stop>\s*[:：.—–―•-]+\s*|\s*$|\s+(?=[A-Z•]))", re.I
)
MOST_LINES = 8
MOST = 40
LONGEST = 120


def begins_keywords(line: Line) -> bool:
    """Whether a line begins with the label of keywords or of subjects."""
    return label_of(line) is not None


def label_of(line: Line) -> re.Match[str] | None:
    """The label with which a line begins, set apart from running text by a sign, a style or its own line."""
    text = line.text.strip()
    found = LABEL.match(text) or SUBJECT.match(text)
    if found is None or (not text[:1].isupper() and text[:1].isascii()):
        return None
    if found["stop"].strip() or found.end() == len(text):
        return found
    count = len(text[: found.end()].split())
    head, after = line.words[0], line.words[min(count, len(line.words) - 1)]
    return found if head.style[1:4] != after.style[1:4] else None


def find_keywords(document: Document, vocabulary: Vocabulary) -> tuple[tuple[str, ...], list[Line]]:
    """The keywords, and all lines of keywords and subjects that are no text."""
    lines = [x for page in document.pages[:2] for x in page.lines if x.role not in (Role.FURNITURE, Role.REFERENCE)]
    found: dict[bool, list[str]] = {True: [], False: []}
    used: list[Line] = []
    for i, line in enumerate(lines):
        label = label_of(line)
        if label is None or any(line is x for x in used):
            continue
        block = _block(lines, i)
        used += block
        text = join(block, vocabulary)[0]
        again = LABEL.match(text) or SUBJECT.match(text)
        found[bool(LABEL.match(text))] += split(text[again.end() :] if again else text, block[1:])
    words = found[True] or found[False]
    return tuple(dict.fromkeys(words))[:MOST], used


def told_keywords(told: str) -> tuple[str, ...]:
    """The keywords of the PDF's metadata."""
    return tuple(dict.fromkeys(split(told, [])))[:MOST] if len(told) < 2_000 else ()


def split(text: str, lines: Sequence[Line]) -> list[str]:
    """The single keywords of a list; without separators each line is one."""
    text = re.sub(r"\s+", " ", text)
    for separator in (r";|；", r"[•·∙|]", r"[,，、،]", r"\s[–—-]\s|—"):
        if re.search(separator, text):
            parts = re.split(separator, text)
            break
    else:
        parts = [line.text for line in lines] if len(lines) > 1 else [text]
    cleaned = [re.sub(r"^and\s+|~", "", part.strip()).strip(" .:;,—–") for part in parts]
    return [part for part in cleaned if 1 < len(part) <= LONGEST]


def _block(lines: Sequence[Line], i: int) -> list[Line]:
    """The line of a label and those that go on with it."""
    block = [lines[i]]
    alone = _is_alone(lines[i])
    if alone:
        first = block[0]
        row = [x for x in lines if x.page == first.page and abs(x.middle - first.middle) < 0.4 * x.size]
        block += [x for x in row if first.x1 <= x.x0 < first.x1 + 10 * x.size]
        alone = len(block) == 1
    for line in lines[i + 1 : i + 1 + MOST_LINES]:
        last = block[-1]
        step = line.middle - last.middle
        if any(line is x for x in block):
            continue
        near = 0 < step < (2.6 if alone and len(block) == 1 else 1.55) * last.size
        same = line.page == last.page and min(line.x1, last.x1) > max(line.x0, last.x0)
        alike = abs(line.size - last.size) < 0.5 or (alone and len(block) == 1)
        if not (near and same and alike) or label_of(line) or (line.role == Role.HEADING and not alone):
            break
        if last.text.rstrip().endswith(".") and len(block) > alone and not last.text.rstrip().endswith(("etc.", "al.")):
            break
        if line.bold != last.bold and len(block) > 1 and line.bold:
            break
        block.append(line)
    return block


def _is_alone(line: Line) -> bool:
    found = LABEL.match(line.text.strip()) or SUBJECT.match(line.text.strip())
    return found is not None and found.end() >= len(line.text.strip())
