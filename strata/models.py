"""The one place where models are built from settings."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from hierarchy.encoder import Encoder
from retrieval.evidence.reranker import EvidenceReranker
from retrieval.rerank import Reranker
from strata.encoders import service_of
from strata.evidence_encoder import EvidenceEncoder
from strata.minilm import MiniLM
from strata.rerankers import LOCAL, reranker_of
from strata.settings import RerankSettings, Settings


def build_encoder(settings: Settings) -> Encoder:
    """The encoder that the settings name; its files are loaded, or its service asked, at its first text.

    Raises:
        UsageError: for a name that does not fit, a key that is missing, or a package that is not installed.
    """
    return service_of(settings.encoder) or MiniLM(settings.home, settings.encoder.threads)


def build_reranker(settings: Settings) -> Reranker | None:
    """The reranker that the settings name, one for a process; None where the search does without one.

    It is loaded when it is first asked.

    Raises:
        UsageError: for a name that does not fit, a key that is missing, or a package that is not installed.
    """
    return _reranker(settings.reranker, settings.home, settings.encoder.threads)


# Assistants come and go with each question; what is loaded, and what failed just now, stays known.
@lru_cache(maxsize=8)
def _reranker(chosen: RerankSettings, home: Path, threads: int) -> Reranker | None:
    if chosen.rerank.strip() == LOCAL:
        return EvidenceReranker(EvidenceEncoder(home, threads))
    return reranker_of(chosen)
