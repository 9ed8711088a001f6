"""Learns what speaks for two findings going against each other: `python -m training.relations [--out FILE]`.

A logistic regression over the features of pairs that agree or contradict (hierarchy/relations/features.py), with and
without recorded values. It learns from the made pairs of half 0 and from the sample's project wetland-calls; the other
half and the other project are for `python -m benchmarks relations` alone. Fields are left out whole to tell how well it
does on fields that it has not seen.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from benchmarks.relations import DEVELOPED_ON, finding_of, rows
from benchmarks.sample import SAMPLE
from evaluation.pairs import made_pairs, pooled
from evaluation.relations import KINDS
from hierarchy.nodes import Level, Node
from hierarchy.relations.features import opposition
from hierarchy.relations.outlook import outlook
from hierarchy.relations.statement import read
from hierarchy.relations.surroundings import rarity
from hierarchy.relations.terms import terms_of
from hierarchy.relations.words import WORDS

STRENGTH = 0.3  # inverse strength of regularization
FOLDS = 6
SURE = 0.75
HEAD = """# What each feature (features.py, opposition) weighs, learned by `python -m training.relations`: a logistic
# regression on made pairs of half of the fields and on the sample's project wetland-calls.
"""


class Example(msgspec.Struct, frozen=True):
    """A pair that agrees or contradicts, by its features."""

    features: Mapping[str, float]
    against: bool
    field: str


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.relations", description="Learns the weights of pairs.")
    parser.add_argument("--out", type=Path, default=WORDS / "against.toml")
    given = parser.parse_args()
    examples = [*_made(bare=False), *_made(bare=True), *_of_sample()]
    names = list(examples[0].features)
    seen = np.array([[e.features[name] for name in names] for e in examples])
    wanted = np.array([e.against for e in examples])
    sure = np.zeros(len(wanted))
    for train, test in GroupKFold(FOLDS).split(seen, wanted, [e.field for e in examples]):
        sure[test] = _model().fit(seen[train], wanted[train]).predict_proba(seen[test])[:, 1]
    called = sure >= SURE
    learned = _model().fit(seen, wanted)
    lines = [f'"{name}" = {weight:.3f}\n' for name, weight in zip(names, learned.coef_[0], strict=True)]
    text = f"{HEAD}\nconstant = {learned.intercept_[0]:.3f}\n\n[weights]\n{''.join(lines)}"
    given.out.write_text(text, "utf-8")
    print(
        f"{len(examples)} pairs; of fields left out, surer than {SURE}: {(called & wanted).sum()} of {called.sum()} "
        f"contradict, of {wanted.sum()} in all"
    )


def _model() -> LogisticRegression:
    return LogisticRegression(C=STRENGTH, max_iter=2_000)


def _made(bare: bool) -> Iterator[Example]:
    pool = pooled(made_pairs(0), bare)
    yield from _examples(pool.nodes, pool.gold, pool.fields)


def _of_sample() -> Iterator[Example]:
    papers = {path.stem for path in (SAMPLE / DEVELOPED_ON).glob("*.pdf")}
    nodes = [
        Node(row["id"], Level.FINDING, DEVELOPED_ON, "", row["quote"], paper=row["paper"], finding=finding_of(row, ""))
        for row in rows("findings")
        if row["paper"] in papers
    ]
    known = {node.id for node in nodes}
    pairs = {frozenset((r["a"], r["b"])): r["relation"] for r in rows("relations") if {r["a"], r["b"]} <= known}
    yield from _examples(nodes, pairs, dict.fromkeys(known, DEVELOPED_ON))


def _examples(
    nodes: Sequence[Node], pairs: Mapping[frozenset[str], str], fields: Mapping[str, str]
) -> Iterator[Example]:
    by_id = {node.id: node for node in nodes}
    weight = rarity(terms_of(node.text) for node in nodes)
    for ids, relation in pairs.items():
        if relation in KINDS:
            first, last = sorted(ids)
            a, b = read(by_id[first]), read(by_id[last])
            going, paired = outlook(a, b, weight)
            yield Example(opposition(a, b, going, paired, weight), relation == "contradict", fields[first])


if __name__ == "__main__":
    main()
