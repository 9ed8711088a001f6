"""The numbers of a finding as outcomes: what rose or fell from where to where, by how much, and what was only measured.

Read from the printed words, since values come from rules that leave some out; units are folded to a base, so that 52%
and 0.52 compare. It must not know other findings.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

import msgspec

from hierarchy.nodes import Finding, Value
from hierarchy.relations.words import cue, units

NUMBER = r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
GAP = r"[^.;()\d]"
# Numbers that measure nothing: years in brackets, citations, labels of figures, p-values.
NOISE = re.compile(
    r"\((?:[^()]*?\s)?(?:19|20)\d\d[a-z]?\)|\[[\d,\s–-]+\]|\b(?:tables?|figures?|figs?\.|equations?|eqs?\.|sections?|"
    r"appendix|seeds?|ref\.)\s*\(?\d+(?:\s*(?:to|and|,|–)\s*\d+)*\)?|\bp\s*[<=>≤≥]\s*0?\.\d+|\bF1\b|\bR2\b|(?<=[A-Za-z])-?\d+"
    r"|\b\d+-bit\b|\b\d\d(?:\.\d)?\s?%(?=\s*(?:confidence|credible|CI\b|intervals?))|\b(?:SD|SE|SEM|n|df|t|F)\s?=?\s?\d+(?:\.\d+)?\b",
    re.I,
)
# What follows a name of others in the same sentence is theirs.
THEIRS = re.compile(
    r"([,;]|\b(?:as|than|where|which)\b)((?:(?![,;]|\.\s).){0,60}?\bet al\.(?:(?!\.\s(?=[A-Z])).)*)", re.S
)
BELOW = frozenset(
    (
        "below",
        "lower",
        "shorter",
        "worse",
        "less",
        "smaller",
        "slower",
        "fewer",
        "cooler",
        "colder",
        "lighter",
        "thinner",
    )
)
LESS = re.compile(
    r"\b(?:loss|lost|loses?|cost|costs|fall|fell|drop|decrease|reduction|decline|reduced|lower(?:ed)?)\b", re.I
)


class Outcome(msgspec.Struct, frozen=True):
    """A number that a finding states, folded to its base unit.

    `delta` is what it changed by, None for a level; `base` what it is compared with; `interval` that of uncertainty;
    `kind` that of its unit; `start` and `end` where it stands in the words. `signed` is False where two things are set
    side by side, so that either may be the one that is compared with; `ablated` where a part was left out.
    """

    value: float | None
    base: float | None
    delta: float | None
    interval: tuple[float, float] | None
    kind: str
    start: int
    end: int
    signed: bool = True
    ablated: bool = False

    @property
    def level(self) -> bool:
        """Whether nothing is compared."""
        return self.delta is None

    @property
    def unclear(self) -> bool:
        """Whether its interval holds no difference at all."""
        return self.delta is not None and self.interval is not None and self.interval[0] < 0 < self.interval[1]


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    unit = "|".join(re.escape(u).replace(r"\ ", r"\s") for u in sorted(units(), key=lambda u: (-len(u), u)))
    one = rf"({NUMBER})(?:\s?±\s?[\d.]+)?(?:\s?(?:({unit})(?![\w/])))?"
    return {
        "interval": re.compile(
            rf"(?:intervals?|\bCI\b){GAP}{{0,30}}?[,:(\[]?\s*{one}\s*(?:to|–|-|,|and)\s*{one}", re.I
        ),
        "from": re.compile(rf"\bfrom\s+(?:about\s+)?{one}(?:\s+[^\s.;(]+){{0,6}}?,?\s+to\s+(?:only\s+|about\s+)?{one}"),
        "bare": re.compile(rf"(?<=[(\s]){one}\s+to\s+{one}"),
        "against": re.compile(
            rf"{one}(?:{GAP}|\([^()]*\)|\d+(?=\s\w*Hz)){{0,60}}?(?:\bagainst|\bcompared (?:with|to)|\bversus|"
            rf"\bvs\.?|\binstead of|\brather than|\band not|\bwhere|\bup from|\bdown from)\s{GAP}{{0,60}}?{one}",
            re.I,
        ),
        "delta": re.compile(
            rf"\b(differences?|gains?|loss|advantage|improvement|increase|decrease|reduction|rise|fall|drop|lead|adds?|"
            rf"added|costs?|lost|loses?|worth|grew|changed|by(?=\s+(?:only\s|about\s)?\W?\d))\b"
            rf"(?:(?!\bfrom\b){GAP}){{0,32}}?{one}",
            re.I,
        ),
        "over": re.compile(
            rf"{one}\s+(above|below|higher|lower|longer|shorter|better|worse|more|less|greater|smaller|faster|slower|fewer|cooler|"
            rf"warmer|hotter|colder|heavier|lighter|taller|thicker|thinner|earlier|later|wetter|drier|larger|deeper)\b",
            re.I,
        ),
        "number": re.compile(rf"(?<![\w.]){one}"),
    }


def outcomes_of(finding: Finding) -> tuple[Outcome, ...]:
    """The outcomes of a finding, in the order of its words; of its values where its words show none."""
    return outcomes_in(finding.quote) or tuple(
        o for i, value in enumerate(finding.values) if (o := _of_value(value, i)) is not None
    )


def outcomes_in(text: str) -> tuple[Outcome, ...]:
    """The outcomes that a text states, in order."""
    text = plain(text)
    patterns, found, intervals = _patterns(), [], []
    free = [True] * (len(text) + 1)

    def take(match: re.Match[str]) -> bool:
        spans = [
            match.span(i)
            for i in range(1, match.re.groups + 1)
            if match.group(i) and match.group(i)[0] in "+-0123456789"
        ]
        if not all(free[a] for a, _ in spans):
            return False
        for a, b in spans:
            free[a:b] = [False] * (b - a)
        return True

    for match in patterns["interval"].finditer(text):
        if take(match):
            kind, low, high = _pair(match, 1)
            kind = kind if match.group(2) or match.group(4) else ""
            intervals.append((match.start(), kind, (min(low, high), max(low, high))))
    for match in patterns["from"].finditer(text):
        if not _alike(match):
            continue
        if not _gerund(text[: match.start()]) and take(match):
            kind, base, value = _pair(match, 1)
            found.append(Outcome(value, base, value - base, None, kind, match.start(), match.end()))
        else:
            take(match)
    for match in patterns["against"].finditer(text):
        if _alike(match) and take(match):
            kind, value, base = _pair(match, 1)
            found.append(Outcome(value, base, value - base, None, kind, match.start(), match.end(), False))
    for match in patterns["bare"].finditer(text):
        if "." not in match.group(1) and "%" not in match.group():
            continue
        if take(match):
            kind, first, second = _pair(match, 1)
            before = [o for o in found if o.end <= match.start()]
            if (
                text[match.start() - 1] == "("
                and before
                and before[-1].delta is not None
                and _within(first, second, before[-1].delta)
            ):
                intervals.append((match.start(), kind if match.group(2) or match.group(4) else "", (first, second)))
            else:
                found.append(Outcome(second, first, second - first, None, kind, match.start(), match.end()))
    for match in patterns["delta"].finditer(text):
        if take(match):
            kind, delta = _folded(match.group(2), match.group(3))
            signed = not re.match("differ|changed|worth", match.group(1), re.I)
            going = _going(text, match.start()) if match.group(1).lower() == "by" else 1
            if LESS.fullmatch(match.group(1)) or going < 0:
                delta = -abs(delta)
            signed = signed and going != 0
            found.append(Outcome(None, None, delta, None, kind, match.start(), match.end(), signed))
    for match in patterns["over"].finditer(text):
        if ("." in match.group(1) or match.group(2)) and take(match):
            kind, delta = _folded(match.group(1), match.group(2))
            sign = -1 if match.group(3).lower() in BELOW else 1
            kind = "change" if match.group(2) in ("%", "percent") else kind
            found.append(Outcome(None, None, sign * delta, None, kind, match.start(), match.end()))
    levels: list[Outcome] = []
    for match in patterns["number"].finditer(text):
        measured = "." in match.group(1) or match.group(2)
        if measured and not _condition(text, match) and take(match):
            kind, value = _folded(match.group(1), match.group(2))
            levels.append(Outcome(value, None, None, None, kind, match.start(), match.end()))
    found.sort(key=lambda o: o.start)
    found += [
        o for change in found if change.value is None for level in levels if (o := _continued(text, change, level))
    ]
    changes = _merged(sorted(found, key=lambda o: o.start), levels)
    levels = [level for level in levels if not any(c.start <= level.start < c.end for c in changes)]
    changes += [_ablated(text, level, levels[0]) for level in levels]
    return tuple(_with_intervals(sorted(changes, key=lambda o: o.start), intervals))


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """A text with one kind of minus and space, and without numbers that measure nothing and clauses that tell what
    others found; every letter keeps its place."""
    text = THEIRS.sub(lambda m: m.group(1) + "_" * len(m.group(2)), text)
    text = text.replace("−", "-").replace("\u00a0", " ").replace("\u2009", " ").replace("’", "'")
    return NOISE.sub(lambda m: "_" * len(m.group()), text)


def _folded(number: str, unit: str | None) -> tuple[str, float]:
    value = float(number.replace(",", ""))
    if unit is None:
        return ("share" if abs(value) <= 1 and "." in number else "bare"), value
    kind, factor = units().get(unit) or units().get(unit.lower()) or ("bare", 1.0)
    return kind, value * factor


def _pair(match: re.Match[str], first: int) -> tuple[str, float, float]:
    """Two numbers with one unit; where only one of them shows it, it is that of both."""
    unit = match.group(first + 1) or match.group(first + 3)
    other = match.group(first + 3) or unit
    kind, a = _folded(match.group(first), unit)
    last, b = _folded(match.group(first + 2), other)
    return (last if kind == "bare" else kind), a, b


def _alike(match: re.Match[str]) -> bool:
    """Whether two numbers can be compared: their units are of one kind, or one of them shows none."""
    kinds = {units().get(unit, ("", 0.0))[0] for unit in (match.group(2), match.group(4)) if unit}
    return len(kinds) < 2


def _gerund(before: str) -> bool:
    """Whether the verb before "from A to B" says what was done, not what came of it ("raising the share from")."""
    clause = re.split(r"[.;:]", before)[-1]
    verbs = re.findall(
        r"\b(?:go|rais|lower|chang|increas|decreas|halv|enlarg|reduc|doubl|mov|step|extend)ing\b|\b\w+ed\b|\b(?:rose|fell|grew|lowers|raises|falls|rises)\b",
        clause,
        re.I,
    )
    return bool(verbs) and verbs[-1].lower().endswith("ing")


def _condition(text: str, match: re.Match[str]) -> bool:
    """Whether a number says under what it was measured: a whole number after a preposition."""
    before = text[: match.start()]
    if match.group(2) in ("%", "percent") and not re.search(
        r"\b(?:of|sav\w+|dry|about)\s*$|\bthe \w+\s+$", before[-24:]
    ):
        return False
    if match.group(2) in ("%", "percent") and re.search(r"\ba \w+ of\s*$", before):
        return False
    prepositions = (
        r"\b(?:with|at|of|for|on|under|using|within|above|below|over|per|each|first|than|save|saved|saving)\s+"
        r"(?:only\s+|about\s+|all\s+|the\s+)?$"
    )
    return "." not in match.group(1) and re.search(prepositions, before, re.I) is not None


def _going(text: str, at: int) -> int:
    """The way that the last word of direction before a place goes; 0 where there is none in the sentence."""
    before = re.split(r"[.;]", text[:at])[-1]
    ups, downs = ([m.start() for m in cue(name).finditer(before)] for name in ("increase", "decrease"))
    if not ups and not downs:
        return 0
    return 1 if max(ups, default=-1) > max(downs, default=-1) else -1


def _within(low: float, high: float, delta: float) -> bool:
    return low <= delta <= high and abs((high - low) - abs(delta)) > 1e-9


def _merged(found: list[Outcome], levels: list[Outcome]) -> list[Outcome]:
    """Changes, where "a difference of 0.02" belongs to the two numbers that it is the difference of."""
    out: list[Outcome] = []
    whole = [o for o in found if o.base is not None]
    for outcome in found:
        if outcome.base is not None:
            out.append(outcome)
            continue
        assert outcome.delta is not None
        if any(abs(abs(o.delta or 0.0) - abs(outcome.delta)) < 0.006 * (1 + abs(outcome.delta)) for o in whole):
            continue
        pair = next(
            (
                (a, b)
                for a in levels
                for b in levels
                if a.kind == b.kind == outcome.kind
                and a.value is not None
                and b.value is not None
                and a.start < b.start
                and abs(abs(a.value - b.value) - abs(outcome.delta)) < 0.006 * (1 + abs(outcome.delta))
            ),
            None,
        )
        if pair is None:
            out.append(outcome)
        else:
            a, b = pair
            assert a.value is not None
            value, base = (a.value, b.value) if (a.value - (b.value or 0)) * outcome.delta >= 0 else (b.value, a.value)
            out.append(Outcome(value, base, outcome.delta, None, a.kind, a.start, outcome.end, outcome.signed))
    return out


def _continued(text: str, change: Outcome, level: Outcome) -> Outcome | None:
    """In "a loss of 0.2 for X and 0.1 for Y" the second number is a change like the first."""
    between = text[change.end : level.start]
    if change.end <= level.start and change.delta and level.value and re.fullmatch(r"[^.;,\d]{0,40}\band\s", between):
        sign = 1 if change.delta > 0 else -1
        return msgspec.structs.replace(level, value=None, delta=sign * level.value)
    return None


def _ablated(text: str, level: Outcome, first: Outcome) -> Outcome:
    """In a list, "0.59 without X" is compared with the list's first number."""
    if level is not first and level.value is not None and first.value is not None and level.kind == first.kind:
        after = text[level.end : level.end + 40]
        if re.match(r"\s*(?:without|with no|minus)\b", after):
            return msgspec.structs.replace(level, base=first.value, delta=level.value - first.value, ablated=True)
    return level


