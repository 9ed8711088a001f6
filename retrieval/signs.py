"""What in a question tells at which level it is answered: named signs, its words as hashed pairs, and its vector.

The signs' words are data (signs.toml). Words and pairs of neighbours fall into buckets by a hash (feature hashing,
Weinberger et al. 2009), each question's at length 1. It must not know what anything weighs.
"""

from __future__ import annotations

import re
import tomllib
import zlib
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hierarchy.nodes import Vector
from retrieval.cue_words import Cues
from retrieval.names import Names

TABLE = Path(__file__).with_suffix(".toml")
MOST_LETTERS = 2_000  # of a question that are looked at
MOST_WORDS = 80
BUCKETS = 4_096
WORD = re.compile(r"[^\W\d_]+(?:['’][a-z]+)?|\d+(?:[.,]\d+)*|[?:/%+–—]|(?<=\s)-(?=\s)")
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
SHAPES = ("words", "few words", "many words", "asks by a mark", "a number", "years", "one paper named", "papers named")
SCALE = {"signs": 1.0, "words": 3.0, "vector": 3.0}  # of these blocks, so that one regularization fits all

Row = npt.NDArray[np.float32]


def row(question: str, vector: Vector | None, names: Names) -> Row:
    """The signs, the buckets and the vector (left out where it is None) of a question, as one row."""
    held = signs(question, names)
    told = np.array([held[name] for name in sign_names()], np.float32)
    parts = [SCALE["signs"] * told, SCALE["words"] * buckets(question)]
    return np.concatenate(parts if vector is None else [*parts, SCALE["vector"] * vector]).astype(np.float32)


def signs(question: str, names: Names) -> dict[str, float]:
    """The signs of a question by name; names of papers and authors count, where the library has them."""
    asked = question[:MOST_LETTERS]
    held = {name: float(cues.stand_in(asked)) for name, cues in _cues().items()}
    words, known = words_of(asked), names.count(asked)
    shape = (
        min(len(words), 30) / 15,
        len(words) <= 5,
        len(words) >= 16,
        asked.rstrip().endswith("?"),
        bool(re.search(r"\d", YEAR.sub("", asked))),
        len(set(YEAR.findall(asked))) >= 2,
        known == 1,
        known >= 2,
    )
    return held | {name: float(amount) for name, amount in zip(SHAPES, shape, strict=True)}


def sign_names() -> tuple[str, ...]:
    """The signs, in the order of a row."""
    return (*_cues(), *SHAPES)


def buckets(question: str) -> Row:
    """The hashed words and pairs of a question, shape (BUCKETS,), at length 1 where it has any."""
    words = ["^", *words_of(question[:MOST_LETTERS]), "$"]
    grams = set(words[1:-1]) | {" ".join(pair) for pair in pairwise(words)}
    out = np.zeros(BUCKETS, np.float32)
    for gram in sorted(grams):
        out[zlib.crc32(gram.encode("utf-8", "replace")) % BUCKETS] += 1
    return np.asarray(out / max(float(np.linalg.norm(out)), 1e-9), np.float32)


def words_of(question: str) -> list[str]:
    """The first words in small letters, and the signs that part a question; every number is the same word."""
    return ["#" if word[0].isdigit() else word.lower() for word in WORD.findall(question)[:MOST_WORDS]]


@cache
def _cues() -> Mapping[str, Cues]:
    table = tomllib.loads(TABLE.read_text("utf-8"))
    return {name: Cues(held.get("anywhere", ()), held.get("start", ())) for name, held in table.items()}
