"""An encoder that is asked ahead: many small papers go through it at once, on all its threads, before each is grown.

It must not know what the texts are.
"""

from __future__ import annotations

from collections.abc import Sequence

from hierarchy.encoder import Encoder, EncoderIdentity, Encoding, Text


class Ahead:
    """Gives what was encoded ahead, and encodes the rest. Implements `hierarchy.encoder.Encoder`."""

    def __init__(self, encoder: Encoder, texts: Sequence[Text]) -> None:
        self._encoder = encoder
        self._done = dict(zip(texts, encoder.encode(texts), strict=True)) if texts else {}

    @property
    def identity(self) -> EncoderIdentity:
        return self._encoder.identity

    def encode(self, texts: Sequence[Text]) -> list[Encoding]:
        """Encodings in the order of the texts."""
        rest = [text for text in texts if text not in self._done]
        done = self._done | (dict(zip(rest, self._encoder.encode(rest), strict=True)) if rest else {})
        return [done[text] for text in texts]
