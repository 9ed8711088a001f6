"""Asks a language model many things at once, and stops asking one that does not answer.

A circuit breaker (Nygard, Release It!, 2007): after a failure that is bound to repeat, or a few in a row, nothing more
is asked in this run. It must not know what is asked.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from hierarchy.behind import Behind
from hierarchy.errors import WriterError

MOST_IN_A_ROW = 3

T = TypeVar("T")


class Breaker:
    """Remembers how a model answers; `stopped` is the error after which nothing more is asked."""

    def __init__(self, most: int = MOST_IN_A_ROW) -> None:
        self._most, self._in_a_row = most, 0
        self._lock = threading.Lock()
        self.stopped: WriterError | None = None

    def call(self, ask: Callable[[], T]) -> T | WriterError | None:
        """What asking gives or its error; None where nothing is asked any more."""
        if self.stopped is not None:
            return None
        try:
            given = ask()
        except WriterError as error:
            with self._lock:
                self._in_a_row += 1
                if error.lasting or self._in_a_row >= self._most:
                    self.stopped = self.stopped or error
            return error
        with self._lock:
            self._in_a_row = 0
        return given


def side_by_side(calls: Sequence[Callable[[], T]], at_once: int) -> Iterator[T]:
    """What these calls give, in their order; up to `at_once` run at a time, in threads that keep no process alive."""
    running: deque[Behind[T]] = deque()
    for call in calls:
        if len(running) == at_once:
            yield running.popleft().result()
        running.append(Behind(call))
    while running:
        yield running.popleft().result()
