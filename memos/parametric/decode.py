"""Greedy generation for many prompts at once, in which no prompt can feel its neighbours.

Knows logits, caches and padding. Does not know namespaces or rows: the caller has set what the memory reads.

Bit-equality with being alone: prompts are left-padded to a multiple of `BUCKET`, share a batch only with prompts of
the same padded length, and decoding steps run on a multiple of `ROWS` rows. CPU kernels take another path for fewer
than four rows of a matrix product, and for what is left over when an elementwise operation does not fill its vectors.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

BUCKET = 16
ROWS = 4
MOST = 64


@dataclass(frozen=True)
class Generation:
    """One greedy answer. Log-probabilities are natural; `margin` is the least gap between best and second token.

    `finished` is False when the answer was cut at the token limit. `token_ids` exclude the end of turn.
    """

    text: str
    token_ids: tuple[int, ...]
    mean_logprob: float
    min_logprob: float
    margin: float
    finished: bool


def padded_length(length: int) -> int:
    """Always at least one token of padding: a batch without padding takes another attention kernel."""
    return -(-(length + 1) // BUCKET) * BUCKET


def groups(lengths: Sequence[int], most: int = MOST) -> list[list[int]]:
    """Indices that may share a batch, in order of length."""
    buckets: dict[int, list[int]] = {}
    for i, length in enumerate(lengths):
        buckets.setdefault(padded_length(length), []).append(i)
    return [b[i : i + most] for _, b in sorted(buckets.items()) for i in range(0, len(b), most)]


def pad_left(sequences: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor, Tensor]:
    """Token lists of one bucket -> (ids, mask, position ids), int64 (B, T)."""
    width = padded_length(max(len(s) for s in sequences))
    ids = torch.zeros(len(sequences), width, dtype=torch.int64)
    mask = torch.zeros(len(sequences), width, dtype=torch.int64)
    for i, sequence in enumerate(sequences):
        ids[i, width - len(sequence) :] = torch.tensor(list(sequence))
        mask[i, width - len(sequence) :] = 1
    return ids, mask, (mask.cumsum(1) - 1).clamp_min(0)


def filled_rows(count: int) -> list[int]:
    """Row numbers of a decoding batch: all `count`, then row 0 again up to a multiple of ROWS."""
    return [*range(count), *[0] * (-count % ROWS)]


@dataclass(frozen=True)
class Step:
    """One generated token for every row of `filled_rows`: ids int64 (B,), logprob and margin float32 (B,)."""

    ids: Tensor
    logprob: Tensor
    margin: Tensor


@torch.no_grad()
def greedy_steps(body: Any, to_logits: Any, prompts: Sequence[Sequence[int]], limit: int) -> Iterator[Step]:
    """Yield up to `limit` greedy steps for prompts of one bucket, with a key/value cache.

    body: the transformer without its head; to_logits: final hidden states (B, d) -> float32 (B, V).
    Ties go to the lower token id.
    """
    ids, mask, positions = pad_left(prompts)
    result = body(input_ids=ids, attention_mask=mask, position_ids=positions, use_cache=True)
    filled = torch.tensor(filled_rows(len(prompts)))
    last = result.last_hidden_state[filled, -1]
    if len(filled) > len(prompts) and limit > 1:
        result.past_key_values.batch_select_indices(filled)
        mask, positions = mask[filled], positions[filled]
    for step in range(limit):
        scores = torch.log_softmax(to_logits(last), dim=-1)  # (B, V)
        best = scores.argmax(-1)
        two = scores.topk(2, dim=-1).values
        yield Step(best, scores.gather(1, best.unsqueeze(1)).squeeze(1), two[:, 0] - two[:, 1])
        if step + 1 == limit:
            return
        mask = torch.cat([mask, mask.new_ones(len(mask), 1)], dim=1)
        positions = positions[:, -1:] + 1
        result = body(
            input_ids=best.unsqueeze(1),
            attention_mask=mask,
            position_ids=positions,
            past_key_values=result.past_key_values,
            use_cache=True,
        )
        last = result.last_hidden_state[:, -1]
