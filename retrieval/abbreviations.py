"""Abbreviations that papers define: "masked language modelling (MLM)" makes a question with one form search the other.

Definitions are found by Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical
text" (PSB 2003), at the time of the question and in its scope, in the passages that hold the short form. It must not
know how a search is made of what it adds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import takewhile

from hierarchy.filters import Filter
from hierarchy.nodes import Level
from hierarchy.query_words import words_of
from hierarchy.store import NodeStore
from retrieval.extract import STOP, stem

SHORT = re.compile(r"(?=\S*[A-Za-z])[A-Za-z0-9][A-Za-z0-9./&+-]{1,9}")
IN_CAPITALS = re.compile(r"(?<![\w-])(?=[\w-]*[A-Z][\w-]*[A-Z])[A-Z0-9][\w-]{1,9}(?![\w-])")  # NMT, LSTMs, WMT14
CONSONANTS = re.compile(r"(?<![\w-])[bcdfghjklmnpqrstvwxz]{2,6}(?![\w-])")  # mlm, as it is typed in a hurry
BRACKETS = re.compile(r"\(([^()]{2,120})\)")
WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
DOUBLED = re.compile(r"([a-z])\1$")  # modelling and modeling are one
LOOKED_AT = 40  # passages
LONGEST = 6  # words of a question that an abbreviation may stand for
MOST = 6  # abbreviations of a question
MOST_WORDS = 80  # of a question that are looked at
NEARLY = 0.5  # of the commonest meaning's papers, for a second one
TWO = 2  # meanings
ENOUGH = 15  # nodes that hold a short form: with so many, its long form's words only crowd the others out


def definitions(text: str) -> Iterator[tuple[str, str]]:
    """The pairs of short and long form that a text defines.

    >>> list(definitions("We use masked language modelling (MLM) here."))
    [('MLM', 'masked language modelling')]
    """
    for match in BRACKETS.finditer(text):
        inside = re.split(r"[;,]\s", match[1].strip(), maxsplit=1)[0].strip()
        before = text[max(0, match.start() - 200) : match.start()].rstrip()
        if len(inside.split()) <= 2 and SHORT.fullmatch(inside.replace(" ", "")):
            short, words = inside, before.split()
            most = min(len(short) + 5, 2 * len(short))
            candidate = " ".join(words[-most:])
        else:  # the other way round: MLM (masked language modelling)
            short, candidate = (before.split() or [""])[-1], inside
            if not SHORT.fullmatch(short) or sum(c.isupper() for c in short) < 2:
                continue
        long = _long_form(short, candidate)
        if long is not None:
            yield short, long


def _long_form(short: str, candidate: str) -> str | None:
    """The shortest end of a text in which the letters of a short form stand in order, its first at a word's start."""
    at = len(candidate) - 1
    for place in range(len(short) - 1, -1, -1):
        letter = short[place].lower()
        if not letter.isalnum():
            continue
        while at >= 0 and (candidate[at].lower() != letter or (place == 0 and at > 0 and candidate[at - 1].isalnum())):
            at -= 1
        if at < 0:
            return None
        at -= 1
    long = candidate[candidate.rfind(" ", 0, at + 1) + 1 :]
    words = WORD.findall(long)
    fits = len(long) > len(short) and 1 < len(words) <= min(len(short) + 5, 2 * len(short))
    return long if fits and short not in long.split() else None


def meant(question: str, store: NodeStore, where: Filter | None) -> dict[str, str]:
    """What to search besides, by the form in the question that it stands for; none for most questions.

    A rare short form gives its commonest long one in the scope, or two where papers differ; a run of words gives the
    short form that papers define for it.
    """
    words = WORD.findall(question)[:MOST_WORDS]
    short = {_plain(form): form for form in _short_forms(words)}
    initials = _initials(words)
    for form in short:
        initials.pop(form, None)
    found: dict[str, str] = {}
    sought = list(short)[:MOST]
    if sought:
        spoken = set(_stems(question))
        held = store.frequency(sought)
        for form, longs in _defined([form for form in sought if held.get(form, 0) < ENOUGH], store, where).items():
            new = [long for long in longs if not set(_stems(long)) <= spoken]
            if new:
                found[short[form]] = " ".join(new)
    if initials:
        defined = _defined(list(initials), store, where)
        for form, runs in initials.items():
            for run in runs:
                if any(_stems(long) == _stems(run) for long in defined.get(form, ())):
                    found[run] = form
    return found


def _short_forms(words: Iterable[str]) -> list[str]:
    forms = [w for w in words if IN_CAPITALS.fullmatch(w) or (CONSONANTS.fullmatch(w) and w not in STOP)]
    return list(dict.fromkeys(forms))


def _initials(words: list[str]) -> dict[str, list[str]]:
    """Runs of words by what their first letters make, with and without the small words between."""
    found: dict[str, list[str]] = {}
    for first, word in enumerate(words):
        if word.lower() in STOP:
            continue
        for end in range(first + 2, min(first + LONGEST, len(words)) + 1):
            run = words[first:end]
            if run[-1].lower() in STOP:
                continue
            telling = [w for w in run if w.lower() not in STOP]
            parts = [part for w in telling for part in w.split("-") if part]
            for letters in {"".join(w[0] for w in some).lower() for some in (run, telling, parts)}:
                if 2 <= len(letters) <= LONGEST and letters not in STOP:
                    found.setdefault(letters, []).append(" ".join(run))
    return found


def _defined(forms: list[str], store: NodeStore, where: Filter | None) -> dict[str, list[str]]:
    """The long forms that passages of the scope define for these short ones, the commonest first."""
    wanted = {_plain(form) for form in forms}
    hits = [hit.id for hit in store.bm25(" ".join(forms), Level.PASSAGE, LOOKED_AT, where)]
    told: dict[str, Counter[tuple[str, ...]]] = {}
    shown: dict[tuple[str, ...], str] = {}
    seen: set[tuple[str, tuple[str, ...], str | None]] = set()
    for node in store.get(hits).values():
        for short, long in definitions(node.text):
            form, key = _plain(short), _stems(long)
            if form in wanted and (form, key, node.paper) not in seen:
                seen.add((form, key, node.paper))
                told.setdefault(form, Counter())[key] += 1
                shown.setdefault(key, " ".join(words_of(long)))
    return {form: [shown[key] for key in _commonest(keys)] for form, keys in told.items()}


def _commonest(counted: Mapping[tuple[str, ...], int]) -> list[tuple[str, ...]]:
    order = sorted(counted, key=lambda key: (-counted[key], key))
    return list(takewhile(lambda key: counted[key] >= NEARLY * counted[order[0]], order))[:TWO]


def _plain(form: str) -> str:
    """A short form in small letters, not in the plural."""
    plain = form[:-1] if len(form) > 2 and form[-1] == "s" and form[-2].isupper() else form
    return "".join(words_of(plain))


def _stems(form: str) -> tuple[str, ...]:
    return tuple(DOUBLED.sub(r"\1", stem(word)) for word in words_of(form))
