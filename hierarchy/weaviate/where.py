"""Compiles a typed filter to the server's. It must not know searches or what is kept.

A negation is the complement, as everywhere: a node without a value is not equal to any. Filters that match everything
or nothing are known here and never sent.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from weaviate.classes.query import Filter as Where
from weaviate.collections.classes.filters import _Filters

from hierarchy.filters import And, Between, Eq, Filter, Has, In, IsNull, Not, Or, check_fields
from hierarchy.weaviate.objects import property_of

Compiled: TypeAlias = _Filters | bool  # True matches everything, False nothing


def compiled(where: Filter | None) -> Compiled:
    """The server's filter; no filter is True."""
    match where:
        case None:
            return True
        case Eq(field=field, value=value):
            return Where.by_property(name(field)).equal(value)
        case In(field=field, values=values):
            listed: Any = list(values)  # of one type, as the field is
            return Where.by_property(name(field)).contains_any(listed) if values else False
        case Between(field=field, low=low, high=high):
            at = Where.by_property(name(field))
            lower = at.greater_or_equal(low) if low is not None else True
            upper = at.less_or_equal(high) if high is not None else True
            return both(at.is_none(False), lower, upper)
        case Has(field=field, value=value):
            return Where.by_property(name(field)).contains_any([value])
        case IsNull(field=field):
            return Where.by_property(name(field)).is_none(True)
        case Not(inner=inner):
            return negated(compiled(inner))
        case And(parts=parts):
            return both(*map(compiled, parts))
        case Or(parts=parts):
            return either(*map(compiled, parts))


def both(*parts: Compiled) -> Compiled:
    """All of these."""
    real = [part for part in parts if not isinstance(part, bool)]
    if any(part is False for part in parts):
        return False
    return Where.all_of(real) if len(real) > 1 else real[0] if real else True


def either(*parts: Compiled) -> Compiled:
    """Any of these."""
    real = [part for part in parts if not isinstance(part, bool)]
    if any(part is True for part in parts):
        return True
    return Where.any_of(real) if len(real) > 1 else real[0] if real else False


def negated(part: Compiled) -> Compiled:
    """The complement."""
    return (not part) if isinstance(part, bool) else Where.not_(part)


def name(field: str) -> str:
    """The property of a field; refuses what is no field."""
    check_fields([field])
    return property_of(field)
