"""The fields of one entry: marker, authors, title, year, DOI and arXiv id, as far as they are printed.

Entries follow no common form. Where a title ends is shown by its quotes, by a change to italics, by an address, or by a
sentence's end. What cannot be told stays empty.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from hierarchy.paper import Reference
from ingestion.pages import Line
from ingestion.reading.lines.joining import Vocabulary, join
from ingestion.reading.lines.placing import placed
from ingestion.reading.references.author_field import IN_BRACKETS, QUOTED, authors_end, sentence_end
from ingestion.reading.references.identifiers import arxiv_of, doi_of, without_identifiers
from ingestion.reading.references.names import U, are_names, split_names
from ingestion.reading.references.words import NO_KEYS, VENUE

MARKER = re.compile(r"\[\s?[^\][\s][^\][]{0,60}\]|\(\d{1,3}\)|\d{1,3}[.)](?=\s|[^\W\d_])")
BARE = re.compile(rf"\d{{1,3}}(?=\s?[“\"‘(]?{U})")
YEAR = re.compile(r"(?<![\d–/-])(?P<year>1[6-9]\d\d|20\d\d)(?P<letter>[a-z]?)(?![\d–/-]|\w)")
TYPE = re.compile(r"\s?\[[A-Z](?:/OL)?\]|\s?\[(?:online|internet|computer software|preprint|data ?set)\]", re.I)
LEADING_IN = re.compile(r"[.,]?\s[Ii]n:?$")
DATE = re.compile(r"[,.]\s(?:(?:[A-Z][a-z]{2,8}\.?|\d{1,2})\s)?(?:19|20)\d\d$")
EDITION = re.compile(r"\s?\((?:[^()]{1,20}\s)?(?:ed|edn|edition|version)\b[^()]{0,20}\)$", re.I)
TAG = re.compile(r"\s*\[[A-Z .]{2,12}\]\s*")
LEADING_YEAR = re.compile(r"\(?(?:1[6-9]|20)\d\d[a-z]?\)?[.,:]\s+")
OTHERS = re.compile(r"et\.?\s?al\.?[,:]?\s+(?=\(?(?:1[6-9]|20)\d\d)")
TAKEN_OUT = re.compile(r"\s{6,}")  # where an identifier stood
SURE_VENUE = re.compile(r",\s(?:pp|pages|vol|arxiv|url|https|in proc)", re.I)
LATEST = 2060
LONGEST_TITLE = 400
LONGEST_ENTRY = 6_000  # letters: more is no entry


class Fields(NamedTuple):
    """What an entry prints of itself."""

    marker: str | None
    authors: tuple[str, ...]
    title: str | None
    year: int | None
    doi: str | None
    arxiv: str | None


def reference_of(number: int, lines: Sequence[Line], vocabulary: Vocabulary) -> Reference:
    """The entry made of these lines, the `number`th of all."""
    text, places = join(lines, vocabulary)
    italics = [(a, b) for word, a, b in placed(lines, text) if word.style.italic]
    fields = fields_of(text, "\n".join(line.text for line in lines), italics, number)
    return Reference(f"r{number}", fields.marker, text, places, *_rest(fields))


def _rest(fields: Fields) -> tuple[str | None, tuple[str, ...], int | None, str | None, str | None]:
    return fields.title, fields.authors, fields.year, fields.doi, fields.arxiv


def fields_of(
    text: str, printed: str | None = None, italics: Sequence[tuple[int, int]] = (), number: int | None = None
) -> Fields:
    """The fields of an entry; `printed` is its text with the words cut as on the page, `italics` where it is italic,
    `number` its place in the list, which tells a bare marker from other figures."""
    raw = (text if printed is None else printed)[:LONGEST_ENTRY]
    text = text[:LONGEST_ENTRY]
    marker = _marker(text, number)
    plain = without_identifiers(text)
    start = len(marker or "")
    start += len(text[start:]) - len(text[start:].lstrip(" .:,)"))
    tag = TAG.match(text, start) if marker else None
    start = tag.end() if tag else start
    end_of_authors, after = authors_end(plain, start)
    first = text[start:end_of_authors]
    authors, title = split_names(first), _title(text, plain, after, italics)
    if title is None and not are_names(first):  # "The index of reeds. (n.d.). example.org": it has no authors
        authors, title = (), _tidied(first)
    return Fields(marker, authors, title, _year(plain, start, after), doi_of(raw), arxiv_of(raw))


def _marker(text: str, number: int | None) -> str | None:
    found = MARKER.match(text)
    if found:
        return None if found.group().strip("[] ").lower() in NO_KEYS else found.group().strip()
    bare = BARE.match(text)
    return bare.group() if bare and number is not None and abs(int(bare.group()) - number) <= 3 else None


def _title(text: str, plain: str, after: int, italics: Sequence[tuple[int, int]]) -> str | None:
    start = after + len(text[after:]) - len(text[after:].lstrip(" .,;:)–—-"))
    others = OTHERS.match(plain, start)
    start = others.end() if others else start
    year = LEADING_YEAR.match(plain, start)
    start = year.end() if year else start
    quoted = QUOTED.match(plain, start)
    if quoted:
        return _tidied(text[quoted.start("title") : quoted.end("title")])
    end = sentence_end(plain, start)
    if plain[end : end + 1] in ("?", "!"):
        end = _after_question(plain, end + 1)
    address = TAKEN_OUT.search(plain, start, end)
    end = min(end, _italic_end(text, start, italics), address.start() if address else end)
    venue = VENUE.search(plain, start + 3, end)
    if venue and (text[:after].rstrip()[-1:] in ",:" or end - start > 250 or SURE_VENUE.match(venue.group())):
        end = venue.start()
    title = _tidied(text[start:end])
    return title if title and sum(c.isalpha() for c in title) >= 2 and not plain[start:end].isspace() else None


def _after_question(text: str, end: int) -> int:
    """A title may ask and then go on; a venue after it has figures, or a venue's words."""
    further = sentence_end(text, end)
    more = text[end:further]
    return end if not more.strip() or re.search(r"\b\d", more) or VENUE.match("," + more) else further


