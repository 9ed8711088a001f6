"""CSAbstruct as texts with sentence vectors: the abstracts of a split, encoded as Strata encodes a passage.

It must not know what is learned from them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import msgspec

from hierarchy.encoder import Encoder, Matrix, SentenceVectors, Text
from ingestion.findings.classes import CLASSES

HEADING = "Abstract: "


class Abstract(msgspec.Struct, frozen=True, eq=False):
    """Its sentences, their vectors (as a store gives them back), and the index of each one's class."""

    sentences: list[str]
    vectors: Matrix
    labels: list[int]


def abstracts(path: Path, encoder: Encoder) -> list[Abstract]:
    """The abstracts of a split, whose sentences went through the encoder together."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    texts = [_text(row["sentences"]) for row in rows]
    return [
        Abstract(
            row["sentences"],
            SentenceVectors.of(text.parts, encoding.parts).vectors(),
            [CLASSES.index(label) for label in row["labels"]],
        )
        for row, text, encoding in zip(rows, texts, encoder.encode(texts), strict=True)
    ]


def _text(sentences: Sequence[str]) -> Text:
    ranges: list[tuple[int, int]] = []
    at = 0
    for sentence in sentences:
        ranges.append((at, at + len(sentence)))
        at += len(sentence) + 1
    return Text(" ".join(sentences), HEADING, tuple(ranges))
