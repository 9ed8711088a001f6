"""Cohere's own client, as LlamaIndex's integrations need it here: at the address that is set, asked once a request.

They say nothing of time, nor of how long a document may be, and the client tries again by itself. Here each request is
made once, is bounded in time and bytes, and goes to the address and with the key that were set for it: what lies in the
environment for other programs (CO_API_KEY, COHERE_API_KEY, CO_API_URL) is never used. It must not know what is asked.
"""

from __future__ import annotations

from typing import Any

import cohere

from strata.bounded import bounded_client

URL = "https://api.cohere.com"
MOST_BYTES = 32_000_000  # of a reply: 96 vectors of 1,536 dimensions in digits are under 4


class Client(cohere.ClientV2):  # type: ignore[misc]
    """Cohere's client; `more` is sent with every request besides."""

    def __init__(self, key: str, url: str | None, timeout_s: float, **more: Any) -> None:
        connection = bounded_client(timeout_s, MOST_BYTES)
        super().__init__(api_key=key, base_url=url or URL, timeout=timeout_s, httpx_client=connection)
        self._more = {**more, "request_options": {"max_retries": 0}}

    def rerank(self, **asked: Any) -> Any:
        """As Cohere's.

        Raises:
            ValueError: where it numbers documents that it was not given; -1 would pass for the last one further on.
        """
        given = super().rerank(**asked, **self._more)
        if any(not 0 <= result.index < len(asked["documents"]) for result in given.results):
            raise ValueError("a document that it was not given")
        return given

    def embed(self, **asked: Any) -> Any:
        """As Cohere's."""
        return super().embed(**asked, **self._more)
