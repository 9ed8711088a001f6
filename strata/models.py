"""The one place where models are built from settings."""

from __future__ import annotations

from hierarchy.encoder import Encoder
from strata.minilm import MiniLM
from strata.settings import Settings


def build_encoder(settings: Settings) -> Encoder:
    """The encoder that the settings name; its files are loaded at its first text."""
    return MiniLM(settings.home, settings.encoder.threads)
