"""Reads what a language model replied: the JSON in it, however it is wrapped, cut off or followed by talk.

What can be read is given, the rest is left; nothing of a reply is believed here. It must not know what was asked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

MOST_LETTERS = 200_000  # of a reply; what comes after is not looked at
MOST_STARTS = 300  # places where an object might begin
MOST_OBJECT = 8_000  # letters of one object


class UnreadableError(Exception):
    """A reply without any JSON that was asked for."""


def objects(reply: str) -> list[dict[str, Any]]:
    """The objects of a reply that is a list of them; those before a cut, where it was cut off.

    Raises:
        UnreadableError: where there is neither an object nor an empty list.
    """
    text = reply[:MOST_LETTERS]
    found = list(_objects(text))
    if not found and not re.search(r"\[\s*\]", text):
        raise UnreadableError
    return found


def one_object(reply: str) -> dict[str, Any]:
    """The first object of a reply.

    Raises:
        UnreadableError: where there is none.
    """
    found = next(_objects(reply[:MOST_LETTERS]), None)
    if found is None:
        raise UnreadableError
    return found


def numbers_of(value: object) -> list[int] | None:
    """Numbers of sentences as models write them (3, "3", "S3"), each once; None where one of them is no number."""
    listed = value if isinstance(value, list) else [value]
    found: list[int] = []
    for item in listed:
        if isinstance(item, int) and not isinstance(item, bool):
            found.append(item)
        elif isinstance(item, str) and (match := re.fullmatch(r"\s*\[?S?(\d{1,6})\]?\s*", item, re.I | re.A)):
            found.append(int(match.group(1)))
        else:
            return None
    return list(dict.fromkeys(found))


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """The outermost objects of a text that can be read, those inside a broken one too."""
    at = text.find("{")
    for _ in range(MOST_STARTS):
        if at < 0:
            return
        end = _end(text, at)
        read = _read(text[at:end]) if end else None
        if read is not None and not _is_wrapper(read):
            yield read
            at = text.find("{", end or at + 1)
        else:
            at = text.find("{", at + 1)


def _end(text: str, start: int) -> int | None:
    """Where the object that begins here ends, by its brackets; None where it does not."""
    depth, quoted, escaped = 0, False, False
    for i in range(start, min(len(text), start + MOST_OBJECT)):
        sign = text[i]
        if quoted:
            if escaped:
                escaped = False
            elif sign == "\\":
                escaped = True
            elif sign == '"':
                quoted = False
        elif sign == '"':
            quoted = True
        elif sign in "{[":
            depth += 1
        elif sign in "}]":
            depth -= 1
            if not depth:
                return i + 1
    return None


def _read(text: str) -> dict[str, Any] | None:
    try:
        read = json.loads(text, parse_constant=lambda name: None)  # NaN and Infinity are no numbers
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


def _is_wrapper(read: dict[str, Any]) -> bool:
    """{"findings": [...]}: some models wrap a list in an object."""
    inner = list(read.values())
    return len(inner) == 1 and isinstance(inner[0], list) and all(isinstance(i, dict) for i in inner[0])
