"""Any failure of a language model's client as one WriterError: down, slow, refused, out of quota, or junk.

Clients differ, but agree on an HTTP status where there was one, and on the names of the errors of a connection. What a
server says in its error is not repeated: it may hold a key. It must not know any one client.
"""

from __future__ import annotations

from collections.abc import Iterator

from hierarchy.errors import WriterError

SLOW_STATUS = (408, 504, 524)
UNPAID_STATUS = 402
BUSY_STATUS = 429
UNPAID = ("insufficient_quota", "billing", "credit", "payment")  # what a 429 says that no waiting helps
MISSING_STATUS = 404
CONNECTION = ("connect", "network", "protocolerror", "readerror")  # parts of the names of clients' errors
FAILED_STATUS = (500, 502, 503, 529)


def may_pass(error: BaseException) -> bool:
    """Whether the same request may fare better in a moment."""
    if isinstance(error, WriterError) or not isinstance(error, Exception):
        return False
    status = _status(error)
    return is_busy(error) or status in FAILED_STATUS or (status is None and _is_connection(error))


def is_busy(error: BaseException | None) -> bool:
    """Whether a server asks to wait: too many requests at once, not too many for the account."""
    return error is not None and _status(error) == BUSY_STATUS and not _is_unpaid(error)


def wait_asked_for(error: BaseException | None) -> float | None:
    """The seconds that a server asks to wait, None where it does not say."""
    for each in _chain(error):
        headers = getattr(getattr(each, "response", None), "headers", None)
        try:
            seconds = float(headers["retry-after"]) if headers is not None else -1.0
        except (KeyError, ValueError, TypeError):
            continue
        if 0 <= seconds < 1e6:
            return seconds
    return None


def writer_error(error: BaseException, name: str) -> WriterError:
    """The error of a model, in a sentence."""
    status = _status(error)
    if status is None:
        if _is_timeout(error):
            return slow(name)
        if _is_connection(error):
            return WriterError(
                f"The language model {name} cannot be reached.",
                "See whether its server runs, and whether STRATA_LLM_URL is its address.",
            )
        return WriterError(
            f"The language model {name} answered in a way that cannot be read ({type(error).__name__}).",
            "See whether STRATA_LLM_URL is the address of an OpenAI-compatible server.",
            "writer_junk",
        )
    if status in SLOW_STATUS:
        return slow(name)
    if status in (UNPAID_STATUS, BUSY_STATUS):
        unpaid = status == UNPAID_STATUS or _is_unpaid(error)
        hint = "See the account's limits at the provider." if unpaid else "Wait a moment, or lower STRATA_LLM_AT_ONCE."
        return WriterError(f"The language model {name} takes no more requests ({status}).", hint, "writer_quota")
    if status >= 500:
        return WriterError(f"The language model {name} failed ({status}).", "Run it again later.")
    hints = {401: "See STRATA_LLM_KEY.", 403: "See STRATA_LLM_KEY.", MISSING_STATUS: "See STRATA_LLM, STRATA_LLM_URL."}
    hint = hints.get(status, "See STRATA_LLM, STRATA_LLM_URL and STRATA_LLM_KEY.")
    return WriterError(f"The language model {name} refused the request ({status}).", hint, "writer_refused")


def slow(name: str) -> WriterError:
    """The error of a model that gave no whole answer in time."""
    return WriterError(
        f"The language model {name} gave no whole answer in time.",
        "Run it again later, or raise STRATA_LLM_TIMEOUT_S.",
        "writer_slow",
    )


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error, and those that it came from."""
    seen = error
    for _ in range(10):
        if seen is None:
            return
        yield seen
        seen = seen.__cause__ or seen.__context__


def _status(error: BaseException) -> int | None:
    for each in _chain(error):
        status = getattr(each, "status_code", None)
        if isinstance(status, int) and 400 <= status < 600:
            return status
    return None


def _is_timeout(error: BaseException) -> bool:
    return any(isinstance(e, TimeoutError) for e in _chain(error)) or _is_named(error, "timeout")


def _is_connection(error: BaseException) -> bool:
    if _is_timeout(error) or _is_named(error, "decod"):  # what was sent came, and was no reply
        return False
    return any(isinstance(e, OSError) for e in _chain(error)) or _is_named(error, *CONNECTION)


def _is_named(error: BaseException, *parts: str) -> bool:
    return any(part in type(e).__name__.lower() for e in _chain(error) for part in parts)


def _is_unpaid(error: BaseException) -> bool:
    said = " ".join(f"{getattr(e, 'code', '')} {e}" for e in _chain(error)).lower()
    return any(word in said for word in UNPAID)
