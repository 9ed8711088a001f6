"""Which passages are read again beside the question: the best found, and the best of the papers that most of it is in.

The words of a question name its subject, which a paper's opening repeats, more than what is asked of it; so the passage
that answers stands low among all, and high among those of its own paper. It must not know how passages are read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from retrieval.fusion import Fused

BEST = 6  # passages of the whole scope
FEWEST = 24  # that are read, where papers are short
PAPERS = (14, 6, 4)  # passages of the paper that most of what was found is in, of the next, and of the third
LOOKED_AT = 100  # passages, for what share of them each paper has
UNFOUND = 0.05  # score of a paper that is not among those found by themselves
STEEP = 3  # a good passage says more of its paper than many middling ones


class Pooled(NamedTuple):
    """A passage worth reading, and how much of what was found stands in its paper, against the paper with the most."""

    fused: Fused
    share: float


def shares(ranked: Sequence[Fused], paper_of: Mapping[str, str], papers: Sequence[Fused] = ()) -> dict[str, float]:
    """How much of what was found stands in each paper, against the paper with the most, best first.

    Args:
        ranked: passages, best first.
        paper_of: the paper of each of them.
        papers: the ranking of papers by themselves, where they were searched: both must speak for a paper.
    """
    mass: dict[str, float] = defaultdict(float)
    for f in ranked[:LOOKED_AT]:
        if f.id in paper_of:
            mass[paper_of[f.id]] += max(0.0, f.score) ** STEEP
    own = {f.id: f.score for f in papers}
    if own:
        mass = {paper: found * max(own.get(paper, 0.0), UNFOUND) ** STEEP for paper, found in mass.items()}
    most = max(mass.values(), default=0.0) or 1.0
    return {paper: mass[paper] / most for paper in sorted(mass, key=lambda p: (-mass[p], p))}


def pool(
    ranked: Sequence[Fused],
    paper_of: Mapping[str, str],
    inside: Callable[[str], Sequence[Fused]],
    most: int,
    papers: Sequence[Fused] = (),
) -> list[Pooled]:
    """The passages to read, each once, at most `most`.

    Args:
        ranked: the passages of the scope, best first.
        paper_of: the paper of each of them.
        inside: the ranking within one paper.
        most: how many may be read.
        papers: the ranking of papers by themselves.
    """
    part = shares(ranked, paper_of, papers)
    if len(part) <= 1:
        return [Pooled(f, 1.0) for f in ranked[:most]]
    chosen: dict[str, Pooled] = {}
    for paper, count in zip(part, PAPERS, strict=False):
        for f in inside(paper)[:count]:
            chosen.setdefault(f.id, Pooled(f, part[paper]))
    for f in ranked[:BEST]:
        chosen.setdefault(f.id, Pooled(f, part.get(paper_of.get(f.id, ""), 0.0)))
    for f in ranked:
        if len(chosen) >= FEWEST:
            break
        chosen.setdefault(f.id, Pooled(f, part.get(paper_of.get(f.id, ""), 0.0)))
    return list(chosen.values())[:most]
