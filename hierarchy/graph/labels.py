"""Words that tell groups of texts apart: terms of one to three words by class-based TF-IDF, none repeating another.

c-TF-IDF is BERTopic's (Grootendorst, 2022): how often a term stands in a group, times log(1 + mean words of a group /
how often it stands in all). A term that one text of the group repeats is no word for the group, so each text counts by
the root of its own count, and the share of texts that use the term weighs too. It must not know papers.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

MOST_WORDS = 3
LONGER = 0.45  # what each further word of a term adds, since longer terms tell more and stand less often
TITLE = 3  # times that a word of the title counts
WORD = re.compile(r"[^\W\d_][\w'’]*(?:[-‐–][^\W_]+)*|\d+")
BREAK = re.compile(r"[.,:;!?()\[\]{}\"“”„‘/|—]|\s[-–]\s|\n")

Term = tuple[str, ...]


def labels(groups: Sequence[Sequence[tuple[str, str]]], most: int = 3) -> list[list[str]]:
    """For each group of texts, given as (title, rest), up to `most` terms, the most telling first.

    A group without a word that tells anything gets no terms.
    """
    shown: defaultdict[Term, Counter[str]] = defaultdict(Counter)
    counted = [[_terms(title, rest, shown) for title, rest in group] for group in groups]
    weights = [_weights(group) for group in counted]
    everywhere: Counter[Term] = Counter()
    for weight in weights:
        everywhere.update(weight)
    mean = sum(everywhere.values()) / max(1, len(groups))
    return [
        [shown[term].most_common(1)[0][0] for term in _chosen(group, weight, everywhere, mean, most)]
        for group, weight in zip(counted, weights, strict=True)
    ]


def _chosen(
    group: Sequence[Counter[Term]], weight: Counter[Term], everywhere: Counter[Term], mean: float, most: int
) -> list[Term]:
    used = Counter(term for text in group for term in text)
    least = 2 if len(group) > 2 else 1
    scores = {
        term: count
        * math.log(1 + mean / everywhere[term])
        * (1 + LONGER * (len(term) - 1))
        * math.sqrt(used[term] / len(group))
        for term, count in weight.items()
        if used[term] >= least
    }
    chosen: list[Term] = []
    words: set[str] = set()
    for term in sorted(scores, key=lambda t: (-scores[t], t)):
        if not words.intersection(term):
            chosen.append(term)
            words |= {word for word in term if word not in _stop()[0]}
        if len(chosen) == most:
            break
    return chosen


def _weights(group: Sequence[Counter[Term]]) -> Counter[Term]:
    total: Counter[Term] = Counter()
    for text in group:
        for term, count in text.items():
            total[term] += math.sqrt(count)  # type: ignore[assignment]
    return total


def _terms(title: str, rest: str, shown: defaultdict[Term, Counter[str]]) -> Counter[Term]:
    """The terms of a text by their stems; `shown` learns how each is printed."""
    found: Counter[Term] = Counter()
    for text, times in ((title, TITLE), (rest, 1)):
        for printed in _runs(text):
            stems = [stem(word) for word in printed]
            for start in range(len(printed)):
                for end in range(start + 1, min(start + MOST_WORDS, len(printed)) + 1):
                    if _may_label(printed[start:end]):
                        term = tuple(stems[start:end])
                        found[term] += times
                        shown[term][" ".join(map(_plain, printed[start:end]))] += 1
    return found


def _runs(text: str) -> Iterator[list[str]]:
    """Stretches of words that no sign parts."""
    for piece in BREAK.split(text):
        if words := WORD.findall(piece):
            yield words


def _may_label(words: Sequence[str]) -> bool:
    function, talk = _stop()
    low = [word.casefold() for word in words]
    ends = (low[0], low[-1])
    if any(word in function or len(word) < 3 or not word[0].isalpha() for word in ends):
        return False
    return not any(word in talk or word.isdigit() for word in low) and len({*low}) == len(low)


def _plain(word: str) -> str:
    """A word as a label shows it: small, unless it has capitals inside, as acronyms have."""
    return word if any(letter.isupper() for letter in word[1:]) and not word.istitle() else word.lower()


def stem(word: str) -> str:
    """A word without case, hyphens and the endings of the plural."""
    low = re.sub(r"['’]s?$", "", word.casefold().replace("-", "").replace("‐", "").replace("–", ""))
    if len(low) > 4 and low.endswith("ies"):
        return low[:-3] + "y"
    return low[:-1] if len(low) > 3 and low.endswith("s") and not low.endswith(("ss", "us", "is")) else low


@cache
def _stop() -> tuple[frozenset[str], frozenset[str]]:
    told = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
    return frozenset(told["function"]), frozenset(told["talk"])
