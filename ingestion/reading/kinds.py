"""Pass 12: the kind of a section, from its heading; a subsection that does not tell inherits its parent's."""

from __future__ import annotations

import re

KINDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.I))
    for kind, pattern in (
        ("abstract", r"^abstract$|^summary$"),
        ("acknowledgement", r"acknowledg|^funding"),
        ("limitation", r"limitation|threats to validity"),
        ("appendix", r"^appendi|supplement"),
        ("conclusion", r"conclu|future work|outlook|closing"),
        ("discussion", r"discuss|implication|error analysis"),
        ("introduction", r"introduc|motivation|statement of need|^overview$"),
        ("background", r"related|background|previous work|prior work|literature|preliminar"),
        (
            "data",
            r"\bdata|corpus|corpora|annotat|collection|recordings?|participants|study area|study sites?|materials?$",
        ),
        ("result", r"result|findings|evaluation|performance|comparison|ablation|analysis"),
        ("experiment", r"experiment|setup|set-up|setting|implementation|training|baseline|hyper"),
        (
            "method",
            r"method|model|approach|architecture|algorithm|framework|procedure|system|encoder|decoder|network|loss",
        ),
    )
)


def kind_of(heading: str, number: str | None, parent: str | None) -> str:
    """The kind (docs/contract.md) of a section with this heading under a section of kind `parent`."""
    if parent == "appendix" or (number and re.match(r"[A-Z](?:\.|$)", number) and parent is None):
        return "appendix"
    for kind, pattern in KINDS:
        if pattern.search(heading):
            return kind
    return parent or "other"
