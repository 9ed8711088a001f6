"""An encoder that is asked ahead: many small papers go through it at once, on all its threads, before each is grown.

It must not know what the texts are.
"""

from __future__ import annotations

from collections.abc import Sequence

from hierarchy.encoder import Encoder, EncoderIdentity, Encoding, Text
from hierarchy.errors import EncodeError


class Ahead:
    """Gives what was encoded ahead, and encodes the rest. Implements `hierarchy.encoder.Encoder`."""

    def __init__(self, encoder: Encoder, texts: Sequence[Text]) -> None:
        self._encoder = encoder
        self._done: dict[Text, Encoding] = {}
        self._failed: EncodeError | None = None
        try:
            self._done = dict(zip(texts, encoder.encode(texts), strict=True)) if texts else {}
        except EncodeError as error:
            # One that was refused may be due to a single text: then each is asked for by itself.
            self._failed = None if error.code == "encode_refused" else error

    @property
    def identity(self) -> EncoderIdentity:
        return self._encoder.identity

    def encode(self, texts: Sequence[Text]) -> list[Encoding]:
        """Encodings in the order of the texts.

        Raises:
            EncodeError: where a service does not encode them, or did not when it was asked ahead.
        """
        rest = [text for text in texts if text not in self._done]
        if rest and self._failed is not None:
            raise self._failed
        done = self._done | (dict(zip(rest, self._encoder.encode(rest), strict=True)) if rest else {})
        return [done[text] for text in texts]
