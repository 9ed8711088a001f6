"""Eight processes ask while an ingest runs: none may fail, and none may ever see half a branch."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

from benchmarks.bench import PROJECT, ROOT, Bench, variables
from benchmarks.figures import Figure
from benchmarks.kill import SAMPLE, project_of
from benchmarks.servers import engines

READERS = 8
PAPERS = 24


def measure(bench: Bench) -> Iterator[Figure]:
    first, rest = sorted(SAMPLE.glob("*.pdf")), bench.pdfs("qasper/pdf")[:PAPERS]
    calm = bench.home()
    bench.strata(calm, "ingest", *first, *rest, "--project", PROJECT)
    store = project_of(calm)
    whole = bench.folder / "whole.json"
    whole.write_text(json.dumps(store.count_by("paper")), "utf-8")
    store.close()
    for engine, home, there in engines(bench):
        bench.strata(home, "ingest", *first, "--project", PROJECT, environment=there)
        stop = home / "stop"
        command = [sys.executable, "-m", "benchmarks.reader_side", str(whole), str(stop)]
        environment = variables(home, there)
        reading = [subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE) for _ in range(READERS)]
        bench.strata(home, "ingest", *first, *rest, "--project", PROJECT, environment=there)
        stop.touch()
        said = [json.loads(process.communicate()[0]) for process in reading]
        yield Figure(f"{engine}: answers of {READERS} readers", sum(s["answers"] for s in said), "", least=READERS)
        yield Figure(f"{engine}: errors", sum(len(s["errors"]) for s in said), "", most=0)
        yield Figure(f"{engine}: half branches seen", sum(s["half"] for s in said), "", most=0)
