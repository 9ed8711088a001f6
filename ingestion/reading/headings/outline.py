"""The PDF's own outline, laid beside the pages: it confirms headings, gives levels, and names those that were missed.

It is not believed blindly. An entry whose words stand nowhere near its page is dropped (a template's, "Title Page"), as
is one that names a figure; an outline of which most entries are such is not used at all, and one whose levels
contradict the printed numbers gives no levels. What a page shows as a heading stays one without it.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from hierarchy.paper import ReadWarning
from ingestion.pages import Document, Line, OutlineEntry, PageModel, Role
from ingestion.reading.headings.heading import Heading
from ingestion.reading.headings.numbering import depths, parse
from ingestion.reading.labels import label_of

ROLES = (Role.BODY, Role.CAPTION, Role.TABLE, Role.FIGURE, Role.FORMULA, Role.FOOTNOTE)
LEAST_SHARE = 0.5  # of the entries must stand on their pages
LEAST_AGREEMENT = 0.8  # of the numbered headings must have the levels that their numbers give
MOST_LINES = 4
MOST_SOUGHT = 100  # entries that no heading has, looked for on their pages: a hostile outline has thousands
NEAR = 60.0  # points from where an entry leads to where its words stand
RUN_IN_END = (".", ":", "?", "!", "—", "–")


def take_outline(document: Document, headings: list[Heading]) -> dict[int, int]:
    """Adds headings that only the outline names; the outline's level for each heading that it has, by `id`."""
    entries = _without_title(document.outline)
    if not entries:
        return {}
    pages = {page.number: page for page in document.pages}
    taken: dict[int, OutlineEntry] = {}
    missed: list[tuple[OutlineEntry, Heading]] = []
    said: dict[str, list[Heading]] = {}
    for heading in headings:
        for key in {fold(heading.text), fold(heading.printed)}:
            said.setdefault(key, []).append(heading)
    sought = 0
    for entry in entries:
        known = _known(entry, said, taken)
        if known is not None:
            taken[id(known)] = entry
            continue
        sought += 1
        if sought <= MOST_SOUGHT and (found := _on_pages(entry, pages)) is not None:
            missed.append((entry, found))
    if len(taken) + len(missed) < LEAST_SHARE * len(entries):
        there = len(taken) + len(missed)
        message = f"The file's outline was not used: of its {len(entries)} entries {there} stand on its pages."
        document.warnings.append(ReadWarning("outline", message))
        return {}
    lines = {id(line) for heading in headings for line in heading.lines}
    for entry, heading in missed:
        if not any(id(line) in lines for line in heading.lines):
            lines.update(id(line) for line in heading.lines)
            headings.append(heading)
            taken[id(heading)] = entry
    return _levels(document, headings, taken)


def fold(text: str) -> str:
    """Letters and figures alone, without case, accents and ligatures."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if c.isalnum())


def _without_title(outline: Sequence[OutlineEntry]) -> list[OutlineEntry]:
    """Without the paper's title, where all else stands below it."""
    if len(outline) > 1 and outline[0].page == 1 and sum(e.level == 1 for e in outline) == 1:
        return list(outline[1:])
    return list(outline)


@lru_cache(maxsize=20_000)
def _keys(text: str) -> frozenset[str]:
    """What a title is compared by: with its number and without."""
    found = parse(text)
    return frozenset(key for key in (fold(text), fold(found[1]) if found else "") if key)


def _known(
    entry: OutlineEntry, said: Mapping[str, Sequence[Heading]], taken: Mapping[int, OutlineEntry]
) -> Heading | None:
    """The heading that an entry means: the nearest of those with its words."""
    there = [h for key in _keys(entry.title) for h in said.get(key, ())[:MOST_SOUGHT]]
    alike = [h for h in there if id(h) not in taken and abs(h.lines[0].page - entry.page) <= 1]
    return min(alike, key=lambda h: _distance(entry, h.lines[0]), default=None)


def _distance(entry: OutlineEntry, line: Line) -> float:
    away = abs(line.y0 - entry.top) if entry.top is not None else 0.0
    return away + 2_000.0 * abs(line.page - entry.page)


def _on_pages(entry: OutlineEntry, pages: dict[int, PageModel]) -> Heading | None:
    """A heading of the lines on or beside its page that say what an entry says."""
    keys = _keys(entry.title)
    for number in (entry.page, entry.page - 1, entry.page + 1):
        page = pages.get(number)
        found = list(_with_words(keys, page)) if page else []
        if found:
            return min(found, key=lambda h: (h.run_in, _distance(entry, h.lines[0])))
    return None


def _with_words(keys: frozenset[str], page: PageModel) -> Iterator[Heading]:
    longest = max(map(len, keys), default=0)
    for i, line in enumerate(page.lines):
        if line.role not in ROLES or label_of(line.text) or len(fold(line.words[0].text)) > longest:
            continue
        group: list[Line] = []
        for after in page.lines[i : i + MOST_LINES]:
            if after.role not in ROLES or after.column != line.column:
                break
            group.append(after)
            said = _keys(" ".join(x.text for x in group))
            if keys & said:
                yield Heading.of(group)
                break
            if not any(key.startswith(part) for key in keys for part in said):
                if run_in := _run_in(group, keys):
                    yield run_in
                break


def _run_in(group: list[Line], keys: frozenset[str]) -> Heading | None:
    """The heading within the last line of a group, where a look or a mark ends it."""
    words = group[-1].words
    for cut in range(1, len(words)):
        heading = Heading.of(list(group), cut)
        if keys & {fold(heading.text), fold(heading.printed)}:
            a, b = words[cut - 1].style, words[cut].style
            if words[cut].text in RUN_IN_END and cut + 1 < len(words):  # "Data — We"
                return Heading.of(list(group), cut + 1)
            apart = (a.bold, a.italic, a.font) != (b.bold, b.italic, b.font)
            return heading if apart or words[cut - 1].text.endswith(RUN_IN_END) else None
        if len(fold(heading.text)) > max(map(len, keys)):
            return None
    return None


def _levels(document: Document, headings: list[Heading], taken: dict[int, OutlineEntry]) -> dict[int, int]:
    """The levels that the outline gives, the least of them 1; none where they contradict the numbers."""
    if not taken:
        return {}
    least = min(entry.level for entry in taken.values())
    levels = {key: entry.level - least + 1 for key, entry in taken.items()}
    counted = [h for h in headings if h.place is not None and id(h) in levels]
    places = [h.place for h in counted if h.place is not None]
    shifts = Counter(depth - levels[id(h)] for h, depth in zip(counted, depths(places), strict=True))
    if shifts and shifts.most_common(1)[0][1] < LEAST_AGREEMENT * len(counted):
        document.warnings.append(ReadWarning("outline", "The levels of the file's outline contradict its numbers."))
        return {}
    shift = shifts.most_common(1)[0][0] if shifts else 0
    return {key: max(1, level + shift) for key, level in levels.items()}
