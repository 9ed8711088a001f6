"""Filters typed into a question: author:, year:, in:, tag:, paper:, cites: and citedby:, with or without quotes.

    contrastive loss author:Smith year:2019..2021 in:results,discussion paper:"Wild Bees on Fourteen Roofs"

The same filter twice, or values with commas between, means any of them; different filters must all hold. What is no
filter ("http://…", "ratio 3:1", a filter without a value) stays a word. It must not know what a project holds.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from hierarchy.errors import UsageError
from hierarchy.filters import Between, Filter, In, Or

TABLE = Path(__file__).with_suffix(".toml")
OPEN, CLOSE = '"“„', '"”“'
TYPED = re.compile(
    rf"(?<!\S)(?P<name>author|year|in|tag|paper|cites|citedby):(?:[{OPEN}](?P<quoted>[^{CLOSE}]*)(?P<end>[{CLOSE}]?)|(?P<bare>[^\s{OPEN}]\S*))",
    re.I,
)
YEARS = re.compile(r"(?P<low>\d{4})?(?P<to>\.\.|…|-|–)(?P<high>\d{4})?|(?P<one>\d{4})")
LEFT = re.compile(r"(?:[!?;)]|(?<!\.)\.)+$")  # after a value without quotes, these belong to the sentence
BAD = "bad_filter"
MOST = 50  # values


class Typed(msgspec.Struct, frozen=True):
    """A question's words without its filters, and these: values by kind, each kind any of its values."""

    words: str
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    years: tuple[Between, ...] = ()
    kinds: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    cited_by: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.of_papers or self.of_citations

    @property
    def of_papers(self) -> bool:
        """Whether any of them is about papers or their parts themselves."""
        return bool(self.authors or self.tags or self.papers or self.years or self.kinds)

    @property
    def of_citations(self) -> bool:
        """Whether any is about what papers cite."""
        return bool(self.cites or self.cited_by)

    @property
    def of_nodes(self) -> list[Filter]:
        """What a node itself can be held to: its year, and the kind of its section."""
        held: list[Filter] = [Or(self.years)] if self.years else []
        return [*held, In("section_kind", self.kinds)] if self.kinds else held

    def to_dict(self) -> dict[str, Any]:
        """The filters as they stand in a trace; those that are not set are left out."""
        shown = {"author": self.authors, "tag": self.tags, "paper": self.papers, "in": self.kinds}
        years = [f"{y.low or ''}..{y.high or ''}" if y.low != y.high else str(y.low) for y in self.years]
        return {name: list(values) for name, values in {**shown, "year": years}.items() if values}


def read(question: str) -> Typed:
    """The filters of a question, and what is left of it.

    >>> read("how were bees sampled year:2020 in:methods").words
    'how were bees sampled'

    Raises:
        UsageError: for a filter whose value does not fit; says what would.
    """
    values: dict[str, list[str]] = {name: [] for name in ("author", "year", "in", "tag", "paper", "cites", "citedby")}

    def taken(match: re.Match[str]) -> str:
        name, quoted = match["name"].lower(), match["quoted"]
        if quoted is not None:
            if not match["end"]:
                raise _bad(f"The quotes after {name}: are not closed.", f'Write {name}:"...".')
            found = [quoted.strip()]
        else:
            found = [part.strip() for part in LEFT.sub("", match["bare"]).split(",")]
        if not any(found):
            return match[0] if quoted is None else " "
        values[name] += [value for value in found if value]
        return " "

    words = " ".join(TYPED.sub(taken, question).split())
    if any(len(held) > MOST for held in values.values()):
        raise _bad(f"More than {MOST} values of one filter were typed.", "Leave some out.")
    return Typed(
        words,
        _once(values["author"]),
        _once(values["tag"]),
        _once(values["paper"]),
        tuple(dict.fromkeys(_years(value) for value in values["year"])),
        _once([_kind(value) for value in values["in"]]),
        _once(values["cites"]),
        _once(values["citedby"]),
    )


def _once(values: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def _years(value: str) -> Between:
    match = YEARS.fullmatch(value)
    if match is None or (match["to"] and not (match["low"] or match["high"])):
        raise _bad(f"year:{value[:40]} is no year.", "Write year:2020, year:2019..2021, year:2019.. or year:..2021.")
    low, high = (int(year) if year else None for year in (match["one"] or match["low"], match["one"] or match["high"]))
    if low is not None and high is not None and low > high:
        raise _bad(f"year:{value[:40]} ends before it begins.", f"Write year:{high}..{low}.")
    return Between("year", low, high)


def _kind(value: str) -> str:
    kind = _kinds().get(value.lower().replace(" ", "-"))
    if kind is None:
        known = ", ".join(dict.fromkeys(_kinds().values()))
        hint = f"Kinds: {known}. With a space after the colon it is a word of the question."
        raise _bad(f"in:{value[:40]} is no kind of section.", hint)
    return kind


@cache
def _kinds() -> Mapping[str, str]:
    table = tomllib.loads(TABLE.read_text("utf-8"))["kinds"]
    return {word: kind for kind, words in table.items() for word in words}


def _bad(message: str, hint: str) -> UsageError:
    return UsageError(message, hint, BAD)
