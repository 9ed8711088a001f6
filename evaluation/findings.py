"""How well the findings of papers were read, against findings that people wrote down or marked.

Two kinds of gold: whole quotes with values (the sample), and marks (a paper's hash, page, first and last words,
values), which keep no text of papers that are not ours. It must not know how findings are made.

A gold finding is found where an own finding of the same paper shares half of the word trigrams of the shorter of the
two quotes, or begins or ends with the marked words. A finding is right where it finds a gold one. Where the gold tells
each result once, a finding may also state one again: it has values, and all their numbers stand in one gold finding's
quote and values.

Values are right where each number of the gold's values that is printed in both quotes is among the finding's values
with the same unit, and with what it is compared with, where the finding's own quote prints that (a pair may be told
either way round). The metric is told apart: it has a word in common with the gold's, which often takes it from
elsewhere in the paper.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from evaluation.library import words_of
from hierarchy.nodes import Finding, Value

GOLD = Path(__file__).with_name("gold") / "findings.jsonl"
SHARE = 0.5  # of the word trigrams of the shorter quote
NUMBER = re.compile(r"(?<![\w.])\d+(?:,\d{3})*(?:\.\d+)?")
SAME_UNIT = {
    "percent": "%",
    "percentage points": "%",
    "percentage point": "%",
    "per cent": "%",
    "points": "%",
    "point": "%",
    "minute": "minutes",
    "hour": "hours",
    "day": "days",
    "week": "weeks",
    "second": "s",
    "seconds": "s",
    "h": "hours",
    "degrees celsius": "°c",
    "litres": "l",
    "liters": "l",
    "metres": "m",
    "meters": "m",
    "x": "times",
    "fold": "times",
}


class Gold(msgspec.Struct, frozen=True):
    """A finding that people know of: with its `quote` in the sample, in a real paper with `first` and `last` words."""

    values: tuple[Value, ...] = ()
    kind: str = "result"
    direction: str | None = None
    hedged: bool = False
    quote: str = ""
    first: str = ""
    last: str = ""
    paper: str = ""
    sha256: str = ""
    page: int | None = None
    section: str = ""


class FindingsScore(msgspec.Struct, frozen=True):
    """Counts over papers.

    `gold`, `found` of them; `told` own findings, `right` ones, `again` those that are right only because they state a
    gold finding again. Of the found gold findings `with_values` print values; `numbers`, `pairs` and `values` have them
    right by number and unit, with the baseline too, with the metric too; `directed` have a direction, `directions` the
    same; `hedges` are hedged as the gold is; `kinds` are of its kind.
    """

    gold: int = 0
    found: int = 0
    told: int = 0
    right: int = 0
    again: int = 0
    with_values: int = 0
    numbers: int = 0
    pairs: int = 0
    values: int = 0
    directed: int = 0
    directions: int = 0
    hedges: int = 0
    kinds: int = 0
    misses: tuple[str, ...] = ()

    @property
    def recall(self) -> float:
        """Found of the gold findings; 1 where there are none."""
        return self.found / self.gold if self.gold else 1.0

    @property
    def precision(self) -> float:
        """Right of the own findings, 1 where there are none."""
        return (self.right + self.again) / self.told if self.told else 1.0

    @property
    def strict_precision(self) -> float:
        """The same without those that state a gold finding again."""
        return self.right / self.told if self.told else 1.0


def marked(path: Path = GOLD) -> tuple[Gold, ...]:
    """The findings of real papers that were marked by hand."""
    return tuple(msgspec.json.decode(line, type=Gold) for line in path.read_bytes().splitlines())


def score(
    gold: Mapping[str, Sequence[Gold]], findings: Mapping[str, Sequence[Finding]], *, once: bool
) -> FindingsScore:
    """Scores the papers of `gold`.

    Args:
        gold: by paper.
        findings: by paper; those that report others are not looked at.
        once: whether the gold tells each result once only, so that stating it again is right, too.
    """
    counts = dict.fromkeys(FindingsScore.__struct_fields__[:-1], 0)
    misses: list[str] = []
    for paper, wanted in gold.items():
        own = [f for f in findings.get(paper, ()) if f.attribution == "own"]
        hits = [[f for f in own if is_found(g, f.quote)] for g in wanted]
        good = {id(f) for row in hits for f in row}
        counts["gold"] += len(wanted)
        counts["told"] += len(own)
        counts["right"] += len(good)
        if once:
            counts["again"] += sum(id(f) not in good and states_again(f, wanted) for f in own)
        for g, row in zip(wanted, hits, strict=True):
            if not row:
                misses.append(f"{paper}: not found: {g.quote or g.first + ' ...'}")
                continue
            for name, value in _compared(g, row).items():
                counts[name] += value
            if (told := _compared(g, row))["with_values"] and not told["values"]:
                said = [(v.metric, v.value, v.unit, v.baseline) for f in row for v in f.values]
                want = [(v.metric, v.value, v.unit, v.baseline) for v in g.values]
                misses.append(f"{paper}: values {want} read as {said}: {row[0].quote}")
        misses += [f"{paper}: not gold: {f.quote}" for f in own if id(f) not in good and not states_again(f, wanted)]
    return FindingsScore(**counts, misses=tuple(misses))


def is_found(gold: Gold, quote: str) -> bool:
    """Whether a quote is that of a gold finding."""
    if not gold.quote:
        said = folded(quote)
        return said.startswith(folded(gold.first)) or said.endswith(folded(gold.last))
    a, b = _trigrams(words_of(gold.quote)), _trigrams(words_of(quote))
    return len(a & b) >= SHARE * min(len(a), len(b))


def states_again(finding: Finding, gold: Iterable[Gold]) -> bool:
    """Whether a finding has values and all their numbers stand in one gold finding."""
    said = {abs(n) for v in finding.values for n in (v.value, v.baseline) if n is not None}
    return bool(said) and any(
        said <= _numbers(g.quote) | {abs(n) for v in g.values for n in (v.value, v.baseline) if n is not None}
        for g in gold
    )


def folded(text: str) -> str:
    """The letters and digits of a text alone, in small letters."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).lower()


