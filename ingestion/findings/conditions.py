"""Under which condition a number holds, in the words of its sentence: "in heavy rain", "with five labels a species".

It must not know what the numbers measure.
"""

from __future__ import annotations

import re

WITH = r"(?:in|on|at|with|for|under|without|between|among|when|after|before|over|by|during|across|within|using|from)"
LEADING = re.compile(rf"^(?:[^,]{{0,40}},\s+)?({WITH}\s+[^,;()]{{3,90}}),", re.I)
BEHIND = re.compile(rf"\s*({WITH}\s+(?:[^\s,.;()\d]+\s+){{0,7}}[^\s,.;()]+)", re.I)
END = re.compile(
    r"\s+(?:and|but|or|to|from|against|compared|than|which|while|as|is|was|were|are|rose|fell|had|gave|reached)\b.*$|[\s,.;]+$"
)
AFTER_NAME = re.compile(
    r"\s+((?:in|on|at|for|over|under|with|during|of)\s+[^,;()]{3,80}?)\s+"
    r"(?:was|were|is|are|rose|fell|from|by|to|reached|grew|dropped|increased|decreased)\b",
    re.I,
)
MOST = 140


def condition(sentence: str, name_end: int | None, end: int, next_start: int) -> str | None:
    """The condition of the number that ends at `end`: what leads the sentence, what stands behind the measure's name
    (which ends at `name_end`), and what stands between the number and the next one."""
    parts: list[str] = []
    if lead := LEADING.match(sentence):
        parts.append(lead[1])
    if name_end is not None and name_end < end and (named := AFTER_NAME.match(sentence[name_end:end])):
        parts.append(named[1])
    if behind := BEHIND.match(sentence[end:next_start]):
        parts.append(behind[1])
    kept = [END.sub("", part).strip() for part in dict.fromkeys(parts)]
    told = "; ".join(part for part in kept if len(part) > 3)
    return told[:MOST] or None
