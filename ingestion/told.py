"""What a paper tells, sentence by sentence, as its summaries and its card need it.

It must not know how sentences are chosen, nor which store they go to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec
import numpy as np

from hierarchy.encoder import Matrix, SentenceVectors
from hierarchy.paper import Passage, Section
from hierarchy.summaries import Candidate

BULLET = re.compile(r"[•◦▪‣∙·●○■–—*-]\s+")
RUNNING = frozenset({"paragraph", "list"})  # the types whose sentences may stand for a section


class Source(msgspec.Struct, frozen=True):
    """A passage, the section that it stands in, its sentences, and the quotes of its findings."""

    section: Section
    passage: Passage
    sentences: SentenceVectors
    findings: tuple[str, ...] = ()

    @property
    def runs(self) -> bool:
        """Whether it is running text."""
        return self.passage.type in RUNNING


class Told(msgspec.Struct, frozen=True, eq=False):
    """Sentences with their unit vectors, shape (sentences, dimension); `starts` are their first characters in the
    passages of `sources`."""

    candidates: tuple[Candidate, ...]
    sources: tuple[Source, ...]
    starts: tuple[int, ...]
    vectors: Matrix

    @classmethod
    def by(cls, sources: Sequence[Source]) -> Told:
        """All sentences of some passages, without their bullets."""
        rows = [(c, source, start) for source in sources for c, start in _sentences(source)]
        parts = [source.sentences.vectors() for source in sources]
        vectors = np.concatenate(parts) if parts else np.zeros((0, 1), np.float32)
        return cls(tuple(r[0] for r in rows), tuple(r[1] for r in rows), tuple(r[2] for r in rows), vectors)

    def only(self, rows: Iterable[int]) -> Told:
        """These sentences alone."""
        wanted = list(rows)
        return Told(
            tuple(self.candidates[i] for i in wanted),
            tuple(self.sources[i] for i in wanted),
            tuple(self.starts[i] for i in wanted),
            self.vectors[wanted],
        )


def joined(parts: Sequence[Told]) -> Told:
    """Several of them as one; those without a sentence do not count."""
    some = [part for part in parts if part.candidates]
    if not some:
        return Told.by([])
    return Told(
        tuple(c for part in some for c in part.candidates),
        tuple(s for part in some for s in part.sources),
        tuple(s for part in some for s in part.starts),
        np.concatenate([part.vectors for part in some]),
    )


def _sentences(source: Source) -> Iterator[tuple[Candidate, int]]:
    passage, kind = source.passage, source.section.kind
    for first, end in source.sentences.ranges:
        bullet = BULLET.match(passage.text, first, end)
        start = bullet.end() if bullet else first
        text = passage.text[start:end]
        finding = any(text in quote or quote in text for quote in source.findings)
        yield Candidate(text, passage.id, kind, finding, any(cite.text in text for cite in passage.cites)), start
