"""Pairs of findings of invented papers over many fields, each with what the two have to do with each other.

Written by hand for this project (CC0) with the words that researchers use; nothing in them is science. Half of
the fields are for making rules and learning weights, half only for checking. It must not know how relations are found.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from hierarchy.nodes import Finding, Level, Node, Value

PAIRS = Path(__file__).with_name("gold") / "pairs.jsonl"


class Side(msgspec.Struct, frozen=True):
    """A finding, with the passage, section and title that it stands in."""

    title: str
    section: str
    passage: str
    quote: str
    values: tuple[Value, ...]
    direction: str | None
    hedged: bool


class MadePair(msgspec.Struct, frozen=True):
    """Two findings of a field: contradict, agree, near-miss or neither."""

    id: str
    field: str
    relation: str
    a: Side
    b: Side
    reason: str


class Pool(msgspec.Struct, frozen=True):
    """The findings of some pairs as nodes, each once, every title a paper of its own; `passages` by id, `fields` and
    `gold` by id and pair of ids."""

    nodes: list[Node]
    passages: dict[str, str]
    fields: dict[str, str]
    gold: dict[frozenset[str], str]


def made_pairs(half: int | None = None, path: Path = PAIRS) -> list[MadePair]:
    """The pairs; of every other field, from the first (half 0) or from the second (half 1), where a half is given."""
    pairs = [msgspec.json.decode(line, type=MadePair) for line in path.read_bytes().splitlines()]
    fields = list(dict.fromkeys(pair.field for pair in pairs))
    return [p for p in pairs if half is None or fields.index(p.field) % 2 == half]


def pooled(pairs: Sequence[MadePair], bare: bool) -> Pool:
    """The findings of pairs together; `bare` without recorded values and directions, which then are read from words."""
    pool = Pool([], {}, {}, {})
    ids: dict[tuple[str, str], str] = {}

    def of(side: Side, field: str) -> str:
        key = (side.title, side.quote)
        if key not in ids:
            ids[key] = id = f"made-{len(ids):04}"
            values, direction = ((), None) if bare else (side.values, side.direction)
            finding = Finding(side.quote, "result", f"passage-{id}", side.quote, values, direction, side.hedged)
            pool.passages[f"passage-{id}"] = side.passage
            pool.fields[id] = field
            pool.nodes.append(
                Node(
                    id,
                    Level.FINDING,
                    "made",
                    "",
                    side.quote,
                    paper=side.title,
                    paper_title=side.title,
                    path=(side.section,),
                    finding=finding,
                )
            )
        return ids[key]

    for pair in pairs:
        a, b = of(pair.a, pair.field), of(pair.b, pair.field)
        pool.gold[frozenset((a, b))] = pair.relation
    return pool
