"""A connection whose replies are bounded: in bytes, and in time as a whole, since a client's own timeout begins anew
with every byte. It must not know who answers, nor what.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx

MOST_BYTES = 4_000_000  # of a reply


def bounded_client(timeout_s: float, most_bytes: int = MOST_BYTES) -> httpx.Client:
    """A client whose replies end in time and size, or are given up; it goes to no other address than it is given."""

    def bound(response: httpx.Response) -> None:
        assert isinstance(response.stream, httpx.SyncByteStream)
        response.stream = _Bounded(response.stream, time.monotonic() + timeout_s, most_bytes)

    return httpx.Client(follow_redirects=False, timeout=timeout_s, event_hooks={"response": [bound]})


class ReplyDecodingError(httpx.DecodingError):
    """A reply that is too large to be one."""


class _Bounded(httpx.SyncByteStream):
    """The bytes of a reply, as long as they are not too many and come in time."""

    def __init__(self, inner: httpx.SyncByteStream, end: float, most_bytes: int) -> None:
        self._inner, self._end, self._most = inner, end, most_bytes

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for piece in self._inner:
            size += len(piece)
            if size > self._most:
                raise ReplyDecodingError(f"A reply of more than {self._most} bytes.")
            if time.monotonic() > self._end:
                raise httpx.ReadTimeout("The reply took too long as a whole.")
            yield piece

    def close(self) -> None:
        self._inner.close()
