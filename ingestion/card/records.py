"""The records of a card. They must not know how its sentences are chosen."""

from __future__ import annotations

from typing import Any

import msgspec


class Entry(msgspec.Struct, frozen=True):
    """A sentence of the paper: its words as printed, the id of the passage that they stand in, and the page that they
    begin on (from 1; None where no place is known)."""

    quote: str
    source: str
    page: int | None = None

    def to_dict(self) -> dict[str, Any]:
        return {"quote": self.quote, "from": self.source, "page": self.page}


class Card(msgspec.Struct, frozen=True):
    """Up to three entries of each aspect, the best first; none where the paper does not tell."""

    asks: tuple[Entry, ...] = ()
    data: tuple[Entry, ...] = ()
    method: tuple[Entry, ...] = ()
    findings: tuple[Entry, ...] = ()
    limitations: tuple[Entry, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The record that the paper's metadata keeps."""
        return {name: [entry.to_dict() for entry in getattr(self, name)] for name in self.__struct_fields__}
