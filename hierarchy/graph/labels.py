"""Words that tell groups of texts apart: terms of one to three words by class-based TF-IDF, none repeating another.

c-TF-IDF is BERTopic's (Grootendorst, 2022): how often a term stands in a group, times log(1 + mean words of a group /
how often it stands in all). A term that one text of the group repeats is no word for the group, so each text counts by
the root of its own count, and the shares of its texts that use the term, and of the term that is its, weigh too. A
single word labels only where it stands in a title. It must not know papers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

import msgspec
import numpy as np

from hierarchy.graph.terms import INSIDE, Bools, Floats, Ints, Term, Terms, Text, runs, stem

LONGER = 0.8  # what each further word of a term adds, since longer terms tell more and stand less often
GROWN = 0.3  # share of a term's weight from which a longer one that holds it stands in its place
ROOT = 6  # first letters by which two words repeat each other: "pretraining", "pretrained"
AT_ONCE = 200  # terms that are looked at, the best first


class _Group(msgspec.Struct, frozen=True, eq=False):
    """The terms that may label a group, by their numbers, how much each weighs there, and how well it tells it."""

    terms: Ints
    weights: Floats
    scores: Floats
    words: Ints
    told: Ints


def labels(groups: Sequence[Sequence[Text]], most: int = 3, names: Collection[str] = ()) -> list[list[str]]:
    """For each group of texts, given as (title, abstract, findings), up to `most` terms, the most telling first.

    A group without a word that tells anything gets no terms.

    Args:
        groups: the texts.
        most: terms of a group.
        names: of people; words that stand in them and are never printed small label with others only.
    """
    texts = [text for group in groups for text in group]
    terms = Terms(texts, names)
    if not len(terms):
        return [[] for _ in groups]
    counted, group_of = terms.counted, np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    pairs, row = np.unique(group_of[counted.texts] * len(terms) + counted.terms, return_inverse=True)
    weights = np.bincount(row, np.sqrt(counted.counts), len(pairs))
    used = np.bincount(row, minlength=len(pairs))
    number = pairs % len(terms)
    everywhere = np.bincount(number, weights, len(terms))
    mean = float(everywhere.sum()) / len(groups)
    words, may = terms.words, _may_label(terms, texts)
    inside = [n for n in map(terms.number_of, INSIDE) if n]
    told = (words > 0).sum(axis=1) - np.isin(words[:, 1], inside)
    bounds = np.searchsorted(pairs, np.arange(len(groups) + 1) * len(terms))
    out: list[list[str]] = []
    for group, (low, high) in enumerate(pairwise(bounds)):
        shared = used[low:high] > 1
        fit = np.flatnonzero(may[number[low:high]] & (shared | (not shared.any()))) + low
        mine = number[fit]
        tells = np.log(1 + mean / everywhere[mine]) * (1 + LONGER * (told[mine] - 1))
        share = np.sqrt(used[fit] / max(1, len(groups[group])) * weights[fit] / everywhere[mine])
        found = _Group(mine, weights[fit], weights[fit] * tells * share, words[mine], told[mine])
        out.append([terms.printed(int(term)) for term in _chosen(terms, found, most)])
    return out


def _may_label(terms: Terms, texts: Sequence[Text]) -> Bools:
    """Of each term, whether it has several words or stands in a title."""
    titled = {terms.number_of(stem(word)) for title, _, _ in texts for run in runs(title) for word in run}
    words = terms.words
    found: Bools = (words[:, 1] > 0) | np.isin(words[:, 0], sorted(titled))
    return found


def _chosen(terms: Terms, group: _Group, most: int) -> list[int]:
    chosen: list[int] = []
    roots: set[str] = set()
    for found in _best_first(terms, group):
        if roots & _roots(terms.spelt(int(group.terms[found]))):
            continue  # and so does any longer term that it stands in
        place = _grown(terms, group, found)
        mine = _roots(terms.spelt(int(group.terms[place])))
        if not roots & mine:
            chosen.append(int(group.terms[place]))
            roots |= mine
        if len(chosen) == most:
            break
    return chosen


def _best_first(terms: Terms, group: _Group) -> Iterator[int]:
    """Places of a group's terms, the most telling first; of equal ones the shorter, then by their letters."""
    order = np.argsort(-group.scores, kind="stable")
    start = 0
    while start < len(order):
        end = min(start + AT_ONCE, len(order))
        end += int(np.searchsorted(-group.scores[order[end:]], -group.scores[order[end - 1]], side="right"))
        spelt = {int(i): terms.spelt(int(group.terms[i])) for i in order[start:end]}
        yield from sorted(spelt, key=lambda i: (-group.scores[i], len(spelt[i]), spelt[i]))
        start = end


def _grown(terms: Terms, group: _Group, place: int) -> int:
    """The place of the longer term in which this one mostly stands, as "neural" stands in "neural network"; else its
    own."""
    mine = [n for n in group.words[place] if n]
    longer = (group.words > 0).sum(axis=1) > len(mine)
    for word in mine:
        longer &= (group.words == word).any(axis=1)
    best = max(
        map(int, np.flatnonzero(longer & (group.weights >= GROWN * group.weights[place]))),
        key=lambda i: (
            group.weights[i],
            group.told[i],
            -len(terms.spelt(int(group.terms[i]))),
            terms.spelt(int(group.terms[i])),
        ),
        default=place,
    )
    return _grown(terms, group, best) if best != place else place


def _roots(term: Term) -> set[str]:
    """The first letters of the words that tell something."""
    return {word[:ROOT] for word in term if word not in INSIDE}
