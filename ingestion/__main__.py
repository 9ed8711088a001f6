"""`python -m ingestion PATH...`: the batch ingestion script, the same as `strata ingest`."""

from __future__ import annotations

import sys

from strata.cli.app import main

if __name__ == "__main__":
    sys.exit(main(["ingest", *sys.argv[1:]]))
