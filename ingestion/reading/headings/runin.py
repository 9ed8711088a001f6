"""Run-in headings: the first words of a paragraph, set apart from it ("**Data.** We ..."), that name what it is about.

Finds what can be one and cuts it off its line; which of them are headings is decided among all of them, by look and
number. A bold word within a list, a theorem's label or a term that a sentence begins with is none.
"""

from __future__ import annotations

from ingestion.pages import Document, Line, PageModel, Role, Word
from ingestion.reading.body.paragraphs import TERMINAL
from ingestion.reading.headings.heading import Heading
from ingestion.reading.headings.numbering import parse
from ingestion.reading.headings.setting import Setting

MOST_WORDS = 16
MOST_LINES = 3
ENDS = (".", ":", "?", "!", "—", "–", ".—", ".–")
BULLETS = "•◦▪‣∙·●○■–—-*✓✔→▶►"


def find_run_ins(lines: list[Line], taken: set[int], setting: Setting) -> list[Heading]:
    """What can be a run-in heading among the lines; `taken` are the ids of lines that are headings by themselves."""
    found: list[Heading] = []
    for i, line in enumerate(lines):
        if line.role != Role.BODY or id(line) in taken or not _may_lead(line.words[0], line, setting):
            continue
        if _begins_paragraph(lines, i, taken, setting) and (heading := _lead(lines, i, setting)):
            found.append(heading)
    return found


def _may_lead(word: Word, line: Line, setting: Setting) -> bool:
    """A cheap look at the first word that can tell: a number may be set like the body."""
    at = 1 if len(line.words) > 1 and word.text[:1].isdigit() else 0
    return setting.differs(line.words[at]) and word.text[0] not in BULLETS


def _begins_paragraph(lines: list[Line], i: int, taken: set[int], setting: Setting) -> bool:
    line = lines[i]
    left, _ = setting.edges(line)
    size = setting.measures.size
    if line.x0 - left > 3 * size or abs(line.size - size) > 0.6:
        return False
    before = lines[i - 1] if i else None
    if before is None or id(before) in taken or before.role != Role.BODY:
        last = next((x for x in reversed(lines[:i]) if x.role == Role.BODY), None)
        return last is None or id(last) in taken or bool(TERMINAL.search(last.text)) or line.x0 > left + 0.6 * size
    if not TERMINAL.search(before.text):
        # A paragraph above may end with a formula or a reference; then a gap must tell.
        return before.page == line.page and line.middle - before.middle > 1.5 * setting.measures.pitch
    return True


def _lead(lines: list[Line], i: int, setting: Setting) -> Heading | None:
    """The heading that begins with line `i`, whose look ends within it or a line below."""
    group: list[Line] = []
    for line in lines[i : i + MOST_LINES]:
        if group and (line.page != group[0].page or line.column != group[0].column or line.role != Role.BODY):
            return None
        group.append(line)
        cut = _length(line, setting, first=len(group) == 1)
        if cut < len(line.words):
            break
    else:
        return None
    if cut == 0:
        return None
    words = [w for line in group[:-1] for w in line.words] + group[-1].words[:cut]
    rest = group[-1].words[cut:]
    if rest[0].text in ("—", "–", ":", "-"):  # the dash after the words may be set like the body
        words, cut, rest = [*words, rest[0]], cut + 1, rest[1:]
    if not rest or len(words) > MOST_WORDS:
        return None
    below = lines[i + len(group)] if i + len(group) < len(lines) else None
    return Heading.of(group, cut) if _is_set_apart(words, rest, group, below, setting) else None


def _length(line: Line, setting: Setting, *, first: bool) -> int:
    """How many words at the beginning of a line are set otherwise than the body, as its first is."""
    words = line.words
    start = 1 if first and len(words) > 1 and words[0].text[:1].isdigit() and parse(f"{words[0].text} x") else 0
    bold, italic = words[start].style.bold, words[start].style.italic
    at = start
    while at < len(words) and setting.differs(words[at]):
        if (words[at].style.bold, words[at].style.italic) != (bold, italic):
            break
        at += 1
    return at if at > start else 0


def _is_set_apart(words: list[Word], rest: list[Word], group: list[Line], below: Line | None, setting: Setting) -> bool:
    text = " ".join(w.text for w in words)
    found = parse(text)
    named = (found[1] if found else text).strip()
    letters = sum(c.isalpha() for c in named)
    if letters < 3 or letters < 0.6 * len(named.replace(" ", "")) or not (named[:1].isupper() or found):
        return False
    near = below is not None and (below.page, below.column) == (group[-1].page, group[-1].column)
    indent = below.x0 - group[0].x0 if below is not None and near and below.role == Role.BODY else 0.0
    if 4 < indent < 6 * setting.measures.size:
        return False  # it hangs: a list of terms; what stands further in is a formula
    if text.endswith(ENDS):
        return not text.endswith((" et al.", " i.e.", " e.g.", " vs."))
    # Without a mark only bold words before a wide space are one.
    gap = rest[0].box[0] - words[-1].box[2]
    bold = all(w.style.bold for w in words[bool(found) :])
    return bold and gap > 0.55 * setting.measures.size and rest[0].text[:1].isupper()


def split(heading: Heading, document: Document) -> None:
    """Cuts a run-in heading off its last line: the rest becomes a line of its own, which begins the passage."""
    last = heading.lines[-1]
    page = document.pages[last.page - 1]
    rest = last.words[heading.cut :]
    if not rest:
        return
    del last.words[heading.cut :]
    last.refresh()
    beside = Line(last.page, last.block, rest, rest[0].box, Role.BODY, last.column)
    page.lines.insert(_index(page, last) + 1, beside)


def _index(page: PageModel, line: Line) -> int:
    return next(i for i, x in enumerate(page.lines) if x is line)
