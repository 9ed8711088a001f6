"""How well a library of papers was asked: the level that was chosen, the papers found, the words read, the refusals.

It reads the records of docs/contract.md and the questions of data/sample/gold. It must not know how answers are made.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import Any

import msgspec

BUDGET = 600  # words that a reader reads
SHARE = 0.6  # of a gold passage's word trigrams that must be among them
LISTED = 10  # papers that count as found
REFUSED = "unanswerable"
IN_PAPERS = ("paper", "section", "finding")
IN_WORDS = ("section", "finding")

Row = Mapping[str, Any]


class LevelScore(msgspec.Struct, frozen=True):
    """The questions of one level as shares of `count`; None where a measure does not apply to the level.

    `routed`: the heaviest level of the route is the question's (a passage counts for sections and findings). `papers`:
    of the gold papers, those among the first ten found. `read`: a gold passage stands in the first 600 words.
    `refused`: no answer was given, which is right for `none` and wrong elsewhere.
    """

    count: int
    routed: float | None
    papers: float | None
    read: float | None
    refused: float


def scores(questions: Sequence[Row], searched: Mapping[str, Row], asked: Mapping[str, Row]) -> dict[str, LevelScore]:
    """Scores by level.

    Args:
        questions: gold rows with id, level, papers (file stems) and evidence.
        searched: records of searches by question id.
        asked: records of answers by question id.
    """
    found: dict[str, LevelScore] = {}
    for level in dict.fromkeys(str(q["level"]) for q in questions):
        mine = [q for q in questions if q["level"] == level]
        found[level] = LevelScore(
            len(mine),
            _mean(mine, lambda q: _level_of(searched[q["id"]], q["level"]) == q["level"]) if level != "none" else None,
            _mean(mine, lambda q: papers_found(searched[q["id"]], q["papers"], LISTED)) if level in IN_PAPERS else None,
            _mean(mine, lambda q: was_read(searched[q["id"]], q["evidence"])) if level in IN_WORDS else None,
            _mean(mine, lambda q: asked[q["id"]].get("status") == REFUSED),
        )
    return found


def was_read(record: Row, evidence: Sequence[str]) -> bool:
    """Whether at least one gold passage stands in the first words of what was found."""
    read: list[str] = []
    seen: set[tuple[str, ...]] = set()
    for node in record.get("nodes", []):
        words = words_of(str(node["text"]))[: BUDGET - len(read)]
        seen |= _trigrams(words)
        read += words
        if len(read) >= BUDGET:
            break
    wanted = (_trigrams(words_of(passage)) for passage in evidence)
    return any(grams and len(grams & seen) >= SHARE * len(grams) for grams in wanted)


def words_of(text: str) -> list[str]:
    """Words in small letters; hyphens inside them and at the ends of lines do not part them."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return re.findall(r"\w+", re.sub(r"(?<=\w)[-\u2010-\u2015]\s*(?=\w)", "", folded))


def _level_of(record: Row, gold: str) -> str:
    weights: Mapping[str, float] = record.get("route", {}).get("weights", {})
    best = max(weights, key=lambda level: weights[level], default="")
    return gold if best == "passage" and gold in IN_WORDS else best


def papers_found(record: Row, gold: Sequence[str], first: int) -> float:
    """Of the gold papers (file stems), the share among the first so many that were found."""
    files = (node.get("file") for node in record.get("nodes", []))
    order = list(dict.fromkeys(PurePath(file).stem for file in files if file))[:first]
    return len(set(gold) & set(order)) / len(gold)


def _trigrams(words: Sequence[str]) -> set[tuple[str, ...]]:
    return {tuple(words[i : i + 3]) for i in range(len(words) - 2)}


def _mean(questions: Iterable[Row], value: Callable[[Row], float]) -> float:
    values = [float(value(question)) for question in questions]
    return round(sum(values) / len(values), 4)
