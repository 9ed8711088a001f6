"""Two passes: every paper is searchable by the fast one first, then read again, in a run that may end at any moment.

Where a test needs a closer reading that differs, it changes what the real fast pass read, on its way out of the child.
"""

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
from typing import Any

import msgspec
import pytest
from conftest import ROOT, Run, clean_environment
from engines import ENGINES
from hostile_pdfs import small_paper
from pdfs import PaperMaker, prose

from benchmarks.kill import differences, project_of
from hierarchy.errors import ReadError
from hierarchy.filters import Eq
from hierarchy.journal import JOBS, TABLES, Journal
from hierarchy.nodes import Level, Node
from hierarchy.paper import Paper
from hierarchy.sqlite.connection import connect
from ingestion.containment import KilledTwiceError, Reader
from ingestion.intake import Intake
from ingestion.passes import Layout, satisfied, wants
from ingestion.prepared import Prepared
from ingestion.report import Left, Outcome, Refined
from ingestion.settings import IngestionSettings
from ingestion.shelf import Shelf
from ingestion.tasks import Reply, Task
from ingestion.watcher import Watcher
from strata.assistant import Assistant
from strata.local_weaviate import LocalWeaviate
from strata.screens.uploads import DONE, Uploads
from strata.settings import Settings

Make = Callable[..., Assistant]
Closer = Callable[[Paper], Paper]
Closely = Callable[[Closer], list[tuple[str, Layout]]]


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    """A folder with three papers."""
    folder = tmp_path / "papers"
    folder.mkdir()
    for number, name in enumerate("abc"):
        save(folder / f"{name}.pdf", number)
    return folder


def save(path: Path, number: int) -> Path:
    maker = PaperMaker(1)
    maker.title(f"On the growth of reeds in plot {number}", ["Ada Fenwick"])
    maker.heading("Methods")
    for seed in range(4):
        maker.paragraph(prose(10 * number + seed, 5))
    return maker.save(path)


@pytest.fixture
def closely(monkeypatch: pytest.MonkeyPatch) -> Closely:
    """Puts a change of the paper in the place of the layout model; gives what was read closely, as it is."""
    fast = Reader.read

    def use(closer: Closer) -> list[tuple[str, Layout]]:
        asked: list[tuple[str, Layout]] = []

        def read(self: Reader, path: Path, layout: Layout = "never", pages: int = 0) -> Paper:
            if layout == "never":
                return fast(self, path)
            assert pages >= 1
            asked.append((path.name, layout))
            return closer(fast(self, path))

        monkeypatch.setattr(Reader, "read", read)
        return asked

    return use


def same(paper: Paper) -> Paper:
    return paper


def mended(paper: Paper) -> Paper:
    """As if the model had read one paragraph better, and all pages."""
    section = paper.sections[-1]
    first = section.passages[0]
    better = msgspec.structs.replace(first, id=first.id + "x", text="It was read better. " + first.text)
    sections = (*paper.sections[:-1], msgspec.structs.replace(section, passages=(better, *section.passages[1:])))
    return msgspec.structs.replace(paper, sections=sections, reading="layout")


def refusing(paper: Paper) -> Paper:
    raise ReadError("Reading the file took more than 9 s of computing.", "Print it to a new PDF.", "timeout")


