"""Which numbers of a sentence are what came out, rather than how it was set up: a share that was found, not a dose.

It must not know what is measured, nor what is compared.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from ingestion.findings.cues import patterns, table
from ingestion.findings.intervals import Interval, is_aside
from ingestion.findings.numbers import Number
from ingestion.findings.units import PERCENT, is_physical, is_unit
from ingestion.reading.cues import either

PART_OF = re.compile(r"\s+(?:out\s+)?of\s+(?:the\s+|its\s+|these\s+|our\s+|all\s+)?$")
AGAIN = re.compile(r"\s*\(\s*(?:that\s+is,?\s+|i\.e\.,?\s+)?$")
LED = r"\s+(?:(?:the|a|an|about|all|only|our|some|additional|another|just|first|last|next|daily|weekly)\s+)*$"
ASIDE = re.compile(
    r"\b(?:at|above|below|same|every|per|first|last|within|under|each|more than|less than|fewer than|in|after"
    r"|with|without|until|aged|given|of at least|of at most|limited to|limiting \S+ \S+ to|look-ahead of|doses? of"
    rf"|than with|adding|using|on){LED}",
    re.I,
)
DOSE = re.compile(r"(?:^|\b(?:with|than|of|on|by|given|to|and)\s+)(?:[^\W\d_][\w-]*\s+){1,2}$", re.I)  # "Venlorin 5 mg"
ATTRIBUTE = re.compile(r"\b(?:the|an?)\s+$", re.I)  # "the 320 ms model"
OF_WITH = re.compile(r"\b(?:with|at|under|for|after)\s+(?:\w[\w-]*\s+){1,3}of\s+$", re.I)
AT_RATE = re.compile(r"\b(?:at|with|under)\s+an?\s+(?:\w[\w-]*\s+){1,3}of\s+$", re.I)
PART = re.compile(r"\b(?:with|without|containing|under|at)\s+$", re.I)
NOUN = re.compile(r"\s+(?!(?:of|and|or|to|in|on|for|against|versus|vs|while|but|after|before|when|by)\b)[a-z][\w-]+")
ALONE = re.compile(r"\b(?:at|after|with|under|until|adding|using)\s+(?:an?\s+|about\s+)?$", re.I)
FIRST = re.compile(r"(?:An?|The|Each|Every)(?:\s+additional)?\s+", re.I)
CHANGED = re.compile(r"(?:As|When|While|Once|If)\s[^,;.]*\bfrom\s[^,;]*?\bto\s[^,;]*,")
LIST = re.compile(r"\s*(?:,|and|or|,\s*and|&)\s*")
LEVELS = re.compile(r"\b(?:at|for|with|in|on|after|of|under|when|where)\s+(?:the\s+)?$", re.I)
OVER = re.compile(r"\b(?:above|below|beyond|exceeding|exceeded|exceeds?)\s+$", re.I)
EACH = re.compile(r"\s+(?:each|apiece)\b")
THRESHOLD = re.compile(r"\bof\s+(?:at least|at most|more than|less than|over|under|up to)\s+$", re.I)
SAME = re.compile(r"\b(?:the same|each of the|all|every)\s+$", re.I)
DAILY = re.compile(r"\s+(?:daily|a day|per day|twice)\b")
TAKING = re.compile(
    r"\s+(?:of\s+)?(?!of\b|more|less|fewer|longer|shorter|higher|lower|later|earlier|faster|slower)[a-z]{4,}"
)
COUNT_ASIDE = re.compile(
    r"\b(?:at|with|of|over|same|every|per|first|last|within|under|for|each|more than|less than|fewer than|up to|between"
    r"|in|on|across|among|after|from|by|all|the|using|adding|given|instead of|without|type|\w+ing)\s+"
    r"(?:(?:the|a|about|all|only|our)\s+)*$",
    re.I,
)
RANGED = re.compile(
    r"\b(?:to|by|from|rang\w+|lay|lie|lies|var\w+|was|were|is|are|of|differ\w*|difference\w*|gave|found|reached|took|takes|stayed)\s+between\s+$",
    re.I,
)
WINDOW = re.compile(r"\b(?:windows?|clips?|segments?|samples?|intervals?|blocks?|pieces?|batch(?:es)?)\s+of\s+$")
TIED = re.compile(
    r"\bfrom\s+(?:an?\s+\w+\s+of\s+)?$|\bfrom\s+\S+(?:\s+\w+)?\s+to\s+$"
    r"|\b(?:against|vs\.?|versus|compared (?:with|to))\s+$",
    re.I,
)
TIES = re.compile(r"\s+(?:to|against|vs\.?|versus|compared (?:with|to))\s+\d")
SCORED = re.compile(
    r"\b(?:F1|BLEU|EM|AUC|accuracy|precision|recall|scores?|kappa|ROUGE\S*|MOS|index|ranks?|rating|IQ|M|Mdn|median|mean|average"
    r"|number needed to treat)(?:\s+(?:of|was|is|at|to|fell to|rose to))?[\s:=(]+$",
    re.I,
)


def outcomes(sentence: str, found: Sequence[Number], held: Sequence[Interval]) -> list[int]:
    """Indices of the numbers that are measurements: in no interval, no level or p-value, no total of "A of B", no dose,
    length or count that only says how something was done."""
    free = _measurements(sentence, found, held)
    led = {*_leading(sentence, found), *_levels(sentence, found, free)}
    decimal = [i for i in free if not found[i].whole or (found[i].unit and is_unit(found[i].unit or ""))]
    if not decimal:
        sure = {one.first - 1 for one in held if not one.spread}
        told = [i for i in free if found[i].unit is not None or i in sure or _is_tied(sentence, found[i])]
        told = [i for i in told if not SAME.search(sentence[: found[i].start])] or told
        return [i for i in told if i not in led] or told
    # Beside measurements, plain counts are mostly sizes; alone they are what is told.
    kept = [i for i in decimal if not WINDOW.search(sentence[: found[i].start])]
    kept = [i for i in kept if not _is_share(sentence, found[i])] or kept
    kept = [i for i in kept if i not in led] or kept
    units = {found[i].unit for i in kept}
    if len(units) > 1 or len(kept) == 1:
        out = [i for i in kept if not _sets_up(sentence, found[i])]
        alone = (
            len(decimal) == 1
            and not EACH.match(sentence[found[kept[0]].end :])
            and ALONE.search(sentence[: found[kept[0]].start])
            and not is_sure(sentence, found[kept[0]])
        )
        kept = out or ([] if alone else kept)
    counts = [i for i in free if i not in decimal and found[i].unit is not None]
    counts = [i for i in counts if not COUNT_ASIDE.search(sentence[: found[i].start])]
    counts = [i for i in counts if i not in led]
    counts += [i for i in free if i not in decimal and found[i].unit is None and _is_tied(sentence, found[i])]
    return sorted({*kept, *(i for i in counts if not _told_again(sentence, found, i))})


def _measurements(sentence: str, found: Sequence[Number], held: Sequence[Interval]) -> list[int]:
    inside = {i for one in held for i in (one.first, one.last)}
    plus_minus = {one.first for one in held if "±" in sentence[found[one.first].end : found[one.last].start]}
    free: list[int] = []
    for i, number in enumerate(found):
        if (i in inside and i not in plus_minus) or is_aside(sentence, number):
            continue
        if i and number.whole:
            between = sentence[found[i - 1].end : number.start]
            if PART_OF.fullmatch(between.replace(found[i - 1].unit or "\0", "", 1)):
                continue
        if not _in_range(sentence, found, i):
            free.append(i)
    return free


def _leading(sentence: str, found: Sequence[Number]) -> set[int]:
    """The numbers of what was changed, where the sentence begins with that: "As the load grew from 1 to 3 kN, ...",
    "Raising the temperature from 180 to 300 °C reduced ..."."""
    clause = CHANGED.match(sentence) or _changing().match(sentence)
    return {i for i, number in enumerate(found) if number.end <= clause.end()} if clause else set()


@cache
def _changing() -> re.Pattern[str]:
    """A participle that begins a sentence, up to the verb that tells what it did."""
    moves = either([*table("phrases")["moves"]["words"], *table("phrases")["did"]["words"]])
    return re.compile(rf"[A-Z][a-z]+ing\s[^,;.]*?\bfrom\s[^,;]*?\bto\s[^,;]*?(?=\s{moves}\s)")


def _levels(sentence: str, found: Sequence[Number], free: Sequence[int]) -> set[int]:
    """The levels at which as many values were measured: 1, 5 and 10 of "was 4, 17 and 46% at 1, 5 and 10 mA"."""
    runs: list[list[int]] = []
    for i in range(len(found)):
        link = sentence[found[i - 1].end : found[i].start] if i else ""
        if runs and runs[-1][-1] == i - 1 and LIST.fullmatch(link):
            runs[-1].append(i)
        else:
            runs.append([i])
    told = [run for run in runs if len(run) > 1]
    return {
        i
        for at, run in enumerate(told[1:], start=1)
        if LEVELS.search(sentence[: found[run[0]].start]) and any(len(other) == len(run) for other in told[:at])
        for i in run
    }


def _sets_up(sentence: str, number: Number) -> bool:
    """Whether a number only says under which conditions something was measured ("at 32 kHz", "with 50 mg of it")."""
    before, after = sentence[: number.start], sentence[number.end :]
    if FIRST.fullmatch(before):
        return True
    if number.unit in PERCENT or TIED.search(before):
        return False
    if not is_physical(number.unit) or number.unit in ("times", "fold", "x", "×") or re.search(r"\bfrom\s+$", before):
        return False
    if number.unit in ("days", "nights") and re.search(r"\bon\s+$", before):
        return False  # "frost on 31 days"
    if (ASIDE.search(before) and not _came().search(before)) or (
        (of := OF_WITH.search(before)) and not is_result(of.group())
    ):
        return True
    doses = ("mg", "g", "µg", "IU", "ml", "mL", "kg")
    if number.unit in doses and (DAILY.match(after) or DOSE.search(before)):
        return True
    return bool(ATTRIBUTE.search(before) and TAKING.match(after))


def _is_share(sentence: str, number: Number) -> bool:
    """Whether a number is a threshold ("a change of at least 5.2 points"), or a percentage of what was put in."""
    before, after = sentence[: number.start], sentence[number.end :]
    if THRESHOLD.search(before) or _set().search(before) or (OVER.search(before) and not _came().search(before)):
        return True
    if number.unit not in PERCENT or TIED.search(before):
        return False
    part = re.search(rf"\b(?:with|using|at){LED}", before, re.I) and re.match(r"\s+of\b", after)
    level = re.search(r"\bat\s+$", before) and re.match(r"\s+\d", after)
    share = PART.search(before) and (noun := NOUN.match(after)) and not is_result(noun.group())
    return bool(part or level or share or (AT_RATE.search(before) and not is_result(before[-60:])))


@cache
def _set() -> re.Pattern[str]:
    return re.compile(rf"\b{either(table('comparisons')['set']['words'])}\s+(?:of|at|is|was)\s+$", re.I)


@cache
def _came() -> re.Pattern[str]:
    """Verbs before "at" or "after" whose number is what came out: "peaked at", "began after"."""
    verbs = table("comparisons")["came"]
    at, after = either(verbs["at"]), either(verbs["after"])
    return re.compile(
        rf"\b(?:{at}\s+(?:at|above|below|under|within)|{after}\s+(?:only\s+)?(?:after|within|in|at)){LED}", re.I
    )


def is_result(words: str) -> bool:
    """Whether they name what only comes out of a measurement: an error, a mean, something higher."""
    return bool(patterns("comparisons")["outcome"].search(words))


def is_sure(sentence: str, number: Number) -> bool:
    """Whether an uncertainty is printed with it, as only measurements have."""
    return bool(re.match(r"\s*(?:±|\+/[-−])", sentence[number.end :]))


def _in_range(sentence: str, found: Sequence[Number], i: int) -> bool:
    """Whether it is an end of a range over which something held: "between 2% and 20% porosity"."""
    for j in (i, i - 1):
        if j < 0 or j + 1 >= len(found):
            continue
        between, before = sentence[found[j].end : found[j + 1].start], sentence[: found[j].start]
        if between.strip() == "and" and re.search(r"\bbetween\s+$", before) and not RANGED.search(before):
            return True
    return False


def _told_again(sentence: str, found: Sequence[Number], i: int) -> bool:
    """Whether a count stands in brackets behind the share that it makes: "44% (110 of 250)"."""
    before = found[i - 1] if i else None
    return bool(before and before.unit in PERCENT and AGAIN.search(sentence[: found[i].start]))


def _is_tied(sentence: str, number: Number) -> bool:
    """Whether a bare whole number is compared with another, or stands behind the name of a score."""
    before, after = sentence[: number.start], sentence[number.end :]
    return bool(TIED.search(before) or TIES.match(after) or SCORED.search(before))
