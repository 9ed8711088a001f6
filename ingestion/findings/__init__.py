"""Findings in first form: sentences that state a result of the paper itself.

Cues, numbers with what they measure, and the section that a sentence stands in are added up; hedges are noted, and
sentences that report somebody else's result are left out. It must not know stores.
"""

from __future__ import annotations

import re

PRIOR = {
    "abstract": 0.3,
    "result": 0.5,
    "experiment": 0.2,
    "discussion": 0.3,
    "conclusion": 0.4,
    "data": 0.0,
    "method": -0.3,
    "introduction": 0.0,
    "background": -0.8,
    "acknowledgement": -2.0,
    "front": -1.0,
}
CUE = re.compile(
    r"\b(?:we (?:find|found|observe[d]?|show(?:ed)? that|report|achiev\w+|obtain\w*|see that|demonstrate)|"
    r"results? (?:show|suggest|indicate|demonstrate|reveal|confirm)\w*|outperform\w*|achiev(?:e[sd]?|ing)|"
    r"improv(?:e[sd]?|ing|ements?)|significant(?:ly)?|"
    r"(?:in|de)creas(?:e[sd]?|ing)|reduc(?:e[sd]?|tion)|higher|lower|better|worse|best|gain(?:s|ed)?|drop(?:s|ped)?|"
    r"reach(?:es|ed)?|rose|fell|no (?:significant )?difference|agree(?:d|ment)|correlat\w+|yield(?:s|ed)?|"
    r"surpass\w*|exceed\w*)\b",
    re.I,
)
MEASURE = re.compile(
    r"(?<![\w.])[-−+]?\d+(?:[.,]\d+)?\s?(?:%|percent|points?|pp|ms|s\b|h\b|hours?|days?|dB|kHz|BLEU|F1|times)|"
    r"\b(?:F1|F-?score|accuracy|precision|recall|BLEU|ROUGE|AUC|kappa|κ|perplexity|MRR|nDCG|MAP|error rate|"
    r"correlation)\b[^.;]{0,40}?\d",
    re.I,
)
P_VALUE = re.compile(r"\bp\s*[<=>]\s*0?\.\d+", re.I)
HEDGE = re.compile(
    r"\b(?:may|might|could|possibly|perhaps|suggests?|appears?|seems?|likely|probably|tends? to)\b", re.I
)
FUTURE = re.compile(r"\bfuture work|in the future|we (?:plan|intend|hope|will)|remains? to be|we leave\b", re.I)
OTHERS = re.compile(
    r"^[^.]{0,60}(?:et al\.?|\((?:19|20)\d\d[a-z]?\)|\[\d+\])[^.]{0,40}\b"
    r"(?:show|found|find|report|propos|achiev|demonstrat|introduc|observ|obtain|us)",
    re.I,
)
THRESHOLD = 0.9
LEAST_WORDS, MOST_WORDS = 6, 80


def is_finding(sentence: str, section_kind: str) -> bool:
    """Whether a sentence states a result of this paper."""
    if (
        not LEAST_WORDS <= len(sentence.split()) <= MOST_WORDS
        or not sentence[:1].isupper()
        or sentence[-1:] not in ".!?)"
    ):
        return False
    if OTHERS.search(sentence) or FUTURE.search(sentence) or sentence.endswith("?"):
        return False
    cues = len({m.group().lower() for m in CUE.finditer(sentence)})
    score = (
        PRIOR.get(section_kind, 0.0)
        + 0.35 * min(cues, 3)
        + 0.45 * bool(MEASURE.search(sentence))
        + 0.4 * bool(P_VALUE.search(sentence))
    )
    return score - 0.15 * is_hedged(sentence) >= THRESHOLD


def is_hedged(sentence: str) -> bool:
    """Whether a sentence says that something may be so."""
    return bool(HEDGE.search(sentence))
