"""How much of its score a passage keeps by its kind: a factor and never a gate, so it costs rank, not the answer.

A budget of reading is soon spent on captions, tables and formulas, which say little of what is asked for, unless a
value or a figure is; and an abstract says in short what the body of the same paper tells in full, unless the gist is
asked for. Measured in docs/decisions/0006; weights and cues are data (weighing.toml). It must not know stores or legs.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from hierarchy.nodes import Level, Node
from retrieval.cue_words import Cues

WAYS = ("how", "how_many", "why")  # of asking, for each of which some kinds of section step back
NOT_CITING = 0.8  # what passages keep that do not cite the work whose citations are asked for
MOST_LETTERS = 2_000  # of a question that are looked at for cues
TABLE = Path(__file__).with_suffix(".toml")


class Weighing(msgspec.Struct, frozen=True):
    """The factors of one question: by the type of a passage, and by the kind of its section."""

    types: Mapping[str, float]
    sections: Mapping[str, float]
    citing: Mapping[str, frozenset[str]] = {}

    @classmethod
    def of(cls, question: str, within: bool, citing: Mapping[str, frozenset[str]] | None = None) -> Weighing:
        """Those of a question; `within`: it stays inside papers that it names, so that no abstract has to find one;
        `citing`: references by paper, where it asks what papers that cite a work say: passages without them step back.

        >>> Weighing.of("How many users are there?", within=False).types["table"]
        1.0
        """
        table, asked = _table(), question[:MOST_LETTERS]
        types: dict[str, float] = dict(table["types"])
        sections: dict[str, float] = dict(table["sections"]) if within else {}
        if _cues("values").stand_in(asked):
            types |= dict.fromkeys(table["values"]["types"], 1.0)
        if _cues("gist").stand_in(asked):
            sections |= dict.fromkeys(table["gist"]["sections"], 1.0)
        for way in WAYS:
            if _cues(way).stand_in(asked):
                for kind, factor in table[way]["sections"].items():
                    sections[kind] = min(factor, sections.get(kind, 1.0))
        return cls(types, sections, citing or {})

    def factor(self, node: Node) -> float:
        """What a node's score is multiplied by, above 0 and at most 1; it is 1 for all but passages."""
        if node.level != Level.PASSAGE:
            return 1.0
        cites = not self.citing or set(node.metadata.get("cites") or ()) & self.citing.get(
            node.paper or "", frozenset()
        )
        of_section = self.sections.get(str(node.metadata.get("section_kind")), 1.0)
        return (1.0 if cites else NOT_CITING) * self.types.get(node.kind or "", 1.0) * of_section


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(TABLE.read_text("utf-8"))


@cache
def _cues(name: str) -> Cues:
    """The cues of this name."""
    cues = _table()[name]
    return Cues([*cues["phrases"], *cues["words"]])
