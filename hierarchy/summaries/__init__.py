"""Extractive summaries: which sentences of a text stand for it best.

Centrality over sentence vectors, repetitions left out, whole sentences only. It must not know PDFs, nor where the
vectors come from.
"""

from hierarchy.summaries.candidates import Candidate, Line
from hierarchy.summaries.extract import central, chosen, kept, ranked
from hierarchy.summaries.pooling import pooled
from hierarchy.summaries.redundancy import spread
from hierarchy.summaries.whole import dangles, displays, is_whole, points

METHOD = "extract-2"  # changes whenever the same sentences would give another summary; part of every digest above them

__all__ = [
    "METHOD",
    "Candidate",
    "Line",
    "central",
    "chosen",
    "dangles",
    "displays",
    "is_whole",
    "kept",
    "points",
    "pooled",
    "ranked",
    "spread",
]
