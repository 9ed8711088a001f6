"""The router, first form: from cues in a question to weights over the levels, with a reason in words.

Weights, never a gate: a wrong route costs rank, not the answer. It must not know stores.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from hierarchy.nodes import Level
from retrieval.records import Route

BASE = {Level.PROJECT: 0.02, Level.PAPER: 0.13, Level.SECTION: 0.2, Level.PASSAGE: 0.45, Level.FINDING: 0.2}


class Cue(NamedTuple):
    """What in a question speaks for a level, with how much weight, and how that is said."""

    level: Level
    weight: float
    reason: str
    pattern: re.Pattern[str]


WHAT = r"\bwhat (?:is|was|were|are)? ?(?:the |their )?(?:\w+ ){0,4}"


def _cue(level: Level, weight: float, reason: str, *patterns: str) -> Cue:
    return Cue(level, weight, reason, re.compile("|".join(patterns), re.I))


CUES = (
    _cue(
        Level.PROJECT,
        1.2,
        "it asks about the field as a whole",
        r"\b(?:this|the|our) (?:field|literature|area|collection|library)\b",
        r"\bfield\b.*\b(?:argu|agree|debat|about)",
        r"\b(?:main|common|recurring|overall|open) (?:themes?|topics?|trends?|questions?|debates?|problems?)\b",
        r"\b(?:these|all(?: the)?|the) papers\b.*\b(?:about|agree|disagree|argu|common|together)",
        r"\bacross (?:the|these|all) papers\b",
        r"\boverview of\b",
    ),
    _cue(
        Level.PAPER,
        1.0,
        "it asks for papers",
        r"\b(?:which|what|list|name|find|how many|any|are there) (?:\w+ ){0,2}(?:papers?|works?|articles?)\b",
        r"\b(?:which|what|list|name|find|how many|any|are there) (?:\w+ ){0,2}stud(?:y|ies)\b",
        r"\b(?:which|what) (?:\w+ ){0,2}(?:authors?|publications?)\b",
        r"^who\b",
        r"\b(?:papers?|studies) (?:that|which|use|using|on|about)\b",
    ),
    _cue(
        Level.FINDING,
        0.8,
        "it asks for a stated value or result",
        r"\bhow (?:many|much|large|big|long|often|high|low|well|accurate|fast|far)\b",
        r"\bby how\b",
        WHAT + r"(?:f1|score|accuracy|precision|recall|bleu|rouge|auc)\b",
        WHAT + r"(?:kappa|agreement|performance|rate|percentage|size)\b",
        WHAT + r"(?:number|results?|improvement|runtime|latency)\b",
        r"\b(?:f1|bleu|accuracy|kappa|percent(?:age)?)\b",
        r"\b(?:outperform|improve|increase|decrease|better|worse)\b",
    ),
    _cue(
        Level.SECTION,
        0.8,
        "it asks how or why something was done",
        r"^how (?:do|did|does|is|are|was|were|can)\b",
        r"\bhow (?:do|did|does|was|were) (?:they|the authors?)\b",
        r"^why\b",
        r"\b(?:describe|explain|procedure|protocol|pipeline|architecture|steps?)\b",
        r"\bhow\b.*\b(?:annotat|collect|train|measure|evaluat|compute|construct|creat|build|built|obtain)",
    ),
)


def route(question: str) -> Route:
    """Weights over levels that sum to 1.

    >>> route("Which papers use a contrastive loss?").best
    <Level.PAPER: 'paper'>
    """
    weights = dict(BASE)
    reasons: list[str] = []
    for cue in CUES:
        if cue.pattern.search(question[:2_000]):
            weights[cue.level] += cue.weight * (0.5 if reasons else 1.0)  # the first cue is the broadest
            reasons.append(cue.reason)
    total = sum(weights.values())
    return Route(
        {level.value: round(weight / total, 4) for level, weight in weights.items()},
        "; ".join(reasons) or "no cue for a level, so passages first",
    )


def only(level: Level) -> Route:
    """All weight on the level that the user named."""
    return Route({name.value: float(name == level) for name in Level}, "the level was given")
