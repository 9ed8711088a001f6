"""Papers with their own outline left in: are its headings found, on their page, with the box of their words?

Against two golds: the outline itself, and the headings that are known of these papers. Each stands for both halves.
"""

from __future__ import annotations

import difflib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pymupdf

from benchmarks.bench import Bench
from benchmarks.figures import Figure
from benchmarks.parsed import files, half_of, parse
from ingestion.reading.headings import numbering
from ingestion.reading.headings.outline import fold

LEAST_ALIKE = 0.88  # as the scorer of headings has it
ROOM = 2.0  # points around a box


class Wanted(NamedTuple):
    """A heading that a gold names; its page where that is told."""

    title: str
    page: int | None


def measure(bench: Bench) -> Iterator[Figure]:
    target = bench.folder / "parsed" / "outlined-never"
    papers = {path.stem: path for path in files(bench, "outlined")}
    parse(list(papers.values()), target)
    gold = (json.loads(line) for line in bench.need("headings/gold.jsonl").read_text("utf-8").splitlines())
    known = {Path(row["pdf"]).stem: [Wanted(h["title"], h.get("page")) for h in row["headings"]] for row in gold}
    own = {stem: outline_of(path) for stem, path in papers.items()}
    for name, wanted, least in (("the outline's headings", own, 0.97), ("the known headings", known, None)):
        right, total = Counter[int](), Counter[int]()
        for stem, titles in wanted.items():
            record = json.loads((target / f"{stem}.json").read_text("utf-8"))
            with pymupdf.open(papers[stem]) as pdf:
                right[half_of(stem)] += found(record, titles, pdf)
            total[half_of(stem)] += len(titles)
        yield Figure(f"{name} found on their page with their box", right.total() / total.total(), "", least=least)
        for half in (0, 1):
            yield Figure(f"  of half {half}", right[half] / max(1, total[half]))


def outline_of(path: Path) -> list[Wanted]:
    """A file's own outline."""
    with pymupdf.open(path) as pdf:
        return [Wanted(title, page if page > 0 else None) for _, title, page in pdf.get_toc()]


def found(record: dict[str, Any], wanted: Sequence[Wanted], pdf: Any) -> int:
    """How many of these headings the record has, each once, on the page that is told, in a box that holds its words."""
    sections = [s for s in record["sections"] if s["heading"]]
    count = 0
    for title, page in wanted:
        for section in sections:
            if _alike(title, section["heading"]) and page in (None, section["page"]) and _stands(section, pdf):
                sections.remove(section)
                count += 1
                break
    return count


def _key(text: str) -> str:
    number = numbering.parse(text)
    return fold(number[1]) or fold(text) if number else fold(text)


def _alike(a: str, b: str) -> bool:
    keys = _key(a), _key(b)
    return keys[0] == keys[1] or difflib.SequenceMatcher(None, *keys, autojunk=False).ratio() >= LEAST_ALIKE


def _stands(section: dict[str, Any], pdf: Any) -> bool:
    """Whether the words of a heading are those that the page has in its box."""
    x0, y0, x1, y1 = section["box"]
    box = pymupdf.Rect(x0 - ROOM, y0 - ROOM, x1 + ROOM, y1 + ROOM)
    there = fold(pdf[section["page"] - 1].get_textbox(box))
    wanted = _key(section["heading"])
    return wanted in there or difflib.SequenceMatcher(None, wanted, there, autojunk=False).ratio() >= LEAST_ALIKE
