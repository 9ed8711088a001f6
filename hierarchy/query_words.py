"""The words of a question that a BM25 leg searches.

A term that stands in over a fifth of the nodes tells nearly nothing and costs most, so it is dropped; on a large store
the most common of the rest are dropped too, until the lists that have to be read are short enough. The rarest term is
always kept. This module must not know any engine's query language: what it gives are words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

WORD = re.compile(r"[^\W_]+")
MOST_WORDS = 64
COMMON_SHARE = 0.2
COMMON_FROM = 2_000  # below this many nodes, every list is short and a fifth of them says little
MOST_POSTINGS = 8_000  # about 12 CPU ms of scoring


def words_of(text: str) -> list[str]:
    """The distinct words of a text, lower case, without accents, in their order."""
    plain = unicodedata.normalize("NFKD", text[:20_000].lower())
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    return list(dict.fromkeys(WORD.findall(bare)))


def chosen_words(text: str, nodes: int, frequency: Callable[[Sequence[str]], dict[str, int]]) -> list[str]:
    """The words to search, rarest first.

    Args:
        text: the question; any syntax in it is inert.
        nodes: how many nodes the project has.
        frequency: gives the number of nodes that hold each word; words that none holds may be missing.
    """
    counts = frequency(words_of(text))
    known = sorted((count, word) for word, count in counts.items() if count)
    limit = COMMON_SHARE * nodes if nodes >= COMMON_FROM else nodes
    chosen: list[str] = []
    spent = 0
    for count, word in known[:MOST_WORDS]:
        if chosen and (count > limit or spent + count > MOST_POSTINGS):
            break
        chosen.append(word)
        spent += count
    return chosen
