"""The router: from a question and its library to weights over the levels, with a reason in words.

A small classifier says how sure it is of each level; where it wavers, a language model may give its opinion. Passages
hold what sections and findings tell, so they weigh nearly as much as the heavier of both. Weights, never a gate: a
wrong route costs rank, not the answer. It must not know stores.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from hierarchy.encoder import EncoderIdentity
from hierarchy.nodes import Level, Vector
from retrieval.classifier import LEVELS, Classifier, classifier
from retrieval.names import Names
from retrieval.records import Route

FLOOR = {"project": 0.01, "paper": 0.06, "section": 0.06, "finding": 0.06}  # no route is a gate
LEARNED = 1 - sum(FLOOR.values())  # what the classifier's shares count for beside it
PASSAGES = 0.15  # what passages weigh at least
BESIDE = 0.95  # and of the heavier one of sections and findings
CLEAR = 0.4  # below it nothing tells the level, and passages come first
SURE = 0.75  # from here on nobody else is asked
OPINION = 0.5  # what a language model's opinion counts for
TOLD = 2  # signs that the reason names
SAID = {
    "project": "it asks about the field as a whole",
    "paper": "it asks for papers",
    "section": "it asks how or why something was done",
    "finding": "it asks for a stated value or result",
}


class Adviser(Protocol):
    """Who may be asked about a question that is hard to tell."""

    @property
    def name(self) -> str: ...

    def opinion(self, question: str) -> Mapping[str, float] | None:
        """A share for each of the four levels, summing to 1; None where there is none. It never raises."""
        ...


class Router:
    """Routes the questions of a project.

    Args:
        encoder: whose vectors come with the questions; with another than it learned from, words alone decide.
        adviser: asked where the classifier wavers; None asks nobody.
    """

    def __init__(self, encoder: EncoderIdentity | None, adviser: Adviser | None = None) -> None:
        self._encoder, self._adviser = encoder, adviser

    def route(self, question: str, vector: Vector | None = None, names: Names | None = None) -> Route:
        """Weights over levels that sum to 1.

        Args:
            question: in words.
            vector: the question's, by the router's encoder.
            names: what names papers of the library.
        """
        known, learned = names or Names(), classifier()
        fits = self._encoder is not None and self._encoder.model == learned.card.encoder
        sure: Mapping[str, float] = learned.sure(question, vector if fits else None, known)
        asked = ""
        if self._adviser is not None and max(sure.values()) < SURE:
            opinion = self._adviser.opinion(question)
            if opinion is not None:
                sure = {level: (1 - OPINION) * sure[level] + OPINION * opinion[level] for level in LEVELS}
            asked = f"; {self._adviser.name} was asked" + (" and gave no opinion" if opinion is None else ", too")
        return Route(_weights(sure), _reason(learned, question, known, sure) + asked)


def route(question: str) -> Route:
    """The same by words alone.

    >>> route("Which papers use a contrastive loss?").best
    <Level.PAPER: 'paper'>
    """
    return Router(None).route(question)


def only(level: Level) -> Route:
    """All weight on the level that the user named."""
    return Route({name.value: float(name == level) for name in Level}, "the level was given")


def _weights(sure: Mapping[str, float]) -> dict[str, float]:
    weights = {level: LEARNED * share + FLOOR[level] for level, share in sure.items()}
    clear = max(sure.values()) >= CLEAR
    beside = max(PASSAGES, BESIDE * max(weights["section"], weights["finding"]))
    weights["passage"] = beside if clear else max(weights.values()) / BESIDE
    total = sum(weights.values())
    return {level.value: round(weights[level.value] / total, 4) for level in Level}


def _reason(learned: Classifier, question: str, names: Names, sure: Mapping[str, float]) -> str:
    best = max(sure, key=lambda level: sure[level])
    if sure[best] < CLEAR:
        return "nothing tells the level, so passages first"
    signs = learned.spoke(question, names, best)[:TOLD]
    return f"{SAID[best]} ({sure[best]:.0%} sure" + (f"; signs: {', '.join(signs)})" if signs else ")")
