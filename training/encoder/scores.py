"""The two scores of a question and a text, and what training asks of them.

Cosine of mean-pooled vectors (Reimers and Gurevych 2019), and late interaction (Khattab and Zaharia 2020, "ColBERT")
with a weight for each of the question's tokens. Each answer's score must stand above those of the texts that do not
answer, in its own paper and, with less weight, in the others of the step.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from training.encoder.batches import Ids, Step
from training.encoder.bert import PRECISION, Batch, Encoder, padded

PARTS = 4  # a step's texts are encoded in so many parts, sorted by length: less padding
FIRST_SCALES = (25.0, 20.0)  # of late interaction and of cosine
SCALES = (5.0, 100.0)


class Objective(nn.Module):
    """The loss of a step; its two scales (inverse temperatures) are learned."""

    def __init__(self, across: float) -> None:
        super().__init__()
        self.across = across
        self.scales = nn.Parameter(torch.tensor([math.log(scale) for scale in FIRST_SCALES]))

    def forward(self, encoder: Encoder, step: Step) -> Tensor:
        late, near = both(encoder, step.questions, step.rarity, step.texts)
        own, answer = torch.from_numpy(step.own), torch.from_numpy(step.answer)
        share = answer / answer.sum(1, keepdim=True).clamp_min(1)
        loss = torch.zeros(())
        for score, scale in zip((late, near), self.scales.exp().clamp(*SCALES), strict=True):
            for mask, weight in ((own, 1.0), (torch.ones_like(own), self.across)):
                scaled = (score * scale).masked_fill(~mask, -1e4)
                others = scaled.masked_fill(answer, -1e4).logsumexp(1, keepdim=True)
                loss = loss + weight * (F.softplus(others - scaled) * share).sum(1).mean()
        return loss


def both(
    encoder: Encoder, questions: Sequence[Ids], rarity: Sequence[Sequence[float]], texts: Sequence[Ids]
) -> tuple[Tensor, Tensor]:
    """Late interaction and cosine, each of shape (questions, texts)."""
    asked, asked_mask = padded(questions)
    weights = torch.zeros(asked.shape)
    for row, given in enumerate(rarity):
        weights[row, : len(given)] = torch.tensor(given)
    parts, back = parted(texts)
    asked_states, *given_states = encoder([(asked, asked_mask), *parts])
    longest = max(ids.shape[1] for ids, _ in parts)
    states = torch.cat([F.pad(s, (0, 0, 0, longest - s.shape[1])) for s in given_states])[back]
    mask = torch.cat([F.pad(m, (0, longest - m.shape[1])) for _, m in parts])[back]
    weights = weights * F.softplus(encoder.head(asked_states))[..., 0] * asked_mask
    weights = weights / weights.sum(1, keepdim=True).clamp_min(1e-6)
    unit, asked_unit = F.normalize(states, dim=-1), F.normalize(asked_states, dim=-1)
    alike = torch.einsum("qid,pjd->qpij", asked_unit.to(PRECISION), unit.to(PRECISION))
    best = alike.masked_fill(mask[None, :, None, :] == 0, -1.0).amax(-1).float()
    late = (best * weights[:, None, :]).sum(-1)
    return late, pooled(asked_states, asked_mask) @ pooled(states, mask).T


def parted(texts: Sequence[Ids]) -> tuple[list[Batch], Tensor]:
    """The texts sorted by length in a few batches, and the order that puts them back."""
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    size = -(-len(order) // PARTS)
    parts = [padded([texts[i] for i in order[start : start + size]]) for start in range(0, len(order), size)]
    return parts, torch.tensor(sorted(range(len(order)), key=order.__getitem__))


def pooled(states: Tensor, mask: Tensor) -> Tensor:
    """Unit vectors: the mean of a text's token states."""
    return F.normalize((states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True), dim=-1)
