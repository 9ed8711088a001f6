"""Words of a question that nothing in the project holds, and near words that it holds, which may be meant by them.

A known word is never changed. A word that is unknown may as well be a name, or a thing that no paper tells of; so only
one slip in a long word is mended (of four in five misspellings, it is all: Damerau 1964), two in a very long one, and
none in a short one; and the word that it becomes must mean, in the question, nearly what the encoder made of the slip.
It must not know how a search is made of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
from rapidfuzz.distance import OSA

from hierarchy.encoder import Encoder, Text
from hierarchy.filters import Filter
from hierarchy.nodes import Level
from hierarchy.store import NodeStore
from retrieval.extract import STOP

TOKEN = re.compile(r"[^\W\d_]+")
LEAST = 6  # letters
TWO_SLIPS = 10  # letters from which two are mended
MOST = 4  # words that are looked at closely
TRIED = 3  # words that each may become
MOST_WORDS = 64  # of a question
FEW, FOREIGN = 3, 0.6  # more unknown words than this share, where there are more than a few: another language
ANOTHER_LETTER = 8  # letters from which one may be another
ALIKE = 0.6  # cosine of the question with the word as it stands and as it may be meant
LESS_ALIKE, COMMON = 0.5, 5  # the same for a word of so many nodes
SURELY_ALIKE = 0.7  # the same where one letter is another
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def misspelled(question: str, store: NodeStore, where: Filter | None, encoder: Encoder) -> dict[str, str]:
    """What words of a question are read as, by how they stand in it; empty where all are known."""
    tokens = [token for token in dict.fromkeys(TOKEN.findall(question)) if _may_be_a_slip(token)][:MOST_WORDS]
    held = store.frequency(list(dict.fromkeys(token.lower() for token in tokens)))
    unknown = [token for token in tokens if not held.get(token.lower())]
    if len(tokens) > FEW and len(unknown) > FOREIGN * len(tokens):
        return {}
    found: dict[str, str] = {}
    for token in unknown[:MOST]:
        for near, least in _near(token.lower(), store)[:TRIED]:
            if where is not None and not store.bm25(near, Level.PASSAGE, 1, where):
                continue
            if _alike(question, mended(question, {token: near}), encoder) >= least:
                found[token] = near
                break
    return found


def mended(question: str, read_as: Mapping[str, str]) -> str:
    """The question with its words as they are read."""
    return TOKEN.sub(lambda match: read_as.get(match[0], match[0]), question)


def _may_be_a_slip(token: str) -> bool:
    """No abbreviation, no little word, and none so short that another is near by chance."""
    return (
        len(token) >= LEAST and token.lower() not in STOP and token.isascii() and (token.islower() or token.istitle())
    )


def _near(word: str, store: NodeStore) -> list[tuple[str, float]]:
    """Words of the project a slip away, the nearest and then the commonest first, and how alike the question must stay.

    A letter too few or too many, or two swapped, makes a word that is none; another letter often makes another word.
    """
    most = 2 if len(word) >= TWO_SLIPS else 1
    scored: list[tuple[int, int, str]] = []
    for other, count in store.vocabulary(_beginnings(word)).items():
        if other.isalpha() and abs(len(other) - len(word)) <= most:
            distance = OSA.distance(word, other, score_cutoff=most)
            if distance <= most and (len(word) >= ANOTHER_LETTER or not _changed(word, other)):
                scored.append((distance, -count, other))
    return [(other, _least(word, other, -count)) for _, count, other in sorted(scored)]


def _least(word: str, other: str, count: int) -> float:
    """The cosine that is asked for."""
    if _changed(word, other):
        return SURELY_ALIKE
    return LESS_ALIKE if count >= COMMON else ALIKE


def _changed(word: str, other: str) -> bool:
    """Whether one is the other with another letter in it."""
    return len(word) == len(other) and sorted(word) != sorted(other)


def _beginnings(word: str) -> Sequence[str]:
    """How words begin that are one slip away from this one, behind their first letter, which is seldom the slip."""
    a, b, c = word[0], word[1], word[2]
    swapped, doubled = f"{b}{a}{c}", f"{a}{c}"
    within = [f"{a}{x}{y}" for x in LETTERS for y in {b, c}] + [f"{a}{b}{x}" for x in LETTERS]
    return list(dict.fromkeys([word[:3], swapped, doubled, *within]))


def _alike(question: str, other: str, encoder: Encoder) -> float:
    a, b = (encoding.vector for encoding in encoder.encode([Text(question), Text(other)]))
    return float(np.dot(a, b))
