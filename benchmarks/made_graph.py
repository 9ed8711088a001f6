"""Made projects for measuring the graph: papers that cite each other, findings, and relations already stored.

`python -m benchmarks.made_graph FILE PAPERS` builds one on files. A paper keeps 30 references, a third of them to
papers of the project and resolved, 20 findings, and 4 passages that cite; every seventh finding bears out or
contradicts one of another paper. Papers gather around 64 centres. The same call always gives the same project.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from benchmarks.made import Zipf
from hierarchy.encoder import EncoderIdentity, unit
from hierarchy.nodes import Finding, Level, Node, Record, Value
from hierarchy.sqlite import SqliteStore

PROJECT = "made"
DIMENSION = 384
ENCODER = EncoderIdentity("made", DIMENSION, "none", "none", "none")
CENTRES = 64
FINDINGS, CITING, REFERENCES, RESOLVED = 20, 4, 30, 10
RELATED = 7  # every so many findings one has a relation
BATCH = 100  # papers written at once


class Maker:
    """Makes papers by their numbers; a paper cites only those before it, but for each tenth, which closes a cycle."""

    def __init__(self, papers: int) -> None:
        self._papers = papers
        self._words = Zipf(3)
        self._centres = np.random.default_rng(1).standard_normal((CENTRES, DIMENSION)).astype(np.float32)

    def records(self, number: int) -> list[Record]:
        """All nodes of a paper, as an ingest gives them."""
        random, words = np.random.default_rng([2, number]), self._words
        centre = self._centres[number % CENTRES]
        near = [i for i in range(number % CENTRES, self._papers, CENTRES) if i < number or number % 10 == 0]
        far = [int(i) for i in random.integers(0, self._papers, RESOLVED)]
        cited = list(dict.fromkeys([int(i) for i in random.permutation(near)[: RESOLVED * 3 // 4]] + far))[:RESOLVED]
        cited = [i for i in cited if i != number]
        numbered = [
            {"id": f"r{i + 1}", "title": words.text(6, 12), "authors": [words.text(2, 2) for _ in range(3)],
             "year": 1990 + i, "doi": None, "arxiv": None}
            for i in range(REFERENCES)
        ]  # fmt: skip
        cites = [{"paper": f"paper:{c}", "references": [f"r{i + 1}"]} for i, c in enumerate(cited)]
        metadata = {"year": 2000 + number % 25, "authors": [words.text(2, 2)], "doi": None, "arxiv": None,
                    "references": numbered, "cites": cites}  # fmt: skip
        title = words.text(6, 12)
        nodes = [self._node(number, f"paper:{number}", Level.PAPER, f"{title}\n{words.text(120, 180)}", title, metadata)]
        for i in range(CITING):
            ids = [f"r{j + 1}" for j in range(i, len(cited), CITING)]
            nodes.append(
                self._node(number, f"passage:{number}.{i}", Level.PASSAGE, words.text(60, 120), "", {"cites": ids})
            )
        nodes += [self._finding(number, i, near, words, random) for i in range(FINDINGS)]
        vectors = centre + random.standard_normal((len(nodes), DIMENSION)).astype(np.float32)
        return [Record(node, unit(vector)) for node, vector in zip(nodes, vectors, strict=True)]

    def _finding(
        self, number: int, i: int, near: Sequence[int], words: Zipf, random: np.random.Generator
    ) -> Node:
        metadata: dict[str, object] = {"section_kind": "result", "year": 2000 + number % 25}
        if (number * FINDINGS + i) % RELATED == 0 and near and near[0] != number:
            other = near[int(random.integers(0, len(near)))]
            if other != number:
                kind = "supports" if random.random() < 0.7 else "contradicts"
                metadata["relations"] = [
                    {"kind": kind, "b": f"finding:{other}.{int(random.integers(0, FINDINGS))}",
                     "difference": words.text(3, 6), "score": 0.8}
                ]  # fmt: skip
        text = words.text(18, 32)
        value = Value(words.text(1, 2), float(i), "%", words.text(2, 5), float(i + 3))
        finding = Finding(text, "result", f"passage:{number}.{i % CITING}", text, (value,))
        node = self._node(number, f"finding:{number}.{i}", Level.FINDING, text, "", metadata)
        return msgspec.structs.replace(node, kind="result", finding=finding)

    def _node(
        self, number: int, node: str, level: Level, text: str, title: str, metadata: dict[str, object]
    ) -> Node:
        paper = f"paper:{number}"
        return Node(
            node, level, PROJECT, title, text, parent=None if level is Level.PAPER else paper, paper=paper,
            digest=f"{hash_of(node):032x}", metadata=metadata, file=f"{number}.pdf",
        )  # fmt: skip

def hash_of(node: str) -> int:
    """A number that is a node's own."""
    return int.from_bytes(node.encode()[-16:], "big")


def open_store(file: Path) -> SqliteStore:
    """The made project, made where it is not there."""
    return SqliteStore(file, PROJECT, ENCODER)


def main() -> None:
    file, papers = Path(sys.argv[1]), int(sys.argv[2])
    store, maker = open_store(file), Maker(papers)
    for start in range(0, papers, BATCH):
        store.upsert([record for i in range(start, min(papers, start + BATCH)) for record in maker.records(i)])
    store.tidy()
    store.close()


if __name__ == "__main__":
    main()
