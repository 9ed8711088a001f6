"""Refining beside others: kills, other processes, engines, uploads; how it is told; the processes that read."""

from __future__ import annotations

import io
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from close_readings import (
    Closely,
    Make,
    levels,
    mended,
    metadata,
    reading_closely,
    refusing,
    three_papers,
)
from conftest import ROOT, Run, clean_environment
from engines import ENGINES
from hostile_pdfs import small_paper
from pdfs import PaperMaker, prose

from benchmarks.kill import differences, project_of
from hierarchy.errors import ReadError
from hierarchy.filters import Eq
from hierarchy.journal import JOBS, TABLES, Journal
from hierarchy.paper import Paper
from hierarchy.sqlite.connection import connect
from ingestion.containment import KilledTwiceError, Reader
from ingestion.intake import Intake
from ingestion.passes import How, Layout
from ingestion.prepared import Prepared
from ingestion.report import Left
from ingestion.settings import IngestionSettings
from ingestion.shelf import Shelf
from ingestion.tasks import Reply, Task
from strata.local_weaviate import LocalWeaviate
from strata.screens.uploads import DONE, Uploads


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    return three_papers(tmp_path / "papers")


@pytest.fixture
def closely(monkeypatch: pytest.MonkeyPatch) -> Closely:
    return reading_closely(monkeypatch)


