"""Learns what the signs of findings weigh: `python -m training.findings [--out FILE]`.

A logistic regression over the signs of sentences (ingestion/findings/signs.py). It learns from the sample's project
wetland-calls, from that half of the real papers marked by hand which rules may be made on, and from half of the fields
of the made sections (evaluation/sections.py); the other project and the other halves are for `python -m benchmarks
findings` alone. The real papers lie in the data folder of the benchmarks.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from benchmarks.bench import ROOT, Bench
from benchmarks.findings import marked_papers, sample_gold
from benchmarks.parsed import MOST_PAGES
from evaluation.findings import Gold, is_found, states_again
from evaluation.sections import MadeSection, findings_of, made_sections
from hierarchy.encoder import Encoder, Matrix, Range, SentenceVectors, Text, prefix_of
from hierarchy.nodes import Finding
from hierarchy.paper import Float, Paper, Passage, Section
from hierarchy.sentences import sentence_ranges
from ingestion.containment import ReaderPool
from ingestion.findings.attribution import is_reported
from ingestion.findings.classes import classes
from ingestion.findings.cues import WORDS
from ingestion.findings.find import is_sentence, is_told, read_passage
from ingestion.findings.numbers import numbers
from ingestion.findings.signs import signs
from ingestion.settings import IngestionSettings
from ingestion.told import RUNNING
from strata.models import build_encoder
from strata.settings import Settings

STRENGTH = 0.02  # inverse strength of regularization, chosen with whole papers left out
# chosen with whole papers and whole fields left out
THRESHOLDS = {"measured": 0.50, "again": 0.75, "beside": 0.70, "plain": 0.36}
REAL = 2.0  # weight of a sentence of a real paper, and of a made section
HEAD = """# What each sign of a finding weighs (signs.py), learned by `python -m training.findings`: a logistic
# regression on the sample's project wetland-calls, on half of the real papers that were marked by hand, and on half
# of the fields of the made sections.
"""


class Example(msgspec.Struct, frozen=True):
    """A sentence of a paper by its signs, whether it is a finding, and how much it weighs."""

    paper: str
    amounts: dict[str, float]
    finding: bool
    weight: float


class Learned(msgspec.Struct, frozen=True):
    """What each sign weighs."""

    bias: float
    weights: dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.findings", description="Learns the weights of signs.")
    parser.add_argument("--out", type=Path, default=WORDS / "weights.toml")
    given = parser.parse_args()
    gold = sample_gold()
    sample = {p.stem: p for p in sorted((ROOT / "data" / "sample" / "wetland-calls").glob("*.pdf"))}
    real, marks = marked_papers(Bench(), 0)
    papers = _read([*sample.values(), *real.values()])  # before the encoder, whose memory the readers would share
    encoder = build_encoder(Settings.from_environment())
    told_once = [e for name, path in sample.items() for e in _of_paper(name, papers[path], gold[name], encoder, True)]
    marked = [e for name, path in real.items() for e in _of_paper(name, papers[path], marks[name], encoder, False)]
    made = list(_of_sections(made_sections(0), encoder))
    learned = learn([*told_once, *marked, *made])
    lines = [f'"{name}" = {weight:.4f}\n' for name, weight in learned.weights.items()]
    thresholds = "".join(f"{name} = {value}\n" for name, value in THRESHOLDS.items())
    head = f"{HEAD}bias = {learned.bias:.4f}\n\n[threshold]\n{thresholds}\n[weight]\n"
    given.out.write_text(head + "".join(lines), "utf-8")
    print(
        f"{len(told_once)} sentences of the sample, {len(marked)} of real papers, {len(made)} made; {len(lines)} signs"
    )
    for name, rows in (("the sample", told_once), ("real papers", marked), ("made sections", made)):
        recall, precision = left_out([*told_once, *marked, *made], {e.paper for e in rows})
        print(f"{name}, each paper or field left out: recall of sentences {recall:.3f}, precision {precision:.3f}")


def learn(examples: Sequence[Example]) -> Learned:
    """The weights of a logistic regression over the signs, for signs as they are, not scaled."""
    vectorizer = DictVectorizer(sparse=False)
    seen = vectorizer.fit_transform([e.amounts for e in examples])
    mean, deviation = seen.mean(axis=0), seen.std(axis=0) + 1e-6
    learned = LogisticRegression(C=STRENGTH, max_iter=2_000).fit(
        (seen - mean) / deviation, [e.finding for e in examples], [e.weight for e in examples]
    )
    weights = learned.coef_[0] / deviation
    bias = float(learned.intercept_[0] - (weights * mean).sum())
    return Learned(bias, dict(zip(vectorizer.feature_names_, map(float, weights), strict=True)))


def left_out(examples: Sequence[Example], papers: Iterable[str]) -> tuple[float, float]:
    """Recall and precision of the sentences of `papers`, each judged by weights that were learned without its paper;
    two versions of a paper are left out together."""
    right = told = wanted = 0
    for kept_out in sorted({_work(paper) for paper in papers}):
        learned = learn([e for e in examples if _work(e.paper) != kept_out])
        weights = {
            "bias": learned.bias,
            "weight": learned.weights,
            "threshold": THRESHOLDS,
        }
        for e in (e for e in examples if _work(e.paper) == kept_out):
            said = is_told(e.amounts, weights)
            right, told, wanted = right + (said and e.finding), told + said, wanted + e.finding
    return right / max(1, wanted), right / max(1, told)


def _work(paper: str) -> str:
    return re.sub(r"-v\d+$", "", paper)


def _read(paths: Sequence[Path]) -> dict[Path, Paper]:
    read: dict[Path, Paper] = {}
    with ReaderPool(IngestionSettings(readers=2)) as readers:
        for path, reading in readers.read_all(paths, pages=dict.fromkeys(paths, MOST_PAGES)):
            paper = reading.result()
            if not isinstance(paper, Paper):
                raise SystemExit(f"{path.name}: {paper}")
            read[path] = paper
    return read


def _of_paper(name: str, paper: Paper, gold: Sequence[Gold], encoder: Encoder, once: bool) -> Iterator[Example]:
    floats = (*paper.tables, *paper.figures)
    pairs = [(s, p) for s in paper.sections for p in s.passages if p.type in RUNNING]
    ranges = [sentence_ranges(p.text) for _, p in pairs]
    texts = [Text(p.text, prefix_of(s.path), r) for (s, p), r in zip(pairs, ranges, strict=True)]
    for (section, passage), parts, encoding in zip(pairs, ranges, encoder.encode(texts), strict=True):
        refers = [f for f in floats if f.label in passage.floats]
        vectors = SentenceVectors.of(parts, encoding.parts).vectors()
        yield from _of_passage(name, section, passage, parts, vectors, refers, gold, once)


def _of_sections(sections: Sequence[MadeSection], encoder: Encoder) -> Iterator[Example]:
    read = [one.as_read() for one in sections]
    ranges = [sentence_ranges(p.text) for _, p in read]
    texts = [Text(p.text, prefix_of(s.path), r) for (s, p), r in zip(read, ranges, strict=True)]
    for made, (section, passage), parts, encoding in zip(sections, read, ranges, encoder.encode(texts), strict=True):
        vectors = SentenceVectors.of(parts, encoding.parts).vectors()
        yield from _of_passage(made.field, section, passage, parts, vectors, [], findings_of([made]), False)


def _of_passage(
    name: str,
    section: Section,
    passage: Passage,
    parts: Sequence[Range],
    vectors: Matrix,
    refers: Sequence[Float],
    gold: Sequence[Gold],
    once: bool,
) -> Iterator[Example]:
    if parts:
        sentences = [passage.text[a:b] for a, b in parts]
        chances = classes().probabilities(sentences, vectors, section.kind)
        _, reads = read_passage(sentences, section.path[-1:], refers)
        amounts = signs(sentences, section.kind, chances, [numbers(s) for s in sentences], reads)
        for sentence, held, read in zip(sentences, amounts, reads, strict=True):
            if not is_sentence(sentence) or is_reported(sentence, section.kind):
                continue
            said = Finding(sentence, "result", passage.id, sentence, read.values)
            good = any(is_found(g, sentence) for g in gold) or (once and states_again(said, gold))
            yield Example(name, held, good, 1.0 if once else REAL)


if __name__ == "__main__":
    main()
