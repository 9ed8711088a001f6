"""Puts the BM25 scores of several stores on one scale.

A store weighs a word by how few of its own nodes hold it, so the same passage scores higher in a large project, and a
word that is everyday in one field counts there for little. What a store gives is multiplied by how much its chosen
words would weigh in all stores together, against how much they weigh in it (the weight is the inverse document
frequency of Robertson and Spärck Jones, as in BM25). It must not know engines.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from hierarchy.query_words import chosen_words, words_of
from hierarchy.store import NodeStore

LEAST = 1e-6  # weight of a word that more than half of the nodes hold, as in SQLite's FTS5
MOST_REMEMBERED = 50_000  # words


class Rarity:
    """Counts of words in stores as they are now; made anew when one of them changes."""

    def __init__(self, stores: Sequence[NodeStore]) -> None:
        self._stores = stores
        self._nodes = [sum(store.count_by("level").values()) for store in stores]
        self._counts: dict[str, tuple[int, ...]] = {}
        self._last: tuple[str, tuple[float, ...]] | None = None

    def factors(self, text: str) -> tuple[float, ...]:
        """What each store's scores for a text are multiplied by."""
        if self._last is None or self._last[0] != text:
            counts = self._of(words_of(text))
            self._last = text, tuple(self._factor(text, place, counts) for place in range(len(self._stores)))
        return self._last[1]

    def _factor(self, text: str, place: int, counts: dict[str, tuple[int, ...]]) -> float:
        here = {word: held[place] for word, held in counts.items()}
        chosen = [w for w in chosen_words(text, self._nodes[place], lambda words: here) if here[w]]
        alone = sum(_weight(here[w], self._nodes[place]) for w in chosen)
        together = sum(_weight(sum(counts[w]), sum(self._nodes)) for w in chosen)
        return together / alone if alone else 1.0

    def _of(self, words: Sequence[str]) -> dict[str, tuple[int, ...]]:
        new = [word for word in words if word not in self._counts]
        if new:
            if len(self._counts) > MOST_REMEMBERED:
                self._counts, new = {}, list(words)
            found = [store.frequency(new) for store in self._stores]
            self._counts |= {word: tuple(counts.get(word, 0) for counts in found) for word in new}
        return {word: self._counts[word] for word in words}


def _weight(held: int, nodes: int) -> float:
    """What a word weighs that so many of the nodes hold."""
    return max(LEAST, math.log(max(nodes - held + 0.5, 0.5) / (held + 0.5)))
