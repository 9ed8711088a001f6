"""The shared papers as parsed, for the scorers: `python -m benchmarks.parsed SET FOLDER [--layout PASS] [--half 0|1]`.

SET is headings (outlines removed first), outlined (the same papers as they are), qasper or sample. Papers fall into two
halves by a hash of their names: rules are made looking at half 0 only, and both are reported.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
from collections.abc import Sequence
from pathlib import Path

import pymupdf

from benchmarks.bench import ROOT, Bench
from hierarchy.errors import ReadError
from ingestion.containment import ReaderPool
from ingestion.passes import How, Layout
from ingestion.settings import IngestionSettings

MOST_PAGES = 60  # that the limit of a reading allows for
SETS = ("headings", "outlined", "qasper", "sample")


def half_of(name: str) -> int:
    """0 or 1: in which half a paper falls, by its file's name without the ending."""
    return hashlib.sha256(name.encode()).digest()[0] % 2


def files(bench: Bench, name: str, half: int | None = None) -> list[Path]:
    """The PDFs of a set, those of one half only where it is given.

    Raises:
        MissingDataError: where the shared data is not here.
    """
    match name:
        case "headings":
            found = [_stripped(bench, path) for path in bench.pdfs("headings/pdf")]
        case "outlined":
            found = bench.pdfs("headings/pdf")
        case "qasper":
            found = bench.pdfs("qasper/pdf")
        case _:
            papers = ROOT / "data" / "sample"
            found = sorted([*papers.glob("wetland-calls/*.pdf"), *papers.glob("roof-meadows/*.pdf")])
    return [path for path in found if half is None or half_of(path.stem) == half]


def parse(paths: Sequence[Path], folder: Path, layout: Layout = "never") -> float:
    """Writes what each file is parsed to into FOLDER/<stem>.json; CPU seconds of the readers."""
    folder.mkdir(parents=True, exist_ok=True)
    before = _cpu_of_children()
    with ReaderPool(IngestionSettings(readers=2)) as readers:
        for path, reading in readers.read_all(
            paths, dict.fromkeys(paths, How(layout)), dict.fromkeys(paths, MOST_PAGES)
        ):
            paper = reading.result()
            target = folder / f"{path.stem}.json"
            target.unlink(missing_ok=True)
            if isinstance(paper, ReadError):
                print(f"{path.name}: {paper}", flush=True)
            else:
                target.write_text(json.dumps(paper.to_dict(), ensure_ascii=False), "utf-8")
    return _cpu_of_children() - before


def _stripped(bench: Bench, path: Path) -> Path:
    """A copy without its outline, which would tell the headings."""
    target = bench.folder / "stripped" / path.name
    if not target.exists():
        target.parent.mkdir(exist_ok=True)
        with pymupdf.open(path) as pdf:
            pdf.set_toc([])
            pdf.save(target, garbage=3)
    return target


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.parsed", description="Parses a set of papers.")
    parser.add_argument("set", choices=SETS)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--half", type=int, choices=(0, 1))
    parser.add_argument("--layout", choices=("never", "auto", "always"), default="never")
    given = parser.parse_args()
    paths = files(Bench(), given.set, given.half)
    cpu = parse(paths, given.folder, given.layout)
    pages = sum(len(json.loads(p.read_text("utf-8"))["pages"]) for p in given.folder.glob("*.json"))
    print(
        json.dumps(
            {"papers": len(paths), "pages": pages, "cpu_s": round(cpu, 2), "a_page": round(cpu / max(1, pages), 4)}
        )
    )


if __name__ == "__main__":
    main()
