"""What speaks for and against a sentence being a finding, as named amounts that `weights.toml` weighs.

It must not know how they are weighed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ingestion.findings.attribution import CITATION
from ingestion.findings.classes import CLASSES
from ingestion.findings.cues import distinct, patterns
from ingestion.findings.hedges import is_hedged
from ingestion.findings.metrics import named
from ingestion.findings.numbers import Number

MOST = 3  # of one kind of cue
P_VALUE = re.compile(r"\bp\s*[-−]?(?:values?)?\s*(?:[<=>≤≥]|of|is|was|less than|below)\s*0?\.\d+|\binterval\b|\bCI\b|±", re.I)
POINTS_AT = re.compile(r"^(?:The\s+)?(?:(?:In\s+)?(?:Table|Figure|Fig\.?|Appendix|Section|Equation)s?\s*\d*)", re.I)
REFERS = re.compile(r"\b(?:Table|Figure|Fig\.?)s?\s*\d", re.I)
OWN = re.compile(r"\b(?:we|our|us|I|my)\b", re.I)
PAST = re.compile(r"\b(?:was|were|had|did|gave|rose|fell|found|took|made|\w{3,}ed)\b")
SHOWS_THAT = re.compile(r"\b(?:show|find|found|observe|conclude|demonstrate|indicate|suggest|reveal|confirm|note|see)\w*\s+(?:\w+\s+)?that\b", re.I)
GOAL = re.compile(r"^(?:To|In order to|For this)\s+\w+")
SYMBOLS = re.compile(r"[=∈∑∏≤≥θλσμαβ∥{}|]")


def signs(
    sentence: str, before: str, kind: str, chances: npt.NDArray[np.float32], chances_before: npt.NDArray[np.float32] | None, found: Sequence[Number]
) -> dict[str, float]:
    """The signs of one sentence.

    Args:
        sentence: its words.
        before: those of the sentence before it in its passage, empty for the first.
        kind: of its section.
        chances: its classes' probabilities.
        chances_before: those of the sentence before it, None for the first.
        found: its measured numbers.
    """
    words = len(sentence.split())
    held = {f"cue {name}": min(distinct(pattern, sentence), MOST) / 1.0 for name, pattern in patterns("cues").items()}
    log = np.log(chances + 0.02)
    held |= {f"class {name}": float(log[i]) for i, name in enumerate(CLASSES)}
    held[f"section {kind}"] = 1.0
    decimals = sum(1 for n in found if not n.whole or n.unit in ("%", "percent", "points"))
    held["decimals"] = min(decimals, MOST)
    held["wholes"] = min(len(found) - decimals, MOST)
    held["measured"] = float(bool(decimals))
    held["metric"] = float(bool(named(sentence)))
    held["metric measured"] = float(bool(decimals and named(sentence)))
    held["p value"] = float(bool(P_VALUE.search(sentence)))
    held["points at"] = float(bool(POINTS_AT.match(sentence)))
    held["refers"] = float(bool(REFERS.search(sentence)))
    held["own"] = float(bool(OWN.search(sentence)))
    held["past"] = float(bool(PAST.search(sentence)))
    held["that"] = float(bool(SHOWS_THAT.search(sentence)))
    held["goal"] = float(bool(GOAL.match(sentence)))
    held["hedged"] = float(is_hedged(sentence))
    held["cited"] = float(bool(CITATION.search(sentence)))
    held["symbols"] = min(len(SYMBOLS.findall(sentence)), 4)
    held["question"] = float(sentence.endswith("?"))
    held["colon"] = float(sentence.endswith(":"))
    held["short"] = float(words < 8)
    held["long"] = float(words > 40)
    held["first"] = float(not before)
    held["result before"] = float(chances_before[CLASSES.index("result")]) if chances_before is not None else 0.2
    held["but"] = float(bool(re.match(r"(?:However|But|Yet|Still|Nevertheless|Surprisingly|Interestingly)\b", sentence)))
    return held
