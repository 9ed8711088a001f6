"""What speaks for and against a sentence being a finding, as named amounts that `weights.toml` weighs.

It must not know how they are weighed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from ingestion.findings.attribution import CITATION
from ingestion.findings.classes import CLASSES, RESULT
from ingestion.findings.cues import cues_in, distinct, table
from ingestion.findings.directions import direction
from ingestion.findings.hedges import is_hedged
from ingestion.findings.numbers import Number
from ingestion.findings.values import Read

MOST = 3  # of one kind of cue
SETTINGS = frozenset({"method", "data", "experiment"})  # kinds of sections that mostly say what was done
LOOKS_BACK = frozenset(
    {"discussion", "conclusion", "introduction", "background"}
)  # and those that mostly tell it again
P_VALUE = re.compile(
    r"\bp\s*[-−]?(?:values?)?\s*(?:[<=>≤≥]|of|is|was|less than|below)\s*0?\.\d+|\binterval\b|\bCI\b|±", re.I
)
POINTS_AT = re.compile(r"^(?:The\s+)?(?:(?:In\s+)?(?:Table|Figure|Fig\.?|Appendix|Section|Equation)s?\s*\d*)", re.I)
REFERS = re.compile(r"\b(?:Table|Figure|Fig\.?)s?\s*\d", re.I)
OWN = re.compile(r"\b(?:we|our|us|I|my)\b", re.I)
PAST = re.compile(r"\b(?:was|were|had|did|gave|rose|fell|found|took|made|\w{3,}ed)\b")
SHOWS_THAT = re.compile(
    r"\b(?:show|find|found|observe|conclude|demonstrate|indicate|suggest|reveal|confirm|note|see)\w*\s+(?:\w+\s+)?that\b",
    re.I,
)
GOAL = re.compile(r"^(?:To|In order to|For this)\s+\w+")
NUMBERED = re.compile(r"^[(\[]?\d{1,2}[.)\]]\s")  # an item of a list
SYMBOLS = re.compile(r"[=∈∑∏≤≥θλσμαβ∥{}|]")


def signs(
    sentences: Sequence[str],
    kind: str,
    chances: npt.NDArray[np.float32],
    found: Sequence[Sequence[Number]],
    reads: Sequence[Read],
) -> list[dict[str, float]]:
    """The signs of each sentence of a passage.

    Args:
        sentences: their words, in order.
        kind: of their section.
        chances: the probabilities of their classes, shape (sentences, 5).
        found: their measured numbers.
        reads: what was read from those.
    """
    held = [_of_one(s, kind, row, numbers) for s, row, numbers in zip(sentences, chances, found, strict=True)]
    for one, read, sentence, numbers in zip(held, reads, sentences, found, strict=True):
        one |= _of_values(read)
        one |= _of_way(sentence, kind, one, read, numbers)
    measured = [one["measured"] for one in held]
    for i, one in enumerate(held):
        one["first"] = float(i == 0)
        one["last"] = float(i == len(held) - 1)
        one["result before"] = float(chances[i - 1, RESULT]) if i else 0.2
        one["result after"] = float(chances[i + 1, RESULT]) if i + 1 < len(held) else 0.2
        one["measured before"] = measured[i - 1] if i else 0.0
        one["measured after"] = measured[i + 1] if i + 1 < len(held) else 0.0
        one["plain beside measured"] = float(not measured[i] and any(measured))
        one["plain led to"] = float(not measured[i] and i + 1 < len(held) and bool(measured[i + 1]))
        one["share measured"] = sum(measured) / len(held)
    return held


def _of_values(read: Read) -> dict[str, float]:
    """What the values tell: numbers that are outcomes, that are compared, that have an interval, of a change."""
    return {
        "outcomes": float(min(len(read.values), MOST)),
        "compared": float(any(v.baseline is not None for v in read.values)),
        "tied": float(read.told),
        "interval": float(any(v.interval is not None for v in read.values)),
        "of a change": float(bool(read.change)),
    }


def _of_way(
    sentence: str, kind: str, one: Mapping[str, float], read: Read, found: Sequence[Number]
) -> dict[str, float]:
    """What the direction tells, and what numbers mean in the kind of section: in a method they are mostly set, in a
    discussion mostly told again."""
    way = direction(sentence, read.values, read.told, read.change)
    held = {
        "directed": float(way is not None),
        "directed by numbers": float(way is not None and bool(read.values)),
        "no way": float(way == "none"),
        "only set-up": float(bool(found) and not read.values),
        "beside outcomes": float(min(max(0, len(found) - len(read.values)), MOST)),
    }
    if kind in SETTINGS:
        told = {name: one[name] for name in ("measured", "compared")}
        held |= {f"{name} in set-up": amount for name, amount in told.items()} | {
            "directed in set-up": held["directed"]
        }
    if kind in LOOKS_BACK:
        held |= {f"{name} looking back": one[name] for name in ("measured", "outcomes", "cited")}
    if kind == "result":
        held |= {f"{name} in results": one[name] for name in ("past", "own")}
        held |= {"directed in results": held["directed"], "plain in results": float(not found)}
    return held


def _of_one(sentence: str, kind: str, chances: npt.NDArray[np.float32], found: Sequence[Number]) -> dict[str, float]:
    words = len(sentence.split())
    held = {f"cue {name}": float(min(distinct("cues", name, sentence), MOST)) for name in table("cues")}
    log = np.log(chances + 0.02)
    held |= {f"class {name}": float(log[i]) for i, name in enumerate(CLASSES)}
    held[f"section {kind}"] = 1.0
    decimals = sum(1 for n in found if not n.whole or n.unit in ("%", "percent", "points"))
    held["decimals"] = min(decimals, MOST)
    held["wholes"] = min(len(found) - decimals, MOST)
    held["measured"] = float(bool(decimals))
    held["p value"] = float(bool(P_VALUE.search(sentence)))
    held["points at"] = float(bool(POINTS_AT.match(sentence)))
    held["refers"] = float(bool(REFERS.search(sentence)))
    held["own"] = float(bool(OWN.search(sentence)))
    held["past"] = float(bool(PAST.search(sentence)))
    held["that"] = float(bool(SHOWS_THAT.search(sentence)))
    held["goal"] = float(bool(GOAL.match(sentence)))
    held["plain claim"] = float(not decimals and bool(OWN.search(sentence)))
    held["no difference"] = float("none" in cues_in("comparisons", sentence))
    held["hedged"] = float(is_hedged(sentence))
    held["cited"] = float(bool(CITATION.search(sentence)))
    held["symbols"] = min(len(SYMBOLS.findall(sentence)), 4)
    held["question"] = float(sentence.endswith("?"))
    held["numbered"] = float(bool(NUMBERED.match(sentence)))
    held["colon"] = float(sentence.endswith(":"))
    held["short"] = float(words < 8)
    held["long"] = float(words > 40)
    held["but"] = float(
        bool(re.match(r"(?:However|But|Yet|Still|Nevertheless|Surprisingly|Interestingly)\b", sentence))
    )
    return held
