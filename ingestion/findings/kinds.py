"""The kind of a finding: result, claim, method, limitation, or other for what is reported of others.

It must not know where findings are kept.
"""

from __future__ import annotations

from ingestion.findings.cues import distinct, patterns


def kind_of(sentence: str, section_kind: str, measured: bool) -> str:
    """The kind of an own finding; `measured` where it states values."""
    if section_kind == "limitation" or (patterns("kinds")["admits"].search(sentence) and not measured):
        return "limitation"
    if measured:
        return "result"
    if patterns("kinds")["concludes"].search(sentence) or section_kind == "conclusion":
        return "claim"
    seen = (
        distinct("cues", "better", sentence) + distinct("cues", "change", sentence) + distinct("cues", "wins", sentence)
    )
    return "result" if seen else "claim"
