"""The cue words of findings: tables in `words/`, and the patterns that are made of them.

It must not know what a sentence is made into.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ingestion.reading.cues import anywhere

WORDS = Path(__file__).with_name("words")


@cache
def table(name: str) -> dict[str, Any]:
    """The table `words/NAME.toml`."""
    return tomllib.loads((WORDS / f"{name}.toml").read_text("utf-8"))


@cache
def patterns(name: str) -> Mapping[str, re.Pattern[str]]:
    """The groups of a table that have `words` (and `stems`), each as the pattern that finds them."""
    groups = {key: group for key, group in table(name).items() if isinstance(group, dict) and "words" in group}
    return {key: anywhere(group["words"], group.get("stems", ())) for key, group in groups.items()}


def distinct(pattern: re.Pattern[str], text: str) -> int:
    """How many different cues stand in a text."""
    return len({match.group().lower() for match in pattern.finditer(text)})
