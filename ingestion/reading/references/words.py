"""The cue words of lists of references, read once from words/references.toml."""

from __future__ import annotations

import re

from ingestion.reading.cues import alternatives, table

_WORDS: dict[str, list[str]] = table("references")

LIST_HEADING = re.compile(alternatives(_WORDS["headings"]), re.I)
AFTER_LIST = re.compile(alternatives(_WORDS["sections_after"]), re.I)
NO_KEYS = frozenset(_WORDS["no_keys"])
VENUE = re.compile(rf",\s(?:{'|'.join(_WORDS['venues'])})")
AMONG_NAMES = frozenset(_WORDS["among_names"])
ABBREVIATIONS = frozenset(_WORDS["abbreviations"])
