"""A finding as it is compared: its terms, metrics, conditions, outcomes and direction, read from its words and values.

It must not know other findings, nor vectors.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

import msgspec

from hierarchy.nodes import Finding, Node
from hierarchy.relations.contrasted import contrasted
from hierarchy.relations.cues import Cue, cues_of
from hierarchy.relations.nothing import by_intervals, by_probability, nothing_at
from hierarchy.relations.orientation import Sides, sides_of
from hierarchy.relations.outcome import Outcome
from hierarchy.relations.outcomes import outcomes_of
from hierarchy.relations.printed import plain
from hierarchy.relations.terms import numerals, stem, term, terms_of
from hierarchy.relations.words import contrast_pattern, contrasts_of_word, cue, metric_pattern, metrics, table, units

SHARE_OF = re.compile(r"\b(\d+|[a-z]+)\s+([a-z]+)?\s?(?:in|out of)\s+(?:every\s+)?(\d+|[a-z]+)\b", re.I)
NAME = re.compile(
    r"(?<=[a-z,;)] )(?:[A-Z][a-z]{2,}(?:[\s-][A-Z][a-z]+)*)|(?<=^At )[A-Z]\w+(?: [A-Z]\w+)*"
    r"|(?<=^In )[A-Z]\w+(?: [A-Z]\w+)*"
)


NOISE = 0.025  # shares that differ by no more are within what such measurements vary by
SLIGHT = {"relative": 0.06, "correlation": 0.08, "fold": 0.06}
SUBJECT = 25  # characters; a cause that is taken away stands at the head of the sentence


class Statement(msgspec.Struct, frozen=True, eq=False):
    """What a finding says. `quantities`: numbers of conditions by what is counted; `contrasts`: which word of each
    group of excluding words it names; `polarity` is -1 where the cause is taken away; `contrast` the comparison of the
    two numbers that it sets side by side."""

    terms: frozenset[str]
    metrics: frozenset[str]
    quantities: dict[str, frozenset[float]]
    contrasts: dict[int, frozenset[int]]
    outcomes: tuple[Outcome, ...]
    local: tuple[frozenset[str], ...]
    direction: str | None
    polarity: int
    removes: bool
    names: tuple[str, ...]
    counted: tuple[tuple[str, str], ...]
    cues: tuple[Cue, ...]
    sides: Sides
    contrast: Outcome | None
    mixed: bool
    backed: bool

    @property
    def changes(self) -> list[Outcome]:
        """The outcomes in which something is compared."""
        return [o for o in self.outcomes if o.delta is not None]

    @property
    def levels(self) -> list[Outcome]:
        """The outcomes in which nothing is compared."""
        return [o for o in self.outcomes if o.delta is None]


def said(node: Node) -> str:
    """All that a finding's record says in words."""
    return _words(node.finding) if node.finding else node.text


def _words(finding: Finding) -> str:
    claim = finding.claim if finding.claim != finding.quote else ""
    conditions = (text for value in finding.values for text in (value.metric, value.condition) if text)
    return ". ".join(filter(None, (finding.quote, claim, *conditions)))


def read(node: Node) -> Statement:
    """The statement of a finding's node."""
    assert node.finding is not None
    return _stated(node.finding)


@lru_cache(maxsize=8192)
def _stated(finding: Finding) -> Statement:
    text = plain(_words(finding))
    outcomes = outcomes_of(finding)
    sides = sides_of(finding.quote, metrics_of(finding.quote))
    contrast = contrasted(plain(finding.quote), outcomes, sides)
    return Statement(
        terms_of(text),
        metrics_of(_words(finding)),
        quantities_of(text, outcomes),
        contrasts_of(text),
        outcomes,
        _local(plain(finding.quote), outcomes),
        direction_of(finding, outcomes),
        polarity_of(finding.quote),
        cue("removal").search(finding.quote) is not None,
        tuple(dict.fromkeys(NAME.findall(finding.quote))),
        _counted(plain(finding.quote), outcomes),
        cues_of(plain(finding.quote)),
        contrast.sides if contrast else sides,
        contrast.outcome if contrast else None,
        _mixed(finding, outcomes),
        _backed(finding.quote, outcomes),
    )


