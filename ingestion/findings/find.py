"""The findings of a passage: which of its sentences state one, and what each states.

They depend on the passage's own words, its type, its section's kind, and the tables that it refers to, so that an
unchanged passage keeps its findings. It must not know stores, nor other passages.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import msgspec

from hierarchy.encoder import Matrix, Range
from hierarchy.nodes import Value
from hierarchy.paper import Float, Passage, Section
from ingestion.findings.attribution import goes_on_reporting, is_reported
from ingestion.findings.classes import bare_classes, classes
from ingestion.findings.cues import table
from ingestion.findings.directions import direction
from ingestion.findings.hedges import is_hedged
from ingestion.findings.joining import goes_on, leads_to
from ingestion.findings.kinds import kind_of
from ingestion.findings.measured import Around
from ingestion.findings.metrics import named
from ingestion.findings.numbers import numbers
from ingestion.findings.signs import signs
from ingestion.findings.values import Read, read_values
from ingestion.told import RUNNING

LEAST_WORDS, MOST_WORDS = 5, 90
PASSAGES = (
    2048  # that are kept in mind: a run reads a paper fast, then thoroughly, which leaves most passages as they are
)
BEGINS = re.compile(r"[“\"‘'(\[]*(?:[^\W\d_a-z]|\d|[a-z]+-[a-z])")
ENDS = re.compile(r"[.!)\]”\"’'\d]$")


class Found(msgspec.Struct, frozen=True):
    """A finding at [start, end) of its passage's text, from the sentences `first` to `last`; the other fields as in
    `hierarchy.nodes.Finding`."""

    start: int
    end: int
    first: int
    last: int
    claim: str
    kind: str
    values: tuple[Value, ...]
    direction: str | None
    hedged: bool
    attribution: str


def findings_in(
    passage: Passage, section: Section, ranges: Sequence[Range], vectors: Matrix | None, tables: Sequence[Float]
) -> list[Found]:
    """The findings of a passage, in order.

    Args:
        passage: its words and type.
        section: the section that it stands in.
        ranges: its sentences.
        vectors: theirs, unit rows of shape (sentences, dimension), by the encoder that the classes learned from; None
            where it is another (see `fits`).
        tables: those that it refers to.
    """
    if passage.type not in RUNNING or not ranges:
        return []
    seen = blake2b(vectors.tobytes() if vectors is not None else b"", digest_size=16).digest()
    floats = tuple((one.label, one.caption, one.rows) for one in tables)
    asked = _Asked(passage.text, section.kind, section.path[-1:], tuple(ranges), floats, seen, tuple(tables), vectors)
    return list(_found(asked))


@dataclass(frozen=True)
class _Asked:
    """All that findings depend on; of the vectors their digest compares, of the tables what they say."""

    text: str
    kind: str
    heading: tuple[str, ...]
    ranges: tuple[Range, ...]
    floats: tuple[tuple[str, str, tuple[tuple[str, ...], ...] | None], ...]
    seen: bytes
    tables: tuple[Float, ...] = field(compare=False)
    vectors: Matrix | None = field(compare=False)


@lru_cache(maxsize=PASSAGES)
def _found(asked: _Asked) -> tuple[Found, ...]:
    ranges = asked.ranges
    sentences = [asked.text[a:b] for a, b in ranges]
    learned = classes() if asked.vectors is not None else bare_classes()
    chances = learned.probabilities(sentences, asked.vectors, asked.kind)
    arounds, reads = read_passage(sentences, asked.heading, asked.tables)
    amounts = signs(sentences, asked.kind, chances, [numbers(s) for s in sentences], reads)
    weights = table("weights")
    wanted = [is_sentence(s) and is_told(a, weights) for s, a in zip(sentences, amounts, strict=True)]
    reported: list[bool] = []
    for before, sentence in zip(("", *sentences), sentences, strict=False):
        others = bool(reported) and goes_on_reporting(sentence, before, reported[-1])
        reported.append(others or is_reported(sentence, asked.kind))
    found: list[Found] = []
    joined = -1
    for i, sentence in enumerate(sentences):
        if i <= joined or not is_sentence(sentence):
            continue
        read, last, words = reads[i], i, sentence
        own_next = i + 1 < len(sentences) and not reported[i] and not reported[i + 1]
        if own_next and wanted[i + 1] and leads_to(sentence, sentences[i + 1], reads[i], reads[i + 1]):
            read, last, words = reads[i + 1], i + 1, sentences[i + 1]
        elif not wanted[i]:
            continue
        elif own_next and goes_on(sentence, sentences[i + 1], reads[i], reads[i + 1]):
            last, words = i + 1, asked.text[ranges[i][0] : ranges[i + 1][1]]
            read = read_values(words, arounds[i])
        joined = last
        text = asked.text[ranges[i][0] : ranges[last][1]]
        found.append(
            Found(
                ranges[i][0],
                ranges[last][1],
                i,
                last,
                re.sub(r"\s+", " ", text),
                "other" if reported[i] else kind_of(text, asked.kind, bool(read.values)),
                read.values,
                direction(words, read.values, read.told, read.change),
                is_hedged(text),
                "reported" if reported[i] else "own",
            )
        )
    return tuple(found)


def read_passage(
    sentences: Sequence[str], heading: Sequence[str], tables: Sequence[Float]
) -> tuple[list[Around], list[Read]]:
    """For each sentence of a passage, what stands around it, and the values that it states; `heading` is that of its
    section, empty where it has none."""
    around = Around((), _above(heading, tables), heading[-1] if heading else "", tuple(tables))
    arounds: list[Around] = []
    reads: list[Read] = []
    for sentence in sentences:
        arounds.append(around)
        reads.append(read_values(sentence, around))
        around = msgspec.structs.replace(around, before=reads[-1].metrics)
    return arounds, reads


def _above(heading: Sequence[str], tables: Sequence[Float]) -> str | None:
    """The measure that the section's heading names, else the caption of a float that the passage refers to."""
    texts = [*heading[-1:], *(one.caption for one in tables)]
    return next((n.name for text in texts for n in named(text) if not n.generic), None)


def is_sentence(text: str) -> bool:
    """Whether a range is a whole statement: neither a fragment, nor a question, nor a list in words."""
    return LEAST_WORDS <= len(text.split()) <= MOST_WORDS and bool(BEGINS.match(text)) and bool(ENDS.search(text))


def is_told(amounts: Mapping[str, float], weights: Mapping[str, Any]) -> bool:
    """Whether a sentence with these signs is taken for a finding. Each group of sentences has its own threshold: those
    that state values, those that do so where a paper looks back (they mostly tell them again), those that state none
    beside some that do (they mostly comment on them), and the rest."""
    if amounts["outcomes"]:
        group = "again" if "outcomes looking back" in amounts else "measured"
    else:
        group = "beside" if amounts["plain beside measured"] else "plain"
    return bool(chance(amounts, weights["bias"], weights["weight"]) >= weights["threshold"][group])


def chance(amounts: Mapping[str, float], bias: float, weights: Mapping[str, float]) -> float:
    """How likely a sentence with these signs is a finding, between 0 and 1."""
    score = bias + sum(weights.get(name, 0.0) * amount for name, amount in amounts.items())
    return 1 / (1 + math.exp(-score))
