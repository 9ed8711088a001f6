"""Trains the reader of found passages: `python -m training.encoder DATA --date YYYY-MM-DD [--out FILE]`.

DATA holds papers_X.jsonl and questions_X.jsonl of QASPER and COVID-QA (docs/training.md). Needs PyTorch
(`pip install -e ".[train]"`) and about half an hour on two cores that know bfloat16.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

import msgspec
import torch
from tokenizers import Tokenizer

from hierarchy.encoder import Matrix
from strata.adapter import EVIDENCE, weights_of
from strata.evidence_encoder import EvidenceEncoder
from strata.settings import Settings
from strata.weights import TOKENIZER, WEIGHTS, checked, folded
from training.encoder.batches import tokenized
from training.encoder.data import held_out, read
from training.encoder.export import export
from training.encoder.held_out import measure
from training.encoder.learn import Recipe, learn


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.encoder", description="Trains the evidence encoder.")
    parser.add_argument("data", type=Path, help="folder with papers_X.jsonl and questions_X.jsonl")
    parser.add_argument("--date", required=True, help="that goes onto the card")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1], help="runs whose weights are averaged")
    parser.add_argument("--out", type=Path, default=EVIDENCE)
    parser.add_argument("--keep", type=Path, help="folder for each run's weights, as they grow")
    parser.add_argument("--start", type=Path, help="folder of an earlier --keep, to go on from")
    parser.add_argument("--every", action="store_true", help="learn from the held-out tenth too, for what ships")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    for field in msgspec.structs.fields(Recipe):
        if field.name != "seed":
            parser.add_argument(f"--{field.name}", type=type(field.default), default=field.default)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    recipe = Recipe(**{f.name: getattr(given, f.name) for f in msgspec.structs.fields(Recipe) if f.name != "seed"})
    papers = read(given.data)
    trained = tokenized([paper for paper in papers if given.every or not held_out(paper)], _tokenizer())
    weights = public_weights()
    if given.keep is not None:
        given.keep.mkdir(parents=True, exist_ok=True)
    encoders = [
        learn(
            weights, trained, msgspec.structs.replace(recipe, seed=seed), _of(given.keep, seed), _of(given.start, seed)
        )
        for seed in given.seeds
    ]
    export(encoders, given.out, card(recipe, given.seeds, given.date, len(trained)))
    if given.every:
        return
    kept = [paper for paper in papers if held_out(paper)]
    for name, value in measure(EvidenceEncoder(Settings.from_environment().home, 0, given.out), kept).items():
        print(f"{name}: mean reciprocal rank {value:.3f}")


def public_weights() -> dict[str, Matrix]:
    """The public encoder's weights under their published names, float32."""
    import onnx

    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "folded.onnx"
        folded(checked(WEIGHTS), plain)
        return weights_of(onnx.load(str(plain)))


def card(recipe: Recipe, seeds: list[int], date: str, papers: int) -> dict[str, Any]:
    """What stands in the file on how it came about."""
    return {
        "base": WEIGHTS.sha256,
        "data": "QASPER 0.3 train and validation (CC BY 4.0), COVID-QA (Apache 2.0; articles CC BY)",
        "date": date,
        "papers": papers,
        "recipe": msgspec.to_builtins(recipe),
        "seeds": seeds,
    }


def _of(folder: Path | None, seed: int) -> Path | None:
    return None if folder is None else folder / f"run-{seed}.pt"


def _tokenizer() -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(checked(TOKENIZER)))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


if __name__ == "__main__":
    main()
