"""One bad file never stops a batch: the good ones are in, the bad ones are listed, and mended ones are taken up."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hostile_pdfs as hostile
import pytest
from conftest import Run, Said

ODD_NAMES = (
    "with spaces.pdf",
    'it\'s "quoted".pdf',
    "reeds \N{EAR OF RICE}.pdf",
    "-dash.pdf",
    "[bold]markup.pdf",
    "UPPER.PDF",
)
BAD = {
    "1 empty.pdf": (b"", "empty"),
    "2 text.pdf": (b"Reeds are plants.", "not_a_pdf"),
    "3 page.pdf": (b"<html><body>Log in</body></html>", "not_a_pdf"),
    "4 locked.pdf": (hostile.encrypted(hostile.small_paper()), "encrypted"),
    "5 cut.pdf": (hostile.half(hostile.small_paper()), "damaged"),
    "6 loop.pdf": (hostile.page_tree_loop(), "damaged"),
    "7 blank.pdf": (hostile.blank(), "no_text"),
    "8 picture.pdf": (hostile.picture_only(), "no_text"),
}


@pytest.fixture(scope="module")
def batch(
    tmp_path_factory: pytest.TempPathFactory, make_home: Callable[[Path], Path], run_in: Run
) -> tuple[Path, Path, Said]:
    """A folder with good, bad and odd files, ingested once: the home, the folder, and what was said."""
    folder = tmp_path_factory.mktemp("batch")
    home, papers = make_home(folder / "home"), folder / "papers"
    for name, (data, _) in BAD.items():
        hostile.write(papers, name, data)
    for seed, name in enumerate(ODD_NAMES):
        hostile.write(papers / "odd", name, hostile.small_paper(f"Reed Beds of the Lake {name[:2]}{seed}", 20 + seed))
    hostile.write(papers / "odd", "zz copy.pdf", hostile.small_paper(f"Reed Beds of the Lake {ODD_NAMES[0][:2]}0", 20))
    hostile.write(papers, "notes.txt", b"no paper")
    hostile.write(papers, "._ghost.pdf", b"what one system leaves on another's disks")
    return home, papers, run_in(home, "ingest", papers, "--project", "lake", "--json")


def record(batch: tuple[Path, Path, Said]) -> dict[str, Any]:
    return batch[2].json


def test_bad_files_are_reported_with_code_message_and_hint(batch: tuple[Path, Path, Said]) -> None:
    failed = record(batch)["failed"]
    assert {f["file"]: f["code"] for f in failed} == {name: code for name, (_, code) in BAD.items()}
    assert all(f["message"] and f["hint"] and f["path"].startswith("/") for f in failed)
    assert batch[2].code == 1
    assert batch[2].err == ""


def test_good_files_are_in_whatever_their_names(batch: tuple[Path, Path, Said]) -> None:
    added = {a["file"] for a in record(batch)["added"]}
    assert added | {d["file"] for d in record(batch)["duplicates"]} == {*ODD_NAMES, "zz copy.pdf"}
    assert len(added) == len(ODD_NAMES)


def test_of_two_files_with_one_content_the_second_is_a_duplicate_of_the_first(batch: tuple[Path, Path, Said]) -> None:
    (duplicate,) = record(batch)["duplicates"]
    assert (duplicate["file"], Path(duplicate["of"]).name) == ("zz copy.pdf", "with spaces.pdf")


def test_what_is_no_pdf_by_name_is_left_alone(batch: tuple[Path, Path, Said]) -> None:
    seen = [
        e["file"] for name in ("added", "unchanged", "changed", "duplicates", "failed") for e in record(batch)[name]
    ]
    assert not {"notes.txt", "._ghost.pdf"} & set(seen)


def test_the_good_ones_can_be_found_by_their_odd_names(batch: tuple[Path, Path, Said], run_in: Run) -> None:
    for name in ODD_NAMES:
        said = run_in(batch[0], "search", "reeds", "--project", "lake", "--paper", name, "--json")
        assert said.code == 0, said.err
        assert {n["file"] for n in said.json["nodes"] if n["level"] != "project"} == {name}


def test_markup_in_a_files_name_is_shown_as_it_is(batch: tuple[Path, Path, Said], run_in: Run) -> None:
    assert "[bold]markup.pdf" in run_in(batch[0], "tree", "--project", "lake").out


def test_without_json_each_failure_is_told_with_what_to_do(batch: tuple[Path, Path, Said], run_in: Run) -> None:
    said = run_in(batch[0], "ingest", batch[1], "--project", "lake")
    assert said.code == 1
    assert "Traceback" not in said.out + said.err
    for name in BAD:
        assert name in said.out
    assert "--retry-failed" in said.out
    assert "6 unchanged" in said.out


def test_retrying_takes_up_the_failed_files_that_were_mended(tmp_path: Path, home: Path, here: Run) -> None:
    good = hostile.write(tmp_path / "papers", "good.pdf", hostile.small_paper())
    bad = hostile.write(tmp_path / "papers", "bad.pdf", b"Reeds are plants.")
    worse = hostile.write(tmp_path / "papers", "worse.pdf", b"Reeds are tall plants.")
    gone = hostile.write(tmp_path / "papers", "gone.pdf", b"")
    first = here("ingest", tmp_path / "papers", "--json")
    assert (first.code, len(first.json["added"]), len(first.json["failed"])) == (1, 1, 3)
    bad.write_bytes(hostile.small_paper("Reed Beds After Fire", 7))
    gone.unlink()
    again = here("ingest", "--retry-failed", "--json")
    assert again.code == 1
    assert [a["path"] for a in again.json["added"]] == [str(bad)]
    assert [f["path"] for f in again.json["failed"]] == [str(worse)]
    assert again.json["unchanged"] == []
    worse.write_bytes(hostile.small_paper("Reed Beds After Floods", 8))
    assert here("ingest", "--retry-failed", "--json").code == 0
    here("ingest", "--retry-failed", "--json").refused("no_files")
    last = here("ingest", tmp_path / "papers", "--json")
    assert sorted(u["path"] for u in last.json["unchanged"]) == sorted(map(str, (good, bad, worse)))


def test_a_batch_of_bad_files_only_ends_with_one(tmp_path: Path, here: Run) -> None:
    hostile.write(tmp_path / "papers", "bad.pdf", b"")
    said = here("ingest", tmp_path / "papers", "--json")
    assert (said.code, said.json["added"], len(said.json["failed"])) == (1, [], 1)


def test_a_copy_of_a_failed_file_failed_too_and_is_no_duplicate(tmp_path: Path, here: Run) -> None:
    for name in ("one.pdf", "two.pdf"):
        hostile.write(tmp_path / "papers", name, b"Reeds are plants.")
    said = here("ingest", tmp_path / "papers", "--json")
    assert said.json["duplicates"] == []
    assert [f["file"] for f in said.json["failed"]] == ["one.pdf", "two.pdf"]


def test_a_file_name_that_is_no_unicode_does_not_stop_a_batch(tmp_path: Path, strata: Run) -> None:
    folder = tmp_path / "papers"
    hostile.write(folder, "good.pdf", hostile.small_paper())
    try:
        with open(os.fsencode(folder) + b"/caf\xe9.pdf", "wb") as handle:
            handle.write(hostile.small_paper("Reed Beds After Fire", 7))
    except OSError:
        pytest.skip("needs a file system that takes any bytes as a name")
    said = strata("ingest", folder, "--json")
    assert said.code in (0, 1), said.err
    assert "good.pdf" in {entry["file"] for entry in said.json["added"]}


def test_text_of_a_paper_sends_nothing_to_the_terminal(tmp_path: Path, here: Run) -> None:
    said = "The reed ~[31mbends~[0m and ^turns ` in the [red]storm[/red] |2J of <b>ice</b>."
    hostile.write(tmp_path / "papers", "escapes.pdf", hostile.with_escapes(said))
    assert here("ingest", tmp_path / "papers").code == 0
    shown = "".join(
        here(*command).out
        for command in (
            ("tree", "--depth", "passage"),
            ("search", "storm"),
            ("ask", "storm of ice"),
            ("parse", tmp_path / "papers" / "escapes.pdf"),
        )
    )
    assert "[red]x[/red]" in shown
    assert ":smile:" in shown
    assert not [
        c for c in shown if (ord(c) < 32 and c not in "\n\t") or 0x7F <= ord(c) <= 0x9F or 0x202A <= ord(c) <= 0x202E
    ]
