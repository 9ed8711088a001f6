"""Findings of the sample against its gold, and of real papers against marks that people made before they saw any.

The sample's project wetland-calls is the one that rules were made and weights learned on, and so is half 0 of the real
papers; the other project and half 1 tell how well they hold elsewhere. Two made sets over many fields go with them,
each with half of its fields for making rules (half 0) and half for checking: short sections whose findings are marked
(evaluation/sections.py), and single findings with their values (evaluation/pairs.py), of which only what they state is
read. What was missed is written to .bench/findings for what rules may be made on. Values: evaluation/findings.py says
what counts as right.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from benchmarks.bench import ROOT, Bench
from benchmarks.figures import Figure, MissingDataError
from benchmarks.parsed import half_of
from evaluation.findings import FindingsScore, Gold, marked, score
from evaluation.pairs import made_pairs
from evaluation.sections import findings_of, made_sections
from hierarchy.encoder import SentenceVectors, Text, prefix_of
from hierarchy.nodes import Finding
from hierarchy.paper import Section
from hierarchy.sentences import sentence_ranges
from ingestion.findings import findings_in
from ingestion.findings.directions import direction
from ingestion.findings.find import read_passage
from ingestion.findings.hedges import is_hedged
from ingestion.findings.measured import NOTHING
from ingestion.findings.values import read_values
from strata.assistant import Assistant
from strata.models import build_encoder
from strata.settings import Settings

SAMPLE = ROOT / "data" / "sample"
MADE_ON = "wetland-calls"
FLOORS = {"recall": 0.80, "precision": 0.70, "values": 0.90}
REAL_FLOORS = {"recall": 0.60, "precision": 0.65}


def measure(bench: Bench) -> Iterator[Figure]:
    folder = bench.folder / "findings"
    folder.mkdir(exist_ok=True)
    gold, home = sample_gold(), bench.home()
    for project in (MADE_ON, "roof-meadows"):
        papers = {path.stem: path for path in sorted((SAMPLE / project).glob("*.pdf"))}
        bench.strata(home, "ingest", *papers.values(), "--project", project)
        result = score({name: gold[name] for name in papers}, read(home, project, papers), once=True)
        if project == MADE_ON:
            (folder / "misses.txt").write_text("\n".join(result.misses), "utf-8")
        yield from _figures(project, result, FLOORS)
    for half in (0, 1):
        try:
            papers, wanted = marked_papers(bench, half)
        except MissingDataError as error:
            yield Figure(f"real papers, half {half}, skipped: {error}", 0)
            continue
        bench.strata(home, "ingest", *papers.values(), "--project", f"marked-{half}", ok=(0, 1))
        result = score(wanted, read(home, f"marked-{half}", papers), once=False)
        if half == 0:
            (folder / "misses-real.txt").write_text("\n".join(result.misses), "utf-8")
        yield from _figures(f"real papers, half {half}", result, REAL_FLOORS)
    for half in (0, 1):
        result = score(*told_in_sections(half), once=False)
        if half == 0:
            (folder / "misses-sections.txt").write_text("\n".join(result.misses), "utf-8")
        yield from _figures(f"made sections, half {half}", result, {})
    for half in (0, 1):
        result = score(*told_in_pairs(half), once=False)
        if half == 0:
            (folder / "misses-pairs.txt").write_text("\n".join(result.misses), "utf-8")
        yield from _stated(f"made findings, half {half}", result, {})


def told_in_sections(half: int) -> tuple[dict[str, list[Gold]], dict[str, list[Finding]]]:
    """The marked findings of the made sections of a half, and those that are read from their words, by field."""
    made = made_sections(half)
    pairs = [one.as_read() for one in made]
    ranges = [sentence_ranges(passage.text) for _, passage in pairs]
    texts = [Text(p.text, prefix_of(s.path), r) for (s, p), r in zip(pairs, ranges, strict=True)]
    encoded = build_encoder(Settings.from_environment()).encode(texts)
    gold: dict[str, list[Gold]] = {}
    found: dict[str, list[Finding]] = {}
    for one, (section, passage), parts, encoding in zip(made, pairs, ranges, encoded, strict=True):
        vectors = SentenceVectors.of(parts, encoding.parts).vectors()
        gold.setdefault(one.field, []).extend(findings_of([one]))
        found.setdefault(one.field, []).extend(
            Finding(f.claim, f.kind, "", f.claim, f.values, f.direction, f.hedged, f.attribution)
            for f in findings_in(passage, section, parts, vectors, ())
        )
    return gold, found


def told_in_pairs(half: int) -> tuple[dict[str, list[Gold]], dict[str, list[Finding]]]:
    """The findings of the made pairs of a half, and what is read from the words of each, in its passage."""
    gold: dict[str, list[Gold]] = {}
    found: dict[str, list[Finding]] = {}
    for side in (side for pair in made_pairs(half) for side in (pair.a, pair.b)):
        key = f"{side.title}: {side.quote}"
        if key in gold:
            continue
        section = Section("", None, side.section, None, 1, "result", 1, (0.0, 0.0, 1.0, 1.0), (side.section,))
        sentences = [side.passage[a:b] for a, b in sentence_ranges(side.passage)]
        arounds, _ = read_passage(sentences, section.path[-1:], ())
        around = next((x for s, x in zip(sentences, arounds, strict=True) if side.quote.startswith(s)), NOTHING)
        read = read_values(side.quote, around)
        way = direction(side.quote, read.values, read.told, read.change)
        hedged = is_hedged(side.quote)
        gold[key] = [Gold(side.values, "result", side.direction, side.hedged, quote=side.quote)]
        found[key] = [Finding(side.quote, "result", "", side.quote, read.values, way, hedged)]
    return gold, found


def sample_gold() -> dict[str, list[Gold]]:
    """The sample's gold findings, by the stem of their paper's file."""
    found: dict[str, list[Gold]] = {}
    for line in (SAMPLE / "gold" / "findings.jsonl").read_bytes().splitlines():
        one = msgspec.json.decode(line, type=Gold)
        found.setdefault(one.paper, []).append(one)
    return found


def marked_papers(bench: Bench, half: int) -> tuple[dict[str, Path], dict[str, list[Gold]]]:
    """The marked real papers of a half and their gold, both by the hash of the file's bytes.

    Raises:
        MissingDataError: where one of the papers is not in the data.
    """
    gold: dict[str, list[Gold]] = {}
    for one in marked():
        gold.setdefault(one.sha256, []).append(one)
    files = {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in bench.pdfs("qasper/pdf")}
    if missing := set(gold) - set(files):
        raise MissingDataError(f"{len(missing)} of the {len(gold)} marked papers are missing in the data folder")
    mine = {sha: files[sha] for sha in sorted(gold) if half_of(files[sha].stem) == half}
    return mine, {sha: gold[sha] for sha in mine}


def read(home: Path, project: str, papers: Mapping[str, Path]) -> dict[str, list[Finding]]:
    """The findings of a project's papers, by the names that `papers` gives to their files."""
    names = {path.name: name for name, path in papers.items()}
    found: dict[str, list[Finding]] = {}
    with Assistant(project, Settings(home=home)) as assistant:
        for branch in assistant.tree().walk():
            if branch.node.finding is not None and branch.node.file is not None:
                found.setdefault(names[branch.node.file], []).append(branch.node.finding)
    return found


def _figures(name: str, result: FindingsScore, floors: Mapping[str, float]) -> Iterator[Figure]:
    yield Figure(f"{name}: recall of {result.gold}", result.recall, "", least=floors.get("recall"))
    yield Figure(f"{name}: precision of {result.told}", result.precision, "", least=floors.get("precision"))
    if result.again:
        yield Figure(f"{name}: precision, none that is told again", result.strict_precision)
    yield from _stated(name, result, floors)


def _stated(name: str, result: FindingsScore, floors: Mapping[str, float]) -> Iterator[Figure]:
    """How much of what the found findings state is right."""
    if result.with_values:
        share = 1 / result.with_values
        yield Figure(f"{name}: numbers and units right, of {result.with_values}", result.numbers * share)
        yield Figure(f"{name}: compared numbers right, too", result.pairs * share, "", least=floors.get("values"))
        yield Figure(f"{name}: metric with a word of the gold's, too", result.values * share)
    yield Figure(f"{name}: direction right, of {result.directed}", result.directions / max(1, result.directed))
    yield Figure(f"{name}: hedged as the gold is", result.hedges / max(1, result.found))
