"""Which write an answer came from.

Knows rows and owners' names. Does not know records or ledgers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from memos.parametric.base import cpu_threads
from memos.parametric.batch import Batch
from memos.parametric.model import MemoryModel, Reading
from memos.parametric.overlay import RowOverlay

LEAST_EFFECT = 0.5
"""Nats that the rows must add to an answer's log-probability before any write is named as its source."""


def attribute(
    model: MemoryModel, prompt: str, answer: str, owners: Mapping[str, Tensor], *, namespace: Reading
) -> list[tuple[str, float]]:
    """Owners by their share in the answer, largest first; shares sum to 1, or are all 0 where the base alone answers.

    owners: name -> rows int64 (t,). An owner's part is the slot weight, over prompt and answer, that falls into its
    rows; a row counts the more the fewer writes own it, as a rare word tells more about a text than a common one.
    """
    overlay = model.overlay(namespace) if isinstance(namespace, str) else namespace
    if overlay is None or not len(overlay) or not owners:
        return [(name, 0.0) for name in owners]
    with cpu_threads(), torch.no_grad():
        batch = Batch(model, [model.example(prompt, answer)])
        effect = _logprob(batch, overlay) - _logprob(batch, model.empty_overlay())
        read = torch.zeros(model.config.slots)
        address = batch.reads(overlay)
        read.index_add_(0, address.slots.flatten(), address.weights.flatten())
    if effect < LEAST_EFFECT:
        return [(name, 0.0) for name in owners]
    count = torch.zeros(model.config.slots)
    for rows in owners.values():
        count[rows] += 1
    told = read * torch.log((len(owners) + 1) / count.clamp_min(1))
    shares = {name: float(told[rows].sum()) for name, rows in owners.items()}
    total = math.fsum(shares.values()) or 1.0
    return sorted(((name, part / total) for name, part in shares.items()), key=lambda item: -item[1])


def _logprob(batch: Batch, overlay: RowOverlay) -> float:
    logits = torch.log_softmax(batch.target_logits(overlay=overlay), dim=-1)
    return float(logits.gather(1, batch.target.unsqueeze(1)).sum())
