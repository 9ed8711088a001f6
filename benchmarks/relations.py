"""Agreement and contradiction between findings: on the sample's gold findings, on those that ingestion finds, on
SciFact's claims against their evidence, and the time for a large library.

The rules were made on the sample's project wetland-calls, and mended once on what was wrong in the other; the made
pairs of half 1 are those that nobody looked at. What was wrong or missed in wetland-calls is written to
.bench/relations/wetland-calls.txt.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from benchmarks.bench import Bench
from benchmarks.figures import Figure
from benchmarks.sample import SAMPLE
from evaluation.pairs import made_pairs, pooled
from evaluation.relations import (
    KINDS,
    FoundPair,
    GoldPair,
    KindScore,
    Quoted,
    located,
    macro_f1,
    scored,
    sure,
    together,
)
from hierarchy.encoder import Encoder, Matrix, Text
from hierarchy.nodes import Finding, Level, Node, Value
from hierarchy.relations import relations_between
from hierarchy.relations.comparison import covered
from hierarchy.relations.cues import agreement, denies
from hierarchy.relations.outlook import outlook
from hierarchy.relations.statement import read
from hierarchy.relations.surroundings import rarity
from hierarchy.relations.terms import Weight, terms_of
from hierarchy.sentences import sentence_ranges
from strata.assistant import Assistant
from strata.models import build_encoder
from strata.settings import Settings

DEVELOPED_ON = "wetland-calls"
PROJECTS = (DEVELOPED_ON, "roof-meadows")
CONTRADICTS_PRECISION, CONTRADICTS_RECALL, NEAR_MISSES = 0.80, 0.60, 2
PAPERS, FINDINGS, TOPICS = 2000, 25, 1000
FOLDS = 5

Rows = list[dict[str, Any]]


class Library(msgspec.Struct, frozen=True):
    """What ingestion made of a project: nodes, vectors of the findings by id, and file stems of papers by id."""

    nodes: list[Node]
    vectors: dict[str, Any]
    stems: dict[str, str]

    @property
    def passages(self) -> dict[str, str]:
        return {n.id: n.text for n in self.nodes if n.level == Level.PASSAGE}

    @property
    def versions(self) -> dict[str, str]:
        papers = (n for n in self.nodes if n.level == Level.PAPER)
        return {n.id: str(n.metadata["version_of"]) for n in papers if n.metadata.get("version_of")}


def measure(bench: Bench) -> Iterator[Figure]:
    settings = Settings(home=bench.home())
    encoder = build_encoder(settings)
    findings = {row["id"]: row for row in rows("findings")}
    folder = bench.folder / "relations"
    folder.mkdir(exist_ok=True)
    whole: dict[str, list[KindScore]] = {}
    misses: list[str] = []
    for project in PROJECTS:
        library = _library(project, settings)
        pairs = _pairs(findings, set(library.stems.values()))
        of_gold = _as_found([r for r in findings.values() if r["paper"] in library.stems.values()], library)
        quotes = encoder.encode([Text(n.finding.quote) for n in of_gold if n.finding])
        given = [n for n in library.nodes if n.level == Level.FINDING]
        for what, nodes, vectors in (
            ("gold findings", of_gold, np.stack([e.vector for e in quotes])),
            ("found", given, np.stack([library.vectors[n.id] for n in given])),
        ):
            result = _scored(nodes, vectors, library, pairs)
            for kind, score in result.items():
                whole.setdefault(f"{what}, {kind}", []).append(score)
                yield from _figures(f"{project}, {what}, {kind}", score)
                if project == DEVELOPED_ON:
                    misses += [f"{what}, {kind}: missed {', '.join(score.missed)}"]
                    misses += [f"{what}, {kind}, not gold:\n  {f.a.quote}\n  {f.b.quote}" for f in score.wrong]
    (folder / f"{DEVELOPED_ON}.txt").write_text("\n".join(misses) + "\n", "utf-8")
    for name, scores in whole.items():
        yield from _figures(f"both, {name}", together(scores), floors=name == "found, contradicts")
    yield from _made(encoder)
    yield from _scifact(bench)
    yield from _large()


def _figures(name: str, score: KindScore, floors: bool = False) -> Iterator[Figure]:
    counts = f"{score.right} of {score.found} ({score.listed} in gold)"
    yield Figure(f"{name}: right {counts}", score.precision, "share", CONTRADICTS_PRECISION if floors else None)
    gold = f"{score.hit} of {score.gold}"
    yield Figure(f"{name}: found {gold}", score.recall, "share", CONTRADICTS_RECALL if floors else None)
    if "contradicts" in name:
        yield Figure(f"{name}: near-misses", score.near_misses, "", most=NEAR_MISSES if floors else None)


def rows(name: str) -> Rows:
    """The rows of a file of the sample's gold."""
    return [json.loads(line) for line in (SAMPLE / "gold" / f"{name}.jsonl").read_text("utf-8").splitlines()]


