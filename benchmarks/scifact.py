"""Claims against abstracts: 809 claims over SciFact's 5,183 abstracts, taken in as references without PDFs.

nDCG@10 of the papers that `strata search --queries --k 40` finds, as routed and on the level of papers, against plain
fusion: the public encoder's vector and BM25 of title with abstract, each from 0 to 1, half and half. How far ours stand
ahead has a paired bootstrap interval over the claims. Nothing was trained on SciFact.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.bench import PROJECT, Bench
from benchmarks.figures import Figure
from evaluation.granularity import interval
from hierarchy.encoder import Text
from hierarchy.filters import Eq
from hierarchy.nodes import Level
from retrieval.fusion import fuse
from strata.assistant import Assistant
from strata.settings import Settings

FIRST, DEPTH = 10, 120
AHEAD = 0.01
WAYS: dict[str, tuple[str, ...]] = {"routed": (), "level of papers": ("--level", "paper")}
Gold = Mapping[str, Mapping[str, int]]
Ranks = dict[str, list[str]]  # keys of papers, best first, by claim


def measure(bench: Bench) -> Iterator[Figure]:
    claims = _rows(bench.need("scifact/queries.jsonl"))
    gold = _gold(bench.need("scifact/qrels.tsv"))
    home = bench.home()
    references = home / "abstracts.json"
    references.write_text(json.dumps([_reference(row) for row in _rows(bench.need("scifact/corpus.jsonl"))]), "utf-8")
    run = bench.strata(home, "ingest", references, "--project", PROJECT, "--json")
    yield Figure("ingest of 5,183 abstracts", run.cpu_s, "CPU s")
    asked = [c for c in claims if c["_id"] in gold]
    with Assistant(PROJECT, Settings(home=home)) as assistant:
        keys = _keys(assistant)
        plain = _scores(_plain(assistant, asked, keys), gold)
    yield Figure(f"plain fusion: nDCG@{FIRST} ({len(asked)})", _mean(plain), "")
    for way, options in WAYS.items():
        found, cpu_s = _searched(bench, home, asked, options, keys)
        ours = _scores(found, gold)
        yield Figure(f"{way}: nDCG@{FIRST}", _mean(ours), "")
        ahead = interval([ours[i] - plain[i] for i in sorted(plain)])
        yield Figure(f"{way}, ahead", ahead.mean, f"[{ahead.low:+.3f}, {ahead.high:+.3f}]", least=AHEAD)
        yield Figure(f"{way}: CPU a claim", 1000 * cpu_s / len(asked), "ms")


def _plain(assistant: Assistant, claims: Sequence[dict[str, Any]], keys: Mapping[str, str]) -> Ranks:
    store, encoder = assistant._store(), assistant._encoder
    ranks: Ranks = {}
    for claim in claims:
        vector = encoder.encode([Text(claim["text"], asked=True)])[0].vector
        dense = store.dense(vector, Level.PAPER, DEPTH)
        fused = fuse(dense, store.bm25(claim["text"], Level.PAPER, DEPTH), 0.5)
        ranks[claim["_id"]] = [keys[f.id] for f in fused]
    return ranks


def _searched(
    bench: Bench, home: Path, claims: Sequence[dict[str, Any]], options: Sequence[str], keys: Mapping[str, str]
) -> tuple[Ranks, float]:
    given, out = home / "claims-in.jsonl", home / "claims-out.jsonl"
    given.write_text("".join(json.dumps({"id": c["_id"], "question": c["text"]}) + "\n" for c in claims), "utf-8")
    command: tuple[str | Path, ...] = ("search", "--k", "40", *options, "--project", PROJECT)
    run = bench.strata(home, *command, "--queries", given, "--out", out)
    ranks = {
        row["id"]: list(dict.fromkeys(keys[node["paper"] or node["id"]] for node in row["nodes"] if _paper(node)))
        for row in _rows(out)
    }
    return ranks, run.cpu_s


def _paper(node: Mapping[str, Any]) -> bool:
    return bool(node["paper"]) or node["level"] == Level.PAPER


def _keys(assistant: Assistant) -> dict[str, str]:
    """The key in the file by the paper's id."""
    papers = assistant._store().scan(Eq("level", Level.PAPER))
    return {node.id: str(node.metadata["citation_key"]) for node in papers}


def _scores(ranks: Mapping[str, Sequence[str]], gold: Gold) -> dict[str, float]:
    return {claim: ndcg(ranks.get(claim, ()), relevant) for claim, relevant in gold.items()}


def ndcg(ranked: Sequence[str], relevant: Mapping[str, int]) -> float:
    """Normalised discounted cumulative gain of the first ten (Järvelin and Kekäläinen 2002), from 0 to 1."""
    gain = sum(relevant.get(key, 0) / math.log2(rank + 1) for rank, key in enumerate(ranked[:FIRST], 1))
    best = sorted(relevant.values(), reverse=True)[:FIRST]
    return gain / sum(value / math.log2(rank + 1) for rank, value in enumerate(best, 1))


def _reference(row: Mapping[str, Any]) -> dict[str, str]:
    """An abstract as CSL-JSON."""
    return {"id": row["_id"], "type": "article-journal", "title": row["title"], "abstract": row["text"]}


def _gold(path: Path) -> Gold:
    gold: dict[str, dict[str, int]] = defaultdict(dict)
    for line in path.read_text("utf-8").splitlines()[1:]:
        claim, document, score = line.split("\t")
        if int(score) > 0:
            gold[claim][document] = int(score)
    return gold


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _mean(scores: Mapping[str, float]) -> float:
    return float(np.mean(list(scores.values())))
