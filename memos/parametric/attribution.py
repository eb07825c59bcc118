"""Which write an answer came from.

Knows rows and owners' names. Does not know records or ledgers.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from memos.parametric.batch import Batch
from memos.parametric.model import MemoryModel, Reading, cpu_threads


def attribute(
    model: MemoryModel, prompt: str, answer: str, owners: Mapping[str, Tensor], *, namespace: Reading
) -> list[tuple[str, float]]:
    """Owners by their share in the answer, largest first; shares sum to 1, or are all 0 where no row mattered.

    owners: name -> rows int64 (t,), in order of writing. A row's part is what it adds to the answer's
    log-probability, to first order: (its gradient) x (its value). A row that several writes own is split evenly
    among them, so a write's own rows speak for it.
    """
    overlay = model.overlay(namespace) if isinstance(namespace, str) else namespace
    if overlay is None or not len(overlay) or not owners:
        return [(name, 0.0) for name in owners]
    with cpu_threads():
        batch = Batch(model, [model.example(prompt, answer)])
        batch.write_into(overlay.rows, overlay)
        values = overlay.values.clone().requires_grad_(True)
        logits = torch.log_softmax(batch.target_logits(values), dim=-1)
        said = logits.gather(1, batch.target.unsqueeze(1)).sum()
        (gradient,) = torch.autograd.grad(said, values)
    parts = (gradient * overlay.values).sum(1)  # (R,)
    owned = torch.zeros(len(overlay), dtype=torch.int64)
    inside = {name: torch.isin(overlay.rows, rows) for name, rows in owners.items()}
    for mask in inside.values():
        owned += mask
    split = parts / owned.clamp_min(1)
    shares = {name: max(0.0, float(split[mask].sum())) for name, mask in inside.items()}
    total = sum(shares.values()) or 1.0
    return sorted(((name, part / total) for name, part in shares.items()), key=lambda item: -item[1])
