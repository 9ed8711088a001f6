"""Any failure of a service's client as one error of ours: down, slow, refused, out of quota, or junk.

Clients differ, but agree on an HTTP status where there was one, and on the names of the errors of a connection. What a
server says in its error is not repeated: it may hold a key. It must not know any one client.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import msgspec

from hierarchy.errors import EncodeError, RerankError, WriterError

SLOW_STATUS = (408, 504, 524)
UNPAID_STATUS = 402
BUSY_STATUS = 429
# What a 429 says that no waiting helps.
UNPAID = ("insufficient_quota", "billing", "credit", "payment", "calls / month", "per month")
MISSING_STATUS = 404
KEY_STATUS = (401, 403)
CONNECTION = ("connect", "network", "protocolerror", "readerror")  # parts of the names of clients' errors
FAILED_STATUS = (500, 502, 503, 529)

ServiceError: TypeAlias = WriterError | RerankError | EncodeError
SERVICE_ERRORS = (WriterError, RerankError, EncodeError)


class Service(msgspec.Struct, frozen=True):
    """A kind of model that answers over a wire: what a person calls it, and where its settings stand."""

    kind: str  # "language model"
    error: type[ServiceError]
    codes: str  # what its codes begin with
    setting: str  # its name is set here; address, key and time in those that begin so
    speaks: str  # what its address must be the address of
    busy: str  # what to do where it takes no more requests for now

    def failed(self, message: str, hint: str, code: str) -> ServiceError:
        """An error of it; `code` is down, slow, refused, quota or junk."""
        return self.error(message, hint, f"{self.codes}_{code}")

    def of(self, error: BaseException, name: str) -> ServiceError:
        """The error of a model by its client's, in a sentence."""
        status, it = status_of(error), f"The {self.kind} {name}"
        if status is None:
            if _is_timeout(error):
                return self.slow(name)
            if _is_connection(error):
                hint = f"See whether its server runs, and whether {self.setting}_URL is its address."
                return self.failed(f"{it} cannot be reached.", hint, "down")
            return self.junk(name, type(error).__name__)
        if status in SLOW_STATUS:
            return self.slow(name)
        if status in (UNPAID_STATUS, BUSY_STATUS):
            unpaid = status == UNPAID_STATUS or _is_unpaid(error)
            hint = "See the account's limits at the provider." if unpaid else self.busy
            return self.failed(f"{it} takes no more requests ({status}).", hint, "quota")
        if status >= 500:
            return self.failed(f"{it} failed ({status}).", "Run it again later.", "down")
        key, name_or_url = f"See {self.setting}_KEY.", f"See {self.setting}, {self.setting}_URL."
        hints = {**dict.fromkeys(KEY_STATUS, key), MISSING_STATUS: name_or_url}
        hint = hints.get(status, f"See {self.setting}, {self.setting}_URL and {self.setting}_KEY.")
        return self.failed(f"{it} refused the request ({status}).", hint, "refused")

    def slow(self, name: str) -> ServiceError:
        """The error of a model that gave no whole answer in time."""
        hint = f"Run it again later, or raise {self.setting}_TIMEOUT_S."
        return self.failed(f"The {self.kind} {name} gave no whole answer in time.", hint, "slow")

    def junk(self, name: str, what: str) -> ServiceError:
        """The error of a model whose answer cannot be used; `what` is wrong with it."""
        hint = f"See whether {self.setting}_URL is the address of {self.speaks}."
        return self.failed(f"The {self.kind} {name} answered in a way that cannot be read ({what}).", hint, "junk")


def may_pass(error: BaseException) -> bool:
    """Whether the same request may fare better in a moment."""
    if isinstance(error, SERVICE_ERRORS) or not isinstance(error, Exception):
        return False
    status = status_of(error)
    return is_busy(error) or status in FAILED_STATUS or (status is None and _is_connection(error))


def is_busy(error: BaseException | None) -> bool:
    """Whether a server asks to wait: too many requests at once, not too many for the account."""
    return error is not None and status_of(error) == BUSY_STATUS and not _is_unpaid(error)


def is_lasting(error: BaseException) -> bool:
    """Whether any other request would fare no better: by the key, the account, or the model's name."""
    status = status_of(error)
    return status in (*KEY_STATUS, UNPAID_STATUS, MISSING_STATUS) or (status == BUSY_STATUS and _is_unpaid(error))


def wait_asked_for(error: BaseException | None) -> float | None:
    """The seconds that a server asks to wait, None where it does not say."""
    for each in _chain(error):
        headers = getattr(getattr(each, "response", each), "headers", None)
        try:
            seconds = float(headers["retry-after"]) if headers is not None else -1.0
        except (KeyError, ValueError, TypeError):
            continue
        if 0 <= seconds < 1e6:
            return seconds
    return None


def status_of(error: BaseException) -> int | None:
    """The HTTP status that an error tells of, None where there was none."""
    for each in _chain(error):
        status = getattr(each, "status_code", None)
        if isinstance(status, int) and 400 <= status < 600:
            return status
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error, and those that it came from."""
    seen = error
    for _ in range(10):
        if seen is None:
            return
        yield seen
        seen = seen.__cause__ or seen.__context__


def _is_timeout(error: BaseException) -> bool:
    return any(isinstance(e, TimeoutError) for e in _chain(error)) or _is_named(error, "timeout")


def _is_connection(error: BaseException) -> bool:
    if _is_timeout(error) or _is_named(error, "decod"):  # what was sent came, and was no reply
        return False
    return any(isinstance(e, OSError) for e in _chain(error)) or _is_named(error, *CONNECTION)


def _is_named(error: BaseException, *parts: str) -> bool:
    return any(part in type(e).__name__.lower() for e in _chain(error) for part in parts)


def _is_unpaid(error: BaseException) -> bool:
    said = " ".join(f"{getattr(e, 'code', '')} {_said(e)}" for e in _chain(error)).lower()
    return any(word in said for word in UNPAID)


def _said(error: BaseException) -> str:
    """What the server said; some clients put all its headers into an error's words besides."""
    return str(error.body) if hasattr(error, "headers") and hasattr(error, "body") else str(error)
