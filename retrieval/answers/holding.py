"""Which papers of a scope hold what is asked: a pass over all of them, not over the best few passages.

For each word of the question the text index tells all passages that hold it, and the nearest passages come from the
vectors; of these the sentences are read. Cost follows the words, not the library. It must not know how an answer is
worded.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from hierarchy.encoder import SentenceVectors
from hierarchy.filters import And, Filter, In
from hierarchy.nodes import Level, Node, Vector
from hierarchy.store import LOOKED_UP, MAX_K, NodeStore, nodes_of
from hierarchy.summaries import dangles, displays, is_whole, points
from retrieval.answers.matter import Matter, bare
from retrieval.answers.shapes import has
from retrieval.extract import BULLET, QUOTABLE, Sentence, is_quotable

LOOKED_AT = 1_500  # passages with the most of the words, of whichever papers
A_PAPER = 3  # of these, that are read of each paper
READ = 300  # passages that are read for their meaning
FEW, ALL = 2, 0.99  # words of a question that one sentence may say, and the share that is all of them
FAR = 0.4  # cosine up to which a sentence without any of the words is no evidence anyway
DENIED = 0.8  # what a sentence keeps of its worth that says that something was not done
ADDRESS = re.compile(r"https?:\s?//|www\.")
ASIDE = {
    "address": 0.1,
    "leaning": 0.15,
    "not whole": 0.1,
    "of others": 0.1,
    "display": 0.1,
    "signpost": 0.1,
    "caption": 0.1,
}
VALUED = 0.1  # for a number, where one is asked for
OTHERS = re.compile(r"\bet\.? al\b|\b(?:19|20)\d\d[a-z]?\)|\[\d+(?:\s?[,–-]\s?\d+)*\]")


class Holding(msgspec.Struct, frozen=True):
    """A paper and how it fits: `near` the cosine of its best sentence, `abstract` that of the paper itself, `said` the
    share of the question's words in its best sentence, `passage` in its best passage, and the sentence that shows it
    best, None where none can be quoted."""

    paper: str
    near: float
    abstract: float
    said: float
    passage: float
    best: Sentence | None
    names_it: bool = False


class Postings(msgspec.Struct, frozen=True):
    """In which passages the words of a matter stand, and what each word tells, by how few hold it."""

    held: Mapping[str, frozenset[str]]
    weight: Mapping[str, float]

    @classmethod
    def of(cls, store: NodeStore, matter: Matter) -> Postings:
        """Those of the whole project: to filter each word's passages costs more than to filter those that are read."""
        held: dict[str, frozenset[str]] = {}
        total = sum(store.count_by("level").values())
        for word, forms in matter.forms.items():
            # The word alone, too: of several the index may leave the most common out.
            queries = (word, " ".join(forms)) if len(forms) > 1 else (word,)
            held[word] = frozenset(h.id for q in queries for h in store.bm25(q, Level.PASSAGE, MAX_K))
        return cls(held, {w: math.log(1 + total / (0.5 + len(ids))) for w, ids in held.items()})


def holdings(
    store: NodeStore, vector: Vector, matter: Matter, where: Filter | None, *, valued: bool = False
) -> list[Holding]:
    """How each paper of a scope fits, in the order of ids; `valued`: a sentence with a number shows it better."""
    postings = Postings.of(store, matter)
    reader = Reader(matter, postings, vector)
    held = defaultdict[str, set[str]](set)
    for word, passages_of_it in postings.held.items():
        for passage in passages_of_it:
            held[passage].add(word)
    shares = {passage: reader.share(frozenset(words)) for passage, words in held.items()}
    worded = _best_of_each(_within(store, sorted(shares, key=lambda p: (-shares[p], p)), where))
    near = [h.id for h in store.dense(vector, Level.PASSAGE, READ, where)]
    abstracts = {h.id: h.score for h in store.dense(vector, Level.PAPER, MAX_K, where)}
    nodes = worded | nodes_of(store, [i for i in near if i not in worded])
    kept = [node for node in nodes.values() if node.paper]
    vectors: dict[str, bytes] = {}
    for start in range(0, len(kept), LOOKED_UP):
        vectors |= store.attachments([node.id for node in kept[start : start + LOOKED_UP]])
    sentences = defaultdict[str, list[Sentence]](list)
    passages = defaultdict[str, float](float)
    for node in kept:
        paper = node.paper or ""
        passages[paper] = max(passages[paper], shares.get(node.id, 0.0))
        if node.id in vectors:
            sentences[paper] += reader.sentences(node, SentenceVectors.unpack(vectors[node.id]))
    few = matter.size <= FEW
    return [
        _holding(paper, sentences[paper], abstracts.get(paper, 0.0), passages[paper], few=few, valued=valued)
        for paper in sorted({*passages, *abstracts})
    ]


