"""`python -m strata`, and the `strata` command."""

from __future__ import annotations

import gc
import sys

from strata.cli.app import main

COLLECTED_AFTER = (50_000, 20, 20)  # new objects, and rounds, before cycles are looked for


def collect_seldom() -> None:
    """Spares a process that soon ends the search for garbage among all that was imported, half of a search's time."""
    gc.freeze()
    gc.set_threshold(*COLLECTED_AFTER)


def command() -> None:
    """Runs the command line and ends the process with its exit code."""
    collect_seldom()
    sys.exit(main())


if __name__ == "__main__":
    command()
