"""Files that are traps: each ends in a paper or in a code of the contract, in time, and the next file is read."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import hostile_pdfs as hostile
import psutil
import pymupdf
import pytest
from conftest import Run
from hostile_objects import SENTENCE, TRAPS

from hierarchy.errors import READ_CODES, ReadError
from hierarchy.paper import Paper
from ingestion.containment import Reader
from ingestion.pdf.extract import extract
from ingestion.settings import IngestionSettings

LIMIT_S = 10
GOOD = hostile.small_paper()


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    one = Reader(IngestionSettings(timeout_s=LIMIT_S, memory_mb=2_000))
    yield one
    one.close()


def read(reader: Reader, path: Path) -> Paper | ReadError:
    try:
        return reader.read(path)
    except ReadError as error:
        return error


@pytest.mark.parametrize("name", TRAPS)
def test_a_trap_ends_in_a_paper_or_a_code_and_the_next_file_is_read(reader: Reader, tmp_path: Path, name: str) -> None:
    start = time.monotonic()
    found = read(reader, hostile.write(tmp_path, "trap.pdf", TRAPS[name]()))
    if isinstance(found, ReadError):
        assert found.code in READ_CODES
        assert found.message
        assert found.hint
    else:
        said = " ".join([found.title, *(p.text for s in found.sections for p in s.passages)])
        assert SENTENCE in said or "hidden_text" in {w.code for w in found.warnings}
    assert time.monotonic() - start < 10 * LIMIT_S
    good = reader.read(hostile.write(tmp_path, "good.pdf", GOOD))
    assert good.title == "Reed Beds Under Ice"


def test_a_file_whose_pages_hold_too_much_is_too_large(reader: Reader, tmp_path: Path) -> None:
    found = read(reader, hostile.write(tmp_path, "letters.pdf", TRAPS["1.8 million letters"]()))
    assert isinstance(found, ReadError)
    assert found.code == "too_large"


def test_a_batch_with_traps_goes_on_and_leaves_no_process(here: Run, tmp_path: Path) -> None:
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    hostile.write(tmp_path / "papers", "a endless.pdf", hostile.endless())
    for at, name in enumerate(("a form in itself", "a million saved states", "a loop of tables")):
        hostile.write(tmp_path / "papers", f"b trap {at}.pdf", TRAPS[name]())
    hostile.write(tmp_path / "papers", "c good.pdf", GOOD)
    report = here("ingest", tmp_path / "papers", "--json", STRATA_TIMEOUT_S="3").json
    assert "c good.pdf" in {a["file"] for a in report["added"]}
    assert {f["file"]: f["code"] for f in report["failed"]}["a endless.pdf"] == "timeout"
    assert {f["code"] for f in report["failed"]} <= set(READ_CODES)
    assert {child.pid for child in psutil.Process().children(recursive=True)} <= before


def test_pages_are_read_though_what_is_told_besides_them_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "told.pdf"
    with pymupdf.open() as pdf:
        pdf.new_page().insert_text((72, 100), "Reeds grow slowly in the shallow lakes of the north.")
        pdf.xref_set_key(pdf.pdf_catalog(), "Metadata", f"{pdf.pdf_catalog()} 0 R")  # no stream
        pdf.save(path)
    with pymupdf.open(path) as again, pytest.raises(pymupdf.mupdf.FzErrorFormat):
        again.get_xml_metadata()
    assert "Reeds grow slowly" in extract(path).pages[0].own_text