def _started(home: Path, files: Path, project: str = "p") -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "strata", "ingest", str(files), "--project", project, "--layout", "auto"],
        env=clean_environment(STRATA_HOME=str(home), PYTHONPATH=str(ROOT)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_after_kills_in_either_pass_the_next_run_makes_the_store_of_an_undisturbed_one(
    home: Path, papers: Path, make_home: Callable[[Path], Path], tmp_path: Path
) -> None:
    calm = make_home(tmp_path / "calm")
    assert _started(calm, papers).wait() == 0
    moments = random.Random(3)
    for _ in range(4):
        running = _started(home, papers)
        time.sleep(moments.uniform(0.8, 3.0))
        running.send_signal(signal.SIGKILL)
        running.wait()
    assert _started(home, papers).wait() == 0
    stores = [project_of(h, "p") for h in (calm, home)]
    assert {n.metadata["layout"] for n in stores[1].scan(Eq("level", "paper"))} <= {"auto", "always"}
    assert differences(*stores) == []
    for store in stores:
        store.close()


# Beside others


def test_a_paper_that_another_process_refined_meanwhile_is_left(
    assistant: Make, papers: Path, closely: Closely
) -> None:
    closely(mended)
    file = papers / "a.pdf"
    mine, other = assistant("shared"), assistant("shared", layout="auto")
    mine.ingest(file)
    intake = Intake(mine._store(), mine._encoder)
    read = mended(mine.parse(file))
    prepared = intake.refine(file, read, How("auto"))
    assert isinstance(prepared, Prepared)
    late = Intake(mine._store(), mine._encoder)
    other.ingest(file)
    assert intake.store(prepared) is None
    assert isinstance(intake.settle(), Left)
    error = ReadError("No.", "", "timeout")
    assert isinstance(late.not_refined(file, error, How("auto")), Left)
    assert "layout_failed" not in metadata(mine)["a.pdf"]
    mine.remove("a.pdf")
    late.judge.shelf = Shelf(())
    assert isinstance(late.refine(file, read, How("auto")), Left)
    assert isinstance(late.not_refined(file, error, How("auto")), Left)
    assert mine.papers() == []


def test_two_ingests_that_refine_at_once_end_as_one_would(
    home: Path, papers: Path, make_home: Callable[[Path], Path], tmp_path: Path
) -> None:
    calm = make_home(tmp_path / "calm")
    assert _started(calm, papers).wait() == 0
    both = [_started(home, papers) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    stores = [project_of(h, "p") for h in (calm, home)]
    assert differences(*stores) == []
    for store in stores:
        store.close()


@pytest.mark.parametrize("engine_name", list(ENGINES))
def test_every_engine_takes_refinements_failed_ones_and_versions_that_take_a_place(
    engine_name: str, papers: Path, here: Run, closely: Closely, request: pytest.FixtureRequest
) -> None:
    there: dict[str, str] = {}
    if engine_name == "weaviate":
        server: LocalWeaviate = request.getfixturevalue("weaviate")
        there = server.environment
    maker = PaperMaker(1)
    maker.title("On the growth of reeds in plot 0", ["Ada Fenwick"])
    maker.heading("Methods")
    maker.paragraph(prose(77, 9))
    maker.save(papers / "z.pdf")
    closely(lambda paper: refusing(paper) if paper.file == "b.pdf" else mended(paper))
    report = here("ingest", papers, "--layout", "auto", "--json", **there).json
    assert [bool(r["error"]) for r in report["refined"]] == [False, True, False, False]
    assert [r["embedded"] for r in report["refined"]] == [1, 0, 1, 1]
    assert report["added"][3]["version_of"] == report["added"][0]["paper"]
    here("remove", "a.pdf", "--yes", **there)
    children = here("tree", "--json", **there).json["root"]["children"]
    found = {child["file"]: child["metadata"] for child in children}
    assert [(f, m["pass"], m["layout"]) for f, m in sorted(found.items())] == [
        ("b.pdf", "fast", "auto"),
        ("c.pdf", "layout", "always"),
        ("z.pdf", "layout", "always"),
    ]
    assert found["b.pdf"]["layout_failed"] == "timeout"
    assert "version_of" not in found["z.pdf"]
    (papers / "a.pdf").unlink()
    again = here("ingest", papers, "--layout", "auto", "--json", **there).json
    assert (len(again["unchanged"]), again["refined"]) == (3, [])


# How it is told


def test_the_command_line_takes_and_tells_it(here: Run, papers: Path, closely: Closely) -> None:
    closely(mended)
    here("ingest", papers / "a.pdf")
    planned = here("ingest", papers, "--layout", "auto", "--dry-run", "--json").json["files"]
    assert [f["would"] for f in planned] == ["refine", "read", "read"]
    assert "1 to refine" in here("ingest", papers, "--dry-run", STRATA_LAYOUT="auto").out
    said = here("ingest", papers, "--layout", "auto")
    assert "All are searchable; 3 to refine" in said.err
    assert "refining 3 of 3: refined c.pdf (layout, 1 passages embedded)" in said.err
    assert "3 refined" in said.out
    assert [f["would"] for f in here("ingest", papers, "--layout", "auto", "--dry-run", "--json").json["files"]] == [
        "keep"
    ] * 3
    job = here("jobs", "--json").json["jobs"][0]
    assert (job["done"], job["files"], job["refined"], job["to_refine"]) == (3, 3, 3, 3)
    assert "3 of 3 files, 3 of 3 refined" in here("jobs").out
    here("ingest", papers, "--layout", "often", "--json").refused("usage")
    here("ingest", papers, "--json", STRATA_LAYOUT="often").refused("bad_setting")


def test_parse_reads_as_asked_and_says_where_the_model_failed(here: Run, papers: Path, closely: Closely) -> None:
    asked = closely(mended)
    assert here("parse", papers / "a.pdf", "--layout", "never", "--json").json["pass"] == "fast"
    assert asked == []
    assert here("parse", papers / "a.pdf", "--layout", "always", "--json").json["pass"] == "layout"
    assert asked == [("a.pdf", "always")]
    closely(refusing)
    record = here("parse", papers / "a.pdf", "--json", STRATA_LAYOUT="auto").json
    assert record["pass"] == "fast"
    assert record["warnings"][-1]["code"] == "layout_failed"


def test_a_journal_of_the_version_before_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    old = connect(path, create=True)
    insert = (
        "INSERT INTO jobs (project, began, state, pid, process, files, done) VALUES ('p', '', 'done', 1, '', 2, 2);"
    )
    old.execute(TABLES + JOBS + insert + "PRAGMA user_version = 2")
    old.close()
    journal = Journal(path)
    (job,) = journal.jobs()
    assert (job.done, job.refined, job.to_refine) == (2, 0, 0)
    journal.close()


# The reading processes


def test_the_layout_model_is_read_with_in_processes_of_its_own(papers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader(IngestionSettings(layout_files_per_child=2))
    children: list[int] = []
    for layout in ("never", "never", "auto", "auto", "auto", "never"):
        reader.read(papers / "a.pdf", layout)
        assert reader._child is not None
        children.append(reader._child.pid)
    reader.close()
    fast, again, close, second, renewed, last = children
    assert fast == again
    assert close == second
    assert len({fast, close, renewed, last}) == 4


@pytest.mark.parametrize(
    ("layout", "pages", "seconds"),
    [("never", 10, 60), ("auto", 0, 60), ("auto", 10, 90), ("always", 200, 660), ("always", 5000, 900)],
)
def test_a_close_reading_is_given_time_for_each_page_up_to_a_limit(
    layout: Layout, pages: int, seconds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[int] = []

    def ask(self: Reader, task: Task, limit: int) -> Reply:
        given.append(limit)
        raise ReadError("No.")

    monkeypatch.setattr(Reader, "_ask", ask)
    with pytest.raises(ReadError):
        Reader(IngestionSettings()).read(Path("x.pdf"), layout, pages)
    assert given == [seconds]


# Uploads


def test_an_upload_is_in_after_its_fast_pass_and_new_ones_need_not_wait_for_the_refinement(
    assistant: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on, read = threading.Event(), threading.Event(), Reader.read

    def slow(self: Reader, path: Path, layout: Layout = "never", pages: int = 0, ocr: str | None = None) -> Paper:
        if layout != "never":
            begun.set()
            while not go_on.wait(0.05):
                if self._closed:
                    raise KilledTwiceError("The file broke the process that read it.")
        return read(self, path)

    monkeypatch.setattr(Reader, "read", slow)
    uploads = Uploads(tmp_path / "files", lambda project: assistant(project, layout="auto"))
    uploads.take("p", [("a.pdf", io.BytesIO(small_paper("Reed Beds One", 30)))])
    assert begun.wait(60)
    assert [(u.name, u.state) for u in uploads.of("p")] == [("a.pdf", DONE)]
    assert not uploads.busy("p")
    assert len(assistant("p").papers()) == 1
    assert [note.read_text().count("a.pdf") for note in (tmp_path / "files").glob("*.waiting")] == [1]
    uploads.take("p", [("b.pdf", io.BytesIO(small_paper("Reed Beds Two", 30)))])
    assert uploads.busy("p")
    end = time.monotonic() + 60
    while any(u.state != DONE for u in uploads.of("p")):  # while the first is still being read closely
        assert time.monotonic() < end
        time.sleep(0.05)
    assert "never" in {layout for _, layout in levels(assistant("p"))}
    go_on.set()
    while list((tmp_path / "files").glob("*.waiting")):
        assert time.monotonic() < end
        time.sleep(0.05)
    assert levels(assistant("p")) == [("fast", "auto")] * 2
