"""Chooses the sentences of a card: those that tell an aspect best and are near to what the paper is about, without
repetitions.

It must not know the words that tell an aspect.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hierarchy.nodes import Vector
from hierarchy.summaries import dangles, is_whole, points, spread
from hierarchy.summaries.centrality import Scores
from ingestion.card.aspects import aspects, strength
from ingestion.card.records import Card, Entry
from ingestion.told import Source, Told

METHOD = "card-1"  # changes whenever the same paper would have another card; part of its digest
ORDER = ("asks", "findings", "limitations", "data", "method")  # who takes a sentence first
MOST = 3  # entries of an aspect
CENTRAL = 0.5  # what nearness to the paper's mean counts beside a cue
RELEVANCE = 0.9  # against novelty: an entry must tell its aspect by itself
NEAR = 0.35  # how far below an aspect's best its other entries may be


def card_of(sources: Sequence[Source]) -> Card:
    """The card of a paper from its passages, in reading order."""
    told = Told.by([source for source in sources if source.runs])
    told = told.only(i for i, c in enumerate(told.candidates) if is_whole(c.text) and not points(c.text))
    if not told.candidates:
        return Card()
    mean = told.vectors.mean(axis=0)
    nearness = told.vectors @ (mean / max(float(np.linalg.norm(mean)), 1e-9))
    leaning = [dangles(c.text) for c in told.candidates]
    entries: dict[str, list[int]] = {}
    used: set[int] = set()
    for name in ORDER:
        scores = _scores(told, name, leaning, nearness)
        others = np.where(np.isin(np.arange(len(scores)), list(used)), 0.0, scores)
        # What stands under another aspect already is said again only where nothing else tells this one.
        entries[name] = _best(told, others) or _best(told, scores)
        used.update(entries[name])
    return Card(**{name: tuple(_entry(told, i) for i in rows) for name, rows in entries.items()})


def _scores(told: Told, name: str, leaning: Sequence[bool], nearness: Vector) -> Scores:
    scores = np.zeros(len(told.candidates))
    for i, (candidate, dangling) in enumerate(zip(told.candidates, leaning, strict=True)):
        strong = strength(candidate, name, dangles=dangling)
        if strong is not None:
            scores[i] = max(0.0, strong + CENTRAL * float(nearness[i]))
    return np.where(scores < aspects()[name].least, 0.0, scores)


def _best(told: Told, scores: Scores) -> list[int]:
    near = np.where(scores < scores.max() - NEAR, 0.0, scores)
    return spread(near, told.vectors, [1] * len(near), most=MOST, words=MOST, relevance=RELEVANCE)


def _entry(told: Told, i: int) -> Entry:
    candidate, start = told.candidates[i], told.starts[i]
    spans = told.sources[i].passage.places.spans(start, start + len(candidate.text))
    return Entry(candidate.text, candidate.source, spans[0].page if spans else None)
