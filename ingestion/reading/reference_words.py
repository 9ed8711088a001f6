"""The cue words of lists of references, read once from words/references.toml."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

_WORDS: dict[str, list[str]] = tomllib.loads(
    (files("ingestion.reading") / "words" / "references.toml").read_text("utf-8")
)


def _any_of(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


LIST_HEADING = re.compile(_any_of(_WORDS["headings"]), re.I)
AFTER_LIST = re.compile(_any_of(_WORDS["sections_after"]), re.I)
NO_KEYS = frozenset(_WORDS["no_keys"])
VENUE = re.compile(rf",\s(?:{'|'.join(_WORDS['venues'])})")
AMONG_NAMES = frozenset(_WORDS["among_names"])
ABBREVIATIONS = frozenset(_WORDS["abbreviations"])
