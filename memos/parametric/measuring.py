"""What a memory layer must know of its model before anything is learned: the mean and spread of its input.

Knows texts and hidden states. Does not know slots.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from memos.errors import InputError
from memos.parametric.attach import Attachment
from memos.parametric.batch import by_length, pad_right
from memos.parametric.chat import ChatFormat

_BATCH = 32


class Whitening(NamedTuple):
    """mean (d), covariance (d, d), float64; residual_rms of the block's output; the layer's input (P, d) per text."""

    mean: Tensor
    covariance: Tensor
    residual_rms: float
    inputs: list[tuple[str, Tensor]]


@torch.no_grad()
def measure_inputs(attachment: Attachment, chat: ChatFormat, texts: Sequence[str], memory: int = 0) -> Whitening:
    """Run the texts, one document each, up to the block of memory layer number `memory`.

    Raises InputError when there are none.
    """
    if not texts:
        raise InputError("no background text was given", hint="give some sentences", code="input.background")
    ids = [chat.prompt_ids(text) for text in texts]
    total, outer = torch.zeros(()), torch.zeros(())
    count, power = 0, 0.0
    inputs: list[tuple[str, Tensor]] = []
    for group in by_length([len(i) for i in ids], _BATCH):
        batch, mask = pad_right([ids[i] for i in group], max(len(ids[i]) for i in group))
        prefix = attachment.prefix(batch, mask, memory=memory)
        real = mask.bool()
        z = prefix.z[real].double()  # (P, d)
        total, outer = total + z.sum(0), outer + z.T @ z
        count += len(z)
        power += float(prefix.output[real].double().square().mean(-1).sum())
        inputs += [(texts[i], prefix.z[row, : len(ids[i])]) for row, i in enumerate(group)]
    mean = total / count
    return Whitening(mean, outer / count - torch.outer(mean, mean), (power / count) ** 0.5, inputs)
