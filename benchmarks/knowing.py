"""What it costs to know: findings, cards, summaries, links and themes against an ingest without them, and what one
changed paragraph in one of 100 papers touches.

Both ingests run in this benchmark's own processes over the same papers, so their CPU seconds compare. The papers are
made (benchmarks.corpus), so nothing else is needed.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.corpus import make, render
from benchmarks.figures import Figure
from hierarchy.nodes import Level, Node
from strata.assistant import Assistant
from strata.settings import Settings

PAPERS = 40
LIBRARY = 100
CHANGED = 17  # the paper of which one paragraph changes
SIDE = "benchmarks/knowing_side.py"
SENTENCE = "An observer who came later counted the same calls again, and wrote them into the same book."


def measure(bench: Bench) -> Iterator[Figure]:
    corpus = make(LIBRARY, bench.folder / "corpus")
    papers = bench.folder / "knowing"
    shutil.rmtree(papers, ignore_errors=True)
    papers.mkdir()
    for path in corpus[:PAPERS]:
        shutil.copy(path, papers)
    bare, whole = (
        min(bench.run(bench.home(), SIDE, how, papers).cpu_s for _ in range(2)) for how in ("without", "with")
    )
    yield Figure("CPU of an ingest without findings and summaries", bare, "s")
    yield Figure("CPU of an ingest with them, against without", whole / bare, "times", most=1.3)
    yield from _one_paragraph(bench, papers, corpus)


def _one_paragraph(bench: Bench, folder: Path, corpus: list[Path]) -> Iterator[Figure]:
    for path in corpus[:LIBRARY]:
        shutil.copy(path, folder)
    settings = Settings(home=bench.home())
    with Assistant("library", settings) as a:
        a.ingest(folder, layout="never")
        before = _nodes(a)
        render(CHANGED, folder, _with_sentence)
        report = a.ingest(folder, layout="never")
        after = _nodes(a)
    (changed,) = report.changed
    touched = [node for i, node in after.items() if before.get(i) != node]
    others = [n for n in touched if n.level != Level.PROJECT and n.paper != changed.paper]
    own = [n for n in touched if n.paper == changed.paper and _says_more(before.get(n.id), n)]
    yield Figure("one paragraph changed in one of 100 papers: passages embedded", changed.embedded, "nodes", most=8)
    yield Figure("  other papers' nodes touched", len(others), "nodes", most=0)
    yield Figure("  nodes of its own paper whose words or records changed", len(own), "nodes")
    yield Figure("  nodes in all", len(after), "nodes")


def _says_more(before: Node | None, after: Node) -> bool:
    """Whether a node says something else, and did not only move."""
    return before is None or (before.text, before.finding) != (after.text, after.finding)


def _nodes(a: Assistant) -> dict[str, Node]:
    return {tree.node.id: tree.node for tree in a.tree().walk()}


def _with_sentence(body: str) -> str:
    """The body with a sentence more at the end of its second long paragraph."""
    found = list(re.finditer(r"(?m)^[A-Z][^\n#=]{400,}\.$", body))
    end = found[1].end()
    return f"{body[:end]} {SENTENCE}{body[end:]}"
