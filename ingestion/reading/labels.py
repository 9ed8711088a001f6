"""The labels of figures and tables: "Figure 3", "Fig. S1", "TABLE II", "Supplementary Table 2".

It knows how labels are written, and must not know where they stand on a page.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ingestion.reading.cues import table

WORDS = table("labels")
BEFORE = "|".join(WORDS["before"]["words"] + [word.upper() for word in WORDS["before"]["words"]])
KINDS = ("figure", "table", "code", "box")
SINGLE = {word.lower(): kind for kind in KINDS for word in WORDS[kind]["words"]}
SEVERAL = {word.lower(): kind for kind in KINDS for word in WORDS[kind]["several"]}
SHORT = {
    "fig": "Figure",
    "figs": "Figure",
    "tab": "Table",
    "tabs": "Table",
    "abb": "Abbildung",
    "alg": "Algorithm",
    "lst": "Listing",
}
NUMBER = (
    r"(?:[A-Z]{1,2}[.-]?)?\d{1,3}(?:[.-]\d{1,2}){0,2}(?:[a-z](?=\s?[:.|]))?|[IVXL]{1,6}(?![\w'’])|[A-Z](?=\s?[:.|])"
)


def either(words: dict[str, str]) -> str:
    forms = {form for word in words for form in (word.capitalize(), word.upper())}
    return "|".join(sorted(forms, key=lambda form: (-len(form), form)))


LABEL = re.compile(
    rf"(?:(?P<before>{BEFORE})\s+)?(?P<word>{either(SINGLE)})\b\.?\s*(?P<number>{NUMBER})"
    r"(?:\s*\((?:[Cc]ont[a-z.'’]*|[a-z])\))?\s?(?P<mark>[:.|—–]|-\s|$)?"
)
AT_LINE_START = re.compile(rf"^\s*(?:(?:{BEFORE})\s+)?(?:{either(SINGLE)})\b\.?\s*(?:{NUMBER})", re.M)


class Label(NamedTuple):
    """A label as printed: its kind (figure, table, code or box), its usual name, where it ends in the text, and whether
    a mark follows, as in "Figure 3:"."""

    kind: str
    name: str
    end: int
    marked: bool


def label_of(text: str) -> Label | None:
    """The label with which a text begins."""
    found = LABEL.match(text)
    if found is None or (found["number"][-1].isdigit() and text[found.end("number") : found.end("number") + 1] == "%"):
        return None
    mark = found["mark"]
    # "Table 1.5" has its mark elsewhere; "Figure 3." before a small letter is the end of a sentence.
    marked = mark is not None and not (mark == "." and text[found.end() :].lstrip()[:1].islower())
    kind = SINGLE[found["word"].lower()]
    return Label(kind, label_name(found["before"], found["word"], found["number"]), found.end(), marked)


def label_name(before: str | None, word: str, number: str) -> str:
    """The label as it is usually written: "Figure 2" for "FIG. 2"."""
    word = SHORT.get(word.lower(), word.capitalize())
    return f"{before.title()} {word} {number}" if before else f"{word} {number}"


def has_labels(text: str) -> bool:
    """Whether some line of a page's text begins with a label: a caption may stand there."""
    return AT_LINE_START.search(text) is not None
