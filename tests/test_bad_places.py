"""Homes and stores that cannot be used: full, read-only, newer, foreign or broken; and an interrupted ingest."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import apsw
import hostile_pdfs as hostile
import pytest
from conftest import ROOT, Run, Said, clean_environment


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    """A folder with three papers."""
    for seed, name in enumerate(("a.pdf", "b.pdf", "c.pdf")):
        hostile.write(tmp_path / "papers", name, hostile.small_paper(f"Reed Beds Number {name}{seed}", 30 + seed))
    return tmp_path / "papers"


def start(
    home: Path, *arguments: str | Path, limit: Callable[[], None] | None = None, user: int | None = None
) -> subprocess.Popen[bytes]:
    """The real command line, running."""
    return subprocess.Popen(
        [sys.executable, "-m", "strata", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        cwd="/",
        env=clean_environment(STRATA_HOME=str(home), PYTHONPATH=str(ROOT), HOME=str(home)),
        preexec_fn=limit,
        user=user,
    )


def ended(process: subprocess.Popen[bytes], timeout: float = 600) -> Said:
    """What it said."""
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    return Said(process.returncode, out.decode(), err.decode())


def whole(said: Said, count: int) -> None:
    """Checks that a later run has every paper in, whole."""
    assert said.code == 0, said.err
    report = said.json
    assert report["failed"] == []
    assert len(report["added"]) + len(report["unchanged"]) == count


def papers_in(home: Path, project: str = "papers") -> int:
    """How many papers are acknowledged, as another process sees it."""
    file = home / "projects" / f"{project}.db"
    if not file.exists():
        return 0
    connection = apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READONLY)
    connection.set_busy_timeout(1000)
    try:
        return int(next(iter(connection.execute("SELECT count(*) FROM nodes WHERE level = 'paper'")))[0])
    except apsw.Error:
        return 0
    finally:
        connection.close()


# Full


@pytest.fixture
def small_disk(tmp_path: Path, make_home: Callable[[Path], Path]) -> Iterator[Path]:
    """A home on a disk of 400 kB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "none", str(disk)], capture_output=True
    )
    if not mounted or mounted.returncode:
        pytest.skip("needs the right to mount a small disk")
    try:
        yield make_home(disk / "home")
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True, capture_output=True)


def test_a_full_disk_is_told_and_a_later_run_completes(small_disk: Path, papers: Path, run_in: Run) -> None:
    full = run_in(small_disk, "ingest", papers, "--json")
    full.refused("disk_full")
    held = papers_in(small_disk)
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk.parent)], check=True, capture_output=True)
    again = run_in(small_disk, "ingest", papers, "--json")
    whole(again, 3)
    assert len(again.json["unchanged"]) == held
    assert run_in(small_disk, "tree", "--json").json["root"]["metadata"]["papers"] == 3


def test_a_limit_on_the_size_of_files_is_told_and_a_later_run_completes(home: Path, papers: Path, run_in: Run) -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    said = ended(start(home, "ingest", papers, "--json", limit=limit))
    assert said.code == 2
    assert said.json["error"]["code"] in ("disk_full", "disk")
    said.refused(said.json["error"]["code"])
    whole(run_in(home, "ingest", papers, "--json"), 3)


# Read-only


def test_a_home_inside_a_file_is_refused(tmp_path: Path, papers: Path, run_in: Run) -> None:
    file = hostile.write(tmp_path, "file", b"no folder")
    for command in (("ingest", papers), ("ask", "Why?"), ("ingest", "--retry-failed")):
        said = run_in(file / "home", *command, "--json")
        assert said.code == 2
        assert said.json["error"]["code"] in ("read_only", "unknown_project"), said
    assert "STRATA_HOME" in run_in(file / "home", "ingest", papers, "--json").refused("read_only")["hint"]
    assert file.read_bytes() == b"no folder"


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_a_home_where_nothing_can_be_made_is_refused(papers: Path, strata: Run) -> None:
    strata("ingest", papers, "--json", STRATA_HOME="/proc/strata").refused("read_only")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root, to become somebody else")