def _italic_end(text: str, start: int, italics: Sequence[tuple[int, int]]) -> int:
    """Where a title ends by its letters: an italic one where they stand upright again, others where a venue in italics
    begins after a stop, a comma or "In"."""
    runs: list[tuple[int, int]] = []
    for a, b in italics:
        if b <= start:
            continue
        if runs and a - runs[-1][1] <= 1:
            runs[-1] = (runs[-1][0], b)
        else:
            runs.append((a, b))
    for a, b in runs:
        if a <= start + 1:
            # One italic word in an upright title is a species or an emphasis.
            if b - a > 12 and text[b - 1] in ".,":
                return b
            continue
        before = text[start:a].rstrip()
        if before.endswith((".", ",", "?", "!", "”")) or LEADING_IN.search(before):
            return a
    return len(text)


def _tidied(title: str) -> str | None:
    title = TYPE.split(title)[0].strip(" ,;:")
    title = DATE.sub("", LEADING_IN.sub("", title).strip(" ,;:"))
    title = EDITION.sub("", title).strip(" ,;:")
    title = title if title.endswith("...") else title.rstrip(".")
    return title[:LONGEST_TITLE] or None


def _year(plain: str, start: int, after: int) -> int | None:
    """The year beside the authors; else one in brackets, one between stops, the last one."""
    beside = YEAR.search(plain, max(start, after - 45), after)
    found = beside or IN_BRACKETS.search(plain, after)
    if not found:
        all_years = list(YEAR.finditer(plain, start))
        found = all_years[-1] if all_years else None
    if not found or int(found["year"]) > LATEST:
        return None
    return int(found["year"])
