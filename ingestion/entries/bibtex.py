"""Items of a BibTeX file, read by bibtexparser; LaTeX in them is opened by pylatexenc.

A block that is broken is told with its line, and the others go on. It must not know what is kept.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares.names import parse_single_name_into_parts, split_multiple_persons_names
from bibtexparser.model import (
    Block,
    DuplicateBlockKeyBlock,
    DuplicateFieldKeyBlock,
    Entry,
    ParsingFailedBlock,
)
from pylatexenc.latex2text import LatexNodes2Text

from ingestion.entries.entry import BadEntry, Item, unreadable

logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # what it warns of is told in the report

LATEX = re.compile(r"[\\{}$~]|--|``|''")
COMMENT = re.compile(r"(?<!\\)%")  # a sign of LaTeX that BibTeX does not know: exporters leave it bare
KEY = re.compile(r"@\w+\s*[{(]\s*([^,\s{}()=]+)\s*,")
TYPES = {
    "article": "article-journal",
    "inproceedings": "paper-conference",
    "conference": "paper-conference",
    "book": "book",
    "inbook": "chapter",
    "incollection": "chapter",
    "phdthesis": "thesis",
    "mastersthesis": "thesis",
    "thesis": "thesis",
    "techreport": "report",
    "report": "report",
    "online": "webpage",
    "dataset": "dataset",
    "software": "software",
}
VENUES = ("journal", "journaltitle", "booktitle", "series", "howpublished", "publisher", "school", "institution")
OTHERS = "others"


def read_bibtex(text: str) -> Iterator[Item | BadEntry]:
    """The items of a file; what is broken is told."""
    for block in parse_string(text).blocks:
        line = (block.start_line or 0) + 1
        if isinstance(block, DuplicateFieldKeyBlock | DuplicateBlockKeyBlock):
            # The first of two equal fields counts; that a key stands twice is told by whoever takes the items.
            yield from _item(block.ignore_error_block, line)
        elif isinstance(block, ParsingFailedBlock):
            key = KEY.match((block.raw or "").lstrip())
            said = " ".join(str(getattr(block.error, "abort_reason", None) or block.error).split())
            reason = f": {said.rstrip('.')}" if said else ""
            yield BadEntry(key[1] if key else None, "broken", f"The entry in line {line} is broken{reason}.")
        elif isinstance(block, Entry):
            yield from _item(block, line)


def _item(block: Block | None, line: int) -> Iterator[Item | BadEntry]:
    if not isinstance(block, Entry):
        return
    try:
        yield Item(_csl(block), line)
    except RecursionError:
        yield BadEntry(block.key or None, "broken", f"The entry in line {line} is too deeply nested.")
    except Exception as error:  # a library met what it does not know: that is one entry's failure
        yield unreadable(block.key or None, line, error)


def _csl(entry: Entry) -> dict[str, Any]:
    told: dict[str, str] = {}
    for field in entry.fields:
        told.setdefault(field.key.lower(), str(field.value))
    type_ = entry.entry_type.lower()
    preprint = "arxiv" in (told.get("archiveprefix", "") + told.get("eprinttype", "")).lower()
    return {
        "id": entry.key,
        "type": TYPES.get(type_, "document"),
        "title": ": ".join(filter(None, (_opened(told.get("title")), _opened(told.get("subtitle"))))),
        "abstract": _opened(told.get("abstract")),
        "author": _authors(told.get("author") or told.get("editor") or ""),
        "issued": told.get("year") or told.get("date"),
        "DOI": _opened(told.get("doi")),
        "URL": told.get("url"),
        "arxiv": f"arxiv:{told.get('eprint', '')}" if preprint else told.get("journal"),  # "arXiv preprint arXiv:..."
        "container-title": next((_opened(told[name]) for name in VENUES if told.get(name)), None),
    }


def _authors(text: str) -> list[dict[str, str]]:
    return [_author(name) for name in split_multiple_persons_names(" ".join(text.split())) if name.casefold() != OTHERS]


@lru_cache(4096)  # a list names the same people again and again
def _author(name: str) -> dict[str, str]:
    if name.startswith("{") and name.endswith("}"):  # a body, not a person
        return {"literal": _opened(name)}
    parts = parse_single_name_into_parts(name, strict=False)
    given, family = " ".join(parts.first), " ".join([*parts.von, *parts.last])
    return {"given": _opened(given), "family": _opened(family), "suffix": _opened(" ".join(parts.jr))}


def _opened(text: str | None) -> str:
    """Text without LaTeX: accents as letters, braces gone, mathematics as it is written."""
    if not text or not LATEX.search(text):
        return text or ""
    parts = [COMMENT.sub(r"\\%", part) for part in re.split(r"\n\s*\n", text)]
    return "\n".join(" ".join(str(_reader().latex_to_text(part)).split()) for part in parts)


@cache
def _reader() -> Any:
    return LatexNodes2Text(math_mode="text", strict_latex_spaces=False, keep_comments=False)
