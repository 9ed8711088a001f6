"""The words of direction in a text, each with its sign and what stands near it, and how those of two texts face.

It must not know numbers or findings.
"""

from __future__ import annotations

import re
from math import fsum

import msgspec

from hierarchy.relations.terms import Weight, terms_of
from hierarchy.relations.words import cue

AROUND = 6  # words on each side that a direction word speaks of
ALONE = 0.1  # what a pair without a common term counts
REACH = 4  # words within which a negation turns it


class Cue(msgspec.Struct, frozen=True):
    """A word of direction: `sign` is 1 for what raises, -1 for what lowers or denies; `near` the terms beside it."""

    sign: int
    near: frozenset[str]


def cues_of(text: str) -> tuple[Cue, ...]:
    """The words of direction of a text, turned where they are negated."""
    found: list[Cue] = []
    words = list(re.finditer(r"\S+", text))
    starts = [w.start() for w in words]
    for name, sign in (("increase", 1), ("decrease", -1)):
        for match in cue(name).finditer(text):
            at = max((k for k, s in enumerate(starts) if s <= match.start()), default=0)
            before = " ".join(w.group() for w in words[max(0, at - REACH) : at])
            turned = -sign if cue("negation").search(before) else sign
            around = words[max(0, at - AROUND) : at] + words[at + 1 : at + 1 + AROUND]
            found.append(Cue(turned, terms_of(" ".join(w.group() for w in around))))
    return tuple(found)


def agreement(a: tuple[Cue, ...], b: tuple[Cue, ...], weight: Weight) -> float:
    """How the cues of two texts face, between -1 and 1: each pair counts by the terms that stand beside both."""
    total = score = 0.0
    for x in a:
        for y in b:
            shared = fsum(weight(t) for t in x.near & y.near) + ALONE
            total += shared
            score += shared * x.sign * y.sign
    return score / total if total else 0.0


def denies(text: str) -> bool:
    """Whether a text says no to anything."""
    return bool(cue("negation").search(text) or cue("none").search(text))
