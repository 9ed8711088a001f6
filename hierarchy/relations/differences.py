"""In which conditions two findings differ, in words.

It must not know whether they agree.
"""

from __future__ import annotations

from hierarchy.relations.statement import Statement

ALIKE = "no other condition is told"
MOST = 3


def difference(a: Statement, b: Statement) -> str:
    """The conditions in which two findings differ, what a has before what b has.

    >>> # "Withern Sluice against Sedgeholm Delta; 20 against 5 labels"
    """
    parts: list[str] = []
    mine = [name for name in a.names if not any(name in other or other in name for other in b.names)]
    theirs = [name for name in b.names if not any(name in other or other in name for other in a.names)]
    if mine and theirs:
        parts.append(f"{', '.join(mine[:MOST])} against {', '.join(theirs[:MOST])}")
    elif mine or theirs:
        parts.append(f"{', '.join((mine or theirs)[:MOST])} in one only")
    counted_a, counted_b = dict(a.counted), dict(b.counted)
    for noun in sorted(counted_a.keys() & counted_b.keys()):
        first, second = counted_a[noun], counted_b[noun]
        if first != second:
            parts.append(f"{first} against {second}")
    for counted, other in ((counted_a, counted_b), (counted_b, counted_a)):
        parts += [f"{words} in one only" for noun, words in sorted(counted.items()) if noun not in other]
    return "; ".join(parts[: 2 * MOST]) or ALIKE
