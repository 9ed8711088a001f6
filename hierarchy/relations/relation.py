"""What two findings of different papers have to do with each other, as a record.

A relation is kept in the metadata of one of its findings, so that it travels with the tree; it must not know how it
was found.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Kind = Literal["supports", "contradicts"]


class Relation(msgspec.Struct, frozen=True):
    """`a` and `b` are ids of findings; `difference` says in words in which conditions they differ; `score` is between
    0 and 1; `origin` is "rules", or the name of the language model, whose `reason` is kept."""

    kind: Kind
    a: str
    b: str
    difference: str
    score: float
    origin: str = "rules"
    reason: str | None = None
