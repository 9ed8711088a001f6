"""Items of CSL-JSON: a list of them, an object that holds one (`items`, `references`), or one after the other.

Each is read by itself, so that what stands before a place that is no JSON is taken. It must not know what is kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ingestion.entries.entry import BadEntry, Item

BETWEEN = re.compile(r"[\s,]*")
LISTS = ("items", "references")


def read_csl(text: str) -> Iterator[Item | BadEntry]:
    """The items of a file; what is no item is told."""
    decoder = json.JSONDecoder(parse_constant=lambda name: None)
    at = _past(text, 0)
    listed = text[at : at + 1] == "["
    at = _past(text, at + 1) if listed else at
    line, counted = 1, 0
    while at < len(text) and not (listed and text[at] == "]"):
        line, counted = line + text.count("\n", counted, at), at
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            bad = line + text.count("\n", at, error.pos) if isinstance(error, json.JSONDecodeError) else line
            said = error.msg if isinstance(error, json.JSONDecodeError) else "too deeply nested"
            yield BadEntry(None, "broken", f"From line {line} on this is no JSON (line {bad}: {said}).")
            return
        yield from _items(value, line)
        at = _past(text, end)


def _items(value: object, line: int) -> Iterator[Item | BadEntry]:
    if not isinstance(value, Mapping):
        yield BadEntry(None, "no_entry", f"Line {line} holds no item of CSL-JSON.")
        return
    held = next((value[name] for name in LISTS if isinstance(value.get(name), list)), None)
    if held is None or "title" in value:
        yield Item(_named(value), line)
        return
    for item in held:
        if isinstance(item, Mapping):
            yield Item(_named(item), line)
        else:
            yield BadEntry(None, "no_entry", f"Line {line} holds a list with something that is no item of CSL-JSON.")


def _named(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """An item whose key is the one that people cite by, where it tells both."""
    return {**item, "id": item.get("citation-key") or item.get("citekey") or item.get("id")}


def _past(text: str, at: int) -> int:
    found = BETWEEN.match(text, at)
    return found.end() if found else at
