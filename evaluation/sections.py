"""Short sections of invented papers over many fields, each sentence marked: a finding, with what it states, or none.

Written by hand for this project (CC0) with the words that researchers use; nothing in them is science. Beside results
they hold what is easily taken for one: set-ups, descriptions of data, results of others, aims, pointers to tables.
Half of the fields are for making rules and learning weights, half only for checking. It must not know how findings are
found.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from evaluation.findings import Gold
from hierarchy.nodes import Value
from hierarchy.paper import Passage, Section
from hierarchy.positions import Positions

SECTIONS = Path(__file__).with_name("gold") / "sections.jsonl"


class Marked(msgspec.Struct, frozen=True, omit_defaults=True):
    """A sentence: a finding where it has a `kind`; one that `continues` adds to the finding that the sentence before it
    tells."""

    text: str
    kind: str | None = None
    direction: str | None = None
    hedged: bool = False
    attribution: str = "own"
    continues: bool = False
    values: tuple[Value, ...] = ()


class MadeSection(msgspec.Struct, frozen=True):
    """A section of one passage; `section` is the kind of section that it is."""

    field: str
    half: int
    heading: str
    section: str
    sentences: tuple[Marked, ...]

    @property
    def text(self) -> str:
        """Its sentences as one passage."""
        return " ".join(s.text for s in self.sentences)

    def as_read(self) -> tuple[Section, Passage]:
        """The section and its passage, as a reader of papers would give them."""
        section = Section("s1", None, self.heading, None, 1, self.section, 1, (0.0, 0.0, 1.0, 1.0), (self.heading,))
        return section, Passage("p1", "paragraph", self.text, Positions())


def made_sections(half: int | None = None, path: Path = SECTIONS) -> list[MadeSection]:
    """The sections; those of half 0 or of half 1 of the fields, where a half is given."""
    rows = [msgspec.json.decode(line, type=MadeSection) for line in path.read_bytes().splitlines()]
    return [row for row in rows if half is None or row.half == half]


def findings_of(sections: Sequence[MadeSection]) -> list[Gold]:
    """The findings that are marked in sections, each with the sentences that tell it as its quote."""
    found: list[Gold] = []
    for section in sections:
        for i, one in enumerate(section.sentences):
            if one.kind is None:
                continue
            told = [one]
            for following in section.sentences[i + 1 :]:
                if not following.continues:
                    break
                told.append(following)
            values = tuple(v for t in told for v in t.values)
            quote = " ".join(t.text for t in told)
            found.append(Gold(values, one.kind, one.direction, one.hedged, quote=quote, paper=section.field))
    return found
