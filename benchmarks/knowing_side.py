"""One ingest of a folder in a process of its own, with all that Strata knows of papers or without: `knowing_side.py
with|without FOLDER`. Without, papers are read, encoded and stored, and nothing more."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest import mock

from ingestion.card import Card
from ingestion.summaries import Summaries
from strata.assistant import Assistant
from strata.settings import Settings


def main() -> None:
    how, folder = sys.argv[1], Path(sys.argv[2])
    with ExitStack() as stack:
        for target, stand_in in _nothing_known() if how == "without" else ():
            stack.enter_context(mock.patch(target, stand_in))
        with Assistant("side", Settings.from_environment()) as a:
            report = a.ingest(folder)
    assert not report.failed, report.failed


def _nothing_known() -> Iterator[tuple[str, Callable[..., Any]]]:
    yield "ingestion.branch.findings_in", lambda *given: []
    yield "ingestion.branch.card_of", lambda sources: Card()
    yield "ingestion.branch.summarised", lambda sections, sources: Summaries({s.id: () for s in sections}, ())
    yield "ingestion.batch.link", lambda store, judge: []
    yield "ingestion.project._themes", lambda store, papers, cache: []
    yield "ingestion.batch.notice", lambda store, journal: 0


if __name__ == "__main__":
    main()
