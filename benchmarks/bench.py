"""Where a run of the measurements works: its folders, its data, and the processes that it measures.

Everything is written under .bench. Each home is fresh and goes at the end; only the prepared encoder is copied into it,
so that preparing it is never counted. It must not know any one measurement.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.figures import MissingDataError
from strata.weights import prepared

ROOT = Path(__file__).resolve().parent.parent
DATA = "STRATA_BENCH_DATA"
PROJECT = "bench"


class Run(msgspec.Struct, frozen=True):
    """An ended process: what it printed, and what it cost with all its children."""

    code: int
    out: str
    cpu_s: float
    rss_mb: float
    wall_s: float

    def record(self) -> dict[str, Any]:
        """What it printed, as JSON."""
        return dict(json.loads(self.out))


class Ingested(msgspec.Struct, frozen=True):
    """A home into which a folder of PDFs was taken, and the run that did it."""

    home: Path
    run: Run


def variables(home: Path, there: Mapping[str, str]) -> dict[str, str]:
    """The environment of a command over a home: no setting of Strata but this home, the fast reading, and `there`."""
    drop = ("STRATA_", "PYTHONDONTWRITEBYTECODE")
    clean = {k: v for k, v in os.environ.items() if not k.startswith(drop)}
    return {**clean, "STRATA_HOME": str(home), "STRATA_LAYOUT": "never", **there}


class Bench:
    """A run of measurements; `fresh` builds anew what is otherwise kept from run to run."""

    def __init__(self, *, fresh: bool = False) -> None:
        self.fresh = fresh
        self.folder = ROOT / ".bench"
        self.folder.mkdir(exist_ok=True)
        self.data = Path(os.environ.get(DATA) or ROOT / ".." / "shared" / "data").expanduser().resolve()
        self._homes: list[Path] = []

    def need(self, name: str) -> Path:
        """A folder or file of the data.

        Raises:
            MissingDataError: where it is not here.
        """
        path = self.data / name
        if not path.exists():
            raise MissingDataError(f"{name} is missing in the data folder ({DATA}, or ../shared/data)")
        return path

    def pdfs(self, name: str) -> list[Path]:
        """The PDFs of a folder of the data, by name."""
        return sorted(self.need(name).glob("*.pdf"))

    def scorer(self, name: str, *arguments: str | Path) -> str:
        """What a scorer prints; the scorers lie beside the data."""
        path = self.need(f"../tools/{name}")
        done = subprocess.run([sys.executable, path, *arguments], capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def home(self) -> Path:
        """A fresh STRATA_HOME that has the prepared encoder."""
        home = Path(tempfile.mkdtemp(prefix="home-", dir=self.folder))
        self._homes.append(home)
        self.give_model(home)
        return home

    def give_model(self, home: Path) -> None:
        """Copies the prepared encoder into a home."""
        prepared(self.folder)
        shutil.copytree(self.folder / "models", home / "models", dirs_exist_ok=True)

    def run(
        self, home: Path, *command: str | Path, ok: Sequence[int] = (0,), environment: Mapping[str, str] | None = None
    ) -> Run:
        """Runs `python COMMAND` with this home and no other setting than `environment`.

        Raises:
            RuntimeError: where it ends with another exit code than those that are `ok`, with the end of what it said.
        """
        with tempfile.NamedTemporaryFile(dir=self.folder, suffix=".json") as cost:
            done = subprocess.run(
                [sys.executable, Path(__file__).with_name("child.py"), cost.name, sys.executable, *command],
                capture_output=True,
                text=True,
                env=variables(home, environment or {}),
                cwd=ROOT,
                check=False,
            )
            if done.returncode not in ok:
                raise RuntimeError(f"{command[:3]} ended with {done.returncode}: {done.stderr[-1_000:]}")
            return Run(done.returncode, done.stdout, **json.load(cost))

    def strata(
        self, home: Path, *command: str | Path, ok: Sequence[int] = (0,), environment: Mapping[str, str] | None = None
    ) -> Run:
        """Runs `strata COMMAND`."""
        return self.run(home, "-m", "strata", *command, ok=ok, environment=environment)

    def ingest(self, *paths: Path, layout: str = "never") -> Ingested:
        """Takes PDFs into a project of a fresh home; single failures are in the report."""
        home, asked = self.home(), ("--project", PROJECT, "--layout", layout, "--json")
        return Ingested(home, self.strata(home, "ingest", *paths, *asked, ok=(0, 1)))

    @cached_property
    def papers(self) -> Ingested:
        """The 80 papers that the questions are about, read as by default; taken in once a run."""
        return self.ingest(self.need("qasper/pdf"), layout="auto")

    @cached_property
    def questions(self) -> list[dict[str, Any]]:
        """The questions about them, each inside its own paper."""
        lines = self.need("qasper/questions.jsonl").read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines]

    def answered(
        self, name: str, *command: str, environment: Mapping[str, str] | None = None
    ) -> tuple[Path, list[dict[str, Any]], Run]:
        """The rows that `strata COMMAND --queries` gives for all questions, and their file."""
        home = self.papers.home
        given, out = home / f"{name}-in.jsonl", home / f"{name}-out.jsonl"
        rows = ({"id": q["question_id"], "question": q["question"], "papers": [q["paper_id"]]} for q in self.questions)
        given.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        asked: tuple[str | Path, ...] = (*command, "--project", PROJECT, "--queries", given, "--out", out)
        run = self.strata(home, *asked, ok=(0, 1), environment=environment)
        return out, [json.loads(line) for line in out.read_text("utf-8").splitlines()], run

    def close(self) -> None:
        """Removes the homes."""
        for home in self._homes:
            shutil.rmtree(home, ignore_errors=True)
