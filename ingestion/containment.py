"""Keeps the reading of hostile files apart: child processes with a session, memory and time of their own.

One child serves many files and is replaced after some, or when a file broke it. It must not know what a paper is made
of, nor what happens to it.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TypeAlias

import msgspec

from hierarchy.errors import ReadError
from hierarchy.paper import Paper
from ingestion.passes import How, Layout
from ingestion.settings import IngestionSettings
from ingestion.tasks import Picture, Reply, Task

ROOT = Path(__file__).resolve().parent.parent
WAITING = 10  # times the limit of computing, by the clock
LAYOUT_PAGE_S = 3  # CPU seconds for a page that the layout model reads; .7 was measured
OCR_WAITING = 200  # where pages are read by OCR, which grants itself more
MOST_REPLY = 256 * 1024 * 1024
# 127: the C library could not get memory for a thread
_OUT_OF_MEMORY = (-signal.SIGSEGV, -signal.SIGABRT, -signal.SIGBUS, 127)


Reading: TypeAlias = Future[Paper | ReadError]


class _KilledError(Exception):
    """The child was killed from outside: by somebody, or by a system without memory."""


class KilledTwiceError(ReadError):
    """The child was killed from outside, twice: another time it may not be."""


class Reader:
    """One child process, started when it is first needed."""

    def __init__(self, settings: IngestionSettings) -> None:
        self._settings = settings
        self._child: subprocess.Popen[bytes] | None = None
        self._loads_layout = False  # whether the child may load the layout model
        self._served = 0
        self._closed = False

    def read(self, path: Path, layout: Layout = "never", pages: int = 0, ocr: str | None = None) -> Paper:
        """Reads a PDF in the child.

        Args:
            path: of the file.
            layout: whether the layout model reads, too.
            pages: how many the file has, as far as it is known: for each one the layout model gets more time.
            ocr: the languages in which pages that are pictures are read, none where it is empty; None takes the
                setting.

        Raises:
            ReadError: what is wrong with the file: its code is one of `hierarchy.errors.READ_CODES`.
        """
        languages = self._settings.ocr if ocr is None else ocr
        paper = self._answer(Task(os.fsencode(path), layout=layout, ocr=languages), pages).paper
        assert paper is not None
        return paper

    def draw(self, path: Path, picture: Picture) -> bytes:
        """Draws a page of a PDF in the child, as a PNG.

        Raises:
            ReadError: as `read` does.
        """
        drawn = self._answer(Task(os.fsencode(path), picture), 0).picture
        assert drawn is not None
        return drawn

    def _answer(self, task: Task, pages: int) -> Reply:
        """What the child answers; it is asked once more, where somebody killed it."""
        limit = self._settings.timeout_s
        if task.layout != "never":
            limit = max(limit, min(limit + LAYOUT_PAGE_S * pages, self._settings.layout_timeout_s))
        try:
            return self._ask(task, limit)
        except _KilledError as first:
            try:
                return self._ask(task, limit)  # which a reader that was closed refuses
            except _KilledError:
                broken = self._broken("memory")
                raise KilledTwiceError(broken.message, broken.hint, broken.code) from first

    def _ask(self, task: Task, limit: int) -> Reply:
        path = Path(os.fsdecode(task.path))
        size = path.stat().st_size if path.exists() else 0
        if size > self._settings.max_file_mb * 1_000_000:
            raise ReadError(
                f"The file has {size // 1_000_000} MB; Strata reads up to {self._settings.max_file_mb}.",
                "Split it, or raise STRATA_MAX_FILE_MB.",
                "too_large",
            )
        child = self._ready(task.layout != "never")
        assert child.stdin is not None
        try:
            child.stdin.write(b"%d %s\n" % (limit, msgspec.msgpack.encode(task).hex().encode()))
            child.stdin.flush()
            reply = msgspec.msgpack.decode(self._receive(child, limit, bool(task.ocr)), type=Reply)
        except (BrokenPipeError, msgspec.DecodeError, EOFError) as error:
            with suppress(subprocess.TimeoutExpired):
                child.wait(30)  # it has closed its end: it is about to be gone
            code = child.returncode
            self._end()
            if code == -signal.SIGXCPU:
                raise self._too_slow(limit) from error
            if code == -signal.SIGKILL:
                raise _KilledError from error
            raise self._broken("memory" if code in _OUT_OF_MEMORY else "damaged") from error
        except BaseException:
            self._end()  # a child in the middle of a file is of no further use
            raise
        self._served += 1
        if reply.error is not None:
            code, message, hint = reply.error
            raise ReadError(message, hint, code)
        if (reply.paper if task.picture is None else reply.picture) is None:
            raise ReadError("The file could not be read.", "Print it to a new PDF, and ingest that.", "unreadable")
        return reply

    def close(self) -> None:
        """Ends the child and whatever it started, for good."""
        self._closed = True
        self._end()

    def _end(self) -> None:
        if self._child is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._child.pid, signal.SIGKILL)
            self._child.wait()
            for pipe in (self._child.stdin, self._child.stdout):
                if pipe is not None:
                    with suppress(OSError):
                        pipe.close()
            self._child = None

    def _ready(self, layout: bool) -> subprocess.Popen[bytes]:
        """A child; the one that may load the layout model is another than the one for fast readings."""
        if self._closed:
            raise _KilledError
        most = self._settings.layout_files_per_child if layout else self._settings.files_per_child
        if self._child is not None and (
            layout != self._loads_layout or self._served >= most or self._child.poll() is not None
        ):
            self._end()
        self._loads_layout = layout
        if self._child is None:
            paths = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
            self._child = subprocess.Popen(
                [sys.executable, "-m", "ingestion.child", str(self._settings.memory_mb * 1_000_000)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,
                env={**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1"},
                cwd=os.sep,
            )
            self._served = 0
        return self._child

    def _receive(self, child: subprocess.Popen[bytes], limit: int, ocr: bool) -> bytes:
        # CPU time is what a file is given, whatever else the machine does; the clock only ends a process that waits.
        deadline = time.monotonic() + (OCR_WAITING if ocr else WAITING) * limit
        try:
            length = int.from_bytes(self._exactly(child, 4, deadline), "big")
            if length > MOST_REPLY:
                raise EOFError("a reply beyond all measure")
            return self._exactly(child, length, deadline)
        except TimeoutError as error:
            raise self._too_slow(limit) from error

    def _too_slow(self, limit: int) -> ReadError:
        return ReadError(
            f"Reading the file took more than {limit} s of computing.",
            "Print it to a new PDF, or raise STRATA_TIMEOUT_S.",
            "timeout",
        )

    def _broken(self, code: str) -> ReadError:
        return ReadError(
            "The file broke the process that read it" + (" (memory)." if code == "memory" else "."),
            "Print it to a new PDF, and ingest that.",
            code,
        )

    def _exactly(self, child: subprocess.Popen[bytes], count: int, deadline: float) -> bytes:
        assert child.stdout is not None
        pipe, got = child.stdout.fileno(), bytearray()
        while len(got) < count:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([pipe], [], [], left)[0]:
                raise TimeoutError
            chunk = os.read(pipe, min(1 << 20, count - len(got)))
            if not chunk:
                raise EOFError("the child ended")
            got += chunk
        return bytes(got)


class ReaderPool:
    """Reads files ahead of whoever uses them, each in a child of its own."""

    def __init__(self, settings: IngestionSettings) -> None:
        self._fast = How(ocr=settings.ocr)
        self._readers = [Reader(settings) for _ in range(max(1, settings.readers))]

    def read_all(
        self, paths: Iterable[Path], how: Mapping[Path, How] | None = None, pages: Mapping[Path, int] | None = None
    ) -> Iterator[tuple[Path, Reading]]:
        """The paths in their order, each with its reading, which has ended when the next is asked for; a few
        files are read ahead. `how` tells how each is read, None by the fast pass; for `pages` see `Reader.read`."""
        todo, free = iter(paths), list(self._readers)
        with ThreadPoolExecutor(len(self._readers)) as threads:
            running: list[tuple[Path, Reading]] = []

            def work(path: Path) -> Paper | ReadError:
                reader = free.pop()
                try:
                    asked = how[path] if how is not None else self._fast
                    return reader.read(path, asked.layout, (pages or {}).get(path, 0), asked.ocr)
                except ReadError as error:
                    return error
                except OSError as error:
                    message = f"The file cannot be opened ({error.strerror or error})."
                    return ReadError(message, "Check that it may be read.")
                finally:
                    free.append(reader)

            def more() -> None:
                while len(running) < len(self._readers) + 2:
                    path = next(todo, None)
                    if path is None:
                        return
                    running.append((path, threads.submit(work, path)))

            try:
                more()
                while running:
                    path, reading = running.pop(0)
                    more()
                    yield path, reading
                    wait([reading])
            finally:
                for _, reading in running:
                    reading.cancel()
                self.close()

    def close(self) -> None:
        """Ends all children."""
        for reader in self._readers:
            reader.close()

    def __enter__(self) -> ReaderPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
