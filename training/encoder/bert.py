"""The public encoder in PyTorch with low-rank adapters over its matrices (Hu et al. 2022, "LoRA").

Six layers of BERT (Devlin et al. 2019) without dropout and pooler, over the weights that Strata itself reads. Trained
are the adapters of query, key, value, attention output and both feed-forward matrices, and each layer's biases and
LayerNorms. It must not know questions.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from hierarchy.encoder import Matrix
from strata.weights import DIMENSION, HEADS

LAYERS = 6
EPSILON = 1e-12
PRECISION = torch.bfloat16  # of products and states; the weights that learn are float32
Batch: TypeAlias = tuple[Tensor, Tensor]  # ids; mask: 1 for a token, 0 behind a text's end
Now: TypeAlias = list[tuple[Tensor, Tensor]]


class Adapted(nn.Module):
    """A frozen matrix with a product of two thin ones added, W + scale B A, and a bias."""

    def __init__(self, weight: Matrix, bias: Matrix, rank: int, scale: float) -> None:
        super().__init__()
        self.register_buffer("weight", torch.tensor(weight), persistent=False)
        self.weight: Tensor
        self.bias = nn.Parameter(torch.tensor(bias))
        self.A = nn.Parameter(torch.randn(rank, weight.shape[1]) / math.sqrt(weight.shape[1]))
        self.B = nn.Parameter(torch.zeros(weight.shape[0], rank))
        self.scale = scale

    def forward(self) -> tuple[Tensor, Tensor]:
        """The matrix and the bias as they are now; made once a step, not once a text."""
        return torch.addmm(self.weight, self.B, self.A, alpha=self.scale).to(PRECISION), self.bias.to(PRECISION)


class Norm(nn.Module):
    """LayerNorm with given weights."""

    def __init__(self, weights: Mapping[str, Matrix], name: str, *, trained: bool) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(weights[f"{name}.weight"]), requires_grad=trained)
        self.bias = nn.Parameter(torch.tensor(weights[f"{name}.bias"]), requires_grad=trained)

    def forward(self, x: Tensor) -> Tensor:
        return F.layer_norm(x, (DIMENSION,), self.weight, self.bias, EPSILON)


PARTS = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "joined": "attention.output.dense",
    "wide": "intermediate.dense",
    "narrow": "output.dense",
}  # a layer's matrices, and what they are called in the public weights
NORMS = {"first": "attention.output.LayerNorm", "second": "output.LayerNorm"}


class Layer(nn.Module):
    """One layer of the encoder."""

    def __init__(self, weights: Mapping[str, Matrix], front: str, rank: int, scale: float) -> None:
        super().__init__()
        for part, name in PARTS.items():
            adapted = Adapted(weights[f"{front}.{name}.weight"], weights[f"{front}.{name}.bias"], rank, scale)
            self.add_module(part, adapted)
        for part, name in NORMS.items():
            self.add_module(part, Norm(weights, f"{front}.{name}", trained=True))

    def forward(self, x: Tensor, mask: Tensor, now: Now) -> Tensor:
        rows, length, _ = x.shape
        parts = F.linear(x, *now[0]).view(rows, length, 3, HEADS, -1).permute(2, 0, 3, 1, 4)
        # Written out: on a CPU the backward pass of torch's fused attention takes as long as all the rest.
        paid = torch.matmul(parts[0] * (DIMENSION // HEADS) ** -0.5, parts[1].transpose(2, 3)) + mask
        seen = torch.matmul(paid.softmax(-1), parts[2])
        x = self.first(x + F.linear(seen.transpose(1, 2).reshape(rows, length, DIMENSION), *now[1]))
        out: Tensor = self.second(x + F.linear(F.gelu(F.linear(x, *now[2])), *now[3]))
        return out

    def now(self) -> Now:
        """The layer's matrices and biases as they are now; those of query, key and value in one."""
        three = [getattr(self, part)() for part in ("query", "key", "value")]
        joined = torch.cat([weight for weight, _ in three]), torch.cat([bias for _, bias in three])
        return [joined, *(getattr(self, part)() for part in ("joined", "wide", "narrow"))]


class Encoder(nn.Module):
    """Token states, pooled unit vectors and the weights of a question's tokens."""

    def __init__(self, weights: Mapping[str, Matrix], rank: int, scale: float = 2.0) -> None:
        super().__init__()
        self.rank, self.scale = rank, scale
        for part in ("word", "position", "token_type"):
            table = torch.tensor(weights[f"embeddings.{part}_embeddings.weight"])
            self.register_buffer(part, table, persistent=False)
        self.word: Tensor
        self.position: Tensor
        self.token_type: Tensor
        self.norm = Norm(weights, "embeddings.LayerNorm", trained=False)
        self.layers = nn.ModuleList(Layer(weights, f"encoder.layer.{i}", rank, scale) for i in range(LAYERS))
        self.head = nn.Linear(DIMENSION, 1)
        nn.init.zeros_(self.head.weight)
        nn.init.constant_(self.head.bias, 0.54)  # softplus gives 1: all tokens count alike at first

    def forward(self, batches: Sequence[Batch]) -> list[Tensor]:
        """Token states of each batch, float32, shape (texts, tokens, 384)."""
        now = [layer.now() for layer in self.layers]
        states: list[Tensor] = []
        for ids, mask in batches:
            x = self.norm((self.word[ids] + self.position[: ids.shape[1]] + self.token_type[0]).to(PRECISION))
            closed = ((mask[:, None, None, :] - 1) * 1e4).to(PRECISION)
            for layer, weights in zip(self.layers, now, strict=True):
                x = layer(x, closed, weights)
            states.append(x.float())
        return states


def padded(texts: Sequence[Sequence[int]]) -> Batch:
    """Ids and mask of texts put side by side, shape (texts, longest)."""
    ids = np.zeros((len(texts), max(map(len, texts))), np.int64)
    mask = np.zeros_like(ids)
    for row, text in enumerate(texts):
        ids[row, : len(text)], mask[row, : len(text)] = text, 1
    return torch.from_numpy(ids), torch.from_numpy(mask)
