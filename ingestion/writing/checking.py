"""Whether a finding that a language model gave is borne out by the sentences that it cites.

What is not is refused with a reason: a word of REASONS. A value of it that is not borne out is left out, and the rest
of the finding stays. It must not know how the model was asked.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

from hierarchy.grounding import coverage, denies, has_number, invented, leanings, numbers_in, turns_round
from hierarchy.nodes import Finding, Value
from ingestion.findings.hedges import is_hedged
from ingestion.writing.prompts import one_line, speaks_to_machine
from ingestion.writing.replies import numbers_of
from ingestion.writing.sentences import Sentence, runs

CHECKS = "checks-1"  # changes whenever the same reply would give other findings
REASONS = (
    "shape",  # no claim, or one that is too short or too long
    "kind",  # a kind that there is not
    "evidence",  # sentences that were not shown, none, or too many
    "instruction",  # it speaks to a machine
    "numbers",  # a number that its sentences do not hold
    "words",  # words that its sentences do not hold
    "turned",  # its sentences say the contrary
    "repeated",  # it was told before
    "too_many",  # more than were asked for
)
KINDS = ("result", "claim", "method", "limitation", "definition", "other")
DIRECTIONS = ("increase", "decrease", "none", "difference")
CLAIM_LETTERS = (12, 400)
LABEL_LETTERS = 160  # of a metric, a unit or a condition
MOST_EVIDENCE = 3  # sentences
MOST_VALUES = 8
# Measured by `python -m benchmarks writing`: with these, three quarters of wetland-calls' gold findings stand, which
# tell what a reader knows of the whole paper, and none of those that cite another sentence.
IN_QUOTE = 0.35  # of a claim's words, those that must stand in its sentences
NEARBY = 0.6  # those that must stand in their passage, its headings or the paper's title


class RefusedError(Exception):
    """A finding that does not stand; its argument is one of REASONS."""


def checked(given: dict[str, Any], sentences: Sequence[Sentence], origin: str, left_out: Counter[str]) -> Finding:
    """The finding that an entry of a reply gives.

    Args:
        given: the entry.
        sentences: those that were shown, in order.
        origin: the writer's name.
        left_out: counts the values and directions that do not stand.

    Raises:
        RefusedError: where it does not stand.
    """
    claim, kind = given.get("claim"), given.get("kind")
    if not isinstance(claim, str) or not CLAIM_LETTERS[0] <= len(claim := one_line(claim)) <= CLAIM_LETTERS[1]:
        raise RefusedError("shape")
    if kind not in KINDS:
        raise RefusedError("kind")
    numbers = numbers_of(given.get("evidence"))
    if not numbers or not all(1 <= n <= len(sentences) for n in numbers):
        raise RefusedError("evidence")
    if speaks_to_machine(claim):
        raise RefusedError("instruction")
    run = _standing(claim, runs(sentences, numbers))
    passage = run[0].passage
    quote = passage.text[run[0].start : run[-1].end]
    values = tuple(_values(given.get("values"), quote, _around(run), left_out))
    direction = _direction(given.get("direction"), quote, values, left_out)
    reported = given.get("reported") is True
    return Finding(
        claim=claim,
        kind="other" if reported else str(kind),
        evidence=passage.id,
        quote=quote,
        values=values,
        direction=direction,
        hedged=given.get("hedged") is True or is_hedged(quote),
        attribution="reported" if reported else "own",
        origin=origin,
    )


def _standing(claim: str, found: Sequence[list[Sentence]]) -> list[Sentence]:
    """The stretch of the cited sentences that bears a claim out best, if one does."""
    by_fit = sorted(found, key=lambda run: -coverage(claim, [_text(run)]))
    reasons = [_objection(claim, run) for run in by_fit]
    if None not in reasons:
        raise RefusedError(reasons[0])
    return by_fit[reasons.index(None)]


def _objection(claim: str, run: list[Sentence]) -> str | None:
    quote = _text(run)
    if len(run) > MOST_EVIDENCE:
        return "evidence"
    if invented(claim, numbers_in(quote)):
        return "numbers"
    if coverage(claim, [quote]) < IN_QUOTE or coverage(claim, _around(run)) < NEARBY:
        return "words"
    return "turned" if turns_round(claim, quote) else None


def _text(run: list[Sentence]) -> str:
    return run[0].passage.text[run[0].start : run[-1].end]


def _around(run: list[Sentence]) -> list[str]:
    """What a reader of these sentences has before the eyes."""
    passage = run[0].passage
    return [passage.text, *passage.path, passage.paper_title or ""]


def _values(given: object, quote: str, around: list[str], left_out: Counter[str]) -> list[Value]:
    found: list[Value] = []
    for entry in given if isinstance(given, list) else []:
        value = _value(entry, quote, around) if isinstance(entry, dict) and len(found) < MOST_VALUES else None
        if value is None:
            left_out["value"] += 1
        elif value not in found:
            found.append(value)
    return found


def _value(given: dict[str, Any], quote: str, around: list[str]) -> Value | None:
    """A value all parts of which stand in the text, else None: half a value would say something else."""
    there = numbers_in(quote)
    value, baseline = _number(given.get("value")), _number(given.get("baseline"))
    if value is None or not has_number(value, there):
        return None
    if given.get("baseline") is not None and (baseline is None or not has_number(baseline, there)):
        return None
    unit, metric, condition = (_label(given.get(name)) for name in ("unit", "metric", "condition"))
    if any(label is None for label in (unit, metric, condition)):
        return None
    near = numbers_in(" ".join(around))
    if any(invented(label or "", near) or coverage(label or "", around) < NEARBY for label in (metric, condition)):
        return None
    if unit and unit.lower() not in quote.lower():
        return None
    return Value(metric or None, value, unit or None, condition or None, baseline)


def _number(given: object) -> float | None:
    """A number as models write it: 0.9, "0.90", "1,200", "12%"."""
    if isinstance(given, bool):
        return None
    if isinstance(given, str):
        plain = given.strip().rstrip("%").strip().replace(",", "").replace("−", "-")
        try:
            given = float(plain) if plain.isascii() else None
        except ValueError:
            return None
    return float(given) if isinstance(given, int | float) and abs(given) < 1e15 and math.isfinite(given) else None


def _label(given: object) -> str | None:
    """A label on one line, "" where there is none, None where it cannot be one."""
    if given is None:
        return ""
    if not isinstance(given, str) or len(label := one_line(given)) > LABEL_LETTERS or speaks_to_machine(label):
        return None
    return label


def _direction(given: object, quote: str, values: Sequence[Value], left_out: Counter[str]) -> str | None:
    """The direction, unless the words or the numbers of the quote speak against it."""
    if given is None:
        return None
    compared = [(v.value, v.baseline) for v in values if v.value is not None and v.baseline is not None]
    leaning = leanings(quote)
    against = {
        "increase": leaning == {"falling"} or any(a < b for a, b in compared),
        "decrease": leaning == {"rising"} or any(a > b for a, b in compared),
        "none": bool(leaning) and not denies(quote),
        "difference": False,
    }
    if not isinstance(given, str) or against.get(given, True):
        left_out["direction"] += 1
        return None
    return given
