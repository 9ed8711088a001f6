"""Learns what the signs of findings weigh: `python -m training.findings [--out FILE]`.

A logistic regression over the signs of sentences (ingestion/findings/signs.py). It learns from the sample's project
wetland-calls, and from that half of the real papers marked by hand which rules may be made on; the other project and
the other half are for `python -m benchmarks findings` alone. The real papers lie in the data folder of the benchmarks.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from benchmarks.bench import ROOT, Bench
from benchmarks.findings import marked_papers, sample_gold
from benchmarks.parsed import MOST_PAGES
from evaluation.findings import Gold, is_found, states_again
from hierarchy.encoder import Encoder, SentenceVectors, Text
from hierarchy.nodes import Finding
from hierarchy.paper import Paper
from hierarchy.sentences import sentence_ranges
from ingestion.branch import prefix_of
from ingestion.containment import ReaderPool
from ingestion.findings.attribution import is_reported
from ingestion.findings.classes import classes
from ingestion.findings.cues import WORDS
from ingestion.findings.find import RUNNING, is_sentence
from ingestion.findings.numbers import numbers
from ingestion.findings.signs import signs
from ingestion.findings.values import read_values
from ingestion.settings import IngestionSettings
from strata.models import build_encoder
from strata.settings import Settings

STRENGTH = 0.02  # inverse strength of regularization, chosen with whole papers left out
THRESHOLD = 0.42  # chosen by the figures of the papers that it learns from, and by the totals of roof-meadows
REAL = 2.0  # weight of a sentence of a real paper
HEAD = """# What each sign of a finding weighs (signs.py), learned by `python -m training.findings`: a logistic
# regression on the sample's project wetland-calls and on half of the real papers that were marked by hand.
"""


class Example(msgspec.Struct, frozen=True):
    """A sentence by its signs, whether it is a finding, and how much it weighs."""

    amounts: dict[str, float]
    finding: bool
    weight: float


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.findings", description="Learns the weights of signs.")
    parser.add_argument("--out", type=Path, default=WORDS / "weights.toml")
    given = parser.parse_args()
    bench, encoder = Bench(), build_encoder(Settings.from_environment())
    gold = sample_gold()
    sample = {p.stem: p for p in sorted((ROOT / "data" / "sample" / "wetland-calls").glob("*.pdf"))}
    told_once = list(_examples(sample, gold, encoder, once=True))
    real = list(_examples(*marked_papers(bench, 0), encoder, once=False))
    examples = [*told_once, *real]
    vectorizer = DictVectorizer(sparse=False)
    seen = vectorizer.fit_transform([e.amounts for e in examples])
    mean, deviation = seen.mean(axis=0), seen.std(axis=0) + 1e-6
    learned = LogisticRegression(C=STRENGTH, max_iter=2_000).fit(
        (seen - mean) / deviation, [e.finding for e in examples], [e.weight for e in examples]
    )
    weights = learned.coef_[0] / deviation
    bias = float(learned.intercept_[0] - (weights * mean).sum())
    lines = [f'"{name}" = {weight:.4f}\n' for name, weight in zip(vectorizer.feature_names_, weights, strict=True)]
    text = f"{HEAD}threshold = {THRESHOLD}\nbias = {bias:.4f}\n\n[weight]\n{''.join(lines)}"
    given.out.write_text(text, "utf-8")
    print(f"{len(told_once)} sentences of the sample, {len(real)} of real papers; {len(lines)} signs")


def _examples(
    paths: Mapping[str, Path], gold: Mapping[str, Sequence[Gold]], encoder: Encoder, *, once: bool
) -> Iterator[Example]:
    names = {path: name for name, path in paths.items()}
    with ReaderPool(IngestionSettings(readers=2)) as readers:
        for path, reading in readers.read_all(list(names), pages=dict.fromkeys(names, MOST_PAGES)):
            paper = reading.result()
            if isinstance(paper, Paper):
                yield from _of_paper(paper, gold[names[path]], encoder, once)


def _of_paper(paper: Paper, gold: Sequence[Gold], encoder: Encoder, once: bool) -> Iterator[Example]:
    pairs = [(s, p) for s in paper.sections for p in s.passages if p.type in RUNNING]
    ranges = [sentence_ranges(p.text) for _, p in pairs]
    texts = [Text(p.text, prefix_of(s.path), r) for (s, p), r in zip(pairs, ranges, strict=True)]
    for (section, passage), parts, encoding in zip(pairs, ranges, encoder.encode(texts), strict=True):
        sentences = [passage.text[a:b] for a, b in parts]
        vectors = SentenceVectors.of(parts, encoding.parts).vectors()
        chances = classes().probabilities(sentences, vectors, section.kind)
        amounts = signs(sentences, section.kind, chances, [numbers(s) for s in sentences])
        for sentence, held in zip(sentences, amounts, strict=True):
            if not is_sentence(sentence) or is_reported(sentence, section.kind):
                continue
            said = Finding(sentence, "result", passage.id, sentence, read_values(sentence, None, ()).values)
            good = any(is_found(g, sentence) for g in gold) or (once and states_again(said, gold))
            yield Example(held, good, 1.0 if once else REAL)


if __name__ == "__main__":
    main()
