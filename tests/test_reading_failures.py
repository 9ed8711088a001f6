"""Files that cannot be read: each has its code, message and hint, and the next file is read as if nothing had been."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import hostile_pdfs as hostile
import pytest

from hierarchy.errors import READ_CODES, ReadError
from hierarchy.paper import Paper
from ingestion.containment import Reader, ReaderPool
from ingestion.settings import IngestionSettings

GOOD = hostile.small_paper()
FAILURES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty"),
    "only spaces": (b" \n\n ", "empty"),
    "text": (b"Reeds are plants.\n" * 50, "not_a_pdf"),
    "html": (b"<!DOCTYPE html><html><body><h1>Reeds</h1><p>Log in to read.</p></body></html>", "not_a_pdf"),
    "encrypted": (hostile.encrypted(GOOD), "encrypted"),
    "cut in half": (hostile.half(GOOD), "damaged"),
    "only a header": (b"%PDF-1.7\n", "damaged"),
    "page tree loop": (hostile.page_tree_loop(), "damaged"),
    "blank": (hostile.blank(), "no_text"),
    "picture": (hostile.picture_only(), "no_text"),
}


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    one = Reader(IngestionSettings())
    yield one
    one.close()


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return hostile.write(tmp_path, "good.pdf", GOOD)


def child_of(reader: Reader) -> subprocess.Popen[bytes]:
    assert reader._child is not None
    return reader._child


@pytest.mark.parametrize("name", FAILURES)
def test_a_file_that_is_no_paper_fails_with_its_own_code(reader: Reader, tmp_path: Path, good: Path, name: str) -> None:
    data, code = FAILURES[name]
    with pytest.raises(ReadError) as caught:
        reader.read(hostile.write(tmp_path, "bad.pdf", data))
    assert caught.value.code == code
    assert caught.value.message.endswith(".")
    assert "\n" not in str(caught.value)
    assert caught.value.hint
    assert reader.read(good).title == "Reed Beds Under Ice"


def test_messages_speak_to_people_and_not_of_the_library(reader: Reader, tmp_path: Path) -> None:
    for data, _ in FAILURES.values():
        with pytest.raises(ReadError) as caught:
            reader.read(hostile.write(tmp_path, "bad.pdf", data))
        assert not any(word in str(caught.value) for word in ("Fz", "Error", "code=", "mupdf"))


def test_a_file_with_an_owners_password_only_is_read(reader: Reader, tmp_path: Path) -> None:
    assert reader.read(hostile.write(tmp_path, "owner.pdf", hostile.owner_locked(GOOD))).title == "Reed Beds Under Ice"


def test_random_damage_ends_in_a_paper_or_in_a_known_code(reader: Reader, tmp_path: Path) -> None:
    codes = set()
    for seed in range(40):
        file = hostile.write(tmp_path, f"{seed}.pdf", hostile.damaged(GOOD, seed, share=0.001 * (seed % 10 + 1)))
        try:
            codes.add(type(reader.read(file)).__name__)
        except ReadError as error:
            codes.add(error.code)
    assert codes <= {"Paper", *READ_CODES}
    assert {"Paper"} < codes


def test_a_repaired_file_is_read_with_a_warning(reader: Reader, tmp_path: Path) -> None:
    data = GOOD[: GOOD.rindex(b"xref\n0")]
    paper = reader.read(hostile.write(tmp_path, "tailless.pdf", data))
    assert paper.title == "Reed Beds Under Ice"
    assert "repaired" in [w.code for w in paper.warnings]


def test_a_missing_file_and_a_folder_are_unreadable(reader: Reader, tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere.pdf", tmp_path):
        with pytest.raises(ReadError) as caught:
            reader.read(path)
        assert caught.value.code == "unreadable"


def test_a_hang_is_ended_and_the_next_file_is_read(tmp_path: Path, good: Path) -> None:
    reader = Reader(IngestionSettings(timeout_s=3))
    try:
        assert reader.read(good).title
        first = child_of(reader).pid
        with pytest.raises(ReadError) as caught:
            reader.read(hostile.write(tmp_path, "endless.pdf", hostile.endless()))
        assert caught.value.code == "timeout"
        assert "3 s" in caught.value.message
        assert not os.path.exists(f"/proc/{first}") or sys.platform != "linux"
        assert reader.read(good).title == "Reed Beds Under Ice"
    finally:
        reader.close()


def test_a_file_beyond_the_memory_limit_fails_and_the_next_is_read(tmp_path: Path, good: Path) -> None:
    reader = Reader(IngestionSettings(memory_mb=600))
    try:
        with pytest.raises(ReadError) as caught:
            reader.read(hostile.huge(tmp_path / "huge.pdf", 490))
        assert caught.value.code == "memory"
        assert reader.read(good).title == "Reed Beds Under Ice"
    finally:
        reader.close()


def test_a_file_beyond_the_size_limit_is_refused_without_a_child(tmp_path: Path) -> None:
    reader = Reader(IngestionSettings(max_file_mb=1))
    with pytest.raises(ReadError) as caught:
        reader.read(hostile.huge(tmp_path / "large.pdf", 2))
    assert caught.value.code == "too_large"
    assert "STRATA_MAX_FILE_MB" in caught.value.hint
    assert reader._child is None


def kill_at_once(reader: Reader, times: int) -> list[int]:
    """Kills the next children of a reader as soon as each has begun; the pids, as they come."""
    killed: list[int] = []

    def watch() -> None:
        end = time.monotonic() + 30
        while len(killed) < times and time.monotonic() < end:
            child = reader._child
            if child is not None and child.pid not in killed:
                killed.append(child.pid)
                time.sleep(0.2)
                os.kill(child.pid, signal.SIGKILL)
            time.sleep(0.01)

    threading.Thread(target=watch, daemon=True).start()
    return killed


def test_a_file_whose_child_is_killed_once_is_read_by_another(good: Path) -> None:
    reader = Reader(IngestionSettings())
    try:
        killed = kill_at_once(reader, 1)
        assert reader.read(good).title == "Reed Beds Under Ice"
        assert child_of(reader).pid not in killed
    finally:
        reader.close()


def test_a_file_whose_child_is_killed_twice_is_a_failure_and_the_next_goes_on(tmp_path: Path, good: Path) -> None:
    reader = Reader(IngestionSettings())
    try:
        killed = kill_at_once(reader, 2)
        with pytest.raises(ReadError) as caught:
            reader.read(hostile.write(tmp_path, "endless.pdf", hostile.endless()))
        assert caught.value.code == "memory"
        assert len(killed) == 2
        assert reader.read(good).title == "Reed Beds Under Ice"
    finally:
        reader.close()


def test_a_child_that_died_between_files_is_replaced(reader: Reader, good: Path) -> None:
    assert reader.read(good).title
    child = child_of(reader)
    child.kill()
    child.wait()
    assert reader.read(good).title == "Reed Beds Under Ice"


def test_a_child_that_cannot_start_is_a_failure_in_words(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    reader = Reader(IngestionSettings())
    with pytest.raises(ReadError) as caught:
        reader.read(good)
    assert caught.value.code in READ_CODES
    assert caught.value.hint


def test_a_child_is_replaced_after_its_number_of_files(good: Path) -> None:
    reader = Reader(IngestionSettings(files_per_child=1))
    try:
        pids = []
        for _ in range(2):
            assert reader.read(good).title
            pids.append(child_of(reader).pid)
        assert pids[0] != pids[1]
    finally:
        reader.close()


def test_a_pool_gives_papers_and_failures_in_the_order_of_the_files(tmp_path: Path, good: Path) -> None:
    bad = hostile.write(tmp_path, "bad.pdf", b"")
    with ReaderPool(IngestionSettings(readers=2)) as pool:
        found = list(pool.read_all([good, bad, good, bad]))
    assert [path for path, _ in found] == [good, bad, good, bad]
    assert [isinstance(reading.result(), Paper) for _, reading in found] == [True, False, True, False]
