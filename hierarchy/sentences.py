"""Where the sentences of a scientific text begin and end.

A boundary is a full stop, question or exclamation mark before a capital, a digit or an opening bracket, unless the
word before it is an abbreviation, an initial, or a number that goes on. It must not know papers.
"""

from __future__ import annotations

import re

ABBREVIATIONS = frozenset(
    [
        "e.g",
        "i.e",
        "et",
        "al",
        "etc",
        "cf",
        "vs",
        "resp",
        "approx",
        "fig",
        "figs",
        "eq",
        "eqs",
        "sec",
        "secs",
        "tab",
        "ref",
        "refs",
        "no",
        "nos",
        "vol",
        "pp",
        "ca",
        "dr",
        "prof",
        "mr",
        "mrs",
        "ms",
        "st",
        "jr",
        "inc",
        "ltd",
        "dept",
        "univ",
        "est",
        "max",
        "min",
        "avg",
        "std",
        "dev",
        "viz",
        "ed",
        "eds",
        "ch",
        "app",
        "appx",
        "def",
        "thm",
        "prop",
        "lem",
        "alg",
        "u.s",
        "u.k",
        "u.n",
    ]
)
END = re.compile(r"""[.!?]['"”’)\]]*(?:\s+|$)""")
OPENING = re.compile(r"""["“‘'(\[]*(?:[^\W\d_]|\d|[•–\-])""")


def sentence_ranges(text: str) -> tuple[tuple[int, int], ...]:
    """The character ranges of the sentences, in order, without the space around them; none for empty text.

    >>> [ "We use e.g. BERT. It works."[a:b] for a, b in sentence_ranges("We use e.g. BERT. It works.") ]
    ['We use e.g. BERT.', 'It works.']
    """
    ranges: list[tuple[int, int]] = []
    start = len(text) - len(text.lstrip())
    for match in END.finditer(text):
        stop = match.end() - (len(match.group()) - len(match.group().rstrip()))
        if stop <= start or not _is_boundary(text, match.start(), match.end()):
            continue
        ranges.append((start, stop))
        start = match.end()
    end = len(text.rstrip())
    if start < end:
        ranges.append((start, end))
    return tuple(ranges)


def _is_boundary(text: str, mark: int, after: int) -> bool:
    rest = text[after : after + 4]
    if not rest:
        return True
    opening = OPENING.match(rest)
    if opening is None or rest.lstrip("\"“‘'([")[:1].islower():
        return False
    if text[mark] != ".":
        return True
    word = re.search(r"[^\s(\[]*$", text[:mark])
    before = (word.group() if word else "").lower().rstrip(".")
    if before in ABBREVIATIONS or before.split(".")[-1] in ABBREVIATIONS:
        return False
    # "J. Smith", "U. S.": an initial; but "in Appendix A. The" does end, since a label may be one letter.
    return not (len(before) == 1 and before.isalpha() and rest[:1].isupper() and not _after_label(text, mark))


def _after_label(text: str, mark: int) -> bool:
    return bool(
        re.search(
            r"\b(?:appendix|table|figure|section|model|class|type|group|set|task|and|or|vitamin)\s+\S$",
            text[:mark],
            re.I,
        )
    )
