"""One run of training: from papers to an adapter's weights.

AdamW (Loshchilov and Hutter 2019) with a warm-up and a linear decay; what comes out is the exponential moving average
of the weights over the last steps, which is steadier than the last step's (Polyak and Juditsky 1992).
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np
import torch

from hierarchy.encoder import Matrix
from training.encoder.batches import Tokenized, steps
from training.encoder.bert import Encoder
from training.encoder.scores import Objective

WARM_UP = 30
CLIPPED = 1.0
LEAST = 0.03  # of the rate, at the end


class Recipe(msgspec.Struct, frozen=True):
    """How to train. `across`: weight of the other papers' texts in a step; `covid`: share of COVID-QA's papers in a
    pass; `dropped`: share of tokens that some questions lose; `average`: of the moving average; `minutes`: the rate is
    at its least by then, whatever was done."""

    rank: int = 16
    rate: float = 5e-4
    passes: float = 3.0
    size: int = 64
    across: float = 0.3
    covid: float = 0.4
    dropped: float = 0.1
    decay: float = 0.01
    average: float = 0.97
    minutes: float = 120.0
    seed: int = 0


def learn(
    weights: Mapping[str, Matrix],
    papers: Sequence[Tokenized],
    recipe: Recipe,
    kept_at: Path | None = None,
    start_from: Path | None = None,
) -> Encoder:
    """The trained encoder; prints its loss as it goes.

    Args:
        weights: the public encoder's.
        papers: to learn from.
        recipe: how.
        kept_at: where the averaged weights are kept as they grow, and at the end.
        start_from: what an earlier run kept, to go on from.
    """
    torch.manual_seed(recipe.seed)
    draw = random.Random(recipe.seed)
    encoder, objective = Encoder(weights, recipe.rank), Objective(recipe.across)
    learned = [p for p in encoder.parameters() if p.requires_grad]
    if start_from is not None:
        with torch.no_grad():
            for now, held in zip(learned, torch.load(start_from), strict=True):
                now.copy_(held)
    optimizer = torch.optim.AdamW(
        [
            {"params": learned, "lr": recipe.rate, "weight_decay": recipe.decay},
            {"params": objective.parameters(), "lr": 1e-2, "weight_decay": 0.0},
        ],
        betas=(0.9, 0.98),
    )
    total = recipe.passes * sum(1 for _ in steps(_drawn(papers, draw, recipe), draw, recipe.size, 0.0))
    mean = [p.detach().clone() for p in learned]
    start, done, losses = time.monotonic(), 0, list[float]()
    while done < total:
        for step in steps(_drawn(papers, draw, recipe), draw, recipe.size, recipe.dropped):
            past = max(done / total, (time.monotonic() - start) / 60 / recipe.minutes)
            if past >= 1:
                break
            optimizer.param_groups[0]["lr"] = recipe.rate * min(1, (done + 1) / WARM_UP) * max(LEAST, 1 - past)
            loss = objective(encoder, step)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(learned, CLIPPED)
            optimizer.step()
            done += 1
            kept = min(recipe.average, done / (done + 10))
            with torch.no_grad():
                for held, now in zip(mean, learned, strict=True):
                    held.lerp_(now, 1 - kept)
            losses.append(loss.item())
            if done % 20 == 0:
                spent = (time.monotonic() - start) / 60
                print(f"{done}/{total:.0f} loss {np.mean(losses[-20:]):.4f} {spent:.1f} min", flush=True)
                if kept_at is not None:
                    torch.save(mean, kept_at)
        if past >= 1:
            break
    with torch.no_grad():
        for held, now in zip(mean, learned, strict=True):
            now.copy_(held)
    if kept_at is not None:
        torch.save(mean, kept_at)
    return encoder


def _drawn(papers: Sequence[Tokenized], draw: random.Random, recipe: Recipe) -> list[Tokenized]:
    return [paper for paper in papers if paper.source != "covidqa" or draw.random() < recipe.covid]
