"""Words that tell groups of texts apart: terms of one to three words by class-based TF-IDF, none repeating another.

c-TF-IDF is BERTopic's (Grootendorst, 2022): how often a term stands in a group, times log(1 + mean words of a group /
how often it stands in all). A term that one text of the group repeats is no word for the group, so each text counts by
the root of its own count, and the shares of its texts that use the term, and of the term that is its, weigh too. A
single word labels only where it stands in a title. It must not know papers.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

MOST_WORDS = 3
LONGER = 0.8  # what each further word of a term adds, since longer terms tell more and stand less often
GROWN = 0.3  # share of a term's weight from which a longer one that holds it stands in its place
TITLE, CLAIM = 3.0, 0.3  # times that a word of the title, and of a finding, counts
ROOT = 6  # first letters by which two words repeat each other: "pretraining", "pretrained"
INSIDE = frozenset({"of", "to", "in"})  # function words that may stand inside a term: "part of speech"
WORD = re.compile(r"[^\W\d_][\w'’]*(?:[-‐–][^\W_]+)*|\d+")
BREAK = re.compile(r"[.,:;!?()\[\]{}\"“”„‘/|—]|\s[-–]\s|\n")

Term = tuple[str, ...]


def labels(groups: Sequence[Sequence[tuple[str, str, str]]], most: int = 3) -> list[list[str]]:
    """For each group of texts, given as (title, abstract, findings), up to `most` terms, the most telling first.

    A group without a word that tells anything gets no terms.
    """
    shown: defaultdict[Term, Counter[str]] = defaultdict(Counter)
    titled: set[Term] = set()
    for group in groups:
        for title, _, _ in group:
            titled |= _terms((title, "", ""), shown).keys()
    counted = [[_terms(text, shown) for text in group] for group in groups]
    weights = [_weights(group) for group in counted]
    everywhere: defaultdict[Term, float] = defaultdict(float)
    for weight in weights:
        for term, count in weight.items():
            everywhere[term] += count
    mean = sum(everywhere.values()) / max(1, len(groups))
    return [
        [shown[term].most_common(1)[0][0] for term in _chosen(group, weight, everywhere, mean, titled, most)]
        for group, weight in zip(counted, weights, strict=True)
    ]


def _chosen(
    group: Sequence[Mapping[Term, float]],
    weight: Mapping[Term, float],
    everywhere: Mapping[Term, float],
    mean: float,
    titled: set[Term],
    most: int,
) -> list[Term]:
    used = Counter(term for text in group for term in text)
    shared = {term for term, texts in used.items() if texts > 1}
    scores = {
        term: count
        * math.log(1 + mean / everywhere[term])
        * (1 + LONGER * (len(term) - 1))
        * math.sqrt(used[term] / len(group) * count / everywhere[term])
        for term, count in weight.items()
        if (term in shared or not shared) and (len(term) > 1 or term in titled)
    }
    chosen: list[Term] = []
    words: set[str] = set()
    for found in sorted(scores, key=lambda t: (-scores[t], t)):
        term = _grown(found, scores, weight)
        roots = {word[:ROOT] for word in term if word not in _stop()[0]}
        if not words & roots:
            chosen.append(term)
            words |= roots
        if len(chosen) == most:
            break
    return chosen


def _grown(term: Term, scores: Mapping[Term, float], weight: Mapping[Term, float]) -> Term:
    """The longer term in which this one mostly stands, as "neural" stands in "neural network"; else itself."""
    longer = [other for other in scores if len(other) > len(term) and set(term) < set(other)]
    best = max(longer, key=lambda other: (weight[other], other), default=term)
    return _grown(best, scores, weight) if best != term and weight[best] >= GROWN * weight[term] else term


def _weights(group: Sequence[Mapping[Term, float]]) -> dict[Term, float]:
    total: defaultdict[Term, float] = defaultdict(float)
    for text in group:
        for term, count in text.items():
            total[term] += math.sqrt(count)
    return total


def _terms(texts: tuple[str, str, str], shown: defaultdict[Term, Counter[str]]) -> dict[Term, float]:
    """How much each term counts in a text, by its stems; `shown` learns how each is printed."""
    found: defaultdict[Term, float] = defaultdict(float)
    for text, times in zip(texts, (TITLE, 1.0, CLAIM), strict=True):
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
    function, talk, weak = _stop()
    low = [word.casefold() for word in words]
    ends = (low[0], low[-1])
    if any(word in function or len(word) < 3 or not word[0].isalpha() for word in ends):
        return False
    if any(word in function and word not in INSIDE for word in low[1:-1]):
        return False
    if all(word in weak for word in low):
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
def _stop() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    told = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
    return frozenset(told["function"]), frozenset(told["talk"]), frozenset(told["weak"])
