"""The sentences of a section, as they are shown to a language model: numbered, in batches that it can take in.

A sentence that speaks to a machine is withheld, and so is one that is too long to be a sentence. It must not know
models or replies.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from hierarchy.encoder import Range
from hierarchy.nodes import Node
from ingestion.writing.prompts import speaks_to_machine

BATCH_LETTERS = 12_000  # about 3,000 tokens, so that small models take it in too
MOST_LETTERS = 1_500  # of a sentence


class Sentence(msgspec.Struct, frozen=True):
    """A sentence of a passage: which one of it, and its characters there."""

    passage: Node
    index: int
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.passage.text[self.start : self.end]


def sentences_of(passages: Sequence[Node], ranges: Mapping[str, Sequence[Range]]) -> list[Sentence]:
    """The sentences of passages in order, those aside that are withheld; `ranges` are theirs, by the passage's id."""
    found = (Sentence(p, i, a, b) for p in passages for i, (a, b) in enumerate(ranges.get(p.id, ())))
    return [s for s in found if s.end - s.start <= MOST_LETTERS and not speaks_to_machine(s.text)]


def batches(sentences: Sequence[Sentence], most: int = BATCH_LETTERS) -> Iterator[list[Sentence]]:
    """The sentences in as few batches of about so many letters as they need; a passage is cut only where it is longer
    than one."""
    batch: list[Sentence] = []
    size = 0
    for group in _groups(sentences, most):
        letters = sum(s.end - s.start for s in group)
        if batch and size + letters > most:
            yield batch
            batch, size = [], 0
        batch, size = [*batch, *group], size + letters
    if batch:
        yield batch


def runs(sentences: Sequence[Sentence], numbers: Sequence[int]) -> list[list[Sentence]]:
    """The sentences with these numbers, from 1, as stretches that stand unbroken in one passage."""
    found: list[list[Sentence]] = []
    for number in sorted(set(numbers)):
        here = sentences[number - 1]
        last = found[-1][-1] if found else None
        if last is not None and last.passage.id == here.passage.id and last.index + 1 == here.index:
            found[-1].append(here)
        else:
            found.append([here])
    return found


def _groups(sentences: Sequence[Sentence], most: int) -> Iterator[list[Sentence]]:
    """What should stay together: the sentences of a passage, as far as they fit in a batch."""
    group: list[Sentence] = []
    size = 0
    for sentence in sentences:
        letters = sentence.end - sentence.start
        if group and (group[-1].passage.id != sentence.passage.id or size + letters > most):
            yield group
            group, size = [], 0
        group.append(sentence)
        size += letters
    if group:
        yield group
