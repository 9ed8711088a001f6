"""A language model's opinion on the level of a question, checked: four numbers, or none.

A model that fails is left alone for a while, so that its waits are not added to every question. It must not know how an
opinion is weighed.
"""

from __future__ import annotations

import json
import math
import re
import time
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from hierarchy.errors import WriterError
from hierarchy.writer import Writer
from retrieval.classifier import LEVELS

TABLE = Path(__file__).with_suffix(".toml")
MOST_LETTERS = 2_000  # of a question that the model sees
MOST_TOKENS = 80
MOST_REPLY = 4_000
LEFT_ALONE_S = 60.0  # after a failure
OBJECT = re.compile(r"\{[^{}]*\}")


class WriterAdviser:
    """A language model as the router's adviser."""

    def __init__(self, writer: Writer) -> None:
        self._writer, self._again_at = writer, 0.0

    @property
    def name(self) -> str:
        """The model's."""
        return self._writer.name

    def opinion(self, question: str) -> Mapping[str, float] | None:
        """A share for each level, summing to 1; None where the model fails or its reply is none."""
        if time.monotonic() < self._again_at:
            return None
        try:
            reply = self._writer.write(_instructions(), f"Question: {question[:MOST_LETTERS]}", MOST_TOKENS)
        except WriterError:
            self._again_at = time.monotonic() + LEFT_ALONE_S
            return None
        return read(reply)


def read(reply: str) -> dict[str, float] | None:
    """The shares in a reply; None unless each level has a number that is not below 0, and one of them is above.

    >>> read('{"project": 1, "paper": 1, "section": 2, "finding": 0}')
    {'project': 0.25, 'paper': 0.25, 'section': 0.5, 'finding': 0.0}
    """
    match = OBJECT.search(reply[:MOST_REPLY])
    try:
        told = json.loads(match[0]) if match else {}
    except ValueError:
        return None
    given = [told.get(level) for level in LEVELS]
    numbers = [float(n) for n in given if isinstance(n, int | float) and not isinstance(n, bool) and 0 <= n <= 100]
    if len(numbers) < len(LEVELS):
        return None
    total = math.fsum(numbers)
    return {level: number / total for level, number in zip(LEVELS, numbers, strict=True)} if total > 0 else None


@cache
def _instructions() -> str:
    return str(tomllib.loads(TABLE.read_text("utf-8"))["instructions"]).strip()
