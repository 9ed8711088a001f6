"""Pass 6: headings. What can be one by itself; which of these the paper means, by their numbers and their looks.

A heading stands alone, is short, and is set unlike the body. Numbers that follow each other through the paper vouch for
each other, and so do the looks of headings that many papers have. Levels, run-in headings and the PDF's outline have
files of their own.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator

from ingestion.pages import Document, Line, Role
from ingestion.reading.body.formulas import MATH_FONT
from ingestion.reading.cues import alternatives, table, whole
from ingestion.reading.headings.heading import Heading
from ingestion.reading.headings.levels import set_levels
from ingestion.reading.headings.numbering import Number, follow, parse
from ingestion.reading.headings.outline import take_outline
from ingestion.reading.headings.runin import find_run_ins, split
from ingestion.reading.headings.setting import Look, Setting
from ingestion.reading.lines.joining import HYPHENS, Vocabulary
from ingestion.reading.lines.typography import Typography

WORDS = table("headings")
CANONICAL = whole(WORDS["canonical"])
ALWAYS = whole(WORDS["unnumbered"])
LABEL = re.compile(
    rf"(?:{alternatives(WORDS['labels'])})[\s.:]*(?:[A-Z]?[\d.]*\d\b|[A-Z]|\([^)]{{0,80}}\))?[\s.:)]*", re.I
)
COUNTED = re.compile(r"[^\W\d_]{3,20} \d{1,2}(?:\.\d{1,2}){1,2}\.?")  # "Discussion 1.2": a label like a theorem's
CLOSED = whole(WORDS["without_run_ins"])
PSEUDO_CODE = whole(WORDS["pseudo_code"])
NEVER = 1_000_000
MOST_WORDS = 25
MOST_LETTERS = 180
MOST_NUMBERED = 1_000  # a thesis has some hundreds
MOST_LINES = 4
ROLES = (Role.BODY, Role.CAPTION, Role.TABLE, Role.FIGURE, Role.FORMULA)
ENOUGH = 3  # numbered headings that follow each other: the paper numbers its sections

__all__ = ["ALWAYS", "CANONICAL", "Heading", "find_headings"]


def find_headings(document: Document, measures: Typography) -> list[Heading]:
    """Finds the headings, cuts those off that begin a paragraph, gives their lines the role, and sets levels."""
    setting = Setting(document, measures)
    lines = list(document.lines(*ROLES))
    whole_lines = list(_candidates(lines, setting))
    run_ins = find_run_ins(lines, {id(x) for h in whole_lines for x in h.lines}, setting)
    kept = _believable(whole_lines, run_ins, document, setting)
    outlined = take_outline(document, kept)
    _heal(kept, document)
    in_order = {id(line): i for i, line in enumerate(document.lines())}
    kept.sort(key=lambda h: in_order[id(h.lines[0])])
    set_levels(kept, outlined)
    for heading in kept:
        if heading.run_in:
            split(heading, document)
        for line in heading.lines:
            line.role = Role.HEADING
    return kept


def _heal(headings: list[Heading], document: Document) -> None:
    """Puts words together that are cut at the end of a heading's line."""
    cut = [h for h in headings if any(line.text.endswith(HYPHENS) for line in h.lines[:-1])]
    vocabulary = Vocabulary(document) if cut else None
    for heading in cut:
        if vocabulary is not None:
            heading.heal(vocabulary)


def _candidates(lines: list[Line], setting: Setting) -> Iterator[Heading]:
    """Groups of lines that can be a heading by themselves."""
    i = 0
    while i < len(lines):
        group = _group(lines, i, setting)
        if group:
            yield Heading.of(group)
        i += len(group) or 1


def _group(lines: list[Line], i: int, setting: Setting) -> list[Line]:
    """The lines from `i` on that can be one heading; empty where they cannot."""
    first = lines[i]
    group = [first]
    number = parse(f"{first.text} x")
    if number and number[1] == "x" and i + 1 < len(lines):  # the number stands apart, a wide space before the words
        after = lines[i + 1]
        gap = after.x0 - first.x1
        level = abs(after.middle - first.middle) < 0.3 * first.size and after.page == first.page
        if not (level and 0 < gap < 4 * first.size and abs(after.size - first.size) < 0.6):
            return []
        group.append(after)
    text = " ".join(line.text for line in group)
    last = group[-1]
    if not (_can_begin(text, last, setting) and _stands_free(lines, i, setting) and setting.is_aligned(first)):
        return []
    if not setting.is_alone(first, *group) or (not number and _has_cells(first)):
        return []
    for line in lines[i + len(group) : i + MOST_LINES]:
        if not _goes_on(group, line, setting):
            break
        group.append(line)
    below = lines[i + len(group)] if i + len(group) < len(lines) else None
    if not _ends(group, below, setting) or (not number and _heads_table(group, below, setting)):
        return []
    text = " ".join(line.text for line in group)
    return group if len(text.split()) <= MOST_WORDS and not text.rstrip().endswith((",", ";", "-")) else []