def metrics_of(text: str) -> frozenset[str]:
    """The metrics that a text names, by the names that are shown."""
    return frozenset(
        metrics()[re.sub(r"\s+", " ", m.group().lower())] for m in metric_pattern().finditer(text.replace("_", " "))
    )


def contrasts_of(text: str) -> dict[int, frozenset[int]]:
    """For each group of excluding words, which of them a text names."""
    found: dict[int, set[int]] = {}
    for match in contrast_pattern().finditer(text):
        for group, place in contrasts_of_word(match.group().lower()):
            found.setdefault(group, set()).add(place)
    return {group: frozenset(places) for group, places in found.items()}


def quantities_of(text: str, outcomes: tuple[Outcome, ...]) -> dict[str, frozenset[float]]:
    """How many of what a text says, besides its outcomes: labels, hours, units of a dose."""
    found: dict[str, set[float]] = {}
    for match in SHARE_OF.finditer(text):
        first, last = _number(match.group(1)), _number(match.group(3))
        if first and last and first < last:
            found.setdefault(f"{stem(match.group(2) or '')} in", set()).add(first / last)
    for match in _count().finditer(text):
        number = _number(match.group(1))
        if number is None:
            continue
        words = list(re.split(r"[\s-]+", match.group(2)))
        kind = units().get(words[0])
        if kind is not None and kind[0] not in ("share", "ratio"):
            if not _measured(number * kind[1], match.start(1), outcomes):
                found.setdefault(kind[0], set()).add(number * kind[1])
            continue
        # "50 labelled clips" counts labelled things and clips.
        for word in words[:3]:
            t = term(word)
            if _ends(word):
                break
            if t is not None and "." not in match.group(1):
                found.setdefault(t, set()).add(number)
    return {noun: frozenset(numbers) for noun, numbers in found.items()}


def _measured(number: float, at: int, outcomes: tuple[Outcome, ...]) -> bool:
    """Whether a number is that of an outcome."""
    inside = (o for o in outcomes if o.start <= at < o.end)
    return any(
        abs(number - abs(v)) <= 1e-6 * number for o in inside for v in (o.value, o.base, o.delta) if v is not None
    )


def direction_of(finding: Finding, outcomes: tuple[Outcome, ...]) -> str | None:
    """The direction: none where the words or the numbers show no difference before any clear one; else as recorded;
    else as the numbers or the words have it, whichever come first."""
    changed = [o for o in outcomes if o.delta is not None]
    clear = [o for o in changed if is_clear(o)]
    nothing = nothing_at(finding.quote)
    sure = by_probability(finding.quote) is False or (by_intervals(outcomes) is False)
    if by_probability(finding.quote) or by_intervals(outcomes):
        return "none"
    if nothing is not None and not sure and not any(o.start < nothing and o.delta for o in clear):
        return "none"
    if finding.direction in ("increase", "decrease"):
        return finding.direction
    if changed and _slight(changed[0]):
        return "none"
    if changed:
        return "increase" if (changed[0].delta or 0.0) > 0 else "decrease"
    ups, downs = (list(cue(name).finditer(finding.quote)) for name in ("increase", "decrease"))
    if bool(ups) == bool(downs):
        return None
    return "increase" if ups else "decrease"


def is_clear(o: Outcome) -> bool:
    """Whether an outcome is a change that is more than noise."""
    if o.delta is None or _slight(o):
        return False
    return o.kind in SLIGHT or abs(o.delta) > (NOISE if o.kind == "share" else 0.05 * abs(o.base or 0.0))


def _mixed(finding: Finding, outcomes: tuple[Outcome, ...]) -> bool:
    """Whether it tells a clear change besides that something else makes no difference."""
    told = finding.direction == "none" or nothing_at(finding.quote) is not None
    return told and any(is_clear(o) for o in outcomes)


