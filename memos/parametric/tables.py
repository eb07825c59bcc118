"""Rows found by slot: the base table, the rows of several namespaces, and the sums that a layer takes over them.

Knows slots, rows and weights. Does not know keys, hidden states' origin, ledgers or files: a base table may lie in
memory or in a mapped file, and only the rows that are read are touched.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

DENSE_ENTRIES = 2**22
"""Largest (namespaces x slots) resolved by a dense array, 16 MB. A read there takes 0.2 µs against 2 µs by binary
search, but a hundred namespaces over 1024² slots would take 420 MB and 0.3 s to fill; searched, 8 MB and 2 ms."""

_WIDENED = 2**18
"""Numbers of a narrow table that are widened at a time: 1 MB of float32."""


@dataclass(frozen=True)
class Places:
    """Rows that M positions read: `at` int (M, R) into `up` float32 (T, d), and into `down` where rows are neurons."""

    at: Tensor
    up: Tensor | None
    down: Tensor | None = None

    def weighted_sum(self, weights: Tensor) -> Tensor | None:
        """Σ_j w_j up_j: weights float32 (M, R) -> (M, d); None where every `up` is zero.

        Each position is summed alone and in the order of its slots, so who else is in the batch changes no bit.
        """
        if self.up is None:
            return None
        return weighted_rows(self.up, self.at, weights)

    def dots(self, z: Tensor) -> Tensor:
        """down_j · z: float32 (M, d) -> (M, R)."""
        assert self.down is not None
        # slot by slot: all rows at once would take R times the memory of z
        return torch.stack([(self.down[column] * z).sum(-1) for column in self.at.unbind(1)], dim=1)


def weighted_rows(table: Tensor, at: Tensor, weights: Tensor) -> Tensor:
    """Σ_j weights[m, j] · table[at[m, j]], summed in float32: (T, d) fp32 or bf16, int (M, R), (M, R) -> (M, d)."""
    if table.is_cuda and not (torch.is_grad_enabled() and (table.requires_grad or weights.requires_grad)):
        from memos.parametric import kernels

        return kernels.weighted_rows(table, at, weights)
    if table.dtype == torch.float32:
        return F.embedding_bag(at, table, mode="sum", per_sample_weights=weights)
    # the CPU kernel would round weights and sums to the table's type: rows are widened first, as many as stay in a cache
    count = max(1, _WIDENED // (at.shape[1] * table.shape[1]))
    parts = []
    for some, factors in zip(torch.split(at, count), torch.split(weights, count), strict=True):
        rows = table.index_select(0, some.reshape(-1)).float()  # (count·R, d)
        order = torch.arange(len(rows), device=table.device).view_as(some)
        parts.append(F.embedding_bag(order, rows, mode="sum", per_sample_weights=factors))
    return torch.cat(parts)


class RowTable:
    """Rows of one or several namespaces in one table, resolved by (namespace, slot). Derived; holds no history.

    `table` float32 (1 + ΣR, d_value): row 0 is zeros, for slots without a row. With `neurons` a row is two vectors,
    down then up.
    """

    def __init__(
        self, n_slots: int, d_value: int, parts: list[tuple[Tensor, Tensor]], *, neurons: bool = False
    ) -> None:
        """parts: per namespace (rows int64 (R,), sorted; values (R, d_value), any float dtype)."""
        self.n_slots = n_slots
        table = torch.cat([torch.zeros(1, d_value), *(values.float() for _, values in parts)])
        self.up = table[:, d_value // 2 :].contiguous() if neurons else table
        self.down = table[:, : d_value // 2].contiguous() if neurons else None
        keys = torch.cat([i * n_slots + rows for i, (rows, _) in enumerate(parts)])
        self._keys: Tensor | None = None
        self._dense: Tensor | None = None
        if len(parts) * n_slots <= DENSE_ENTRIES:
            self._dense = torch.zeros(len(parts) * n_slots, dtype=torch.int32)
            self._dense[keys] = torch.arange(1, len(keys) + 1, dtype=torch.int32)
        else:
            self._keys = keys

    def resolve(self, slots: Tensor, namespace: Tensor | None = None) -> Tensor:
        """Position in the table, 0 where the namespace has no such row: int64 (M, R), (M,) -> int (M, R)."""
        flat = slots if namespace is None else namespace.unsqueeze(1) * self.n_slots + slots
        if self._dense is not None:
            return self._dense[flat]
        assert self._keys is not None
        found = torch.searchsorted(self._keys, flat)
        hit = self._keys[found.clamp_max(len(self._keys) - 1)] == flat if len(self._keys) else flat < 0
        return torch.where(hit, found + 1, 0)

    def places(self, slots: Tensor, namespace: Tensor | None = None) -> Places:
        """Where M positions find their rows. namespace: int64 (M,), which part each belongs to; None means the first."""
        return Places(self.resolve(slots, namespace), self.up, self.down)