def _can_begin(text: str, line: Line, setting: Setting) -> bool:
    found = parse(text)
    words = (found[1] if found else text).strip()
    letters = [c for c in words if c.isalpha()]
    uncased = bool(letters) and letters[0].lower() == letters[0].upper()  # Chinese, Arabic, ...
    if len(letters) < (2 if uncased else 3) and not (found and found[0].named):
        return False
    if len(letters) < 0.5 * len(words.replace(" ", "")) or len(text) > MOST_LETTERS:
        return False
    if not (words[:1].isupper() or uncased or (found and words[:1].isalnum()) or words[:1] in "“‘\"'(¿¡"):
        return False
    if re.search(r"[.!?]\s+\S+\s+\S+", words) and not re.search(r"(?:vs|etc|al)\.\s", words):
        return False  # two sentences
    if not found and LABEL.fullmatch(words) and not CANONICAL.fullmatch(words):
        return False
    last = line.words[-1]
    if line.size < setting.measures.size + 0.6 and setting.differs(line.words[0]) and len(line.words) > 1:
        plain = not setting.differs(last) and any(c.isalpha() for c in last.text) and not last.style.raised
        if plain and not MATH_FONT.search(last.style.font):
            return False  # the words go on in the look of the body: a run-in heading at most
    return setting.is_distinct(line) or bool(CANONICAL.fullmatch(words.rstrip(".: ")))


def _has_cells(line: Line) -> bool:
    """Whether wide spaces part the words, as in the head of a table."""
    return any(b.box[0] - a.box[2] > 0.95 * line.size for a, b in itertools.pairwise(line.words))


def _alike(a: Line, b: Line) -> bool:
    return abs(a.size - b.size) < 0.4 and a.bold == b.bold and a.italic == b.italic


def _goes_on(group: list[Line], line: Line, setting: Setting) -> bool:
    """Whether a heading goes on in this line: set alike, close below, and its first word had no room above."""
    first, last = group[0], group[-1]
    step = line.middle - last.middle
    if not (_alike(line, last) and line.page == first.page and line.column == first.column):
        return False
    distinct = setting.is_distinct(first) and setting.is_distinct(line)
    if not (0 < step < 1.5 * first.size and distinct and line.role in (Role.BODY, first.role)):
        return False
    if parse(line.text) and not line.text[:1].islower():
        return False
    if last.text.rstrip().endswith("-") or line.text[:1].islower():
        return True
    left, right = setting.edges(first)
    centred = abs(last.x0 - left) > 1.5 * first.size and abs(last.x0 + last.x1 - left - right) < 2 * first.size
    room = right - last.x1
    word = line.words[0].box
    return centred or room < word[2] - word[0] + 0.8 * first.size


def _ends(group: list[Line], after: Line | None, setting: Setting) -> bool:
    """Whether the words end with the group: what follows is not more of the same."""
    first, last = group[0], group[-1]
    if after is None or after.page != first.page or after.column != first.column or after.role != Role.BODY:
        return True
    step = after.middle - last.middle
    lead, body = after.words[0], setting.measures
    if 0 < step < 1.15 * body.pitch and setting.differs(lead) and not setting.differs(after.words[-1]):
        tail = last.words[-1].style
        if (lead.style.bold, lead.style.italic, lead.style.font) == (tail.bold, tail.italic, tail.font):
            return False  # it goes on in the next line, with body text after it
    same = _alike(after, last) and setting.is_distinct(after) == setting.is_distinct(last)
    text = " ".join(line.text for line in group)
    if same and 0 < step < 1.3 * setting.measures.pitch and not parse(after.text):
        return bool(CANONICAL.fullmatch(text.strip())) or step > 1.5 * first.size
    return True


def _heads_table(group: list[Line], after: Line | None, setting: Setting) -> bool:
    """Whether the rows of a table follow at the distance of lines."""
    last = group[-1]
    if after is None or after.role != Role.TABLE or (after.page, after.column) != (last.page, last.column):
        return False
    return 0 < after.middle - last.middle < 1.4 * setting.measures.pitch


def _stands_free(lines: list[Line], i: int, setting: Setting) -> bool:
    """Nothing of another paragraph goes on in this line."""
    if i == 0:
        return True
    a, b = lines[i - 1], lines[i]
    if a.page != b.page or a.column != b.column or a.role != Role.BODY:
        return True
    step = b.middle - a.middle
    if step <= 0.3 * b.size:
        return step < 0
    if step > 1.12 * setting.measures.pitch or abs(a.size - b.size) > 0.6 or (a.bold and b.bold):
        return True
    return a.text.rstrip().endswith((".", ":", "?", "!", ")")) or a.bold != b.bold


