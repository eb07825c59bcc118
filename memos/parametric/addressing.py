"""From scores of keys to slots: the k best, found without scoring every slot, and the same whatever sorts them.

Knows scores and slot numbers. Does not know hidden states, values or models.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import torch
from torch import Tensor

_INDEX_BITS = 32


class Address(NamedTuple):
    """Where M positions read: `slots` int64 (M, R) in [0, N), `weights` float32 (M, R), summing to 1 per head.

    R = heads x k of one layer, or of several layers side by side.
    """

    slots: Tensor
    weights: Tensor

    @classmethod
    def joined(cls, layers: list[Address]) -> Address:
        """Reads of several layers at the same positions, side by side."""
        if len(layers) == 1:
            return layers[0]
        return cls(torch.cat([a.slots for a in layers], dim=1), torch.cat([a.weights for a in layers], dim=1))


@lru_cache(maxsize=16)
def candidate_pairs(k: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Rank pairs (a, b), 0-based, with (a+1)(b+1) <= k: all that can be among the k best sums of two sorted lists.

    Any other pair is dominated by at least k pairs of smaller ranks.
    """
    pairs = [(a, b) for a in range(k) for b in range(k) if (a + 1) * (b + 1) <= k]
    return tuple(a for a, _ in pairs), tuple(b for _, b in pairs)


def ordered_topk(scores: Tensor, index: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """The k best of the last axis, score descending, then index ascending: ties never depend on the sort.

    scores: float32 (..., C); index: int64 broadcastable to it, in [0, 2³²), distinct along the last axis.
    Returns (scores (..., k), index (..., k)). torch.topk leaves the order of equal scores open; a score and its
    index packed into one int64 has no equals.
    """
    bits = (scores + 0.0).contiguous().view(torch.int32).to(torch.int64)  # + 0.0: -0.0 and 0.0 are one score
    ascending = torch.where(bits < 0, bits ^ 0x7FFFFFFF, bits)
    top = torch.topk((ascending << _INDEX_BITS) | (2**_INDEX_BITS - 1 - index), k, dim=-1).values
    best = 2**_INDEX_BITS - 1 - (top & (2**_INDEX_BITS - 1))
    high = top >> _INDEX_BITS
    restored = torch.where(high < 0, high ^ 0x7FFFFFFF, high).to(torch.int32).view(torch.float32)
    return restored, best


@torch.no_grad()
def best_products(scores: Tensor, k: int) -> Tensor:
    """The k best of the n² sums of two halves: scores float32 (M, H, 2, n) -> slots int64 (M, H, k), slot = a·n + b.

    Product keys (arXiv 1907.05242). Equal to a search over the full grid: see `candidate_pairs`.
    """
    n = scores.shape[-1]
    halves, ranks = ordered_topk(scores, torch.arange(n, device=scores.device), k)  # (M, H, 2, k)
    first, second = (torch.tensor(side, device=scores.device) for side in candidate_pairs(k))
    sums = halves[:, :, 0, first] + halves[:, :, 1, second]  # (M, H, C)
    slots = ranks[:, :, 0, first] * n + ranks[:, :, 1, second]
    return ordered_topk(sums, slots, k)[1]


def product_scores(scores: Tensor, slots: Tensor) -> Tensor:
    """Scores of chosen slots: (M, H, 2, n) and int64 (M, H, k) -> (M, H, k), differentiable."""
    n = scores.shape[-1]
    return scores[:, :, 0].gather(-1, slots // n) + scores[:, :, 1].gather(-1, slots % n)


@torch.no_grad()
def best_keys(scores: Tensor, k: int) -> Tensor:
    """The k best of all N: scores float32 (M, H, N) -> slots int64 (M, H, k)."""
    return ordered_topk(scores, torch.arange(scores.shape[-1], device=scores.device), k)[1]
