"""`python -m strata`, and the `strata` command."""

from __future__ import annotations

import sys

from strata.cli.app import main


def command() -> None:
    """Runs the command line and ends the process with its exit code."""
    sys.exit(main())


if __name__ == "__main__":
    command()
