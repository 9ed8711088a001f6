"""Whether a sentence says that something may be so. It must not know what the sentence states."""

from __future__ import annotations

import re

from ingestion.findings.cues import cues_in

MONTH = re.compile(r"\bMay(?=\s+\d|,|\s+(?:and|to|until|in)\b)|(?<=\d )May\b")  # the month, not the verb


def is_hedged(sentence: str) -> bool:
    """Whether the sentence itself takes back some of what it says: may, suggests, seems, probably."""
    return "hedge" in cues_in("attribution", MONTH.sub(" ", sentence))
