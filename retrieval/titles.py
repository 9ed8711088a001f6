"""Titles that a question quotes as those of papers ("what does the paper 'On Reeds' say ...") and that no paper has.

It must not know how papers are searched.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from hierarchy.nodes import PaperName
from hierarchy.query_words import words_of

QUOTED = re.compile(
    r"\b(?:papers?|articles?|study|work|preprint|publication)\s+(?:called |titled |entitled |named )?"
    r"(?:\"([^\"]{6,200})\"|“([^”]{6,200})”|«([^»]{6,200})»|‘([^’]{6,200})’|(?<!\w)'([^']{6,200})'(?!\w))",
    re.IGNORECASE,
)
SAME = 0.8  # of the quoted words that a title must have


def unknown_titles(question: str, papers: Sequence[PaperName]) -> list[str]:
    """The quoted titles that no paper of a project has, as they are quoted.

    >>> unknown_titles("What does the paper 'On the Growth of Reeds' say?", [])
    ['On the Growth of Reeds']
    """
    quoted = [next(group for group in match.groups() if group) for match in QUOTED.finditer(question)]
    titles = [set(words_of(paper.title)) for paper in papers] if quoted else []
    return [title for title in quoted if not any(_fits(words_of(title), held) for held in titles)]


def _fits(words: Sequence[str], title: set[str]) -> bool:
    return sum(word in title for word in words) >= SAME * len(words)
