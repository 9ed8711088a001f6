"""Where encoders come in: the local one, or the service that the settings name.

Papers and questions are sent to a service only where the settings name it; a key alone chooses nothing.
"""

from __future__ import annotations

from hierarchy.encoder import Encoder
from hierarchy.errors import UsageError
from strata.providers import NO_KEY, key_of, need
from strata.settings import EncoderSettings

LOCAL = ("local", "")


def service_of(chosen: EncoderSettings) -> Encoder | None:
    """The encoder of a service, where the settings name one; None for the local one.

    Raises:
        UsageError: for a name that does not fit, a key that is missing, or a package that is not installed.
    """
    name = chosen.encoder.strip()
    if name in LOCAL:
        return None
    from strata.cohere_encoder import DIMENSIONS, CohereEncoder  # most commands need none of it

    provider, _, model = name.partition("/")
    if provider != "cohere":
        raise UsageError(
            f"STRATA_ENCODER={chosen.encoder!r} names no encoder.",
            f"Write local, or provider/model, such as cohere/{next(iter(DIMENSIONS))} (papers are sent there).",
            "unknown_encoder",
        )
    key = key_of(chosen.encoder_key)
    if key is None and chosen.encoder_url is None:
        raise UsageError(
            "Cohere's encoder needs a key.",
            "Set STRATA_ENCODER_KEY; for a server of your own that speaks so, its address in STRATA_ENCODER_URL.",
            "no_encoder_key",
        )
    need("embeddings", "cohere", "STRATA_ENCODER")
    model = model.strip() or next(iter(DIMENSIONS))
    return CohereEncoder(model, chosen.encoder_dimension, key or NO_KEY, chosen.encoder_url, chosen.encoder_timeout_s)
