"""Questions with the paragraphs that answer them, as shared by QASPER and COVID-QA, read for training.

Placeholders of the published texts (BIBREF12, INLINEFORM0) are turned into what a PDF shows in their place, anew for
each paper. It must not know models.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

FILES = ("qasper_train", "qasper_val", "covidqa")
NAMES = (
    "Smith",
    "Chen",
    "Wang",
    "Novak",
    "Peters",
    "Rossi",
    "Kim",
    "Haddad",
    "Lee",
    "Kumar",
    "Garcia",
    "Müller",
    "Sato",
)
HELD_OUT = 10  # one paper of so many


class Question(msgspec.Struct, frozen=True):
    """A question and the indices of the paper's texts that answer it."""

    text: str
    answers: tuple[int, ...]


class Paper(msgspec.Struct, frozen=True):
    """Texts of a paper and the questions on it; `whole` where all its texts are there, not only those that answer."""

    source: str
    name: str
    texts: tuple[str, ...]
    questions: tuple[Question, ...]
    whole: bool


def read(folder: Path, seed: int = 0) -> list[Paper]:
    """All papers of the folder that have a question with an answer.

    Raises:
        OSError: where a file is missing.
    """
    papers: list[Paper] = []
    for name in FILES:
        asked: dict[str, list[dict[str, object]]] = {}
        for row in _rows(folder / f"questions_{name}.jsonl"):
            asked.setdefault(str(row["paper"]), []).append(row)
        for row in _rows(folder / f"papers_{name}.jsonl"):
            paper = str(row["paper"])
            shown = as_printed(random.Random(f"{seed} {paper}"))
            texts = row["texts"]
            assert isinstance(texts, list)
            questions = tuple(_question(q, shown) for q in asked.get(paper, []) if q["pos"])
            if questions:
                clean = tuple(shown(str(text)) for text in texts)
                papers.append(Paper(name, paper, clean, questions, bool(row["full"])))
    return papers


def held_out(paper: Paper) -> bool:
    """Whether the paper is kept from training to choose by: one in ten, by a hash of its name."""
    return hashlib.sha256(paper.name.encode()).digest()[0] % HELD_OUT == 0


def as_printed(draw: random.Random) -> Callable[[str], str]:
    """Turns a paper's placeholders into citations, numbers and symbols, the same ones throughout the paper."""
    named, cited = draw.random() < 0.65, dict[str, str]()

    def citation(match: re.Match[str]) -> str:
        fresh = f"({draw.choice(NAMES)} et al., {draw.randint(2005, 2023)})" if named else f"[{draw.randint(1, 60)}]"
        return cited.setdefault(match[0], fresh)

    def shown(text: str) -> str:
        text = re.sub(r"BIBREF\d+", citation, text)
        text = re.sub(r"(?:TABREF|FIGREF)(\d+)", lambda m: str(int(m[1]) % 8 + 1), text)
        text = re.sub(r"SECREF(\d+)", lambda m: str(int(m[1]) % 6 + 1), text)
        text = re.sub(r"INLINEFORM\d+", lambda _: draw.choice("xyzkwhn"), text)
        text = re.sub(r"UID\d+", lambda _: str(draw.randint(1, 5)), re.sub(r"DISPLAYFORM\d+", "", text))
        return " ".join(text.split())

    return shown


def _question(row: dict[str, object], shown: Callable[[str], str]) -> Question:
    answers = row["pos"]
    assert isinstance(answers, Sequence)
    return Question(shown(str(row["question"])), tuple(int(i) for i in answers))


def _rows(path: Path) -> Iterator[dict[str, object]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
