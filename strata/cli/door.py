"""The outermost door: errors become one line and an exit code; nothing else may print a traceback.

0 done, 1 some file failed, 2 wrong use or an unmet need, 130 interrupted.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import click

from hierarchy.errors import StrataError, UsageError
from strata.cli.show import console, plain
from strata.settings import DEBUG


def run(command: click.Command, arguments: Sequence[str]) -> int:
    """Runs the command and gives the exit code."""
    as_json = "--json" in arguments
    try:
        # Not command.main(): it prints an empty line of its own when it is interrupted.
        with command.make_context("strata", list(arguments)) as context:
            result = command.invoke(context)
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except click.exceptions.ClickException as error:
        return fail(UsageError(error.format_message().rstrip(".") + ".", "See: strata --help.", "usage"), as_json)
    except StrataError as error:
        return fail(error, as_json)
    except (KeyboardInterrupt, click.exceptions.Abort):
        message = "Interrupted; what was acknowledged is kept."
        fail(StrataError(message, "Run the same command again to go on.", "interrupted"), as_json)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # the door: a fault of ours still ends in a sentence
        what = f"{type(error).__name__}: {error}"
        return fail(
            StrataError(f"Strata failed ({what[:300]}).", f"Run it again with {DEBUG}=1 to see where.", "internal"),
            as_json,
        )


@contextmanager
def ending_ends_cleanly() -> Iterator[None]:
    """Treats a request to end (SIGTERM) as Ctrl-C, so that a night's work ends as cleanly by either."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def fail(error: StrataError, as_json: bool) -> int:
    """Tells of an error on standard error, and as a record on standard output where records are wanted."""
    if os.environ.get(DEBUG):
        traceback.print_exc()
    print(plain("strata: " + " ".join(str(error).split())), file=sys.stderr)
    if as_json:
        emit({"schema": 1, "error": error.to_dict()})
    return 2


def emit(record: dict[str, Any]) -> None:
    """A record on standard output, as one line of JSON."""
    print(json.dumps(record, ensure_ascii=False, allow_nan=False))


class Told(Protocol):
    """What has a record, and prints as words."""

    def to_dict(self) -> dict[str, Any]:
        """Its record."""
        ...


def tell(what: Told, as_json: bool) -> int:
    """A result as its record or in words; the exit code of a command that went well."""
    if as_json:
        emit(what.to_dict())
    else:
        console().print(plain(str(what)))
    return 0