def _library(project: str, settings: Settings) -> Library:
    with Assistant(project, settings) as assistant:
        assistant.ingest(SAMPLE / project)
        store = assistant._store()
        nodes = list(store.scan())
        vectors = store.vectors([n.id for n in nodes if n.level == Level.FINDING])
    return Library(nodes, vectors, {n.id: Path(n.file or "").stem for n in nodes if n.level == Level.PAPER})


def _pairs(findings: Mapping[str, dict[str, Any]], stems: set[str]) -> list[GoldPair]:
    """The gold pairs whose two papers are in a project."""
    out: list[GoldPair] = []
    for row in rows("relations"):
        a, b = findings[row["a"]], findings[row["b"]]
        if {a["paper"], b["paper"]} <= stems:
            first, second = (Quoted(x["paper"], x["quote"]) for x in (a, b))
            out.append(GoldPair(row["id"], first, second, row["relation"]))
    return out


def _as_found(rows: Rows, library: Library) -> list[Node]:
    """Gold findings as nodes, each on the passage that its words stand in."""
    by_paper: dict[str, list[Node]] = {}
    for node in library.nodes:
        if node.level == Level.PASSAGE:
            by_paper.setdefault(library.stems[node.paper or ""], []).append(node)
    out: list[Node] = []
    for row in rows:
        passages = by_paper[row["paper"]]
        passage = passages[located(row["quote"], [p.text for p in passages])]
        finding = finding_of(row, passage.id)
        out.append(msgspec.structs.replace(passage, id=row["id"], level=Level.FINDING, finding=finding))
    return out


def finding_of(row: Mapping[str, Any], evidence: str) -> Finding:
    """The finding of a row of the sample's gold."""
    values = tuple(
        Value(v["metric"], v["value"], v["unit"], v["condition"], v["baseline"])
        for v in row["values"]
        if v["value"] is None or isinstance(v["value"], int | float)
    )
    return Finding(row["claim"], row["kind"], evidence, row["quote"], values, row["direction"], bool(row["hedged"]))


def _scored(
    nodes: Sequence[Node], vectors: Matrix, library: Library, pairs: Sequence[GoldPair]
) -> Mapping[Any, KindScore]:
    none = vectors[:0]
    found = relations_between(nodes, vectors, [], none, passages=library.passages, versions=library.versions)
    by_id = {n.id: Quoted(library.stems[n.paper or ""], n.finding.quote if n.finding else "") for n in nodes}
    versions = {library.stems[a]: library.stems[b] for a, b in library.versions.items() if b in library.stems}
    return scored([FoundPair(by_id[r.a], by_id[r.b], r.kind) for r in found], pairs, versions, sure())


def _made(encoder: Encoder) -> Iterator[Figure]:
    """Pairs over many fields, their findings bare of recorded values; half 0 is for making rules, half 1 for checking.

    What is found of pairs that nobody looked at counts neither for nor against.
    """
    for half in (0, 1):
        pool = pooled(made_pairs(half), bare=True)
        vectors = np.stack([e.vector for e in encoder.encode([Text(n.text) for n in pool.nodes])])
        found = relations_between(pool.nodes, vectors, [], vectors[:0], passages=pool.passages)
        for relation, kind in KINDS.items():
            told = [pool.gold.get(frozenset((r.a, r.b)), "") for r in found if r.kind == kind]
            given, right = len([t for t in told if t]), told.count(relation)
            wanted = list(pool.gold.values()).count(relation)
            name = f"made pairs, half {half}, {kind}"
            others = f"{told.count('near-miss')} near-misses, {told.count('')} that nobody looked at besides"
            yield Figure(f"{name}: right {right} of {given} ({others})", right / max(1, given), "share")
            yield Figure(f"{name}: found {right} of {wanted}", right / max(1, wanted), "share")


