"""Turns records into rows of the `nodes` table and rows into nodes. It must not know searches or transactions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import apsw
import msgspec

from hierarchy.nodes import Finding, Level, Node, PaperName, Record
from hierarchy.positions import Positions
from hierarchy.sqlite.connection import Sql

# The title and file of a node's paper stand once, in the paper's own row.
SELECT = """
SELECT n.id, n.level, n.title, n.text, n.parent, n.paper, p.title, p.file, n.path, n.kind, n.position, n.digest,
       n.metadata, n.finding, n.places
FROM nodes n LEFT JOIN nodes p ON p.id = n.paper
"""

# In the index's own words, so that nothing but the index is read.
NAMES = """
SELECT id, title, json_extract(metadata, '$.authors'), json_extract(metadata, '$.tags')
FROM nodes INDEXED BY nodes_names WHERE level = 'paper' ORDER BY id
"""

LISTED = "(SELECT value FROM json_each(?))"  # any number of items in one argument: see listed()


def node(row: apsw.SQLiteValues, project: str) -> Node:
    """A node from a row of SELECT."""
    values: tuple[Any, ...] = tuple(row)
    finding = values[13]
    return Node(
        id=values[0],
        level=Level(values[1]),
        project=project,
        title=values[2],
        text=values[3],
        parent=values[4],
        paper=values[5],
        paper_title=values[6],
        file=values[7],
        path=tuple(msgspec.json.decode(values[8], type=list[str])),
        kind=values[9],
        order=values[10],
        digest=values[11],
        metadata=msgspec.json.decode(values[12], type=dict[str, Any]),
        finding=msgspec.json.decode(finding, type=Finding) if finding else None,
        places=Positions(values[14]),
    )


def values(record: Record) -> tuple[Sql, ...]:
    """The columns of `nodes` after the row's number, in their order."""
    n = record.node
    own_file = n.file if n.level == Level.PAPER else None
    return (
        *(n.id, n.level.value, n.parent, n.paper, n.order, n.title, n.text, _json(n.path), n.kind),
        *(n.metadata.get("section_kind"), n.metadata.get("year"), own_file),
        *(n.metadata.get("doi"), n.metadata.get("arxiv"), n.digest, _json(n.metadata)),
        *(_json(n.finding) if n.finding else None, n.places.data, record.attachment),
    )


def name(row: apsw.SQLiteValues) -> PaperName:
    """What a paper is called by, from a row of NAMES."""
    values: tuple[Any, ...] = tuple(row)
    return PaperName(values[0], values[1], _texts(values[2]), _texts(values[3]))


def listed(items: Sequence[str] | Sequence[int]) -> tuple[str]:
    """The one argument of LISTED."""
    return (_json(list(items)),)


def _texts(listed: str | None) -> tuple[str, ...]:
    return tuple(msgspec.json.decode(listed, type=list[str])) if listed else ()


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
