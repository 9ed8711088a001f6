"""Quotes: whether citations stand on the pages that they name, read by another program, and how much is answered.

`strata ask --queries` on 274 human questions, each within its own paper; `quotes.py` looks for each quote with
poppler's pdftotext. Some of the questions cannot be answered from their paper.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.figures import Figure, MissingDataError


def measure(bench: Bench) -> Iterator[Figure]:
    pdfs = bench.need("qasper/pdf")
    if shutil.which("pdftotext") is None:
        raise MissingDataError("pdftotext (poppler-utils) is not installed")
    out, rows, run = bench.answered("quotes", "ask")
    yield Figure("questions with an error", sum("error" in row for row in rows), "", most=0)
    checked = json.loads(bench.scorer("quotes.py", out, pdfs))
    yield Figure("quotes", checked["quotes"], "quotes")
    yield Figure("share of quotes on their page", checked["share"], "", least=0.99)
    impossible = {q["question_id"] for q in bench.questions if q["unanswerable"]}
    cited = sum(bool(row.get("citations")) for row in rows if row["id"] not in impossible)
    refused = sum(row.get("status") == "unanswerable" for row in rows if row["id"] in impossible)
    yield Figure(f"answerable with a citation, of {len(rows) - len(impossible)}", cited, "", least=190)
    yield Figure(f"unanswerable and refused, of {len(impossible)}", refused, "")
    yield Figure("CPU a question", 1000 * run.cpu_s / len(rows), "ms")
