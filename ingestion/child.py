"""The contained child process: reads PDFs and draws their pages for its parent, under limits that it cannot lift.

Started as `python -m ingestion.child MEMORY_BYTES`. Each line of standard input is `SECONDS TASK`, the task in msgpack
and hexadecimal; each reply on standard output is a length of four bytes and a message (msgpack): a Paper, a picture, or
an error. It must not know stores.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from pathlib import Path

import msgspec

from hierarchy.errors import ReadError
from ingestion.limits import limit_cpu
from ingestion.tasks import Reply, Task


def main() -> None:
    """Serves until standard input ends."""
    limit = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it has nothing to write
    _die_with_parent()
    # Whatever a library prints must not mix with the replies.
    replies = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    encoder = msgspec.msgpack.Encoder()
    for line in sys.stdin.buffer:
        seconds, _, raw = line.rstrip(b"\n").partition(b" ")
        limit_cpu(int(seconds))
        task = msgspec.msgpack.decode(bytes.fromhex(raw.decode()), type=Task)
        message = encoder.encode(_reply(task))
        replies.write(len(message).to_bytes(4, "big") + message)
        replies.flush()


def _reply(task: Task) -> Reply:
    path = Path(os.fsdecode(task.path))
    try:
        # PyMuPDF is loaded under the limits, and without its layout model (0.6 CPU s, 130 MB) where nothing uses it;
        # a process that was begun without it is never asked to read with it.
        if task.layout == "never":
            sys.modules.setdefault("pymupdf.layout", None)  # type: ignore[arg-type]
        if task.picture is not None:
            from ingestion.pdf.picture import draw

            return Reply(picture=draw(path, task.picture))
        from ingestion.reader import read_paper

        return Reply(read_paper(path, layout=task.layout, ocr=task.ocr))
    except ReadError as error:
        return Reply(error=(error.code, error.message, error.hint))
    except MemoryError:
        return Reply(
            error=(
                "memory",
                "Reading the file takes more memory than is allowed.",
                "Print it to a new PDF, and ingest that.",
            )
        )
    except OSError as error:
        return Reply(
            error=(
                "unreadable",
                f"The file cannot be opened ({error.strerror or error}).",
                "Check that it exists and may be read.",
            )
        )
    except Exception as error:  # a door: whatever a hostile file brings about ends here, as that file's failure
        if "malloc" in str(error) or "memory" in str(error).lower():
            return Reply(
                error=("memory", "Reading the file takes more memory than is allowed.", "Print it to a new PDF.")
            )
        what = f"{type(error).__name__}: {error}"[:200]
        return Reply(
            error=(
                "unreadable",
                f"The file could not be understood ({what}).",
                "Print it to a new PDF, and ingest that.",
            )
        )


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
        if os.getppid() == 1:
            sys.exit(1)


if __name__ == "__main__":
    main()
