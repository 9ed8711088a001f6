"""Scans: refused with what to do, read by OCR where it is asked for and there, page by page where documents are mixed.

What needs Tesseract is skipped where it is not installed (tests/scans.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pymupdf
import pytest
from conftest import Run
from pdfs import plain, prose
from pydantic import ValidationError
from scans import needs_tesseract, paper_of, scanned

from hierarchy.errors import ReadError
from hierarchy.paper import Paper
from ingestion.containment import Reader
from ingestion.settings import IngestionSettings


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("scan") / "scan.pdf"
    path.write_bytes(scanned(paper_of().bytes()))
    return path


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("mixed") / "mixed.pdf"
    path.write_bytes(scanned(paper_of(2).bytes(), lambda index: index == 1))
    return path


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    one = Reader(IngestionSettings(ocr="eng"))
    yield one
    one.close()


@pytest.fixture(scope="module")
def plain_reader() -> Iterator[Reader]:
    one = Reader(IngestionSettings())
    yield one
    one.close()


def words(paper: Paper) -> set[str]:
    return {w for s in paper.sections for p in s.passages for w in p.text.split()}


def test_a_scan_is_refused_with_the_option_that_reads_it(plain_reader: Reader, scan: Path) -> None:
    with pytest.raises(ReadError) as caught:
        plain_reader.read(scan)
    assert caught.value.code == "no_text"
    assert "--ocr" in caught.value.hint
    assert "tesseract-ocr" in caught.value.hint


def test_without_tesseract_the_refusal_names_its_packages(
    scan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    one = Reader(IngestionSettings(ocr="deu+chi_sim"))
    try:
        with pytest.raises(ReadError) as caught:
            one.read(scan)
    finally:
        one.close()
    assert caught.value.code == "no_text"
    assert all(name in caught.value.hint for name in ("tesseract-ocr,", "tesseract-ocr-deu", "tesseract-ocr-chi-sim"))


def test_of_a_mixed_document_each_page_that_is_left_unread_is_told(plain_reader: Reader, mixed: Path) -> None:
    paper = plain_reader.read(mixed)
    assert paper.title == "Reed Beds in Old Papers"
    assert [p.scanned for p in paper.pages] == [False, True, *[False] * (len(paper.pages) - 2)]
    (warning,) = [w for w in paper.warnings if w.code == "unread"]
    assert warning.page == 2
    assert "--ocr" in warning.message


@needs_tesseract
def test_a_scan_is_read_where_it_is_asked_for(reader: Reader, scan: Path) -> None:
    paper = reader.read(scan)
    assert [p.scanned for p in paper.pages] == [True]
    assert "Reed Beds" in paper.title
    expected = set(plain(prose(31, 40)).split())
    assert len(expected & words(paper)) > 0.85 * len(expected)
    boxes = [s.box for s in paper.sections[-1].passages[0].places.spans()]
    assert all(40 < x0 < x1 < 570 and 60 < y0 < y1 < 760 for x0, y0, x1, y1 in boxes)
    assert paper.hidden_text == ()
    assert "unread" not in [w.code for w in paper.warnings]


@needs_tesseract
def test_of_a_mixed_document_only_the_pages_without_text_are_read_by_ocr(reader: Reader, mixed: Path) -> None:
    paper = reader.read(mixed)
    assert [p.number for p in paper.pages if p.scanned] == [2]
    expected = set(plain(prose(31, 80)).split())
    assert len(expected & words(paper)) > 0.85 * len(expected)


@needs_tesseract
def test_a_picture_without_words_stays_a_failure(reader: Reader, tmp_path: Path) -> None:
    with pymupdf.open() as pdf:
        pdf.new_page().draw_rect(pymupdf.Rect(100, 100, 300, 300), fill=(0.5, 0.5, 0.5))
        pdf.save(tmp_path / "grey.pdf")
    with pytest.raises(ReadError) as caught:
        reader.read(tmp_path / "grey.pdf")
    assert caught.value.code == "no_text"


@needs_tesseract
def test_the_option_of_the_command_line_reads_a_scan(here: Run, scan: Path) -> None:
    assert here("parse", scan, "--json").refused("no_text")
    assert here("parse", scan, "--ocr", "--json").json["pages"][0]["scanned"] is True
    assert here("parse", scan, "--json", STRATA_OCR="1").code == 0
    report = here("ingest", scan, "--ocr", "--json").json
    assert [a["file"] for a in report["added"]] == ["scan.pdf"]


@pytest.mark.parametrize(
    ("given", "languages"),
    [("1", "eng"), ("true", "eng"), (True, "eng"), ("0", ""), ("", ""), (False, ""), ("deu+eng", "deu+eng")],
)
def test_the_setting_takes_a_yes_a_no_or_languages(given: object, languages: str) -> None:
    assert IngestionSettings.model_validate({"ocr": given}).ocr == languages


@pytest.mark.parametrize("given", ["../eng", "eng deu", "eng+", "/etc/passwd"])
def test_a_language_that_is_none_is_refused(given: str) -> None:
    with pytest.raises(ValidationError):
        IngestionSettings.model_validate({"ocr": given})
