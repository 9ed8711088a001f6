"""Items of a RIS file, read by rispy, record by record, so that one without an end does not run into the next.

It must not know what is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import rispy

from ingestion.entries.entry import BadEntry, Item, unreadable

START = re.compile(r"^TY  -", re.MULTILINE)
END = "\nER  - \n"
TYPES = {
    "JOUR": "article-journal",
    "EJOUR": "article-journal",
    "MGZN": "article-magazine",
    "CONF": "paper-conference",
    "CPAPER": "paper-conference",
    "BOOK": "book",
    "EBOOK": "book",
    "CHAP": "chapter",
    "ECHAP": "chapter",
    "THES": "thesis",
    "RPRT": "report",
    "DATA": "dataset",
    "COMP": "software",
    "UNPB": "manuscript",
}
TITLES = ("title", "primary_title", "short_title", "translated_title")
AUTHORS = ("authors", "first_authors", "secondary_authors")
VENUES = ("journal_name", "secondary_title", "alternate_title3", "alternate_title2", "alternate_title1", "publisher")
YEARS = ("year", "publication_year", "date")
KEYS = ("label", "id")


def read_ris(text: str) -> Iterator[Item | BadEntry]:
    """The items of a file; what is broken is told."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    starts = [found.start() for found in START.finditer(text)]
    line, counted = 1, 0
    for start, end in pairwise([*starts, len(text)]):
        line, counted = line + text.count("\n", counted, start), start
        try:
            found = rispy.loads(text[start:end] + END)
        except Exception as error:  # a library met what it does not know: that is one entry's failure
            yield unreadable(None, line, error)
            continue
        if found:
            yield Item(_csl(found[0]), line)


def _csl(record: Mapping[str, Any]) -> dict[str, Any]:
    names: list[object] = next((record[name] for name in AUTHORS if record.get(name)), [])
    urls = record.get("urls") or record.get("url") or record.get("file_attachments1")
    return {
        "id": next((record[name] for name in KEYS if record.get(name)), None),
        "type": TYPES.get(str(record.get("type_of_reference")), "document"),
        "title": next((record[name] for name in TITLES if record.get(name)), None),
        "abstract": record.get("abstract") or record.get("notes_abstract"),
        "author": [_author(name) for name in names if isinstance(name, str)],
        "issued": next((record[name] for name in YEARS if record.get(name)), None),
        "DOI": record.get("doi"),
        "URL": urls,
        "container-title": next((record[name] for name in VENUES if record.get(name)), None),
    }


def _author(name: str) -> dict[str, str]:
    family, comma, rest = name.partition(",")
    given, _, suffix = rest.partition(",")
    return {"family": family, "given": given, "suffix": suffix} if comma else {"literal": name}
