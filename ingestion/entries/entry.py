"""An entry of a file of references: what of it Strata keeps, cleaned; its inner shape is an item of CSL-JSON.

Whatever is not kept is passed over, however odd. It must not know the formats that items are read from, nor stores.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from html import unescape
from typing import Any

import msgspec

from hierarchy.identity import fold

MOST_TITLE, MOST_ABSTRACT, MOST_KEY, MOST_AUTHORS = 2_000, 100_000, 400, 5_000  # letters; authors
DOI = re.compile(r"10\.\d{4,9}/\S+", re.IGNORECASE)
ARXIV = re.compile(
    r"(?:arxiv[:./]\s*(?:org/)?(?:abs/|pdf/)?)(\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?/\d{7})", re.IGNORECASE
)
YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
# What CSL-JSON and the registries set titles and abstracts in; anything else in angle brackets is text.
NAMES = "abstract|article-title|b|bold|br|div|em|i|inf|italic|li|list|list-item|p|sc|sec|span|strong|sub|sup|title|u|ul"
MARKUP = re.compile(rf"</?(?:jats:)?(?:{NAMES})(?:\s[^<>]*)?/?>", re.IGNORECASE)
BREAK = re.compile(r"</?(?:jats:)?(?:p|sec|div|br|title)(?:\s[^<>]*)?/?>", re.IGNORECASE)
# What a terminal or a screen would obey instead of showing it.
OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
SURROGATE = re.compile("[\ud800-\udfff]")  # stands for a byte that is no UTF-8
HEADING = re.compile(r"^\s*abstract\b[.:]?\s+(?=[A-Z])", re.IGNORECASE)


class Entry(msgspec.Struct, frozen=True):
    """One entry; `key` is its citation key, `venue` the journal or book that it stands in, `type` as CSL names it."""

    key: str
    title: str
    type: str = ""
    abstract: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    doi: str | None = None
    arxiv: str | None = None
    venue: str | None = None
    url: str | None = None


class Item(msgspec.Struct, frozen=True):
    """An item as a format gives it, in the shape of CSL-JSON, and the line of its file that it begins in."""

    csl: Mapping[str, Any]
    line: int | None = None


class BadEntry(msgspec.Struct, frozen=True):
    """An entry that cannot be taken, why, and what to do."""

    key: str | None
    code: str
    message: str
    hint: str = "Mend it, and ingest the file again."


def unreadable(key: str | None, line: int, error: Exception) -> BadEntry:
    """An entry on which a library failed in a way of its own."""
    return BadEntry(key, "broken", f"The entry in line {line} cannot be read ({type(error).__name__}).")


def entry_of(item: Item) -> Entry | BadEntry:
    """What is kept of an item; `key` is empty where it has none."""
    csl = item.csl
    key = plain(csl.get("id"))[:MOST_KEY]
    name = f"The entry {key[:80]!r}" if key else "An entry"
    where = f"{name} (line {item.line})" if item.line else name
    title, abstract = plain(csl.get("title")), plain(csl.get("abstract"))
    if not fold(title):
        return BadEntry(key or None, "no_title", f"{where} has no title.", "Give it one, and ingest the file again.")
    if len(title) > MOST_TITLE or len(abstract) > MOST_ABSTRACT:
        most = f"its title is longer than {MOST_TITLE:,} letters, or its abstract than {MOST_ABSTRACT:,}"
        return BadEntry(key or None, "too_large", f"{where} is no reference: {most}.")
    authors = tuple(filter(None, map(_name, _listed(csl.get("author"))[:MOST_AUTHORS])))
    told = " ".join(plain(csl.get(field)) for field in ("arxiv", "URL", "DOI", "number", "note"))
    doi, arxiv = DOI.search(plain(csl.get("DOI")) or plain(csl.get("URL"))), ARXIV.search(told)
    entry = Entry(
        key=key,
        title=title,
        type=plain(csl.get("type"))[:MOST_KEY],
        abstract=abstract,
        authors=authors,
        year=_year(csl.get("issued")),
        doi=doi[0].rstrip(".,;)}") if doi else None,
        arxiv=arxiv[1] if arxiv else None,
        venue=plain(csl.get("container-title"))[:MOST_TITLE] or None,
        url=plain(csl.get("URL"))[:MOST_TITLE] or None,
    )
    if SURROGATE.search(" ".join(filter(None, (*authors, key, title, abstract, entry.venue, entry.doi, entry.url)))):
        said = f"{where} holds letters that are not in UTF-8."
        shown = key.encode("utf-8", "replace").decode() or None
        return BadEntry(shown, "not_utf8", said.encode("utf-8", "replace").decode(), "Save the file as UTF-8.")
    return entry


def plain(value: object) -> str:
    """Text on one line, without markup and control characters; of a list, its first text."""
    if isinstance(value, list):
        value = next((part for part in value if isinstance(part, str)), "")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    text = unescape(MARKUP.sub("", BREAK.sub(" ", str(value))))
    text = unicodedata.normalize("NFC", text.replace("\u00ad", ""))
    return " ".join(OBEYED.sub(" ", text).split())


def _name(author: object) -> str:
    if isinstance(author, str):
        return plain(author)
    if not isinstance(author, Mapping):
        return ""
    if literal := plain(author.get("literal")):
        return literal
    parts = ("given", "dropping-particle", "non-dropping-particle", "family")
    name = " ".join(filter(None, (plain(author.get(part)) for part in parts)))
    suffix = plain(author.get("suffix"))
    return f"{name} {suffix}".strip() if suffix else name


def _year(issued: object) -> int | None:
    if isinstance(issued, Mapping):
        told = issued.get("date-parts") or issued.get("raw") or issued.get("literal") or issued.get("season")
        while isinstance(told, list):
            told = told[0] if told else None
        issued = told
    if isinstance(issued, float):
        issued = int(issued) if issued == issued and abs(issued) < 1e5 else None
    found = YEAR.search(str(issued)) if isinstance(issued, str | int) and not isinstance(issued, bool) else None
    return int(found[1]) if found else None


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
