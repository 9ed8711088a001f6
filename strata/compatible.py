"""A language model behind any OpenAI-compatible address, by LlamaIndex's own class for OpenAI.

That class knows OpenAI's models by name and refuses others; here any name will do. A reply is bounded in bytes, and in
time as a whole, since a client's own timeout begins anew with every byte. What lies in the environment for other
programs (OPENAI_API_KEY, OPENAI_API_BASE) is never used: an address gets the key that was set for it, or none.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx
from llama_index.core.base.llms.types import LLMMetadata
from llama_index.llms.openai import OpenAI

OPENAI_URL = "https://api.openai.com/v1"
MOST_BYTES = 4_000_000  # of a reply
WINDOW = 16_384  # tokens that a model of unknown name is taken to have


class Compatible(OpenAI):  # type: ignore[misc]
    """An OpenAI-compatible chat model of any name."""

    @property
    def metadata(self) -> LLMMetadata:
        """What is known of the model; of one that is no OpenAI's, that it chats."""
        try:
            return super().metadata
        except ValueError:
            return LLMMetadata(
                context_window=WINDOW,
                num_output=self.max_tokens or -1,
                is_chat_model=True,
                is_function_calling_model=False,
                model_name=self.model,
            )


def compatible(model: str, url: str, key: str, timeout_s: float) -> Compatible:
    """The model at an address; every request is made once, and a reply ends in time or is given up."""

    def bound(response: httpx.Response) -> None:
        assert isinstance(response.stream, httpx.SyncByteStream)
        response.stream = _Bounded(response.stream, time.monotonic() + timeout_s)

    client = httpx.Client(follow_redirects=False, event_hooks={"response": [bound]})
    return Compatible(
        model=model,
        api_base=url,
        api_key=key,
        max_retries=0,
        timeout=timeout_s,
        temperature=0.0,
        http_client=client,
    )


class ReplyDecodingError(httpx.DecodingError):
    """A reply that is too large to be one."""


class _Bounded(httpx.SyncByteStream):
    """The bytes of a reply, as long as they are not too many and come in time."""

    def __init__(self, inner: httpx.SyncByteStream, end: float) -> None:
        self._inner, self._end = inner, end

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for piece in self._inner:
            size += len(piece)
            if size > MOST_BYTES:
                raise ReplyDecodingError(f"A reply of more than {MOST_BYTES} bytes.")
            if time.monotonic() > self._end:
                raise httpx.ReadTimeout("The reply took too long as a whole.")
            yield piece

    def close(self) -> None:
        self._inner.close()
