"""Questions to begin with, made from what a project holds. It must not know the screen."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from hierarchy.nodes import Node

MOST = 4
_WORD = re.compile(r"[^\W\d_]{5,}")
_EMPTY = frozenset({"across", "effects", "papers", "results", "studies", "times", "towards", "various", "years"})


def suggestions(papers: Sequence[Node]) -> list[str]:
    """Up to four questions, over all levels: the field, the papers, one paper, how it was done."""
    if not papers:
        return []
    newest = max(papers, key=lambda paper: (int(paper.metadata.get("year") or 0), paper.id))
    questions = ["What is this field arguing about?"] if len(papers) > 2 else []
    word = _common(papers)
    if word:
        questions.append(f"Which papers are about {word}?")
    questions.append(f"What did the paper “{newest.title}” find?")
    questions.append("How were the data collected?")
    return questions[:MOST]


def _common(papers: Sequence[Node]) -> str | None:
    """The plural that stands in most titles, but not in nearly all of them."""
    plurals = ({w.lower() for w in _WORD.findall(paper.title) if w.endswith("s")} - _EMPTY for paper in papers)
    counts = Counter(word for words in plurals for word in words)
    some = [(count, word) for word, count in counts.items() if 2 <= count <= max(2, len(papers) * 2 // 3)]
    return max(some, key=lambda pair: (pair[0], len(pair[1]), pair[1]))[1] if some else None
