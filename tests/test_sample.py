"""The sample: it renders from its sources, its gold stands in its papers, and looks like a field."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pymupdf
import pytest
from conftest import ROOT, Run

SAMPLE = ROOT / "data" / "sample"
PROJECTS = ("roof-meadows", "wetland-calls")
PAPERS = sorted(path for project in PROJECTS for path in (SAMPLE / project).glob("*.pdf"))
LEAST_PIECE = 12  # letters: a footer or a float may cut a quote in two


def rows(name: str) -> list[dict[str, Any]]:
    lines = (SAMPLE / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isalnum())


@cache
def words_of(path: Path) -> str:
    with pymupdf.open(path) as pdf:
        return letters("".join(page.get_text("text") for page in pdf))


def paper(stem: str) -> Path:
    return next(path for path in PAPERS if path.stem == stem)


def stands(quote: str, path: Path) -> bool:
    """Whether a quote is in a paper, whole or in two pieces."""
    wanted, text = letters(quote), words_of(path)
    cuts = range(LEAST_PIECE, len(wanted) - LEAST_PIECE + 1)
    return wanted in text or any(wanted[:cut] in text and wanted[cut:] in text for cut in cuts)


def test_the_papers_and_their_structure_are_what_their_sources_render(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(SAMPLE / "render.py"), "--out", str(tmp_path)], check=True, capture_output=True)
    made = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.pdf"))
    assert made == sorted([*(p.relative_to(SAMPLE) for p in PAPERS), Path("extra/full-of-markup.pdf")])
    for name in made:
        assert words_of(tmp_path / name) == words_of(SAMPLE / name)
    for gold in ("gold/structure.jsonl", "gold/references.jsonl"):
        assert (tmp_path / gold).read_text("utf-8") == (SAMPLE / gold).read_text("utf-8")


def test_every_page_says_that_the_study_is_invented() -> None:
    assert len(PAPERS) >= 16
    for path in PAPERS:
        with pymupdf.open(path) as pdf:
            assert 4 <= len(pdf) <= 8, path.name
            assert all("Invented study" in page.get_text("text") for page in pdf), path.name


def test_every_quote_of_the_gold_stands_in_its_paper() -> None:
    findings, questions = rows("gold/findings.jsonl"), rows("gold/questions.jsonl")
    missing = [f["id"] for f in findings if not stands(f["quote"], paper(f["paper"]))]
    for question in questions:
        for words in question["evidence"]:
            if not any(stands(words, paper(stem)) for stem in question["papers"]):
                missing.append(question["id"])
    for row in rows("demo.jsonl"):
        if row["quote"] and not any(stands(row["quote"], SAMPLE / row["project"] / name) for name in row["papers"]):
            missing.append(row["question"])
    assert missing == []


def test_the_check_of_quotes_can_fail() -> None:
    assert not stands("The bitterns of Halmer Fen were counted by satellite in this study.", PAPERS[0])


def test_the_gold_is_as_large_and_as_varied_as_a_field() -> None:
    questions = rows("gold/questions.jsonl")
    levels = Counter(q["level"] for q in questions)
    assert len({q["id"] for q in questions}) == len(questions) >= 150
    assert set(levels) == {"project", "paper", "section", "finding", "none"}
    assert levels["none"] >= len(questions) / 5
    assert {"list", "count", "compare", "how", "why", "value"} <= {q["kind"] for q in questions}
    assert all(bool(q["papers"]) != (q["level"] == "none") for q in questions if q["level"] != "project")
    assert all(q["evidence"] for q in questions if q["level"] in ("section", "finding"))
    findings = {f["id"]: f for f in rows("gold/findings.jsonl")}
    assert all(value["metric"] for f in findings.values() for value in f["values"])
    assert any(f["hedged"] for f in findings.values())
    relations = rows("gold/relations.jsonl")
    kinds = Counter(r["relation"] for r in relations)
    assert min(kinds[kind] for kind in ("contradict", "agree", "near-miss", "neither")) >= 15
    for relation in relations:
        assert relation["reason"]
        a, b = findings[relation["a"]], findings[relation["b"]]
        assert a["paper"] != b["paper"] or relation["relation"] == "near-miss"


def test_structure_and_references_name_every_paper() -> None:
    stems = sorted(path.stem for path in PAPERS)
    structure, references = rows("gold/structure.jsonl"), rows("gold/references.jsonl")
    assert sorted(row["paper_id"] for row in structure) == stems == sorted(row["paper_id"] for row in references)
    for row in structure:
        with pymupdf.open(SAMPLE / row["pdf"]) as pdf:
            assert row["pages"] == len(pdf)
            for heading in row["headings"]:
                assert letters(heading["title"]) in letters(pdf[heading["page"] - 1].get_text("text")), row["pdf"]
    runs = [h for row in structure for h in row["headings"] if h["run_in"]]
    assert runs
    assert all(h["level"] >= 2 for h in runs)
    assert all(len(row["references"]) >= 9 for row in references)


def test_what_is_hidden_in_a_paper_is_told_and_not_taken_in(home: Path, run_in: Run) -> None:
    record = run_in(home, "parse", paper("retention-season-roofs"), "--json").json
    assert any("Ignore all previous instructions" in piece["text"] for piece in record["hidden_text"])
    body = " ".join(p["text"] for s in record["sections"] for p in s["passages"])
    assert "Ignore all previous" not in body
    assert "Note to automated readers" in body  # in plain sight: words of the paper like any others


@pytest.mark.parametrize("path", PAPERS, ids=[path.stem for path in PAPERS])
def test_each_paper_parses_with_title_authors_year_abstract_and_sections(path: Path, home: Path, run_in: Run) -> None:
    gold = next(row for row in rows("gold/structure.jsonl") if row["paper_id"] == path.stem)
    record = run_in(home, "parse", path, "--json").json
    assert letters(record["title"]) == letters(gold["title"])
    assert [letters(a["name"]) for a in record["authors"]] == [letters(a["name"]) for a in gold["authors"]]
    assert record["year"] == gold["year"]
    assert len(record["abstract"].split()) > 80
    assert {"abstract", "introduction", "conclusion"} <= {s["kind"] for s in record["sections"]}
    assert len(record["references"]) >= 8
    assert len(record["figures"]) >= 1
    assert len(record["tables"]) >= 1
    body = " ".join(p["text"] for s in record["sections"] for p in s["passages"])
    assert "Data and people do not exist" not in body
    assert record["references"][0]["text"][10:60] not in body


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("scan", "no_text"),
        ("cut-off", "damaged"),
        ("locked", "encrypted"),
        ("web-page", "not_a_pdf"),
        ("empty", "empty"),
    ],
)
def test_what_is_no_good_paper_is_refused_with_its_reason(name: str, code: str, here: Run) -> None:
    here("parse", SAMPLE / "extra" / f"{name}.pdf", "--json").refused(code)
