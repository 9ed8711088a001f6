"""A batch that is left alone: which files it takes, what it would do, how it tells, and others beside it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Run, Said, clean_environment
from engines import ENGINES
from hostile_pdfs import endless, small_paper, write
from hypothesis import given
from hypothesis import strategies as st
from store_records import record

from hierarchy.errors import ConflictError, UsageError
from hierarchy.filters import Eq
from hierarchy.journal import KILLED, Journal
from hierarchy.nodes import Level
from ingestion.files import find_files
from ingestion.intake import Intake
from ingestion.prepared import Prepared
from ingestion.report import Duplicate
from ingestion.shelf import Shelf
from strata.assistant import Assistant
from strata.local_weaviate import LocalWeaviate
from strata.settings import Settings

Make = Callable[..., Assistant]


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    """A folder with three small papers."""
    folder = tmp_path / "papers"
    for name in "abc":
        save(folder / f"{name}.pdf", f"Reed Beds Number {name}")
    return folder


def save(path: Path, title: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(small_paper(title, 40))
    return path


def names(files: list[Path]) -> list[str]:
    return [file.name for file in files]


# Which files


def test_hidden_files_are_passed_over_in_folders_and_taken_when_named(papers: Path) -> None:
    hidden = save(papers / ".hidden.pdf", "Hidden")
    save(papers / ".git" / "x.pdf", "Inside")
    save(papers / "._a.pdf", "Fork")
    assert names(find_files([papers])) == ["a.pdf", "b.pdf", "c.pdf"]
    assert names(find_files([hidden])) == [".hidden.pdf"]


def test_links_are_followed_once_and_one_that_leads_nowhere_is_a_failure(papers: Path, here: Run) -> None:
    other = save(papers.parent / "elsewhere" / "d.pdf", "Reed Beds Number d")
    (papers / "folder").symlink_to(other.parent)
    (papers / "again").symlink_to(papers)  # a loop
    (papers / "same.pdf").symlink_to(papers / "a.pdf")
    (papers / "gone.pdf").symlink_to(papers / "nothing.pdf")
    assert names(find_files([papers])) == ["d.pdf", "a.pdf", "b.pdf", "c.pdf", "gone.pdf"]
    report = here("ingest", papers, "--json").json
    assert [f["file"] for f in report["failed"]] == ["gone.pdf"]
    assert len(report["added"]) == 4


def test_devices_pipes_and_loops_of_links_hold_nothing_up(papers: Path, here: Run) -> None:
    (papers / "zero.pdf").symlink_to("/dev/zero")
    os.mkfifo(papers / "pipe.pdf")
    (papers / "fifo.pdf").symlink_to(papers / "pipe.pdf")
    (papers / "loop.pdf").symlink_to(papers / "loop.pdf")
    (papers / "folder").symlink_to(papers / "folder")
    report = here("ingest", papers, "--json").json
    assert [f["file"] for f in report["failed"]] == ["loop.pdf"]
    assert len(report["added"]) == 3


def test_a_file_that_another_of_the_same_words_replaced_is_its_new_version(papers: Path, here: Run) -> None:
    first = here("ingest", papers, "--json").json
    stamped = (papers / "a.pdf").read_bytes() + b"\n% another stamp"
    (papers / "a.pdf").unlink()
    (papers / "z.pdf").write_bytes(stamped)
    report = here("ingest", papers, "--json").json
    assert [c["paper"] for c in report["changed"]] == [a["paper"] for a in first["added"] if a["file"] == "a.pdf"]
    assert len(here("ingest", papers, "--json").json["unchanged"]) == 3


def test_patterns_choose_files_by_name_or_by_path(papers: Path) -> None:
    save(papers / "drafts" / "A.PDF", "Draft")
    save(papers / "deep" / "drafts" / "e.pdf", "Deep")
    assert names(find_files([papers], include=["a.pdf"])) == ["a.pdf", "A.PDF"]
    assert names(find_files([papers], exclude=["drafts"])) == ["a.pdf", "b.pdf", "c.pdf"]
    assert names(find_files([papers], include=["drafts/*"])) == ["A.PDF"]
    assert names(find_files([papers], include=["*/drafts/*", "b*"])) == ["b.pdf", "e.pdf"]
    assert names(find_files([papers / "a.pdf"], exclude=["a.pdf"])) == ["a.pdf"]
    with pytest.raises(UsageError, match="--include"):
        find_files([papers], include=["*.txt"])


def test_a_folder_that_may_not_be_looked_into_is_a_failure(
    papers: Path, here: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed, scandir = papers / "closed", os.scandir
    closed.mkdir()

    def refusing(folder: Path) -> Any:
        if Path(folder) == closed:
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    monkeypatch.setattr("ingestion.files.os.scandir", refusing)
    report = here("ingest", papers, "--json").json
    assert [f["file"] for f in report["failed"]] == ["closed"]
    assert "folder cannot be looked into" in report["failed"][0]["message"]
    assert len(report["added"]) == 3


# What it would do


def test_a_dry_run_says_what_an_ingest_would_do_and_does_nothing(papers: Path, home: Path, here: Run) -> None:
    first = here("ingest", papers, "--dry-run", "--json").json
    assert first["dry_run"] is True
    assert [f["would"] for f in first["files"]] == ["read"] * 3
    assert not (home / "projects").exists()
    here("ingest", papers, "--json")
    save(papers / "b.pdf", "Reed Beds Number b, revised")
    (papers / "copy.pdf").write_bytes((papers / "a.pdf").read_bytes())
    (papers / "c.pdf").rename(papers / "moved.pdf")
    (papers / "new.pdf").write_bytes(small_paper("New Beds", 40))
    (papers / "new2.pdf").write_bytes((papers / "new.pdf").read_bytes())
    before = here("projects", "--json").json
    said = here("ingest", papers, "--dry-run", "--json").json["files"]
    assert {f["file"]: f["would"] for f in said} == {
        "a.pdf": "keep",
        "b.pdf": "renew",
        "copy.pdf": "duplicate",
        "moved.pdf": "move",
        "new.pdf": "read",
        "new2.pdf": "duplicate",
    }
    assert here("projects", "--json").json == before
    assert "1 to read, 1 to renew, 1 to keep, 1 to move, 2 duplicate" in here("ingest", papers, "--dry-run").out


# How it tells


def test_without_a_terminal_each_file_is_a_line_on_standard_error(papers: Path, here: Run) -> None:
    said = here("ingest", papers)
    lines = said.err.splitlines()
    assert [line.split()[:3] for line in lines] == [[f"{i}/3", "added", f"{n}.pdf"] for i, n in enumerate("abc", 1)]
    assert all("files a minute" in line for line in lines)
    assert here("ingest", papers, "--json").err == ""


def test_the_same_by_python_dash_m_ingestion(papers: Path, home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ingestion", papers, "--json"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=clean_environment(STRATA_HOME=str(home)),
    )
    said = Said(done.returncode, done.stdout, done.stderr)
    assert said.code == 0
    assert len(said.json["added"]) == 3


def test_jobs_tell_what_was_done_and_what_went_wrong(papers: Path, here: Run) -> None:
    (papers / "bad.pdf").write_bytes(b"no paper")
    here("ingest", papers, "--project", "Thesis")
    (job,) = here("jobs", "--json").json["jobs"]
    assert (job["project"], job["state"], job["files"], job["done"]) == ("Thesis", "done", 4, 4)
    whole = here("jobs", job["id"], "--json").json["job"]
    assert [f["file"] for f in whole["report"]["failed"]] == ["bad.pdf"]
    assert "bad.pdf" in here("jobs", job["id"]).out
    assert "Thesis: done, 4 of 4 files (3 added, 1 failed" in here("jobs").out
    here("jobs", 99, "--json").refused("unknown_job")


def test_a_job_whose_process_is_gone_without_a_word_was_killed(home: Path) -> None:
    code = "import os, sys; from pathlib import Path; from hierarchy.journal import Journal;"
    code += "Journal(Path(sys.argv[1])).job_began('p', 7); os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", code, home / "journal.db"], cwd=ROOT)
    journal = Journal(home / "journal.db")
    mine = journal.job_began("p", 1)
    assert [job.state for job in journal.jobs()] == ["running", KILLED]
    journal.job_ended(mine, "done", {})
    journal.close()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_request_to_end_ends_it_cleanly_and_is_noted(how: int, papers: Path, home: Path, here: Run) -> None:
    write(papers, "d.pdf", endless())
    command = [sys.executable, "-m", "strata", "ingest", str(papers)]
    environment = clean_environment(STRATA_HOME=str(home), PYTHONPATH=str(ROOT))
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
    assert process.stderr is not None
    for _ in range(3):
        assert "added" in process.stderr.readline()
    process.send_signal(how)
    said = process.stderr.read()
    assert process.wait(60) == 130
    process.stderr.close()
    assert said.startswith("strata: Interrupted")
    (job,) = here("jobs", "--json").json["jobs"]
    assert (job["state"], job["done"]) == ("interrupted", 3)


def test_more_workers_read_the_same(papers: Path, here: Run) -> None:
    one = here("ingest", papers, "--project", "one", "--json").json
    three = here("ingest", papers, "--project", "three", "--workers", 3, "--json").json
    assert [(f["file"], f["nodes"]) for f in one["added"]] == [(f["file"], f["nodes"]) for f in three["added"]]
    here("ingest", papers, "--workers", 0, "--json").refused("usage")


# Others beside it


@pytest.mark.parametrize("engine_name", list(ENGINES))
def test_two_ingests_at_once_end_as_one_would(
    engine_name: str, papers: Path, home: Path, request: pytest.FixtureRequest, run_in: Run
) -> None:
    there: dict[str, str] = {}
    if engine_name == "weaviate":
        server: LocalWeaviate = request.getfixturevalue("weaviate")
        there = server.environment
    for number in range(6):
        save(papers / f"more-{number}.pdf", f"More Beds Number {number}")
    command = [sys.executable, "-m", "strata", "ingest", str(papers), "--json"]
    environment = clean_environment(STRATA_HOME=str(home), PYTHONPATH=str(ROOT), **there)
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) for _ in range(2)]
    for process in both:
        process.communicate()
        assert process.returncode == 0
    run_in(home, "ingest", papers, "--project", "calm", "--json", **there)
    trees = [run_in(home, "tree", "--project", p, "--json", **there).json["root"] for p in ("papers", "calm")]
    assert shape(trees[0]) == shape(trees[1])
    assert len(run_in(home, "ingest", papers, "--json", **there).json["unchanged"]) == 9


def shape(tree: dict[str, object]) -> object:
    """A tree without the project's name."""
    children = tree.get("children")
    assert isinstance(children, list)
    mine = tree["id"] if tree["level"] != "project" else ""
    return mine, tree["digest"] if mine else "", [shape(child) for child in children]