def _backed(quote: str, outcomes: tuple[Outcome, ...]) -> bool:
    if any(is_clear(o) for o in outcomes) or len(outcomes) == 2:
        return True
    return any(cue(name).search(quote) for name in ("increase", "decrease"))


def _slight(o: Outcome) -> bool:
    """Whether a change is none: its interval holds none, or it is a ratio of about one, or a correlation of about 0."""
    if o.unclear or o.delta == 0:
        return True
    return o.interval is None and o.kind in SLIGHT and abs(o.delta or 0.0) <= SLIGHT[o.kind]


def polarity_of(text: str) -> int:
    """-1 where a sentence begins with a cause that is taken away, or lacking."""
    taken = cue("removal").search(text)
    if taken is None or taken.start() > SUBJECT:
        return 1
    first = min(
        (m.start() for name in ("increase", "decrease") if (m := cue(name).search(text, taken.end()))), default=0
    )
    return -1 if first > taken.end() else 1


def _local(text: str, outcomes: tuple[Outcome, ...]) -> tuple[frozenset[str], ...]:
    """The terms around each outcome: of its clause."""
    out: list[frozenset[str]] = []
    for i, outcome in enumerate(outcomes):
        start = outcomes[i - 1].end if i and outcomes[i - 1].end <= outcome.start else 0
        following = outcomes[i + 1].start if i + 1 < len(outcomes) else len(text)
        stop = re.search(r"[,.;]\s", text[outcome.end : following])
        end = outcome.end + stop.start() if stop else following
        before = text[start : outcome.start]
        if i and (cut := re.search(r"[,.;]\s|\sand\s", before)):
            before = before[cut.end() :]
        near = terms_of(before + " " + text[outcome.start : end])
        # A number in brackets, or after "a difference of", speaks of what stands before it.
        aside = i and re.search(r"\(|\bdiffer|\bgain|\bloss", text[start : outcome.start], re.I)
        out.append(near | out[-1] if aside else near)
    return tuple(out)


def _counted(text: str, outcomes: tuple[Outcome, ...]) -> tuple[tuple[str, str], ...]:
    """What is counted, as printed, by what it counts: ("clip", "50 labelled clips")."""
    found: dict[str, str] = {}
    for match in _count().finditer(text):
        if _number(match.group(1)) is None or any(o.start <= match.start(1) < o.end for o in outcomes):
            continue
        words: list[str] = []
        for word in re.split(r"[\s-]+", match.group(2)):
            if _ends(word):
                break
            words.append(word)
        if words and "_" not in match.group():
            found.setdefault(stem(words[-1]), f"{match.group(1)} {' '.join(words)}")
    return tuple(found.items())


def _ends(word: str) -> bool:
    """Whether what is counted has been told before this word."""
    return (
        word.lower() in _function()
        or any(cue(name).fullmatch(word) for name in ("increase", "decrease"))
        or word.lower() in numerals()
    )


@cache
def _count() -> re.Pattern[str]:
    numbers = rf"\d[\d,]*(?:\.\d+)?|{'|'.join(numerals())}"
    return re.compile(rf"(?<![\w.])({numbers})[\s-]+((?:[^\W\d_]+[\s-]+){{0,2}}[^\W\d_]+)", re.I)


@cache
def _function() -> frozenset[str]:
    return frozenset(
        [
            "of",
            "in",
            "on",
            "at",
            "by",
            "for",
            "from",
            "to",
            "into",
            "with",
            "within",
            "between",
            "and",
            "or",
            "but",
            "than",
            "as",
            "the",
            "a",
            "an",
            "is",
            "was",
            "were",
            "are",
            "that",
            "which",
            "per",
            "each",
            "against",
            "instead",
            "out",
            "over",
            "under",
            "only",
            "before",
            "after",
        ]
    )


@cache
def observed() -> frozenset[str]:
    """Stems of things whose number is only the size of a study."""
    return frozenset(stem(word) for word in table("terms")["observed"])


def _number(text: str) -> float | None:
    if text[0].isdigit():
        return float(text.replace(",", ""))
    return numerals().get(text.lower())