class Told(Watcher):
    """Notes what an ingest tells."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def done(self, outcome: Outcome) -> None:
        self.said.append(f"{type(outcome).__name__.lower()} {outcome.file}")

    def refining(self, papers: int) -> None:
        self.said.append(f"refining {papers}")

    def refined(self, refined: Refined | Left) -> None:
        self.said.append(f"{type(refined).__name__.lower()} {refined.file}")


def metadata(assistant: Assistant) -> dict[str, dict[str, Any]]:
    return {str(node.file): node.metadata for node in assistant.papers()}


def levels(assistant: Assistant) -> list[tuple[str, str]]:
    return [(m["pass"], m["layout"]) for _, m in sorted(metadata(assistant).items())]


def passages(assistant: Assistant) -> dict[str, Node]:
    return {n.id: n for n in assistant._store().scan(Eq("level", Level.PASSAGE.value))}


# What is asked and what is there


def test_what_satisfies_what() -> None:
    asked: list[Layout] = ["never", "auto", "always"]
    for i, there in enumerate(asked):
        assert [wants({"layout": there}, ask) for ask in asked] == [ask in asked[i + 1 :] for ask in asked]
    assert wants({}, "auto")  # a paper of an earlier version of Strata
    assert not wants({}, "never")
    failed = {"layout": "auto", "layout_failed": "timeout"}
    assert (wants(failed, "auto"), wants(failed, "always"), wants(failed, "auto", True)) == (False, True, True)
    assert not wants(failed, "never", True)
    assert satisfied("auto", "mixed") == satisfied("auto", "fast") == "auto"
    assert satisfied("auto", "layout") == satisfied("always", "layout") == "always"


def test_the_layout_model_reads_where_it_pays_unless_somebody_says_otherwise() -> None:
    assert Settings.from_environment({}).ingestion.layout == "auto"
    assert Settings.from_environment({"STRATA_LAYOUT": "always"}).ingestion.layout == "always"


# Two passes


def test_all_files_are_in_before_the_first_is_read_again(assistant: Make, papers: Path, closely: Closely) -> None:
    closely(same)
    told = Told()
    a = assistant(layout="auto")
    report = a.ingest(papers, watcher=told)
    files = [f"{name}.pdf" for name in "abc"]
    assert told.said == [*(f"added {f}" for f in files), "refining 3", *(f"refined {f}" for f in files)]
    record = report.to_dict()
    assert [o["file"] for o in record["added"]] == [o["file"] for o in record["refined"]] == files
    assert not any(record[name] for name in ("unchanged", "changed", "duplicates", "failed"))
    assert record["refined"][0].keys() >= {"file", "path", "paper", "pass", "embedded", "moved", "kept", "removed"}
    assert levels(a) == [("fast", "auto")] * 3


def test_papers_are_searchable_while_others_are_refined(assistant: Make, papers: Path, closely: Closely) -> None:
    closely(same)
    beside = assistant("p")
    found: list[int] = []

    class Asks(Watcher):
        def refining(self, papers: int) -> None:
            found.append(len(beside.search("reeds in plot 2", level="paper").nodes))

    assistant("p", layout="auto").ingest(papers, watcher=Asks())
    assert found == [3]


def test_refining_what_reads_the_same_embeds_and_writes_nothing_but_the_papers_own_node(
    assistant: Make, papers: Path, closely: Closely
) -> None:
    closely(same)
    a = assistant(layout="never")
    a.ingest(papers)
    before = {n.id: n for n in a._store().scan()}
    report = assistant(layout="auto").ingest(papers)
    assert len(report.unchanged) == len(report.refined) == 3
    assert [(r.embedded, r.moved, r.removed) for r in report.refined] == [(0, 0, 0)] * 3
    assert all(r.kept >= 3 for r in report.refined)
    after = {n.id: n for n in a._store().scan()}
    written = [after[i] for i in after if after[i] != before.get(i)]
    assert {n.level for n in written} == {Level.PAPER}
    assert {n.id: n.digest for n in after.values()} == {n.id: n.digest for n in before.values()}


def test_a_paragraph_that_is_read_better_embeds_itself_alone(assistant: Make, papers: Path, closely: Closely) -> None:
    closely(mended)
    a = assistant(layout="never")
    a.ingest(papers / "a.pdf")
    (paper,) = a.papers()
    before = passages(a)
    (refined,) = assistant(layout="auto").ingest(papers / "a.pdf").refined
    after = passages(a)
    assert (refined.paper, refined.reading) == (paper.id, "layout")
    assert (refined.embedded, refined.removed, refined.kept + refined.moved) == (1, 1, len(after) - 1)
    assert len(before.keys() & after.keys()) == len(before) - 1
    assert levels(a) == [("layout", "always")]
    assert a.search("It was read better.", level="passage").nodes


def test_the_identity_that_the_fast_pass_gave_is_kept(assistant: Make, papers: Path, closely: Closely) -> None:
    def renamed(paper: Paper) -> Paper:
        return msgspec.structs.replace(paper, title="Another Title", paper_id="title:x", text_hash="another")

    closely(renamed)
    a = assistant(layout="auto")
    a.ingest(papers / "a.pdf")
    (paper,) = a.papers()
    assert (paper.title, paper.id.startswith("title:fenwick")) == ("Another Title", True)
    copy = papers / "copy.pdf"
    copy.write_bytes((papers / "a.pdf").read_bytes() + b"\n% saved again\n")
    assert len(a.ingest(copy).duplicates) == 1


# Going on


def test_what_was_refined_is_not_read_again_and_more_is_read_when_more_is_asked(
    assistant: Make, papers: Path, closely: Closely
) -> None:
    asked = closely(same)
    for layout, read in (("auto", 3), ("auto", 0), ("never", 0), ("always", 3), ("auto", 0), ("always", 0)):
        asked.clear()
        report = assistant(layout=layout).ingest(papers)
        assert [a[1] for a in asked] == [layout] * read
        assert len(report.refined) == read
    assert levels(assistant()) == [("fast", "always")] * 3


def test_a_new_version_of_a_file_is_taken_in_by_the_fast_pass_and_refined_again(
    assistant: Make, papers: Path, closely: Closely
) -> None:
    closely(mended)
    a = assistant(layout="auto")
    a.ingest(papers / "a.pdf")
    save(papers / "a.pdf", 7)
    report = a.ingest(papers / "a.pdf")
    assert [o.file for o in report.changed] == [o.file for o in report.refined] == ["a.pdf"]
    assert levels(a) == [("layout", "always")]


def test_a_run_that_ends_while_it_refines_loses_nothing_and_the_next_goes_on(
    assistant: Make, papers: Path, closely: Closely
) -> None:
    asked = closely(same)

    class Ends(Told):
        def refined(self, refined: Refined | Left) -> None:
            raise KeyboardInterrupt

    a = assistant(layout="auto")
    with pytest.raises(KeyboardInterrupt):
        a.ingest(papers, watcher=Ends())
    (job,) = a.jobs()
    assert (job.state, job.done, job.files, job.to_refine) == ("interrupted", 3, 3, 3)
    assert 1 <= job.refined < 3
    assert job.report is not None
    assert len(job.report["added"]) == 3
    done = [name for name, m in metadata(a).items() if m["layout"] == "auto"]
    assert len(a.papers()) == 3
    assert 1 <= len(done) < 3
    asked.clear()
    report = a.ingest(papers)
    assert len(report.unchanged) == 3
    assert {name for name, _ in asked} == {f"{n}.pdf" for n in "abc"} - set(done)
    assert levels(a) == [("fast", "auto")] * 3


def test_whoever_watches_may_leave_the_rest_to_a_later_run(assistant: Make, papers: Path, closely: Closely) -> None:
    closely(same)

    class Enough(Told):
        def enough(self) -> bool:
            return any(said.startswith("refined") for said in self.said)

    a = assistant(layout="auto")
    assert 1 <= len(a.ingest(papers, watcher=Enough()).refined) < 3
    assert a.jobs()[0].state == "done"
    a.ingest(papers)
    assert levels(a) == [("fast", "auto")] * 3


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


# Failures


def test_a_refinement_that_fails_leaves_the_paper_as_it_is_and_is_not_tried_again_unasked(
    assistant: Make, papers: Path, closely: Closely
) -> None:
    asked = closely(refusing)
    a = assistant(layout="auto")
    report = a.ingest(papers)
    assert (len(report.added), len(report.failed)) == (3, 0)
    assert [r.error["code"] for r in report.refined if r.error] == ["timeout"] * 3
    assert "refined" not in str(report)
    assert a.search("reeds in plot 2", level="paper").nodes
    assert [m["layout_failed"] for m in metadata(a).values()] == ["timeout"] * 3
    assert a.failures() == []
    asked.clear()
    assert not a.ingest(papers).refined
    assert asked == []
    closely(same)
    assert len(a.ingest(retry_failed=True).refined) == 3
    assert levels(a) == [("fast", "auto")] * 3
    assert not any("layout_failed" in m for m in metadata(a).values())


def test_a_higher_ask_takes_up_what_failed(assistant: Make, papers: Path, closely: Closely) -> None:
    closely(refusing)
    assistant(layout="auto").ingest(papers)
    asked = closely(mended)
    assert len(assistant(layout="always").ingest(papers).refined) == len(asked) == 3


def test_one_failure_among_others_keeps_none_of_them_back(assistant: Make, papers: Path, closely: Closely) -> None:
    closely(lambda paper: refusing(paper) if paper.file == "b.pdf" else mended(paper))
    a = assistant(layout="auto")
    a.ingest(papers)
    assert levels(a) == [("layout", "always"), ("fast", "auto"), ("layout", "always")]


def test_what_may_pass_is_tried_again(assistant: Make, papers: Path, closely: Closely) -> None:
    def killed(paper: Paper) -> Paper:
        raise KilledTwiceError("The file broke the process that read it (memory).", "", "memory")

    def changed(paper: Paper) -> Paper:
        return msgspec.structs.replace(paper, sha256="0" * 64)

    a = assistant(layout="auto")
    for passing in (killed, changed):
        closely(passing)
        (refined,) = a.ingest(papers / "a.pdf").refined
        assert refined.error is not None
        assert levels(a) == [("fast", "never")]

    def gone(paper: Paper) -> Paper:
        (papers / "b.pdf").unlink()
        return refusing(paper)

    closely(gone)
    (refined,) = a.ingest(papers / "b.pdf").refined
    assert refined.error is not None
    assert "layout_failed" not in metadata(a)["b.pdf"]


def test_a_failed_refinement_is_told_and_is_no_failure(here: Run, papers: Path, closely: Closely) -> None:
    closely(refusing)
    said = here("ingest", papers, "--layout", "auto")
    assert said.code == 0
    assert "refining 1 of 3: not refined a.pdf (timeout)" in said.err
    assert said.out.count("The paper is in, by the fast pass.") == 3
    record = here("ingest", papers, "--layout", "always", "--json").json
    assert [r["error"]["code"] for r in record["refined"]] == ["timeout"] * 3
    assert len(here("ingest", "--retry-failed", "--layout", "auto", "--json").json["refined"]) == 3
    here("ingest", "--retry-failed", "--project", "other", "--json").refused("no_files")


# Beside others


def test_a_paper_that_another_process_refined_meanwhile_is_left(
    assistant: Make, papers: Path, closely: Closely
) -> None:
    closely(mended)
    file = papers / "a.pdf"
    mine, other = assistant("shared"), assistant("shared", layout="auto")
    mine.ingest(file)
    intake = Intake(mine._store(), mine._encoder)
    prepared = intake.refine(file, mended(mine.parse(file)), "auto")
    assert isinstance(prepared, Prepared)
    late = Intake(mine._store(), mine._encoder)
    other.ingest(file)
    assert intake.store(prepared) is None
    assert isinstance(intake.settle(), Left)
    error = ReadError("No.", "", "timeout")
    assert isinstance(late.not_refined(file, error, "auto"), Left)
    assert "layout_failed" not in metadata(mine)["a.pdf"]
    mine.remove("a.pdf")
    late.judge.shelf = Shelf(())
    assert isinstance(late.refine(file, prepared.read, "auto"), Left)
    assert isinstance(late.not_refined(file, error, "auto"), Left)
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
    assert [w["code"] for w in record["warnings"]] == ["layout_failed"]


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

    def slow(self: Reader, path: Path, layout: Layout = "never", pages: int = 0) -> Paper:
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
