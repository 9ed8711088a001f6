"""The sample papers: they render from their sources, and the demo's quotes stand in them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pymupdf
from conftest import ROOT, Run

SAMPLE = ROOT / "data" / "sample"


def words_of(path: Path) -> str:
    with pymupdf.open(path) as pdf:
        return "".join(c for page in pdf for c in page.get_text("text") if c.isalnum())


def test_the_papers_are_what_their_sources_render(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(SAMPLE / "render.py"), "--out", str(tmp_path)], check=True, capture_output=True)
    names = sorted(p.name for p in SAMPLE.glob("*.pdf"))
    assert sorted(p.name for p in tmp_path.glob("*.pdf")) == names
    assert len(names) == 6
    for name in names:
        assert words_of(tmp_path / name) == words_of(SAMPLE / name)


def test_every_page_says_that_the_study_is_invented() -> None:
    for path in SAMPLE.glob("*.pdf"):
        with pymupdf.open(path) as pdf:
            assert all("Invented study" in page.get_text("text") for page in pdf), path.name


def test_the_demos_quotes_stand_in_their_papers() -> None:
    for line in (SAMPLE / "demo.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["quote"]:
            quote = "".join(c for c in row["quote"] if c.isalnum())
            assert any(quote in words_of(SAMPLE / name) for name in row["papers"]), row["question"]


def test_each_paper_parses_with_title_authors_year_abstract_and_sections(home: Path, run_in: Run) -> None:
    for path in sorted(SAMPLE.glob("*.pdf")):
        paper = run_in(home, "parse", path, "--json").json
        assert len(paper["title"]) > 20
        assert len(paper["authors"]) >= 3
        assert 2021 <= paper["year"] <= 2024
        assert len(paper["abstract"].split()) > 80
        kinds = [s["kind"] for s in paper["sections"]]
        assert {"abstract", "introduction", "result", "conclusion"} <= set(kinds)
        assert len(paper["references"]) >= 8
        assert len(paper["figures"]) >= 1
        assert len(paper["tables"]) >= 1
        body = " ".join(p["text"] for s in paper["sections"] for p in s["passages"])
        assert "Data and people do not exist" not in body
        assert paper["references"][0]["text"][10:60] not in body
