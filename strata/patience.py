"""Asks a service as long as it makes sense: a deadline for whatever it does, and one error for whatever it raises.

A failure that may pass (too many requests, a server's own failure) is tried again as long as the deadline allows, after
the time that the server asks for. One that will not pass is remembered for a while, so that those who come next are
told at once. It must not know what is asked.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_before_delay, wait_random_exponential
from tenacity.stop import stop_base

from hierarchy.behind import Behind
from strata.service_errors import SERVICE_ERRORS, Service, ServiceError, is_busy, is_lasting, may_pass, wait_asked_for

TRIES, BUSY_TRIES = 3, 8
PATIENT_TRIES = 40  # the same, where there is more time than one reply may take
FIRST_WAIT_S, MOST_WAIT_S = 0.5, 20.0
REST_S = 30.0  # for which a failure is remembered

T = TypeVar("T")


class Patience:
    """How one model is asked; several threads may ask at once.

    Args:
        service: what kind of model it is.
        name: of the model, for its errors.
        timeout_s: seconds by the clock after which a reply is given up.
        rests: which failures are told at once to those who ask within REST_S after them: none, those that any other
            request would meet ("lasting"), or all but an answer that cannot be read ("all").
    """

    def __init__(self, service: Service, name: str, timeout_s: float, rests: str = "none") -> None:
        self.service, self.name = service, name
        self._timeout_s, self._rests = timeout_s, rests
        self._lock = threading.Lock()
        self._resting: tuple[float, ServiceError] | None = None

    def ask(self, call: Callable[[], T], in_all_s: float | None = None) -> T:
        """What a call gives.

        Args:
            call: asks once; it may be called again, and may still run when it was given up.
            in_all_s: seconds for all tries together, where nobody waits for it; None takes those of one reply.

        Raises:
            WriterError, RerankError, EncodeError: by the service.
        """
        self._see_rest()
        all_s = self._timeout_s if in_all_s is None else in_all_s
        deadline = time.monotonic() + all_s
        tried = _Tried(BUSY_TRIES if in_all_s is None else PATIENT_TRIES)
        again = Retrying(
            retry=retry_if_exception(may_pass), stop=tried | stop_before_delay(all_s), wait=_wait, reraise=True
        )
        try:
            given: T = again(self._once, call, deadline)
        except SERVICE_ERRORS as error:
            self._remember(error, error)
            raise
        except Exception as error:
            told = self.service.of(error, self.name)
            self._remember(told, error)
            raise told from error
        return given

    def _once(self, call: Callable[[], T], deadline: float) -> T:
        behind = Behind(call)
        if not behind.wait(max(0.0, min(self._timeout_s, deadline - time.monotonic()))):
            raise self.service.slow(self.name)
        return behind.result()

    def _remember(self, error: ServiceError, cause: BaseException) -> None:
        """Takes note of an error that those who come next shall be told."""
        all_but_junk = self._rests == "all" and not error.code.endswith("_junk")
        if all_but_junk or (self._rests == "lasting" and is_lasting(cause)):
            with self._lock:
                self._resting = time.monotonic() + REST_S, error

    def _see_rest(self) -> None:
        with self._lock:
            if self._resting is None:
                return
            until, error = self._resting
            if time.monotonic() >= until:
                self._resting = None
                return
        raise type(error)(error.message, error.hint, error.code)


class _Tried(stop_base):
    """A server that asks to wait is asked more often than one that fails."""

    def __init__(self, busy_tries: int) -> None:
        self._busy_tries = busy_tries

    def __call__(self, state: RetryCallState) -> bool:
        return state.attempt_number >= (self._busy_tries if is_busy(_error(state)) else TRIES)


def _wait(state: RetryCallState) -> float:
    asked = wait_asked_for(_error(state))
    return wait_random_exponential(multiplier=FIRST_WAIT_S, max=MOST_WAIT_S)(state) if asked is None else asked


def _error(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome is not None else None
