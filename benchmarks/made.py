"""Made projects of any size for measuring search, with nodes in the shares that real papers give.

`python -m benchmarks.made NODES` builds one on the engine that is set: 2,000 at a time, as an ingest writes.
Words follow Zipf's law over 50,000 of them; vectors are unit ones around 256 centres; passages carry places and
sentence vectors as large as real ones. The same number of nodes always gives the same nodes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.bench import PROJECT
from hierarchy.encoder import Matrix
from hierarchy.nodes import Finding, Level, Node, Record
from hierarchy.positions import Positions, WordBox
from strata.minilm import MiniLM
from strata.projects import projects_of
from strata.settings import Settings
from strata.weights import DIMENSION

SHARES = {Level.FINDING: 388, Level.PAPER: 80, Level.PASSAGE: 5392, Level.PROJECT: 1, Level.SECTION: 1248}  # of 7,109
WORDS = {Level.FINDING: 25, Level.PAPER: 180, Level.PASSAGE: 100, Level.PROJECT: 180, Level.SECTION: 60}
VOCABULARY = 50_000
CENTRES = 256
BATCH = 2_000
REFERENCES = 40
SYLLABLES = [consonant + vowel for consonant in "bcdfghjklmnprstvwxyz" for vowel in "aeiou"]
PLACES = Positions.of(
    WordBox(6 * i, 6 * i + 5, 1, i // 10, (50 + i % 10 * 50, i, 95 + i % 10 * 50, i + 9)) for i in range(100)
)


class Zipf:
    """Draws words, the commonest first in the vocabulary."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self._upto = np.cumsum(1 / np.arange(1, VOCABULARY + 1))
        self._upto /= self._upto[-1]
        self._words = np.array([_word(rank) for rank in range(VOCABULARY)], dtype=object)

    def text(self, least: int, most: int) -> str:
        """A text of so many words."""
        drawn = self._random.random(int(self._random.integers(least, most + 1)))
        return " ".join(self._words[np.searchsorted(self._upto, drawn)])


def questions(count: int) -> list[str]:
    """Questions of 6 to 10 words by the same law, so that common words occur."""
    words = Zipf(7)
    return [words.text(6, 10) for _ in range(count)]


def batches(nodes: int) -> Iterator[list[Record]]:
    """The nodes of a project, paper by paper, in batches."""
    random, words = np.random.default_rng(1), Zipf(2)
    centres = random.standard_normal((CENTRES, DIMENSION), np.float32)
    levels = _levels(nodes, random)
    papers = max(1, levels.count(Level.PAPER))
    for start in range(0, nodes, BATCH):
        few = levels[start : start + BATCH]
        vectors = _unit(
            centres[random.integers(0, CENTRES, len(few))] + random.standard_normal((len(few), DIMENSION), np.float32)
        )
        yield [_record(start + i, nodes, papers, level, words, vectors[i]) for i, level in enumerate(few)]


def _levels(nodes: int, random: np.random.Generator) -> list[Level]:
    """The level of each node, in the shares of SHARES and in a shuffled order; one project, at the front."""
    whole = sum(SHARES.values())
    counts = {level: round(nodes * share / whole) for level, share in SHARES.items() if level != Level.PROJECT}
    counts[Level.PASSAGE] += nodes - 1 - sum(counts.values())
    rest = [level for level, count in counts.items() for _ in range(count)]
    return [Level.PROJECT, *(rest[i] for i in random.permutation(len(rest)))]


def _record(number: int, nodes: int, papers: int, level: Level, words: Zipf, vector: npt.NDArray[np.float32]) -> Record:
    paper = None if level == Level.PROJECT else f"paper:{number * papers // nodes}"
    text, passage = words.text(WORDS[level] * 7 // 10, WORDS[level] * 13 // 10), level == Level.PASSAGE
    node = Node(
        id=f"{level.value}:{number}",
        level=level,
        project=PROJECT,
        title=words.text(3, 6),
        text=text,
        parent=paper,
        paper=paper,
        path=() if level in (Level.PROJECT, Level.PAPER) else (words.text(2, 4),),
        kind="paragraph" if passage else None,
        order=number,
        digest=f"{number:032x}",
        metadata=_told(number, words) if level == Level.PAPER else {"words": len(text.split())},
        finding=Finding(text, "result", "", text) if level == Level.FINDING else None,
        places=PLACES,
    )
    return Record(node, vector, (vector * 127).astype(np.int8).tobytes() * 4 if passage else None)


def _told(number: int, words: Zipf) -> dict[str, Any]:
    """What a paper's node tells, as large as a real one's: its authors, its references, its summary."""
    names = [name.title() for name in words.text(8, 8).split()]
    authors = [f"{given} {family}" for given, family in zip(names[::2], names[1::2], strict=True)]
    references = [
        {"id": f"r{i}", "title": words.text(8, 12), "authors": authors, "year": 2020, "doi": None, "arxiv": None}
        for i in range(REFERENCES)
    ]
    summary = [{"text": words.text(20, 30), "from": f"passage:{number + i}"} for i in range(6)]
    return {"authors": authors, "year": 2000 + number % 25, "references": references, "summary": summary}


def _unit(vectors: Matrix) -> Matrix:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def _word(rank: int) -> str:
    number, word = rank + len(SYLLABLES), ""
    while number:
        number, syllable = divmod(number, len(SYLLABLES))
        word += SYLLABLES[syllable]
    return word


def main() -> None:
    settings = Settings.from_environment()
    projects = projects_of(settings)
    store = projects.open(PROJECT, MiniLM(settings.home).identity, create=True)
    for batch in batches(int(sys.argv[1])):
        store.upsert(batch)
    store.tidy()
    store.close()
    projects.close()


if __name__ == "__main__":
    main()
