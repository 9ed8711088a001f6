"""Whether a sentence can stand alone: whole, in words, and not leaning on the sentence before it.

The words are in `words/openings.toml`. It must not know what sentences are chosen for.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

WORDS = Path(__file__).parent / "words" / "openings.toml"
LEAST_WORDS, MOST_WORDS = 6, 60
LEAST_LETTERS, MOST_LETTERS = 10, 250  # of a sentence in a script that sets no spaces
PLAIN = 0.65  # least share of letters among what is printed
SINGLE = 0.25  # largest share of words of one character: garbled formulas are made of them
OPENING = re.compile(r"[\"“‘'(\[«¿¡]*(?=\w)")
ENDING = re.compile(r"[.!?。！？．؟۔।][\"”’')\]»]*$")
NUMBERED = re.compile(r"\d+\.\d*\s+[^\W\d_]|\(?\w\)\s")  # "3.1 Data We", "a) the", where a heading or label ran in
DISPLAY = re.compile(
    r"\b(?:[Tt]ables?|[Ff]igures?|[Ff]igs?\.?|[Tt]ab\.|[Ee]qs?\.|[Ee]quations?|[Aa]lgorithm|[Aa]ppendix)\s*\(?(?:\d|[A-Z]\b)"
)
UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")
HELD = 4096  # sentences whose answers are kept: sections, their paper and its card ask for the same ones
PAIRS = (("(", ")"), ("[", "]"), ("“", "”"))


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(WORDS.read_text("utf-8"))


def _any(words: Iterable[str]) -> str:
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return "(?:" + "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in ordered) + r")(?!\w)"


@cache
def _dangling() -> re.Pattern[str]:
    table = _table()["dangling"]
    return re.compile(f"(?!{_any(table['but'])}){_any([*table['connectives'], *table['pronouns']])}", re.I)


@cache
def _own() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){_any(_table()['own']['phrases'])}", re.I)


@cache
def _signposts() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_any(_table()['signposts']['phrases'])}|sections?\s+\d)", re.I)


@lru_cache(maxsize=HELD)
def is_whole(sentence: str) -> bool:
    """Whether this is one whole sentence in words: no fragment, no heading, no garbled formula, nothing left open."""
    opening = OPENING.match(sentence)
    if opening is None or not ENDING.search(sentence) or NUMBERED.match(sentence):
        return False
    if sentence[opening.end()].islower() or any(sentence.count(a) != sentence.count(b) for a, b in PAIRS):
        return False
    letters = sum(map(str.isalpha, sentence))
    words = sentence.split()
    if letters < PLAIN * sum(map(len, words)):
        return False
    if len(UNSPACED.findall(sentence)) > letters / 2:
        return LEAST_LETTERS <= letters <= MOST_LETTERS
    return LEAST_WORDS <= len(words) <= MOST_WORDS and sum(len(w) == 1 for w in words) <= SINGLE * len(words)


@lru_cache(maxsize=HELD)
def dangles(sentence: str) -> bool:
    """Whether a sentence opens by leaning on what stands before it.

    >>> dangles("However, this fails."), dangles("This paper asks why."), dangles("Soft labels help.")
    (True, False, False)
    """
    opening = OPENING.match(sentence)
    return bool(_dangling().match(sentence, opening.end() if opening else 0))


def speaks_of_itself(sentence: str) -> bool:
    """Whether a sentence says what its own paper does ("we propose", "this study"), an indicator phrase as in Paice
    1981, "The automatic generation of literature abstracts"."""
    return bool(_own().search(sentence))


@lru_cache(maxsize=HELD)
def points(sentence: str) -> bool:
    """Whether a sentence only shows the way: to another section, to what is to come, to future work."""
    return bool(_signposts().search(sentence))


@lru_cache(maxsize=HELD)
def displays(sentence: str) -> bool:
    """Whether a sentence refers to a table, figure, formula or appendix, which a summary does not show."""
    return bool(DISPLAY.search(sentence))
