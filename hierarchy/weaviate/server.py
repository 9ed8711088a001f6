"""The connection to a Weaviate server: who is asked, how long is waited, and its errors as sentences.

What may pass by itself (a restart, a dropped connection) is tried again with growing pauses; what will not is told at
once. It must not know what is kept on the server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar
from urllib.parse import urlsplit

import httpx
import msgspec
import weaviate
import weaviate.connect.v4 as client_v4
from grpc import RpcError, StatusCode
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_random_exponential
from weaviate.classes.init import AdditionalConfig, Auth, Timeout
from weaviate.exceptions import (
    UnexpectedStatusCodeError,
    WeaviateBaseError,
    WeaviateConnectionError,
    WeaviateGRPCUnavailableError,
    WeaviateStartUpError,
    WeaviateTimeoutError,
)

from hierarchy.errors import MismatchError, StoreError, UsageError

LEAST_VERSION = (1, 37)  # the first that folds accents
PATIENCE_S = 45  # how long a server may be away, for example to be started again
CONNECT_S, QUERY_S, WRITE_S = 10, 60, 60

# What a server says that is away, starting, or too busy, through either of its two protocols.
_AWAY = ("unavailable", "connection refused", "failed to connect", "connection reset", "socket closed", "not ready",
         "server disconnected", "goaway", "leader not found", "shutting down", "shutdown",
         "non-existing index", "no read replica", "could not find class", "loading")  # fmt: skip
_SLOW = ("deadline exceeded", "deadline_exceeded", "timed out", "timeout")

T = TypeVar("T")


class Address(msgspec.Struct, frozen=True):
    """Where a server answers: its HTTP address, its gRPC port on the same host, and the key that it wants."""

    url: str
    grpc_port: int = 50051
    key: str | None = None

    def __repr__(self) -> str:
        return f"Address({self.url!r}, {self.grpc_port})"  # never the key


class _Once:
    """In place of the client's own retries, which send a batch again as it is.

    A server that was killed in a batch may have kept an object without its index entries; it takes the same object
    again for an unchanged one, and never makes them (docs/decisions/0007). So whoever sends decides how to send again.
    """

    def __init__(self, n: float = 0) -> None:
        """Takes the number of retries, for nothing."""

    def with_exponential_backoff(
        self, count: int, error: str, f: Callable[..., T], *arguments: object, **named: object
    ) -> T:
        """Calls once."""
        try:
            return f(*arguments, **named)
        except RpcError as failed:
            if failed.code() == StatusCode.UNAVAILABLE:
                raise WeaviateConnectionError(f"gRPC {error}: {failed.details()}") from failed
            raise


setattr(client_v4, "_Retry", _Once)  # noqa: B010 (no public way to say it)


class Server:
    """A connected client. Every call goes through `call`, so that all are retried and told alike.

    Raises:
        UsageError: where the address is none.
        StoreError: where nothing answers there, the key is refused, or the server is too old.
    """

    def __init__(self, address: Address) -> None:
        self.address = address
        parts = urlsplit(address.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError(
                f"STRATA_WEAVIATE_URL={address.url!r} is no address.",
                "Give one such as http://127.0.0.1:8080.",
                "bad_setting",
            )
        secure = parts.scheme == "https"
        with told(address):
            self.client = weaviate.connect_to_custom(
                parts.hostname,
                parts.port or (443 if secure else 8080),
                secure,
                parts.hostname,
                address.grpc_port,
                secure,
                auth_credentials=Auth.api_key(address.key) if address.key else None,
                additional_config=AdditionalConfig(timeout=Timeout(init=CONNECT_S, query=QUERY_S, insert=WRITE_S)),
                skip_init_checks=True,  # they would ask a package index for a newer client
            )
            self.version = str(self.client.get_meta()["version"])
        self.call(self._ready)
        if tuple(int(n) for n in self.version.split("-")[0].split(".")[:2]) < LEAST_VERSION:
            self.close()
            raise MismatchError(
                f"The Weaviate at {address.url} is version {self.version}; Strata needs at least "
                f"{'.'.join(map(str, LEAST_VERSION))}.",
                "Update the server; compose.yaml names a version that works.",
                "old_server",
            )

    def _ready(self) -> None:
        """A server that has just been started answers before it knows what it keeps."""
        if not self.client.is_ready():
            raise WeaviateConnectionError("not ready")

    def call(self, action: Callable[[], T], *, patience_s: float | None = None) -> T:
        """What the action gives, tried again while the server is away, for PATIENCE_S where nothing else is said.

        Raises:
            StoreError: a sentence for whatever the server or its client says.
        """
        attempts = Retrying(
            retry=retry_if_exception(_may_pass),
            wait=wait_random_exponential(0.2, max=5),
            stop=stop_after_delay(PATIENCE_S if patience_s is None else patience_s),
            reraise=True,
        )
        with told(self.address):
            return attempts(action)

    def close(self) -> None:
        """Lets go of the connections; a second call does nothing."""
        self.client.close()


@contextmanager
def told(address: Address) -> Iterator[None]:
    """Turns errors of the client into StoreErrors that say what to do."""
    try:
        yield
    except (WeaviateBaseError, httpx.HTTPError, OSError) as error:
        raise sentence(address, error) from error


def sentence(address: Address, error: Exception) -> StoreError:
    """What an error means for a person."""
    said = " ".join(_said(error).split())
    low = said.lower()
    where = f"The Weaviate at {address.url}"
    if (
        getattr(error, "status_code", None) in (401, 403, 7, 16)
        or "unauthenticated" in low
        or "anonymous access" in low
    ):
        wrong = "refuses the key" if address.key else "wants a key"
        return StoreError(f"{where} {wrong}.", "Set STRATA_WEAVIATE_API_KEY to a key of that server.", "unauthorized")
    if "read-only" in low or "read only" in low or "readonly" in low:
        return StoreError(
            f"{where} is read-only; it becomes so when its disk is nearly full.",
            "Free some space there and start it again; nothing that was acknowledged is lost.",
            "read_only",
        )
    if "no space left" in low or "disk full" in low:
        return StoreError(
            f"The disk of the Weaviate at {address.url} is full.",
            "Free some space there; nothing that was acknowledged is lost. Then run the same command again.",
            "disk_full",
        )
    if isinstance(error, WeaviateGRPCUnavailableError) or ("grpc" in low and _is_away(error)):
        return StoreError(
            f"{where} does not answer gRPC on port {address.grpc_port}.",
            "It may still be starting: try again; or set STRATA_WEAVIATE_GRPC_PORT to its port.",
            "no_server",
        )
    if _is_away(error):
        return StoreError(
            f"No Weaviate answers at {address.url}.",
            "Start it (make weaviate), or unset STRATA_WEAVIATE_URL to use the embedded engine.",
            "no_server",
        )
    if isinstance(error, WeaviateTimeoutError | httpx.TimeoutException) or any(word in low for word in _SLOW):
        return StoreError(
            f"{where} did not answer in time.",
            "See whether it is overloaded, then run the same command again; nothing that was acknowledged is lost.",
            "slow_server",
        )
    return StoreError(f"{where} failed: {said[:300]}.", "See its log, then run the same command again.", "server")


def _is_away(error: BaseException) -> bool:
    if isinstance(error, WeaviateStartUpError | WeaviateConnectionError | WeaviateGRPCUnavailableError):
        return True
    if isinstance(error, httpx.TransportError) and not isinstance(error, httpx.TimeoutException):
        return True
    if isinstance(error, UnexpectedStatusCodeError) and error.status_code in (502, 503):
        return True
    low = _said(error).lower()
    return isinstance(error, WeaviateBaseError | OSError) and any(word in low for word in _AWAY)


def _may_pass(error: BaseException) -> bool:
    """Whether trying again may help; a refused key, a full disk and a wrong request stay what they are."""
    low = _said(error).lower()
    return _is_away(error) and "read-only" not in low and "unauthenticated" not in low


def _said(error: BaseException) -> str:
    return str(getattr(error, "message", "") or error)
