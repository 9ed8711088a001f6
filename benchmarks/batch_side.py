"""A process that ingests a folder and notes how it goes: `python -m benchmarks.batch_side FOLDER OUT`.

After each file: seconds by the clock, CPU seconds, and megabytes of this process and its children together (a server is
not among them): all, and those that are not pages of files, which the system takes back when it needs them. It is
`strata ingest` with another watcher.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import psutil

from benchmarks.bench import PROJECT
from ingestion.report import Outcome
from ingestion.watcher import Watcher
from strata.assistant import Assistant


class Notes(Watcher):
    """A row for each file."""

    def __init__(self) -> None:
        self.rows: list[tuple[float, float, float, float]] = []
        self._me = psutil.Process()

    def done(self, outcome: Outcome) -> None:
        clock, cpu, memory, own = time.monotonic(), 0.0, 0, 0
        for process in (self._me, *self._me.children(recursive=True)):
            try:
                times = process.cpu_times()
                cpu += times.user + times.system
                held = process.memory_info()
                memory, own = memory + held.rss, own + held.rss - held.shared
            except psutil.Error:
                continue
        ended = self._me.cpu_times()
        cpu += ended.children_user + ended.children_system
        self.rows.append((clock, cpu, memory / (1 << 20), own / (1 << 20)))


def main() -> None:
    folder, out = map(Path, sys.argv[1:3])
    notes = Notes()
    with Assistant(PROJECT) as assistant:
        report = assistant.ingest(folder, watcher=notes)
    record = {"rows": notes.rows, "added": len(report.added), "failed": len(report.failed)}
    record |= {"seconds": report.seconds, "writing_s": report.writing_s}
    out.write_text(json.dumps(record), "utf-8")


if __name__ == "__main__":
    main()
