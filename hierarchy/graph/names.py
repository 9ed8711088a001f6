"""Whether two lists of authors, each printed in its own way, are those of one work.

"Vandermoor, I.", "I. Vandermoor", "Vandermoor I" and "Ida Vandermoor" agree; "et al." may stand for the rest. It must
not know titles or papers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import msgspec

from hierarchy.graph.titles import folded
from hierarchy.paper import SUFFIXES

FIRST, SHARED, EQUAL = 0.4, 0.4, 0.2  # weights of: the same first author, shared families, equally long lists
OTHERS = re.compile(r"\bet\.?\s+al\b\.?|\band others\b|…|\.\.\.", re.IGNORECASE)
UMLAUTS = re.compile(r"([aou])e")  # "Mueller" for "Müller"
INITIALS = re.compile(r"[A-Z]{1,3}")


class Name(msgspec.Struct, frozen=True):
    """A folded family name and the first letter of the given name, where one is printed."""

    family: str
    initial: str


@lru_cache(maxsize=65_536)
def name_of(printed: str) -> Name | None:
    """A printed name made ready; None where there is none in it."""
    text = OTHERS.sub(" ", printed)
    before, comma, after = text.partition(",")
    words = [word for word in before.split() if word.strip(".").casefold() not in SUFFIXES and folded(word)]
    if not words:
        return None
    given = after.split() if comma else []
    while not given and len(words) > 1 and INITIALS.fullmatch(words[-1].replace(".", "")):  # "Vandermoor I"
        given = [words.pop()]
    family = UMLAUTS.sub(r"\1", folded(words[-1]))
    if not given:
        given = words[:-1]
    return Name(family, folded(given[0])[:1] if given else "")


def agreement(printed: Sequence[str], known: Sequence[str]) -> float | None:
    """How well the authors of a reference fit those of a paper, from 0 (nobody in common) to 1.

    None where either names nobody: then nothing is known.
    """
    ours = [name for name in map(name_of, printed) if name]
    theirs = [name for name in map(name_of, known) if name]
    if not ours or not theirs:
        return None
    best = [max(_same(name, other) for other in theirs) for name in ours]
    shared = sum(best) / len(best)
    if not shared:
        return 0.0
    complete = sum(best) / max(len(ours), len(theirs))
    return FIRST * _same(ours[0], theirs[0]) + SHARED * shared + EQUAL * complete


def _same(a: Name, b: Name) -> float:
    if a.family != b.family:
        return 0.0
    return 1.0 if not a.initial or not b.initial or a.initial == b.initial else 0.25