def _compared(gold: Gold, found: Sequence[Finding]) -> dict[str, int]:
    """What of a gold finding is right in the findings that stand for it, as 0 or 1."""
    said = [(v, _numbers(f.quote)) for f in found for v in f.values]
    printed = {n for f in found for n in _numbers(f.quote)}
    if gold.quote:
        printed &= _numbers(gold.quote)
    wanted = [v for v in gold.values if v.value is not None and abs(v.value) in printed]
    numbers = [[(v, there) for v, there in said if _same_number(v, w)] for w in wanted]
    pairs = [
        [v for v, there in same if _same_base(v, w, there)] or [v for v, _ in said if _turned(v, w)]
        for w, same in zip(wanted, numbers, strict=True)
    ]
    values = [[v for v in same if _same_metric(v, w)] for w, same in zip(wanted, pairs, strict=True)]
    best = found[0]
    return {
        "found": 1,
        "with_values": int(bool(wanted)),
        "numbers": int(bool(wanted) and all(numbers)),
        "pairs": int(bool(wanted) and all(pairs)),
        "values": int(bool(wanted) and all(values)),
        "directed": int(gold.direction is not None),
        "directions": int(gold.direction is not None and any(f.direction == gold.direction for f in found)),
        "hedges": int(best.hedged == gold.hedged),
        "kinds": int(best.kind == gold.kind),
    }


def _same_number(said: Value, gold: Value) -> bool:
    """Whether the number is the same and its unit too; of a difference the sign is told by words."""
    return _same(said.value, gold.value) and _unit(said.unit) == _unit(gold.unit)


def _same_base(said: Value, gold: Value, printed: set[float]) -> bool:
    return gold.baseline is None or abs(gold.baseline) not in printed or _same(said.baseline, gold.baseline)


def _turned(said: Value, gold: Value) -> bool:
    """Whether the same two numbers are compared the other way round."""
    units = _unit(said.unit) == _unit(gold.unit)
    return units and _same(said.baseline, gold.value) and _same(said.value, gold.baseline)


def _same(a: float | None, b: float | None) -> bool:
    return a is not None and b is not None and abs(abs(a) - abs(b)) < 1e-9


def _same_metric(said: Value, gold: Value) -> bool:
    if not gold.metric:
        return True
    return bool(said.metric) and bool(_stems(said.metric or "") & _stems(gold.metric))


def _stems(text: str) -> set[str]:
    return {re.sub(r"(?:s|es)$", "", w) for w in words_of(text)} - {"of", "in", "the", "a", "on", "for", "by"}


def _unit(unit: str | None) -> str | None:
    if not unit:
        return None
    plain = re.sub(r"\s+", " ", unit.lower().translate(str.maketrans("◦∘²³", "°°23")))
    plain = re.sub(r"\s*(?:\bper\b|/)\s*", "/", plain)
    plain = re.sub(r"square met(?:re|er)s?", "m2", plain)
    parts = (SAME_UNIT.get(part.strip(), part.strip()) for part in plain.split("/"))
    return "/".join(parts).replace(" ", "")


def _numbers(text: str) -> set[float]:
    return {float(n.replace(",", "")) for n in NUMBER.findall(text)}


def _trigrams(words: Sequence[str]) -> set[tuple[str, ...]]:
    return {tuple(words[i : i + 3]) for i in range(max(1, len(words) - 2))}
