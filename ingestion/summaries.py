"""A paper's summaries: of each section from its own sentences and what the sections below it keep, of the paper from
what all its sections keep.

The paper's summary is made of its body alone: its abstract is what the authors say, and stands beside it. It must not
know stores.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from hierarchy.paper import Section
from hierarchy.summaries import Line, chosen, kept, ranked
from ingestion.told import Source, Told, joined

SECTION_SENTENCES = 3
PAPER_WORDS = 150  # the sentence that reaches them is the last: about as long as an abstract
BESIDE_THE_BODY = frozenset({"abstract", "front"})


class Summaries(msgspec.Struct, frozen=True):
    """`sections`: the lines of each section, by its id; a section without a sentence has none. `paper`: the paper's."""

    sections: Mapping[str, tuple[Line, ...]]
    paper: tuple[Line, ...]


def summarised(sections: Sequence[Section], sources: Sequence[Source], *, words: int = PAPER_WORDS) -> Summaries:
    """The summaries of a paper.

    Args:
        sections: in reading order, each after the one above it.
        sources: their passages, in reading order.
        words: the length of the paper's summary.
    """
    own: dict[str, list[Source]] = {section.id: [] for section in sections}
    for source in sources:
        own[source.section.id].append(source)
    keeps: dict[str, Told] = {}
    lines: dict[str, tuple[Line, ...]] = {}
    below: dict[str, list[Told]] = {section.id: [] for section in sections}
    for section in reversed(sections):  # what is below comes first
        told = Told.by([source for source in own[section.id] if source.runs])
        scores = ranked(told.candidates, told.vectors)
        keeps[section.id] = told.only(kept(told.candidates, scores))
        if below[section.id]:
            under = joined(below[section.id][::-1])
            told = joined([told, under])
            scores = ranked(told.candidates, told.vectors)
            under = joined([keeps[section.id], under])
        else:
            under = keeps[section.id]
        if not scores.any():
            told = told if told.candidates else Told.by(own[section.id])
            scores = ranked(told.candidates, told.vectors, fragments=True)
        lines[section.id] = _lines(told, chosen(told.candidates, told.vectors, scores, most=SECTION_SENTENCES))
        if section.parent in below:
            below[section.parent].append(under)
    body = [s.id for s in sections if s.kind not in BESIDE_THE_BODY]
    whole = joined([keeps[i] for i in body])
    if not whole.candidates:  # a paper without headings
        whole = joined([keeps[s.id] for s in sections if s.kind == "front"])
    scores = ranked(whole.candidates, whole.vectors)
    return Summaries(lines, _lines(whole, chosen(whole.candidates, whole.vectors, scores, words=words)))


def _lines(told: Told, rows: Iterable[int]) -> tuple[Line, ...]:
    return tuple(Line(told.candidates[i].text, told.candidates[i].source) for i in rows)