def _believable(found: list[Heading], run_ins: list[Heading], document: Document, setting: Setting) -> list[Heading]:
    """Drops what only looks like a heading, in the light of the others."""
    order = {id(line): i for i, line in enumerate(document.lines())}
    numbered = sorted((h for h in (*found, *run_ins) if h.number), key=lambda h: order[id(h.lines[0])])
    numbered = numbered[:MOST_NUMBERED]
    weights = [_weight(h, setting) for h in numbered]
    chain = follow([Number(h.number or "", h.readings, h.named) for h in numbered], weights)
    for i, heading in enumerate(numbered):
        heading.place = chain.get(i)
    counted = [h for h in numbered if h.place is not None]
    if len(counted) < ENOUGH:
        for heading in counted:
            if (heading.number or "").isalpha():
                heading.place = None
        counted = [h for h in counted if h.place is not None]
    for heading in found:
        heading.forget_number()  # "A Study of Reeds" is no appendix
    front = _front_edge(found, counted)
    known = {h.look for h in found if CANONICAL.fullmatch(h.text)}
    plain = [h for h in found if h.place is None and h.number is None and h.lines[0].role in (Role.BODY, Role.CAPTION)]
    plain = [h for h in plain if not (front and _is_above(h, front) and not CANONICAL.fullmatch(h.text))]
    # A number that stands in no count is a list's, unless it is set as those in the count are.
    printed = {(h.look, _parts(h.printed)) for h in counted}
    plain = [h for h in plain if not h.text[:1].isdigit() or (h.look, _parts(h.printed)) in printed]
    if len(counted) >= ENOUGH:
        usual = known | {h.look for h in counted if not h.run_in}
        kept = [h for h in plain if ALWAYS.fullmatch(h.text) or h.look in usual]
    else:
        counted = [h for h in counted if not h.run_in]
        kept = [h for h in plain if _is_plain_heading(h, known, setting)]
    return [*counted, *kept, *_consistent(run_ins, [*counted, *kept], order, numbers=len(counted) >= ENOUGH)]


def _parts(printed: str) -> int:
    """Of how many parts the printed number is: "2.1" has two."""
    return printed.split()[0].rstrip(".").count(".") + 1


def _weight(heading: Heading, setting: Setting) -> float:
    """How much a numbered line looks like a heading."""
    line = heading.lines[-1]
    if heading.run_in:
        return 0.7
    weight = 1.0 if line.bold or line.size > setting.measures.size + 0.6 or heading.look.capitals else 0.7
    if CANONICAL.fullmatch(heading.text):
        weight += 0.5
    return weight if heading.lines[0].role == Role.BODY else 0.5 * weight


def _is_plain_heading(heading: Heading, known: set[Look], setting: Setting) -> bool:
    line = heading.lines[0]
    if CANONICAL.fullmatch(heading.text) or heading.look in known:
        return True
    return (line.bold and line.size > setting.measures.size - 0.4) or line.size > setting.measures.size + 0.6


def _front_edge(found: list[Heading], counted: list[Heading]) -> Line | None:
    """The highest line on the first page that surely is a heading: names and affiliations stand above it."""
    sure = [h.lines[0] for h in (*found, *counted) if h.place is not None or CANONICAL.fullmatch(h.text)]
    return min((x for x in sure if x.page == 1), key=lambda x: x.middle, default=None)


def _is_above(heading: Heading, edge: Line) -> bool:
    line = heading.lines[0]
    return line.page == edge.page and line.middle < edge.middle


def _consistent(run_ins: list[Heading], kept: list[Heading], order: dict[int, int], *, numbers: bool) -> list[Heading]:
    """Run-in headings without numbers: a look that the paper uses more than once, or words that many papers have."""
    marks = sorted(kept, key=lambda h: order[id(h.lines[0])])
    at = 0
    open_section = False
    inside: list[Heading] = []
    for heading in sorted((h for h in run_ins if h.number is None), key=lambda h: order[id(h.lines[0])]):
        while at < len(marks) and order[id(marks[at].lines[0])] < order[id(heading.lines[0])]:
            open_section = not CLOSED.fullmatch(marks[at].text)
            at += 1
        if open_section and not LABEL.fullmatch(heading.text) and not COUNTED.fullmatch(heading.text):
            inside.append(heading)
    looks = Counter(h.look for h in inside)
    return [h for h in inside if looks[h.look] >= _least(h, numbers=numbers)]


def _least(heading: Heading, *, numbers: bool) -> int:
    """How often a paper must use the look of a run-in heading for it to be one.

    In a paper that numbers its sections, italic words before a paragraph are emphasis.
    """
    if CANONICAL.fullmatch(heading.text) and not PSEUDO_CODE.fullmatch(heading.text):
        return 1
    return NEVER if numbers and heading.look.italic and not heading.look.bold else 2