def _holding(
    paper: str, sentences: Sequence[Sentence], abstract: float, passage: float, *, few: bool, valued: bool
) -> Holding:
    """How one paper fits, by what was read of it; `few`: one sentence may say all words of the question."""
    return Holding(
        paper,
        max((s.cosine for s in sentences), default=0.0),
        abstract,
        max((s.overlap for s in sentences), default=0.0),
        passage,
        _shown(sentences, valued=valued),
        few and any(s.overlap >= ALL and not OTHERS.search(s.text) for s in sentences),
    )


def _within(store: NodeStore, ids: Sequence[str], where: Filter | None) -> dict[str, Node]:
    """The first nodes of these that a scope holds, in their order."""
    found: dict[str, Node] = {}
    for start in range(0, len(ids), LOOKED_UP):
        some = ids[start : start + LOOKED_UP]
        got = store.get(some) if where is None else {n.id: n for n in store.scan(And((In("id", tuple(some)), where)))}
        found |= {i: got[i] for i in some if i in got}
        if len(found) >= LOOKED_AT:
            break
    return found


def _best_of_each(nodes: Mapping[str, Node]) -> dict[str, Node]:
    """The first few of each paper, in their order."""
    seen: Counter[str | None] = Counter()
    kept: dict[str, Node] = {}
    for i, node in nodes.items():
        seen[node.paper] += 1
        if seen[node.paper] <= A_PAPER:
            kept[i] = node
    return kept


class Reader:
    """Reads the sentences of passages beside a question."""

    def __init__(self, matter: Matter, postings: Postings, vector: Vector) -> None:
        self._matter, self._weight, self._vector = matter, postings.weight, vector
        self._pattern, self._word_of = matter.pattern(), matter.word_of()
        self._known = frozenset[str]().union(*postings.held.values())
        self._shares: dict[frozenset[str], float] = {}

    def share(self, held: frozenset[str]) -> float:
        """How much of the matter these words are; the same few sets come again and again."""
        if held not in self._shares:
            self._shares[held] = self._matter.share(held.__contains__, self._weight)
        return self._shares[held]

    def sentences(self, node: Node, kept: SentenceVectors) -> list[Sentence]:
        """The sentences of a passage with cosine and share of words; their score is the sum of both."""
        known = node.id in self._known  # the index has told which passages hold any of the words
        at = [(m.start(), self._word_of[m.group()]) for m in self._pattern.finditer(bare(node.text))] if known else []
        cosines = (kept.vectors() @ self._vector).tolist()
        out: list[Sentence] = []
        for (start, end), cosine in zip(kept.ranges, cosines, strict=True):
            share = self.share(frozenset(word for place, word in at if start <= place < end)) if at else 0.0
            if (share or cosine > FAR) and has("denial", node.text[start:end]):
                cosine, share = DENIED * cosine, DENIED * share
            out.append(Sentence(node, start, end, node.text[start:end], cosine, share, cosine + share))
        return out


def _shown(sentences: Sequence[Sentence], *, valued: bool) -> Sentence | None:
    """The sentence that shows best that a paper is meant: whole, quotable, and of its own work where it can be."""
    best: Sentence | None = None
    most = -np.inf
    for s in sorted(sentences, key=lambda s: (-s.score, s.node.id, s.start)):
        if s.score + VALUED * valued <= most:
            break  # it can only lose
        if s.node.kind not in QUOTABLE:
            continue
        bullet = BULLET.match(s.node.text, s.start)
        start = bullet.end() if bullet else s.start
        text = s.node.text[start : s.end]
        worth = s.score - _aside(s.node, text) + VALUED * (valued and any(c.isdigit() for c in text))
        if worth > most and is_quotable(text):
            best, most = msgspec.structs.replace(s, start=start, text=text, score=worth), worth
    return best


def _aside(node: Node, text: str) -> float:
    """What a sentence loses as a line of an answer, for how it is written."""
    told = {
        "leaning": dangles(text),
        "not whole": not is_whole(text),
        "of others": bool(OTHERS.search(text)),
        "display": displays(text),
        "signpost": points(text),
        "address": bool(ADDRESS.search(text)),
        "caption": node.kind == "caption",
    }
    return sum(ASIDE[name] for name, there in told.items() if there)
