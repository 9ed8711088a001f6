"""A call that runs behind its caller, in a thread that does not keep the process alive.

For calls that may hang on a server: whoever is asked to stop waits for them only so long. It must not know what is
called.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import Generic, TypeVar

T = TypeVar("T")


class Behind(Generic[T]):
    """Begins the call at once; `cpu_s` are the CPU seconds of its thread, when it has ended."""

    def __init__(self, call: Callable[[], T]) -> None:
        self._future: Future[T] = Future()
        self.cpu_s = 0.0
        threading.Thread(target=self._run, args=(call,), daemon=True).start()

    def result(self) -> T:
        """What the call gives or raises, when it has ended."""
        return self._future.result()

    def wait(self, seconds: float) -> bool:
        """Whether it ends within so many seconds."""
        return bool(wait([self._future], seconds).done)

    def _run(self, call: Callable[[], T]) -> None:
        try:
            given = call()
        except BaseException as error:
            self.cpu_s = time.thread_time()
            self._future.set_exception(error)
        else:
            self.cpu_s = time.thread_time()
            self._future.set_result(given)
