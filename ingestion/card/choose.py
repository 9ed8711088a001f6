"""Chooses the sentences of a card: those that tell an aspect best and are near to what the paper is about, without
repetitions.

It must not know the words that tell an aspect.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hierarchy.nodes import Vector
from hierarchy.summaries import dangles, is_whole, spread
from ingestion.card.aspects import aspects, strength
from ingestion.card.records import Card, Entry
from ingestion.told import Source, Told

METHOD = "card-1"  # changes whenever the same paper would have another card; part of its digest
MOST = 3  # entries of an aspect
CENTRAL = 0.5  # what nearness to the paper's mean counts beside a cue
NEAR = 0.35  # how far below an aspect's best its other entries may be


def card_of(sources: Sequence[Source]) -> Card:
    """The card of a paper from its passages, in reading order."""
    told = Told.by([source for source in sources if source.runs])
    told = told.only(i for i, c in enumerate(told.candidates) if is_whole(c.text))
    if not told.candidates:
        return Card()
    mean = told.vectors.mean(axis=0)
    nearness = told.vectors @ (mean / max(float(np.linalg.norm(mean)), 1e-9))
    leaning = [dangles(c.text) for c in told.candidates]
    return Card(**{name: _entries(told, name, leaning, nearness) for name in aspects()})


def _entries(told: Told, name: str, leaning: Sequence[bool], nearness: Vector) -> tuple[Entry, ...]:
    scores = np.zeros(len(told.candidates))
    for i, (candidate, dangling) in enumerate(zip(told.candidates, leaning, strict=True)):
        strong = strength(candidate, name, dangles=dangling)
        if strong is not None:
            scores[i] = max(0.0, strong + CENTRAL * float(nearness[i]))
    scores[scores < max(aspects()[name].least, float(scores.max()) - NEAR)] = 0.0
    best = spread(scores, told.vectors, [1] * len(scores), most=MOST, words=MOST)
    return tuple(_entry(told, i) for i in best)


def _entry(told: Told, i: int) -> Entry:
    candidate, start = told.candidates[i], told.starts[i]
    spans = told.sources[i].passage.places.spans(start, start + len(candidate.text))
    return Entry(candidate.text, candidate.source, spans[0].page if spans else None)
