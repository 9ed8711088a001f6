"""How closely a paper is read: what an ingest asks for, and what a stored paper satisfies already.

The fast pass reads every paper; the layout model reads again where that pays (`auto`) or every page (`always`). It must
not know how either reads, nor stores.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

Layout: TypeAlias = Literal["auto", "always", "never"]

LAYOUT = "layout"  # a paper's metadata: what its stored state satisfies
UNREFINED = "layout_failed"  # a paper's metadata: the code of the error that its refinement ended in
_RANK = {"never": 0, "auto": 1, "always": 2}


def wants(metadata: Mapping[str, Any], asked: Layout, again: bool = False) -> bool:
    """Whether a stored paper must be read again to be as it is asked for.

    A refinement that failed counts as done, or every ingest would pay for it anew; `again` takes it up once more.
    """
    if again and asked != "never" and metadata.get(UNREFINED):
        return True
    return _RANK[asked] > _RANK.get(str(metadata.get(LAYOUT)), 0)


def satisfied(asked: Layout, reading: str) -> Layout:
    """What a paper that was read as asked satisfies: where every page was read closely, more could not be asked."""
    return "always" if reading == "layout" else asked
