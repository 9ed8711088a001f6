"""Learns the router: `python -m training.routes LIBRARY.jsonl --date YYYY-MM-DD [--out FILE]`.

A multinomial logistic regression over a question's signs, hashed words and vector (retrieval/signs.py), once more
without the vector, for encoders that it was not learned with. It learns from the patterns of routes.toml, the sample's
questions and those of half 0 of a library of questions; half 1 is for `python -m benchmarks routes` alone.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from benchmarks.sample import SAMPLE, questions
from hierarchy.encoder import Encoder, Text
from hierarchy.nodes import Vector
from retrieval.classifier import LEVELS, WEIGHTS, Card, Classifier
from retrieval.names import Names
from retrieval.signs import row, sign_names
from strata.minilm import MiniLM
from strata.settings import Settings

PATTERNS = Path(__file__).with_suffix(".toml")
FILLED = 6  # times that each pattern is filled
STRENGTH = 1.0  # inverse strength of regularization
SLOT = re.compile(r"\{(\w+)\}")
SURNAME = re.compile(r"[^\W\d_a-z][\w'’-]+")
NO_NAMES = frozenset({"The", "Basel", "Nairobi", "Lund"})


class Example(msgspec.Struct, frozen=True, eq=False):
    """A question, the level that answers it, where it comes from, what it counts, and what names papers there."""

    question: str
    level: str
    source: str
    weight: float
    names: Names


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.routes", description="Learns the router's weights.")
    parser.add_argument("library", type=Path, help="questions with level and papers, JSON lines")
    parser.add_argument("--date", required=True, help="that goes onto the card")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    given = parser.parse_args()
    encoder = MiniLM(Settings.from_environment().home)
    examples = [*from_patterns(), *from_sample(), *from_library(given.library, 0)]
    learned = learn(examples, vectors(encoder, examples), encoder.identity.model, given.date)
    learned.save(given.out)
    print(f"{len(examples)} questions, {given.out.stat().st_size:,} bytes")


def learn(
    examples: Sequence[Example], seen: Sequence[Vector], encoder: str = "", date: str = "", *, words: bool = True
) -> Classifier:
    """The classifier that these examples give; `words`: whether signs and words count, or the vector alone."""
    both = np.array([row(e.question, v, e.names) for e, v in zip(examples, seen, strict=True)])
    bare = both.shape[1] - len(seen[0])
    if not words:
        both[:, :bare] = 0
    counts = dict[str, int]()
    for e in examples:
        counts[e.source] = counts.get(e.source, 0) + 1
    card = Card(date, encoder, tuple(sign_names()), counts)
    return Classifier(card, *_fitted(both, examples), *_fitted(both[:, :bare], examples))


def _fitted(rows: npt.NDArray[np.float32], examples: Sequence[Example]) -> tuple[Any, Any]:
    """Weights (levels, columns) and constants of a regression in which each level counts the same."""
    wanted = np.array([LEVELS.index(e.level) for e in examples])
    counts = np.array([e.weight for e in examples])
    shares = np.array([counts[wanted == level].sum() for level in range(len(LEVELS))])
    model = LogisticRegression(C=STRENGTH, max_iter=150, tol=1e-3)
    model.fit(rows, wanted, sample_weight=counts * (shares.mean() / shares)[wanted])
    return model.coef_.astype(np.float16), model.intercept_.astype(np.float32)


def vectors(encoder: Encoder, examples: Sequence[Example]) -> list[Vector]:
    """The vectors of the examples' questions."""
    return [e.vector for e in encoder.encode([Text(e.question) for e in examples])]


def from_patterns() -> Iterator[Example]:
    """Each pattern filled some times, always the same way; some in small letters or without a question mark."""
    table = tomllib.loads(PATTERNS.read_text("utf-8"))
    slots = table.pop("slots")
    known = {word for name in slots["name"] for word in SURNAME.findall(name)} - NO_NAMES
    names = Names.of((word, "", (word,)) for word in sorted(known))
    for level, held in table.items():
        for number, pattern in enumerate(held["patterns"]):
            for time in range(FILLED):
                draw = random.Random(f"{level}{number}{time}")
                text = SLOT.sub(lambda slot, draw=draw: draw.choice(slots[slot[1]]), pattern)  # type: ignore[misc]
                text = text.lower() if draw.random() < 0.3 else text
                text = text.rstrip("?") if draw.random() < 0.3 else text
                yield Example(text, level, "patterns", 1 / FILLED, names)


def from_sample() -> Iterator[Example]:
    """The sample's questions, by project."""
    lines = (SAMPLE / "gold" / "structure.jsonl").read_text("utf-8").splitlines()
    papers = [json.loads(line) for line in lines]
    for q in questions():
        if q["level"] in LEVELS:
            here = [p for p in papers if p["pdf"].startswith(q["project"])]
            names = Names.of((p["paper_id"], p["title"], [a["name"] for a in p["authors"]]) for p in here)
            yield Example(q["question"], q["level"], q["project"], 1.0, names)


def from_library(path: Path, half: int) -> Iterator[Example]:
    """Those questions of a library that are of a half."""
    for line in path.read_text("utf-8").splitlines():
        q = json.loads(line)
        if q["level"] in LEVELS and half_of(q) == half:
            yield Example(q["question"], q["level"], f"library, half {half}", 1.0, Names())


def half_of(question: dict[str, Any]) -> int | None:
    """The half of a question: that of its papers, of its own id where it has none; None where they lie in both."""
    halves = {_parity(name) for name in question["papers"] or [question["id"]]}
    return halves.pop() if len(halves) == 1 else None


def _parity(name: str) -> int:
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % 2


if __name__ == "__main__":
    main()
