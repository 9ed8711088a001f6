"""The records of a summary: the sentences that it may take, and the lines that it is made of.

They must not know how sentences are chosen.
"""

from __future__ import annotations

from typing import Any

import msgspec


class Candidate(msgspec.Struct, frozen=True):
    """A sentence that a summary may take, as printed.

    `source` is the id of what it stands in (a passage, a paper); `kind` the kind of its section (docs/contract.md);
    `finding` whether it states a finding; `cites` whether it cites others.
    """

    text: str
    source: str
    kind: str = "other"
    finding: bool = False
    cites: bool = False


class Line(msgspec.Struct, frozen=True):
    """A sentence of a summary, and the id of what it was taken from."""

    text: str
    source: str

    def to_dict(self) -> dict[str, Any]:
        """The record that metadata keeps."""
        return {"text": self.text, "from": self.source}
