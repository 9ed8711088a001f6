"""How well relations between findings were found, against pairs that were written with the sample papers; and how
claims are judged against sentences.

A found pair is a gold pair where both quotes overlap. It must not know how relations are found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec

Kind = Literal["supports", "contradicts"]
KINDS: dict[str, Kind] = {"agree": "supports", "contradict": "contradicts"}
CHECKED = Path(__file__).with_name("gold") / "relations.jsonl"
OVERLAP = 0.5  # of the shorter quote's word trigrams


class Quoted(msgspec.Struct, frozen=True):
    """A finding by its paper and its words."""

    paper: str
    quote: str


class GoldPair(msgspec.Struct, frozen=True):
    """Two findings and what they have to do with each other: contradict, agree, near-miss or neither."""

    id: str
    a: Quoted
    b: Quoted
    relation: str


class FoundPair(msgspec.Struct, frozen=True):
    """A relation as found, with the quotes of both sides."""

    a: Quoted
    b: Quoted
    kind: Kind


class KindScore(msgspec.Struct, frozen=True):
    """One kind of relation: `gold` pairs and how many of them were found (`hit`); `found` relations, how many of them
    are gold pairs (`listed`), or also checked by hand (`right`); `near_misses`, and what gold does not list
    (`unlisted`), among those that are not right (`wrong`)."""

    gold: int
    hit: int
    found: int
    right: int
    near_misses: int
    unlisted: int
    listed: int
    wrong: tuple[FoundPair, ...] = ()
    missed: tuple[str, ...] = ()

    @property
    def precision(self) -> float:
        """The share of the found that is right; 1 where nothing is found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """The share of the gold pairs that is found; 1 where there are none."""
        return self.hit / self.gold if self.gold else 1.0


def scored(
    found: Sequence[FoundPair],
    gold: Sequence[GoldPair],
    versions: Mapping[str, str] | None = None,
    checked: Sequence[GoldPair] = (),
) -> dict[Kind, KindScore]:
    """The score of each kind.

    Args:
        found: each relation once.
        gold: the listed pairs.
        versions: the base of papers that are versions of another; where a version has the very words of a gold quote,
            it stands for it.
        checked: pairs that gold does not list and that were read and found to be so: they are right, and not asked for.
    """
    out: dict[Kind, KindScore] = {}
    for name, kind in KINDS.items():
        mine = [f for f in found if f.kind == kind]
        listed = [g for g in gold if g.relation == name]
        also = [g for g in checked if g.relation == name]
        right = [f for f in mine if any(_is(f, g, versions or {}) for g in [*listed, *also])]
        strict = [f for f in mine if any(_is(f, g, versions or {}) for g in listed)]
        wrong = [f for f in mine if f not in right]
        near = [f for f in wrong if any(_is(f, g, versions or {}) for g in gold if g.relation.startswith("near"))]
        unlisted = [f for f in wrong if not any(_is(f, g, versions or {}) for g in gold)]
        missed = tuple(g.id for g in listed if not any(_is(f, g, versions or {}) for f in mine))
        out[kind] = KindScore(
            gold=len(listed),
            hit=len(listed) - len(missed),
            found=len(mine),
            right=len(right),
            near_misses=len(near),
            unlisted=len(unlisted),
            listed=len(strict),
            wrong=tuple(wrong),
            missed=missed,
        )
    return out


def together(scores: Sequence[KindScore]) -> KindScore:
    """The sum of several scores."""
    counts = (sum(getattr(s, name) for s in scores) for name in KindScore.__struct_fields__[:7])
    return KindScore(*counts)


def overlap(a: str, b: str) -> bool:
    """Whether two quotes share at least half of the shorter one's word trigrams."""
    one, two = _trigrams(a), _trigrams(b)
    return bool(one and two) and len(one & two) >= OVERLAP * min(len(one), len(two))


def macro_f1(gold: Sequence[str], given: Sequence[str]) -> float:
    """The mean of the F1 of each label in gold."""
    labels = sorted(set(gold))
    return sum(_f1(gold, given, label) for label in labels) / len(labels) if labels else 1.0


def _f1(gold: Sequence[str], given: Sequence[str], label: str) -> float:
    both = sum(g == label == h for g, h in zip(gold, given, strict=True))
    either = sum(g == label for g in gold) + sum(h == label for h in given)
    return 2 * both / either if either else 1.0


def _is(found: FoundPair, gold: GoldPair, versions: Mapping[str, str]) -> bool:
    return any(
        _same(x, gold.a, versions) and _same(y, gold.b, versions) for x, y in ((found.a, found.b), (found.b, found.a))
    )


def _same(found: Quoted, gold: Quoted, versions: Mapping[str, str]) -> bool:
    if found.paper == gold.paper:
        return overlap(found.quote, gold.quote)
    if versions.get(found.paper, found.paper) != versions.get(gold.paper, gold.paper):
        return False
    words, others = " ".join(_words(found.quote)), " ".join(_words(gold.quote))
    return bool(words and others) and (words in others or others in words)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).lower())


def _trigrams(text: str) -> set[tuple[str, ...]]:
    words = _words(text)
    return {tuple(words[i : i + 3]) for i in range(max(1, len(words) - 2))}


def located(quote: str, passages: Sequence[str]) -> int:
    """The place of the passage that holds most of a quote's word trigrams, the first of the best."""
    wanted = _trigrams(quote)
    shares = [len(wanted & _trigrams(passage)) for passage in passages]
    return shares.index(max(shares))


def sure(path: Path = CHECKED) -> tuple[GoldPair, ...]:
    """Pairs of the sample that its gold does not list and that were read and found to be so."""
    return tuple(msgspec.json.decode(line, type=GoldPair) for line in path.read_bytes().splitlines())