def test_a_paper_that_another_process_took_meanwhile_is_looked_at_again(assistant: Make, papers: Path) -> None:
    mine = assistant("shared")
    (papers / "b.pdf").unlink()
    (papers / "c.pdf").unlink()
    mine.ingest(papers)
    store = mine._store()
    (paper,) = store.scan(Eq("level", Level.PAPER.value))
    with pytest.raises(ConflictError, match="Another process"):
        store.replace_branch(paper.id, [], None)
    # A second process that does not know of the first: its snapshot is older than the paper.
    other = assistant("shared")
    intake = Intake(other._store(), other._encoder)
    intake.judge.shelf = Shelf([])
    prepared = intake.prepare(papers / "copy.pdf", other.parse(papers / "a.pdf"))
    assert isinstance(prepared, Prepared)
    assert intake.store(prepared) is None
    assert isinstance(intake.settle(), Duplicate)
    assert intake.settle() is None


def test_what_was_stored_when_the_next_paper_breaks_the_run_is_acknowledged(
    assistant: Make, papers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = assistant("broken")
    prepare, seen = Intake.prepare, list[Path]()

    def breaks(self: Intake, path: Path, read: Any) -> Any:
        seen.append(path)
        if len(seen) == 3:
            raise MemoryError
        return prepare(self, path, read)

    monkeypatch.setattr(Intake, "prepare", breaks)
    with pytest.raises(MemoryError):
        mine.ingest(papers)
    (job,) = mine.jobs()
    assert (job.state, job.done) == ("failed", 2)
    assert len(mine.papers()) == 2


def test_readers_never_see_half_a_branch_while_papers_come_in(home: Path, papers: Path, run_in: Run) -> None:
    run_in(home, "ingest", papers, "--project", "p")
    store = Assistant("p", Settings(home=home))._store()
    sizes = store.count_by("paper")
    for name in "abc":
        save(papers / f"{name}.pdf", f"Reed Beds Number {name}, revised")
    run = threading.Thread(target=lambda: run_in(home, "ingest", papers, "--project", "p"))
    run.start()
    looks = 0
    while run.is_alive():
        for paper, count in store.count_by("paper").items():
            assert count == sizes.setdefault(paper, count)
        looks += 1
        time.sleep(0.005)
    run.join()
    assert looks > 3
    store.close()


# The shelf


@given(
    st.lists(
        st.tuples(st.sampled_from("pqr"), st.sampled_from("ab"), st.sampled_from("xy"), st.sampled_from("mn")),
        max_size=12,
    )
)
def test_a_shelf_finds_what_was_put_last_and_nothing_that_is_gone(puts: list[tuple[str, str, str, str]]) -> None:
    shelf = Shelf([])
    last: dict[str, tuple[str, str, str]] = {}
    for paper, path, sha256, words in puts:
        meta = {"path": path, "sha256": sha256, "text_hash": words}
        shelf.put(record(paper, level=Level.PAPER, metadata=meta).node)
        last[paper] = (path, sha256, words)
    for path in "ab":
        found = shelf.at(Path(path))
        assert found is None or last[found.id][0] == path
    for paper in last:
        kept = shelf.get(paper)
        assert kept is not None
        assert kept.metadata["path"] == last[paper][0]
        shelf.drop(paper)
    assert shelf.at(Path("a")) is shelf.with_bytes("x") is shelf.with_words("m") is None
