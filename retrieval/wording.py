"""A question as it is understood: its words as they were meant, and what is searched besides.

Misspelled words are read as near ones of the project, and abbreviations bring their other form. Both are steps of the
trace, which there are only where something was read or added; else the question stays as it is. It must not know how
it is searched.
"""

from __future__ import annotations

import msgspec

from hierarchy.encoder import Encoder
from hierarchy.filters import Filter
from hierarchy.store import NodeStore
from retrieval.abbreviations import meant
from retrieval.settings import RetrievalSettings
from retrieval.spelling import mended, misspelled
from retrieval.trace import Trace


class Worded(msgspec.Struct, frozen=True):
    """`asked`: the question as it was meant; `sought`: the words for BM25; `notes`: what a reader must know of it."""

    asked: str
    sought: str
    notes: tuple[str, ...] = ()


def worded(
    question: str, store: NodeStore, where: Filter | None, encoder: Encoder, settings: RetrievalSettings, trace: Trace
) -> Worded:
    """How a question is understood in a scope."""
    asked, notes = question, tuple[str, ...]()
    with trace.step("spelling", optional=True) as said:
        read_as = misspelled(question, store, where, encoder) if settings.spelling else {}
        if read_as:
            asked = mended(question, read_as)
            said["read"] = read_as
            notes = tuple(f"Read '{word}' as '{near}'." for word, near in read_as.items())
    with trace.step("abbreviations", optional=True) as said:
        added = meant(asked, store, where) if settings.abbreviations else {}
        if added:
            said["added"] = added
    # What was typed stays searched: a word that other nodes hold by now, or in part.
    also = [word for word in read_as if word not in asked] + list(added.values())
    return Worded(asked, " ".join([asked, *also]), notes)
