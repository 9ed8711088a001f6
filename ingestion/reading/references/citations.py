"""Ties the citations in running text to the entries that they mean: "[3, 5–7]", raised numbers, keys, names with years.

Which of these a paper uses is learned from its list and its body, so that an interval such as "[0, 1]" is no citation
where names and years are, and a raised number is a footnote's mark where brackets are. It must not know how lists of
references are found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from hierarchy.paper import Cite, Reference
from ingestion.pages import Document, Line, Role, Word
from ingestion.reading.lines.placing import placed
from ingestion.reading.references.author_year import AuthorYear

BRACKETS = re.compile(r"\[(?P<inner>[^\[\]]{1,200})\]")
RANGE_OF_BRACKETS = re.compile(r"\[(?P<a>\d{1,4})\]\s?[–—-]\s?\[(?P<b>\d{1,4})\]")
PARENTHESES = re.compile(r"\((?P<inner>(?:see\s|e\.g\.,?\s|cf\.\s)?\d{1,3}(?:\s?[,;–-]\s?\d{1,3}){0,30})\)")
LEAD = re.compile(r"(?:see(?: also)?|e\.\s?g\.,?|cf\.?|i\.\s?e\.,?|and|refs?\.?|also)\s", re.I)
LOCATOR = re.compile(
    r"(?:pp?\.|pages?|sec|§|ch|thm|theorem|lemma|prop|cor|def|fig|table|eq|app|vol|and references).{0,40}", re.I
)
PIECE = re.compile(rf"(?P<a>\d{{1,4}})(?:\s?[–—-]\s?(?P<b>\d{{1,4}}))?(?:\s{LOCATOR.pattern})?", re.I)
RAISED = re.compile(r"\d{1,3}(?:\s?[,–—-]\s?\d{1,3}){0,20}[,.]?")
NOT_BEFORE = re.compile(r"(?:[∈=×∪∩⊂⊆<>≤≥^*/+]\s?|(?:^|[\s(])[^\W\d_])$")  # "x ∈ [1, 2]", "x[1]"
INTERVAL = re.compile(r"\b(?:intervals?|ranges?|between)\s$", re.I)  # before a bracket with two numbers
NOT_BEFORE_PARENTHESES = re.compile(
    r"(?:\b(?:eqs?\.?|equations?|figs?\.?|figures?|tables?|sections?|steps?)\s?|[=<>]\s?|(?:^|\W)[^\W\d_]\s?|\w)$", re.I
)
MOST_IN_RANGE = 60
LEAST_RAISED = 3


class Citations:
    """The entries of one paper, and how its text cites them."""

    def __init__(self, references: Sequence[Reference], document: Document) -> None:
        self._authors = AuthorYear(references)
        self._numbers = _numbers(references)
        self._keys = {_key(r.marker): r.id for r in reversed(references) if r.marker and not _is_number(r.marker)}
        self._bracketed = bool(self._numbers)
        self._raised = self._in_parentheses = False
        if references:
            self._learn(references, document)

    def _learn(self, references: Sequence[Reference], document: Document) -> None:
        """Counts what the body cites by."""
        brackets = raised = parentheses = names = 0
        numbers = self._numbers or {i: r.id for i, r in enumerate(references, 1)}
        for line in document.lines(Role.BODY):
            brackets += sum(_are_known(m["inner"], numbers) for m in BRACKETS.finditer(line.text))
            parentheses += sum(_are_known(m["inner"], numbers) for m in _plain_parentheses(line.text))
            raised += sum(_are_known(t, numbers) for t in _raised_texts(line))
            names += len(self._authors.find(line.text))
        if not self._numbers:
            # Numbers that the list does not print count its entries, where nothing else is cited by.
            if names or brackets < LEAST_RAISED:
                return
            self._numbers = numbers
        self._bracketed = brackets > 0 and (brackets >= 0.2 * raised)
        self._raised = raised >= LEAST_RAISED and brackets < 0.2 * raised and names < raised
        self._in_parentheses = parentheses >= LEAST_RAISED and not brackets and not self._raised and names < parentheses

    def of(self, text: str, raised: Sequence[tuple[int, int]] = ()) -> tuple[Cite, ...]:
        """The citations of a passage, in order; `raised` is where its text stands above the line."""
        found = [*self._authors.find(text), *self._by_key(text)]
        if self._bracketed:
            found += self._by_bracket(text)
        if self._in_parentheses:
            found += [(m.start(), m.end(), self._ids(m["inner"])) for m in _plain_parentheses(text)]
        if self._raised:
            found += [(a, b, self._ids(text[a:b])) for a, b in raised if RAISED.fullmatch(text[a:b].strip())]
        kept: list[Cite] = []
        end = -1
        for a, b, ids in sorted(found, key=lambda item: (item[0], -item[1])):
            if ids and a >= end:
                kept.append(Cite(text[a:b].strip(), ids))
                end = b
        return tuple(kept)

    def _by_bracket(self, text: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
        for match in RANGE_OF_BRACKETS.finditer(text):
            yield match.start(), match.end(), self._ids(f"{match['a']}-{match['b']}")
        for match in BRACKETS.finditer(text):
            before = text[max(0, match.start() - 14) : match.start()]
            if not NOT_BEFORE.search(before) and not ("," in match["inner"] and INTERVAL.search(before)):
                yield match.start(), match.end(), self._ids(match["inner"])

    def _by_key(self, text: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
        if not self._keys:
            return
        for match in BRACKETS.finditer(text):
            whole = self._keys.get(_key(match["inner"]))
            pieces = [whole] if whole else [self._keys.get(_key(p)) for p in re.split(r"[,;]", match["inner"])]
            yield match.start(), match.end(), tuple(dict.fromkeys(p for p in pieces if p))

    def _ids(self, inner: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._numbers[n] for n in _values(inner, self._numbers) if n in self._numbers))


def raised_spans(lines: Sequence[Line], text: str) -> list[tuple[int, int]]:
    """Where the joined text of lines stands above the line; neighbours are one."""
    if not any(w.style.raised or w.raised for line in lines for w in line.words):
        return []
    spans: list[tuple[int, int]] = []
    for word, begin, end in placed(lines, text):
        part = _raised_part(word)
        if part is None:
            continue
        start = begin if part[0] == 0 else end - (len(word.text) - part[0])  # an opened ligature stands before it
        end -= len(word.text) - part[1]
        if spans and start - spans[-1][1] <= 1:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans


def _raised_part(word: Word) -> tuple[int, int] | None:
    return (0, len(word.text)) if word.style.raised else word.raised


def _raised_texts(line: Line) -> Iterator[str]:
    for word in line.words:
        part = _raised_part(word)
        if part and RAISED.fullmatch(word.text[part[0] : part[1]]):
            yield word.text[part[0] : part[1]]


def _plain_parentheses(text: str) -> Iterator[re.Match[str]]:
    for match in PARENTHESES.finditer(text):
        if not NOT_BEFORE_PARENTHESES.search(text[max(0, match.start() - 12) : match.start()]):
            yield match


def _numbers(references: Sequence[Reference]) -> dict[int, str]:
    """The entries by their printed numbers; a second list that counts anew does not take them away."""
    found: dict[int, str] = {}
    for reference in references:
        if reference.marker and _is_number(reference.marker):
            found.setdefault(int(re.sub(r"\D", "", reference.marker)), reference.id)
    return found


def _is_number(marker: str) -> bool:
    return bool(re.fullmatch(r"[\[(]?\s?\d{1,4}\s?[\]).]?", marker))


def _key(text: str) -> str:
    return re.sub(r"[\s\[\]]", "", text).lower()


def _are_known(inner: str, numbers: dict[int, str]) -> bool:
    return any(n in numbers for n in _values(inner, numbers))


def _values(inner: str, numbers: dict[int, str]) -> list[int]:
    """The numbers that brackets cite; none where they hold anything else, or a number that no list has."""
    values: list[int] = []
    for piece in re.split(r"\s?[,;]\s?", LEAD.sub("", inner.strip(" ,.;"))):
        found = PIECE.fullmatch(LEAD.sub("", piece))
        if found is None:
            if values and LOCATOR.match(piece):
                continue
            return []
        first, last = int(found["a"]), int(found["b"] or found["a"])
        if first < 1 or last > max(numbers, default=0) or last < first or last - first > MOST_IN_RANGE:
            return []
        values += range(first, last + 1)
    return values