def test_a_home_of_somebody_else_is_refused(papers: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        home.chmod(0o755)
        paper = shutil.copy(papers / "a.pdf", home / "a.pdf")
        try:
            subprocess.run([sys.executable, "-c", ""], user=65534, cwd="/", check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            pytest.skip("needs an interpreter that others may run")
        ended(start(home, "ingest", paper, "--json", user=65534)).refused("read_only")
        assert [p.name for p in home.iterdir()] == ["a.pdf"]


# Stores that are not ours


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, make_home: Callable[[Path], Path], run_in: Run) -> Path:
    """A home with a project of one paper, to be copied."""
    folder = tmp_path_factory.mktemp("filled")
    home = make_home(folder / "home")
    paper = hostile.write(folder, "a.pdf", hostile.small_paper())
    assert run_in(home, "ingest", paper, "--json").code == 0
    return home


@pytest.fixture
def store(home: Path, filled: Path) -> Path:
    """The file of a project with one paper."""
    for path in filled.rglob("*.db*"):
        copy = home / path.relative_to(filled)
        copy.parent.mkdir(exist_ok=True)
        shutil.copy(path, copy)
    return home / "projects" / "papers.db"


def change(store: Path, key: str, value: str) -> None:
    connection = apsw.Connection(str(store))
    connection.execute("UPDATE meta SET value = ? WHERE key = ?", (value, key))
    connection.close()


COMMANDS = (("ask", "Where do reeds grow?"), ("search", "reeds"), ("tree",))


def test_a_store_of_a_newer_version_is_refused_and_left_alone(store: Path, papers: Path, here: Run) -> None:
    change(store, "schema", "99")
    for command in (*COMMANDS, ("ingest", papers)):
        assert "99" in here(*command, "--json").refused("newer_schema")["message"]
    assert papers_in(store.parent.parent) == 1


def test_a_store_of_another_encoder_is_refused_and_left_alone(store: Path, papers: Path, here: Run) -> None:
    other = '{"model":"other","dimension":384,"tokenizer":"t","quantisation":"q","template":"x"}'
    change(store, "encoder", other)
    for command in (*COMMANDS, ("ingest", papers)):
        error = here(*command, "--json").refused("other_encoder")
        assert "other" in error["message"]
        assert "--project" in error["hint"]
    assert papers_in(store.parent.parent) == 1


@pytest.mark.parametrize("name", ["projects/papers.db", "journal.db"])
def test_a_file_of_garbage_is_refused_and_left_alone(store: Path, papers: Path, here: Run, name: str) -> None:
    file = store.parent.parent / name
    for extra in ("-wal", "-shm"):
        file.with_name(file.name + extra).unlink(missing_ok=True)
    garbage = bytes(range(256)) * 64
    file.write_bytes(garbage)
    for command in (("ask", "Where do reeds grow?"), ("ingest", papers)):
        error = here(*command, "--json").refused("damaged_store")
        assert str(file) in error["message"]
    assert file.read_bytes() == garbage


def test_one_broken_project_does_not_hide_the_others_from_the_list(store: Path, here: Run) -> None:
    hostile.write(store.parent, "broken.db", b"garbage" * 1000)
    listed = {p["name"]: p for p in here("projects", "--json").json["projects"]}
    assert listed["papers"]["papers"] > 0
    assert "damaged" in listed["broken"]["error"]


def test_a_database_of_another_program_is_refused_and_left_alone(home: Path, papers: Path, here: Run) -> None:
    (home / "projects").mkdir()
    file = home / "projects" / "papers.db"
    connection = apsw.Connection(str(file))
    connection.execute("CREATE TABLE meta (name TEXT); INSERT INTO meta VALUES ('theirs')")
    connection.close()
    said = here("ingest", papers, "--json")
    assert said.code == 2
    assert said.json["error"]["code"] != "internal", said.err


# Interrupted


def test_an_interrupted_ingest_keeps_what_it_acknowledged_and_goes_on_later(
    home: Path, papers: Path, run_in: Run
) -> None:
    hanging = hostile.write(papers, "d.pdf", hostile.endless())
    process = start(home, "ingest", papers)
    try:
        deadline = time.monotonic() + 600
        while papers_in(home) < 3 and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.1)
        assert papers_in(home) == 3
        begun = time.monotonic()
        process.send_signal(signal.SIGINT)
        said = ended(process)
    finally:
        process.kill()
        process.wait()
    assert said.code == 130
    *progress, last = said.err.splitlines()
    assert all("added" in line for line in progress)
    assert last.startswith("strata: Interrupted")
    assert "Interrupted" in said.err
    assert "Traceback" not in said.err
    assert time.monotonic() - begun < 120
    assert papers_in(home) == 3
    hanging.write_bytes(hostile.small_paper("Reed Beds Number d", 40))
    later = run_in(home, "ingest", papers, "--json")
    assert (later.code, len(later.json["unchanged"]), len(later.json["added"])) == (0, 3, 1)
    assert run_in(home, "tree", "--json").json["root"]["metadata"]["papers"] == 4
