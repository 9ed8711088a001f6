"""Compiles a typed filter to a condition over the `nodes` table (alias `n`). It must not know searches."""

from __future__ import annotations

from hierarchy.filters import And, Between, Eq, Filter, Has, In, IsNull, Not, Or, check_fields
from hierarchy.sqlite.connection import Sql


def condition(where: Filter | None) -> tuple[str, list[Sql]]:
    """An SQL condition and its arguments; no filter is `1`.

    Every condition is true or false, never NULL, so that Not() means the complement.
    """
    match where:
        case None:
            return "1", []
        case Eq(field=field, value=value):
            return f"{column(field)} IS ?", [value]
        case In(field=field, values=values):
            name = column(field)
            return f"({name} IS NOT NULL AND {name} IN ({', '.join('?' * len(values))}))", list(values)
        case Between(field=field, low=low, high=high):
            name = column(field)
            return f"({name} IS NOT NULL AND {name} BETWEEN ? AND ?)", [
                low if low is not None else -(2**62),
                high if high is not None else 2**62,
            ]
        case Has(field=field, value=value):
            check_fields([field])
            return f"EXISTS (SELECT 1 FROM json_each(n.metadata, '$.{field}') WHERE json_each.value IS ?)", [value]
        case IsNull(field=field):
            return f"{column(field)} IS NULL", []
        case Not(inner=inner):
            text, arguments = condition(inner)
            return f"NOT ({text})", arguments
        case And(parts=parts):
            return _joined(parts, " AND ", "1")
        case Or(parts=parts):
            return _joined(parts, " OR ", "0")


def column(field: str) -> str:
    """The column of a field; refuses what is no field, since the name becomes part of a statement."""
    check_fields([field])
    return f"n.{field}"


def _joined(parts: tuple[Filter, ...], word: str, nothing: str) -> tuple[str, list[Sql]]:
    compiled = [condition(part) for part in parts]
    text = word.join(f"({t})" for t, _ in compiled) or nothing
    return f"({text})", [argument for _, arguments in compiled for argument in arguments]
