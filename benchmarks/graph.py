"""The graph: references resolved to papers, and what it costs to build, to renew, to part into communities, and to
find themes in.

References of the sample papers, read from their PDFs, against the lists that their sources print; and of a made library
with near-twin titles (`made_library.py`). The scale is a made project of 5,000 papers and 100,000 findings
(`made_graph.py`, kept under .bench from run to run).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.bench import Bench
from benchmarks.figures import Figure
from benchmarks.made_library import library
from benchmarks.sample import SAMPLE
from hierarchy.graph.references import Library, references_of
from hierarchy.graph.titles import folded
from hierarchy.nodes import Node
from hierarchy.sqlite import SqliteStore
from hierarchy.store import papers_of

PROJECTS = ("roof-meadows", "wetland-calls")
PAPERS = 5_000
MADE_LIBRARY = 300
LEAST_RECALL, LEAST_PRECISION = 0.95, 0.99
MOST_S, MOST_MB, MOST_ONE_MORE_S = 30.0, 1_500.0, 0.5

Links = set[tuple[str, str, str]]  # citing paper, reference, cited paper


def measure(bench: Bench) -> Iterator[Figure]:
    home = bench.home()
    for project in PROJECTS:
        bench.strata(home, "ingest", SAMPLE / project, "--project", project)
    found, gold = _of_sample(home)
    yield from _figures(f"sample, {len(gold)} citations within it", found, gold)
    made = library(MADE_LIBRARY)
    resolved = _resolved(made.papers)
    meant = {(citing, reference, paper) for (citing, reference), paper in made.truth.items() if paper}
    yield from _figures(f"{MADE_LIBRARY} papers, near-twin titles, {len(meant)} of {len(made.truth)}", resolved, meant)
    yield from _scale(bench)


def _scale(bench: Bench) -> Iterator[Figure]:
    folder = bench.folder / f"graph-{PAPERS}"
    if bench.fresh or not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        bench.run(folder, "-m", "benchmarks.made_graph", folder / "made.db", str(PAPERS))
        (folder / "complete").write_text("", "utf-8")
    for path in folder.glob("cache.db*"):
        path.unlink()
    run = bench.run(folder, "-m", "benchmarks.graph_side", folder, str(PAPERS))
    told: dict[str, Any] = run.record()
    what = f"{told['papers']:,} papers, {told['findings']:,} findings, {told['edges']:,} edges"
    yield Figure(what, told["graph_s"] + told["communities_s"], "CPU s", most=MOST_S)
    yield Figure("  the communities alone", told["communities_s"], "CPU s")
    yield Figure("  the themes, communities included", told["themes_s"], "CPU s")
    yield Figure("  peak memory of the graph and its communities", told["graph_mb"], "MB", most=MOST_MB)
    yield Figure("  peak memory, themes included", run.rss_mb, "MB")
    yield Figure("one paper more, of 5, the slowest", max(told["one_more_s"]), "CPU s", most=MOST_ONE_MORE_S)
    again = bench.run(folder, "-m", "benchmarks.graph_side", folder, "0").record()
    yield Figure("a fresh process, from the cache", again["graph_s"], "CPU s")
    yield Figure("  differs from the renewed graph", int(again["sum"] != told["sum"]), "", most=0)


def _of_sample(home: Path) -> tuple[Links, Links]:
    """What was resolved in the sample, and what its sources say; of several versions of a paper, the main one."""
    rows = [json.loads(line) for line in (SAMPLE / "gold" / "references.jsonl").read_text("utf-8").splitlines()]
    lists = {row["paper_id"]: row for row in rows}
    found, gold = Links(), Links()
    for project in PROJECTS:
        store = SqliteStore(home / "projects" / f"{project}.db", project, None, create=False)
        papers = list(papers_of(store))
        store.close()
        by_title = {folded(paper.title): paper.id for paper in papers if not paper.metadata.get("version_of")}
        main = {paper.id: str(paper.metadata.get("version_of") or paper.id) for paper in papers}
        found |= {(citing, reference, main[cited]) for citing, reference, cited in _resolved(papers)}
        for paper in papers:
            for entry in lists[Path(str(paper.file)).stem]["references"]:
                cited = by_title.get(folded(entry["title"]))
                if cited is not None and cited != paper.id:
                    gold.add((paper.id, f"r{entry['entry']}", cited))
    return found, gold


def _resolved(papers: Iterable[Node]) -> Links:
    known = Library.of(papers)
    return {
        (paper.id, str(reference["id"]), cited)
        for paper in known
        for reference in references_of(paper)
        if (cited := known.resolve(reference, paper.id)) is not None
    }


def _figures(what: str, found: Links, gold: Links) -> Iterator[Figure]:
    right = len(found & gold)
    yield Figure(f"{what}: recall", right / max(1, len(gold)), "share", least=LEAST_RECALL)
    yield Figure(f"{what}: precision", right / max(1, len(found)), "share", least=LEAST_PRECISION)
