"""Typed filters over nodes: what a search, a scan, a count or a delete is limited to.

    And(Eq("paper", "doi:10.1/x"), Not(In("kind", ("table", "caption"))))

Each engine compiles them to its own language, and can keep them as JSON. They must not know any engine.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias, get_args

import msgspec

from hierarchy.errors import UsageError

Scalar: TypeAlias = str | int
Field = Literal["id", "level", "parent", "paper", "kind", "section_kind", "year", "file", "doi", "arxiv", "digest"]
ListField = Literal["authors", "tags"]
FIELDS: frozenset[str] = frozenset(get_args(Field))
LIST_FIELDS: frozenset[str] = frozenset(get_args(ListField))


class Eq(msgspec.Struct, frozen=True, tag=True):
    """The field is exactly this value: case, accents and quotes count."""

    field: Field
    value: Scalar


class In(msgspec.Struct, frozen=True, tag=True):
    """The field is one of these values; no values match nothing."""

    field: Field
    values: tuple[Scalar, ...]


class Between(msgspec.Struct, frozen=True, tag=True):
    """The field lies between two bounds, both included; None leaves a side open."""

    field: Literal["year"]
    low: int | None = None
    high: int | None = None


class Has(msgspec.Struct, frozen=True, tag=True):
    """A list of the node's metadata has this member."""

    field: ListField
    value: str


class IsNull(msgspec.Struct, frozen=True, tag=True):
    """The node has no value there."""

    field: Field


class Not(msgspec.Struct, frozen=True, tag=True):
    """What the inner filter does not match; a node without a value is not equal to any value."""

    inner: Filter


class And(msgspec.Struct, frozen=True, tag=True):
    """All of these."""

    parts: tuple[Filter, ...]


class Or(msgspec.Struct, frozen=True, tag=True):
    """Any of these; no parts match nothing."""

    parts: tuple[Filter, ...]


Filter: TypeAlias = Eq | In | Between | Has | IsNull | Not | And | Or


def all_of(*parts: Filter | None) -> Filter | None:
    """The conjunction of those that are not None; None when there is none."""
    kept = tuple(p for p in parts if p is not None)
    return kept[0] if len(kept) == 1 else And(kept) if kept else None


def is_empty(where: Filter | None) -> bool:
    """Whether the filter limits nothing, which a delete refuses."""
    return where is None or (isinstance(where, And) and all(is_empty(p) for p in where.parts))


def check_fields(names: Iterable[str]) -> None:
    """Refuses names that no engine filters by.

    Raises:
        UsageError: names the first unknown field and those that exist.
    """
    for name in names:
        if name not in FIELDS | LIST_FIELDS:
            raise UsageError(
                f"There is no field {name!r} to filter by.", f"Fields: {', '.join(sorted(FIELDS | LIST_FIELDS))}."
            )
