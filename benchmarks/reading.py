"""How papers are read: headings, metadata, references and paragraphs against human gold, and what reading costs.

45 papers whose outlines were removed before, and 80 with paragraphs that people marked. Each figure of headings stands
for both halves of the papers too (`benchmarks.parsed.half_of`): rules were made looking at half 0 only.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.bench import Bench, Run
from benchmarks.figures import Figure
from benchmarks.parsed import half_of
from evaluation.paragraphs import held

FLOAT = "FLOAT SELECTED"
LEAST_WORDS = 15  # of a marked paragraph
PAGE_TEXT = re.compile(r"-\n")


def measure(bench: Bench) -> Iterator[Figure]:
    costs = {layout: _parsed(bench, "headings", layout) for layout in ("never", "auto", "always")}
    f1 = {layout: _headings(bench, layout)["f1"] for layout in costs}
    for layout, value in f1.items():
        yield Figure(f"headings F1, layout {layout}", value, "", least=0.93)
    yield from _more_of_headings(bench)
    yield Figure("F1 that auto loses on always", f1["always"] - f1["auto"], "", most=0.005)
    yield from _metadata(bench)
    papers = {layout: _parsed(bench, "qasper", layout) for layout in ("never", "auto")}
    records = [*_records(bench, "headings", "auto"), *_records(bench, "qasper", "auto")]
    pages = sum(len(record["pages"]) for record in records)
    looked = sum(page["layout"] for record in records for page in record["pages"])
    yield Figure("pages that auto lays out, of all", looked / pages, "", most=0.35)
    yield from _paragraphs(bench)
    for layout, most in (("never", 0.03), ("auto", 0.30)):
        cpu = sum(float(run.record()["cpu_s"]) for run in (costs[layout], papers[layout]))
        yield Figure(f"CPU of the readers a page, layout {layout}", cpu / pages, "s", most=most)
    yield Figure(
        "peak memory of a reader", max(run.rss_mb for run in [*costs.values(), *papers.values()]), "MB", most=900
    )


def _parsed(bench: Bench, name: str, layout: str) -> Run:
    target = _folder(bench, name, layout)
    return bench.run(bench.folder, "-m", "benchmarks.parsed", name, target, "--layout", layout)


def _folder(bench: Bench, name: str, layout: str) -> Path:
    return bench.folder / "parsed" / f"{name}-{layout}"


def _records(bench: Bench, name: str, layout: str) -> list[dict[str, Any]]:
    return [json.loads(path.read_text("utf-8")) for path in sorted(_folder(bench, name, layout).glob("*.json"))]


def _headings(bench: Bench, layout: str, half: int | None = None) -> dict[str, float]:
    gold = _gold(bench, "headings/gold.jsonl", half)
    return dict(json.loads(bench.scorer("headings.py", gold, _folder(bench, "headings", layout))))


def _gold(bench: Bench, name: str, half: int | None) -> Path:
    """The gold, or a copy of it with the papers of one half."""
    gold = bench.need(name)
    if half is None:
        return gold
    lines = gold.read_text("utf-8").splitlines()
    target = bench.folder / f"half{half}-{gold.name}"
    target.write_text("".join(f"{line}\n" for line in lines if half_of(_stem(json.loads(line))) == half), "utf-8")
    return target


def _stem(row: dict[str, Any]) -> str:
    return Path(row["pdf"]).stem if "pdf" in row else str(row["paper_id"])


def _more_of_headings(bench: Bench) -> Iterator[Figure]:
    for half in (0, 1):
        yield Figure(f"headings F1 of half {half}, layout auto", _headings(bench, "auto", half)["f1"])
    found = _headings(bench, "auto")
    yield Figure("levels right", found["level_accuracy"], "", least=0.95)
    yield Figure("order errors", found["order_errors"], "", most=3)


def _metadata(bench: Bench) -> Iterator[Figure]:
    floors = {
        "title_exact": 0.977,  # 44 of 45
        "author_f1": 0.95,
        "year_printed": 0.9,
        "doi_printed": 0.9,
        "abstract_f1": 0.95,
        "reference_recall": 0.9,
        "reference_split": 0.8,
    }
    for half in (None, 0, 1):
        gold = _gold(bench, "headings/metadata.jsonl", half)
        found = json.loads(bench.scorer("metadata.py", gold, _folder(bench, "headings", "auto")))
        for name, least in floors.items():
            which = "" if half is None else f" of half {half}"
            yield Figure(name.replace("_", " ") + which, found[name], "", least=least if half is None else None)


def _paragraphs(bench: Bench) -> Iterator[Figure]:
    """Marked paragraphs that stand whole in one passage, and why the others do not."""
    for layout in ("never", "auto"):
        reasons: Counter[str] = Counter()
        halves: dict[int, Counter[bool]] = {0: Counter(), 1: Counter()}
        for record, paragraphs in _marked(bench, layout):
            passages = [p["text"] for section in record["sections"] for p in section["passages"]]
            printed = _printed(bench.need(f"qasper/pdf/{record['file']}"))
            for paragraph in paragraphs:
                result = held(paragraph, passages, printed)
                reasons[result.reason] += 1
                halves[half_of(Path(record["file"]).stem)][result.whole] += 1
        total = sum(reasons.values())
        whole = reasons.pop("whole")
        yield Figure(f"paragraphs whole in one passage, layout {layout}", whole / total, "", least=0.78)
        for half, seen in halves.items():
            yield Figure(f"  of half {half}", seen[True] / sum(seen.values()))
        for reason, count in reasons.most_common():
            yield Figure(f"  {reason}", count / total)


def _marked(bench: Bench, layout: str) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """Each paper with the paragraphs that were marked in it, each once."""
    marked: dict[str, dict[str, None]] = {}
    for question in bench.questions:
        usable = (e for e in question["evidence"] if not e.startswith(FLOAT) and len(e.split()) >= LEAST_WORDS)
        marked.setdefault(question["paper_id"], {}).update(dict.fromkeys(usable))
    for record in _records(bench, "qasper", layout):
        yield record, list(marked.get(Path(record["file"]).stem, {}))


def _printed(path: Path) -> str:
    """The pages' own words, those cut at line ends joined."""
    import pymupdf

    with pymupdf.open(path) as pdf:
        return PAGE_TEXT.sub("", "\n".join(page.get_text() for page in pdf))
