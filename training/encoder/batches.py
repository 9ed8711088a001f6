"""Puts questions and texts of several papers into one step of training.

A step holds whole papers (a part of a long one): the texts that answer, the hardest that do not, and a few at random.
Questions lose words now and then, as people's do. It must not know the model.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec
import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from retrieval.interaction import inverse_frequency
from strata.windows import CLS, SEP
from training.encoder.data import Paper

TEXT, ASKED = 176, 46  # tokens that are read of a text and of a question
QUESTIONS, TEXTS, DRAWN = 6, 20, 4  # of one paper in one step; of the texts, those drawn at random
Ids = list[int]


class Asked(msgspec.Struct, frozen=True, eq=False):
    """A question's tokens, what each weighs by its rarity, and the texts that answer it. `hardest` is the order of the
    paper's texts by an encoder, best first; () until it was mined."""

    ids: Ids
    rarity: tuple[float, ...]
    answers: tuple[int, ...]
    hardest: tuple[int, ...] = ()


class Tokenized(msgspec.Struct, frozen=True, eq=False):
    """A paper as tokens."""

    texts: list[Ids]
    questions: list[Asked]
    source: str


class Group(msgspec.Struct, frozen=True, eq=False):
    """What one paper brings to a step: questions, and texts by their index in the paper."""

    paper: Tokenized
    questions: list[Asked]
    texts: list[int]


class Step(msgspec.Struct, frozen=True, eq=False):
    """One step. `own` and `answer`, shape (questions, texts): whether a text is of the question's paper, and whether it
    answers the question."""

    texts: list[Ids]
    questions: list[Ids]
    rarity: list[tuple[float, ...]]
    own: npt.NDArray[np.bool_]
    answer: npt.NDArray[np.bool_]


def tokenized(papers: Sequence[Paper], tokenizer: Tokenizer) -> list[Tokenized]:
    """The papers as tokens; rarity is inverse document frequency within a paper that is there whole, else in all."""

    def ids(text: str, most: int) -> Ids:
        return [CLS, *tokenizer.encode(text, add_special_tokens=False).ids[:most], SEP]

    texts = [[ids(text, TEXT) for text in paper.texts] for paper in papers]
    everywhere = Counter(token for paper in texts for text in paper for token in set(text))
    count = sum(map(len, texts))
    done: list[Tokenized] = []
    for paper, mine in zip(papers, texts, strict=True):
        here = Counter(token for text in mine for token in set(text))
        seen, of, unit = (here, len(mine), 1.0) if paper.whole and len(mine) >= 15 else (everywhere, count, 0.4)
        asked: list[Asked] = []
        for question in paper.questions:
            tokens = ids(question.text, ASKED)
            weights = [unit * inverse_frequency(seen[token], of) for token in tokens]
            weights[0] = weights[-1] = 0.0
            asked.append(Asked(tokens, tuple(weights), question.answers))
        done.append(Tokenized(mine, asked, paper.source))
    return done


def steps(papers: Sequence[Tokenized], draw: random.Random, size: int, dropped: float) -> Iterator[Step]:
    """All papers once, about `size` texts a step; `dropped` is the share of words that some questions lose."""
    groups = [group for paper in papers for group in _groups(paper, draw)]
    draw.shuffle(groups)
    held: list[Group] = []
    for group in groups:
        if held and sum(len(g.texts) for g in held) + len(group.texts) > size:
            yield _step(held, draw, dropped)
            held = []
        held.append(group)
    if len(held) > 1:
        yield _step(held, draw, dropped)


def _groups(paper: Tokenized, draw: random.Random) -> Iterator[Group]:
    questions = draw.sample(paper.questions, len(paper.questions))
    for start in range(0, len(questions), QUESTIONS):
        asked = questions[start : start + QUESTIONS]
        texts = list(dict.fromkeys(i for q in asked for i in q.answers))
        drawn = draw.sample(range(len(paper.texts)), len(paper.texts))
        hard = [q.hardest[depth] for depth in range(TEXTS) for q in asked if depth < len(q.hardest)]
        for place, i in enumerate([*hard, *drawn]):
            if len(texts) >= (TEXTS - DRAWN if place < len(hard) else TEXTS):
                continue
            if i not in texts:
                texts.append(i)
        yield Group(paper, asked, texts)


def _step(groups: Sequence[Group], draw: random.Random, dropped: float) -> Step:
    pairs = [(at, i) for at, group in enumerate(groups) for i in group.texts]
    texts = [groups[at].paper.texts[i] for at, i in pairs]
    asked = [(at, q) for at, group in enumerate(groups) for q in group.questions]
    own = np.array([[at == other for other, _ in pairs] for at, _ in asked])
    answer = np.array([[at == other and i in q.answers for other, i in pairs] for at, q in asked])
    shortened = [_shortened(q, draw, dropped) for _, q in asked]
    return Step(texts, [ids for ids, _ in shortened], [weights for _, weights in shortened], own, answer)


def _shortened(question: Asked, draw: random.Random, dropped: float) -> tuple[Ids, tuple[float, ...]]:
    """Every second question without some of its tokens."""
    last = len(question.ids) - 1
    if draw.random() < 0.5 or not dropped:
        return question.ids, question.rarity
    kept = [i for i in range(last + 1) if i in (0, last) or draw.random() >= dropped]
    if len(kept) < 5:
        return question.ids, question.rarity
    return [question.ids[i] for i in kept], tuple(question.rarity[i] for i in kept)