def _with_intervals(outcomes: list[Outcome], intervals: list[tuple[int, str, tuple[float, float]]]) -> list[Outcome]:
    """Each interval goes to the last outcome before it that it can belong to."""
    out = list(outcomes)
    for start, kind, (low, high) in intervals:
        for i in range(len(out) - 1, -1, -1):
            o = out[i]
            middle = o.value if o.level else o.delta
            if o.start > start or o.interval is not None or middle is None:
                continue
            if kind and kind != o.kind:
                continue
            if o.kind == "share" and not kind and max(abs(low), abs(high)) > 1:
                low, high = low / 100, high / 100
            elif not kind and o.kind not in ("share", "bare"):
                factor = next(
                    (f for k, f in units().values() if k == o.kind and _holds(low * f, high * f, middle)), 1.0
                )
                low, high = low * factor, high * factor
            if not o.level and not _holds(low, high, middle) and _holds(-high, -low, middle):
                low, high = -high, -low
            if _holds(low, high, middle):
                out[i] = msgspec.structs.replace(o, interval=(low, high))
                break
    return out


def _holds(low: float, high: float, middle: float) -> bool:
    slack = 0.05 * (high - low) + 1e-9
    return low - slack <= middle <= high + slack


def _of_value(value: Value, place: int) -> Outcome | None:
    if value.value is None:
        return None
    number = repr(value.value)
    kind, folded = _folded(number, value.unit)
    base = None if value.baseline is None else _folded(repr(value.baseline), value.unit)[1]
    delta = None if base is None else folded - base
    interval = None
    if value.interval is not None:
        low, high = (_folded(repr(v), value.unit)[1] for v in value.interval)
        interval = (low, high) if delta is None or _holds(low, high, delta) else None
    return Outcome(folded, base, delta, interval, kind, place, place)