def _scifact(bench: Bench) -> Iterator[Figure]:
    """Each claim against its evidence sentences of one paper: support or contradict."""
    folder = bench.need("scifact")
    texts = {r["_id"]: r["text"] for r in map(json.loads, (folder / "corpus.jsonl").read_text("utf-8").splitlines())}
    pairs: list[tuple[int, str, str, str]] = []
    for claim in map(json.loads, (folder / "claims.jsonl").read_text("utf-8").splitlines()):
        kept: dict[tuple[str, str], set[int]] = {}
        for e in claim["evidence"]:
            kept.setdefault((e["doc_id"], e["label"]), set()).update(e["sentences"])
        for (document, label), numbers in kept.items():
            text = texts[document]
            ranges = sentence_ranges(text)
            evidence = " ".join(text[slice(*ranges[n])] for n in sorted(numbers) if n < len(ranges))
            if evidence:
                pairs.append((claim["id"], claim["claim"], evidence, label))
    weight = rarity(terms_of(text) for row in pairs for text in row[1:3])
    gold = [row[3] for row in pairs]
    features, going = zip(*(_features(row[1], row[2], weight) for row in pairs), strict=True)
    majority = max(set(gold), key=gold.count)
    yield Figure(
        f"SciFact, {len(gold)} claims with evidence: majority", macro_f1(gold, [majority] * len(gold)), "macro-F1"
    )
    ruled = ["CONTRADICT" if g < 0 else "SUPPORT" for g in going]
    yield Figure("SciFact, the rules as they are", macro_f1(gold, ruled), "macro-F1")
    x, y = np.array(features), np.array([g == "CONTRADICT" for g in gold])
    weighed = np.zeros(len(y), bool)
    for train, test in GroupKFold(FOLDS).split(x, y, [row[0] for row in pairs]):
        mean, scale = x[train].mean(0), x[train].std(0) + 1e-9
        model = LogisticRegression(C=0.3, class_weight="balanced").fit((x[train] - mean) / scale, y[train])
        weighed[test] = model.predict((x[test] - mean) / scale)
    labels = ["CONTRADICT" if w else "SUPPORT" for w in weighed]
    yield Figure(f"SciFact, what the rules compare, weighed in {FOLDS} folds", macro_f1(gold, labels), "macro-F1")


def _features(claim: str, evidence: str, weight: Weight) -> tuple[list[float], int]:
    a, b = (read(_node(f"{i}", "", text)) for i, text in enumerate((claim, evidence)))
    going, paired = outlook(a, b, weight)
    sign = {"increase": 1, "decrease": -1}
    verdicts = [m.verdict for m in paired] or [0]
    return [
        going,
        agreement(a.cues, b.cues, weight),
        denies(claim) != denies(evidence),
        denies(claim),
        denies(evidence),
        (a.direction == "none") != (b.direction == "none"),
        sign.get(a.direction or "", 0) * sign.get(b.direction or "", 0),
        a.polarity * b.polarity,
        max(verdicts),
        min(verdicts),
        covered(b.terms, a.terms, frozenset(), weight),
    ], going


def _large() -> Iterator[Figure]:
    """Made findings of many papers in topics, all new at once, and one paper more."""
    random = np.random.default_rng(7)
    words = [
        f"{a}{b}{c}" for a in "bdfgklmnprst" for b in ("ar", "el", "ion", "ula") for c in ("ka", "mer", "tos", "vin")
    ]
    topics = random.normal(size=(TOPICS, 384))
    nodes: list[Node] = []
    of_topic = random.integers(0, TOPICS, PAPERS * FINDINGS)
    for i, topic in enumerate(of_topic):
        mine = np.random.default_rng(int(topic)).choice(words, 6)
        own = random.choice(words, 6)
        low, high = sorted(random.integers(20, 90, 2) / 100)
        what = f"With {own[0]} {mine[0]} the {mine[1]} of {mine[2]} {own[1]}"
        quote = f"{what} rose from {low} to {high} in {own[2]} {mine[3]}."
        nodes.append(_node(f"f{i:06}", f"p{i // FINDINGS}", quote))
    vectors = (topics[of_topic] + 0.9 * random.normal(size=(len(nodes), 384))).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    start = time.process_time()
    found = relations_between(nodes, vectors, [], vectors[:0])
    seconds = time.process_time() - start
    yield Figure(f"{len(nodes):,} made findings at once ({len(found):,} relations)", seconds, "CPU s")
    start = time.process_time()
    relations_between(nodes[:FINDINGS], vectors[:FINDINGS], nodes[FINDINGS:], vectors[FINDINGS:])
    yield Figure(f"one paper more, against {len(nodes) - FINDINGS:,}", time.process_time() - start, "CPU s")


def _node(id: str, paper: str, quote: str) -> Node:
    finding = Finding(quote, "result", "", quote)
    return Node(id, Level.FINDING, "made", "", quote, paper=paper, finding=finding)
