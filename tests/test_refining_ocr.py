"""OCR that is asked for later: papers with pages that are pictures are read again, and no others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from close_readings import Make, metadata, passages, reading_closely, refusing, same, save
from conftest import Run
from pdfs import plain, prose
from scans import needs_tesseract, paper_of, scanned

from hierarchy.errors import ReadError
from hierarchy.paper import Paper
from ingestion.containment import Reader
from ingestion.passes import How, Layout, is_better, reading_again, wants


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    """A folder with a paper that is all text, one whose second page is a picture, and one that is a picture."""
    folder = tmp_path / "papers"
    folder.mkdir()
    save(folder / "a.pdf", 0)
    (folder / "mixed.pdf").write_bytes(scanned(paper_of(2).bytes(), lambda index: index == 1))
    return folder


def outcomes(record: dict[str, Any]) -> dict[str, list[str]]:
    names = ("added", "changed", "unchanged", "failed", "refined")
    return {name: [o["file"] for o in record[name]] for name in names if record[name]}


# What is asked and what is there


def test_only_what_has_pictures_that_were_not_read_in_these_languages_is_wanted() -> None:
    asked = How(ocr="eng")
    assert not wants({"ocr": None, "unread": 0}, asked)
    assert wants({"ocr": None, "unread": 2}, asked)
    assert not wants({"ocr": None, "unread": 2}, How())
    assert wants({}, asked)  # a paper of an earlier version of Strata, which does not tell
    assert [wants({"ocr": "eng", "unread": 0}, How(ocr=o)) for o in ("", "eng", "deu", "eng+deu")] == [0, 0, 1, 1]
    assert not wants({"ocr": "deu+eng", "unread": 0}, asked)
    failed = {"ocr": None, "unread": 2, "ocr_failed": "eng"}
    assert [wants(failed, asked), wants(failed, How(ocr="deu")), wants(failed, asked, True)] == [False, True, True]


def test_a_paper_is_read_again_no_less_closely_than_it_was() -> None:
    mixed = {"layout": "auto", "pass": "mixed", "ocr": None, "unread": 1}
    assert reading_again(mixed, How("never", "eng")) == How("auto", "eng")
    assert reading_again({"layout": "never", "ocr": "deu", "unread": 0}, How("auto")) == How("auto", "deu")
    assert reading_again({"layout": "never", "ocr": None, "unread": 0}, How("auto", "eng")) == How("auto")
    failed = {"layout": "auto", "layout_failed": "timeout", "pass": "fast", "ocr": None, "unread": 1}
    assert reading_again(failed, How("auto", "eng")) == How("never", "eng")
    assert reading_again(failed, How("auto", "eng"), True) == How("auto", "eng")


def test_a_reading_that_lacks_what_is_in_is_not_better() -> None:
    assert is_better({"layout": "auto", "unread": 1}, How("auto", "eng"))
    assert not is_better({"layout": "auto", "unread": 1}, How("never", "eng"))
    assert not is_better({"layout": "never", "ocr": "eng", "unread": 0}, How("auto"))
    assert not is_better({"layout": "auto", "ocr": "eng", "unread": 0}, How("auto", "eng"))


# With Tesseract


@needs_tesseract
def test_ocr_that_is_asked_for_later_reads_the_pictures_and_leaves_the_rest(here: Run, papers: Path) -> None:
    first = here("ingest", papers, "--json").json
    assert [a["unread"] for a in first["added"]] == [0, 1]
    assert [f["would"] for f in here("ingest", papers, "--ocr", "--dry-run", "--json").json["files"]] == [
        "keep",
        "refine",
    ]
    second = here("ingest", papers, "--ocr", "--json").json
    assert outcomes(second) == {"unchanged": ["a.pdf", "mixed.pdf"], "refined": ["mixed.pdf"]}
    (refined,) = second["refined"]
    assert (refined["ocr"], refined["unread"], refined["error"], refined["pass"]) == ("eng", 0, None, "fast")
    assert refined["embedded"] >= 1
    assert outcomes(here("ingest", papers, "--ocr", "--json").json) == {"unchanged": ["a.pdf", "mixed.pdf"]}
    assert outcomes(here("ingest", papers, "--json").json) == {"unchanged": ["a.pdf", "mixed.pdf"]}
    assert {f["would"] for f in here("ingest", papers, "--ocr", "--dry-run", "--json").json["files"]} == {"keep"}


@needs_tesseract
def test_the_words_of_the_pictures_are_in_and_the_node_says_who_read_them(assistant: Make, papers: Path) -> None:
    a = assistant()
    a.ingest(papers)
    assert [(m["ocr"], m["unread"]) for m in metadata(a).values()] == [(None, 0), (None, 1)]
    before = passages(a)
    assistant(ocr="eng").ingest(papers)
    after = passages(a)
    assert {name: (m["ocr"], m["unread"], m["layout"]) for name, m in metadata(a).items()} == {
        "a.pdf": (None, 0, "never"),
        "mixed.pdf": ("eng", 0, "never"),
    }
    expected = set(plain(prose(31, 80)).split())
    new = [n for i, n in after.items() if i not in before and n.spans[0].page == 2]
    assert not [n for n in before.values() if n.file == "mixed.pdf" and n.spans[0].page == 2]
    words = [w for n in new for w in n.text.split()]
    assert len(words) > 200
    assert sum(w in expected for w in words) > 0.85 * len(words)
    ids = {n.id for n in before.values() if n.file == "a.pdf"}
    assert all(after[i] == before[i] for i in ids)


@needs_tesseract
def test_a_scan_that_failed_is_taken_up(here: Run, papers: Path) -> None:
    (papers / "mixed.pdf").write_bytes(scanned(paper_of().bytes()))
    assert outcomes(here("ingest", papers, "--json").json) == {"added": ["a.pdf"], "failed": ["mixed.pdf"]}
    record = here("ingest", papers, "--ocr", "--json").json
    assert outcomes(record) == {"unchanged": ["a.pdf"], "added": ["mixed.pdf"]}
    assert record["added"][0]["unread"] == 0


@needs_tesseract
def test_what_ocr_has_read_outlives_later_readings_without_it(
    assistant: Make, papers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (papers / "mixed.pdf").write_bytes(scanned(paper_of().bytes()))
    assistant(ocr="eng").ingest(papers)
    read, asked = Reader.read, list[tuple[str, Layout, str | None]]()

    def noting(self: Reader, path: Path, layout: Layout = "never", pages: int = 0, ocr: str | None = None) -> Paper:
        asked.append((path.name, layout, ocr))
        return read(self, path, "never", pages, ocr)

    monkeypatch.setattr(Reader, "read", noting)
    report = assistant(layout="auto").ingest(papers)
    assert asked == [("a.pdf", "auto", ""), ("mixed.pdf", "auto", "eng")]
    assert [r.error for r in report.refined] == [None, None]
    a = assistant()
    assert (metadata(a)["mixed.pdf"]["ocr"], metadata(a)["mixed.pdf"]["layout"]) == ("eng", "auto")
    (papers / "mixed.pdf").write_bytes(scanned(paper_of().bytes()) + b"\n% saved again\n")
    (changed,) = a.ingest(papers).changed
    assert (changed.unread, metadata(a)["mixed.pdf"]["ocr"]) == (0, "eng")


@needs_tesseract
def test_a_copy_that_is_saved_again_is_known_by_the_words_of_its_pictures(assistant: Make, papers: Path) -> None:
    assistant().ingest(papers)
    a = assistant(ocr="eng")
    a.ingest(papers)
    copy = papers / "copy.pdf"
    copy.write_bytes((papers / "mixed.pdf").read_bytes() + b"\n% saved again\n")
    assert [d.file for d in a.ingest(copy).duplicates] == ["copy.pdf"]


@needs_tesseract
def test_the_command_line_says_what_is_unread_and_who_read_it(here: Run, papers: Path) -> None:
    assert "1 of these papers have pages that are pictures and were not read" in here("ingest", papers).out
    said = here("ingest", papers, "--ocr")
    assert "refined mixed.pdf (fast, eng by OCR" in said.err
    assert "were not read" not in said.out


# Without Tesseract, and where it fails


def test_without_tesseract_it_is_told_what_to_install_and_tried_again(
    assistant: Make, papers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    assistant().ingest(papers)
    before = metadata(assistant())
    for _ in range(2):
        (refined,) = assistant(ocr="eng").ingest(papers).refined
        assert refined.error is not None
        assert refined.error["code"] == "no_text"
        assert "tesseract-ocr" in refined.error["message"]
        assert (refined.file, refined.ocr, refined.unread) == ("mixed.pdf", None, 1)
    assert metadata(assistant()) == before


def test_a_reading_that_fails_is_noted_and_taken_up_when_asked(
    assistant: Make, papers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant().ingest(papers)
    read = Reader.read

    def slow(self: Reader, path: Path, layout: Layout = "never", pages: int = 0, ocr: str | None = None) -> Paper:
        if ocr:
            raise ReadError("Reading the file took more than 9 s of computing.", "Print it to a new PDF.", "timeout")
        return read(self, path, layout, pages, ocr)

    monkeypatch.setattr(Reader, "read", slow)
    a = assistant(ocr="eng")
    (refined,) = a.ingest(papers).refined
    assert refined.error is not None
    assert refined.error["code"] == "timeout"
    said = metadata(a)["mixed.pdf"]
    assert (said["ocr_failed"], said["ocr"], said["unread"], said.get("layout_failed")) == ("eng", None, 1, None)
    assert a.ingest(papers).refined == ()
    assert len(a.ingest(retry_failed=True).refined) == 1


def test_ocr_is_not_kept_back_by_a_layout_that_failed(
    assistant: Make, papers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closely = reading_closely(monkeypatch)
    closely(refusing)
    assistant(layout="auto").ingest(papers)
    asked = closely(same)
    monkeypatch.setenv("TESSDATA_PREFIX", str(papers))
    (refined,) = assistant(layout="auto", ocr="eng").ingest(papers).refined
    assert (asked, refined.file) == ([], "mixed.pdf")
    assert metadata(assistant())["mixed.pdf"]["layout_failed"] == "timeout"
