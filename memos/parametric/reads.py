"""What one memory layer reads when some rows are being written: those rows apart, everything else summed once.

Knows addresses, rows and gradients. Does not know batches, prompts or models.

- The gradient of a row is a weighted sum over the positions that read it, so it is an `embedding_bag` whose bags are
  the rows: product keys make the full gradient N x d, and the rows written are a few hundred of N.
- Its order is fixed by a stable sort, so it is the same bits every time.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from memos.parametric.addressing import Address
from memos.parametric.layer import MemoryLayer
from memos.parametric.tables import RowTable


class _WeightedSum(torch.autograd.Function):
    """Σ of weighted rows per position; the gradient of the rows is compact and deterministic."""

    @staticmethod
    def forward(ctx: Any, values: Tensor, weights: Tensor, reads: RowReads) -> Tensor:
        ctx.reads = reads
        ctx.save_for_backward(values, weights)
        return F.embedding_bag(reads.row, values, reads.offsets, mode="sum", per_sample_weights=weights)  # (P, d)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, Tensor | None, None]:
        values, weights = ctx.saved_tensors
        gradient = grads[0].contiguous()
        rows = ctx.reads.row_gradient(gradient, weights) if ctx.needs_input_grad[0] else None
        each = (gradient[ctx.reads.bag] * values[ctx.reads.row]).sum(-1) if ctx.needs_input_grad[1] else None
        return rows, each, None


class _Dots(torch.autograd.Function):
    """Product of each read row with the input at its position; gradients of rows and inputs as above."""

    @staticmethod
    def forward(ctx: Any, values: Tensor, z: Tensor, reads: RowReads) -> Tensor:
        ctx.reads = reads
        ctx.save_for_backward(values, z)
        return (z[reads.bag] * values[reads.row]).sum(-1)  # (A,)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, Tensor | None, None]:
        values, z = ctx.saved_tensors
        each, reads = grads[0].contiguous(), ctx.reads
        rows = reads.row_gradient(z.contiguous(), each) if ctx.needs_input_grad[0] else None
        inputs = None
        if ctx.needs_input_grad[1]:
            inputs = F.embedding_bag(reads.row, values, reads.offsets, mode="sum", per_sample_weights=each)
        return rows, inputs, None


class RowReads:
    """Which positions of a batch read which of the rows being written: A accesses, grouped by position.

    positions: int64 (P,), positions with at least one such read; bag: int64 (A,), which of them an access belongs to;
    row: int64 (A,), place in `rows`; weight: float32 (A,); hit: bool (M, R), where the accesses are.
    """

    def __init__(self, address: Address, wanted: Tensor, rows: Tensor, n_slots: int) -> None:
        """wanted: bool (M,), False on padding. rows: int64 (t,), sorted."""
        device = rows.device
        place = torch.full((n_slots,), -1, dtype=torch.int64, device=device)
        place[rows] = torch.arange(len(rows), device=device)
        row = place[address.slots]  # (M, R)
        self.hit = (row >= 0) & wanted.unsqueeze(1)
        owner, _ = torch.nonzero(self.hit, as_tuple=True)
        self.row = row[self.hit]
        self.weight = address.weights[self.hit]
        self.positions, counts = torch.unique_consecutive(owner, return_counts=True)
        self.offsets = torch.cumsum(counts, 0) - counts
        self.bag = torch.repeat_interleave(torch.arange(len(counts), device=device), counts)
        self._by_row = torch.argsort(self.row, stable=True)
        self._bag_position = self.bag[self._by_row]
        per_row = torch.bincount(self.row, minlength=len(rows))
        self._row_ends = torch.cumsum(per_row, 0)

    def read(self, values: Tensor, weights: Tensor | None = None) -> Tensor:
        """Weighted sums: float32 (t, d), weights (A,) or those of the address -> (P, d); differentiable in both."""
        out: Tensor = _WeightedSum.apply(values, self.weight if weights is None else weights, self)  # type: ignore[no-untyped-call]
        return out

    def dots(self, values: Tensor, z: Tensor) -> Tensor:
        """row · z of every access: float32 (t, d), (P, d) -> (A,); differentiable in both."""
        out: Tensor = _Dots.apply(values, z, self)  # type: ignore[no-untyped-call]
        return out

    def row_gradient(self, gradient: Tensor, weights: Tensor | None = None) -> Tensor:
        """Σ over the accesses of each row of weight · gradient at its position: (P, d), (A,) -> (t, d)."""
        position, weights, offsets = self.by_row(weights)
        if gradient.is_cuda:
            from memos.parametric.kernels import row_gradient

            return row_gradient(gradient, position, weights, offsets)
        return F.embedding_bag(position, gradient, offsets[:-1], mode="sum", per_sample_weights=weights)

    def by_row(self, weights: Tensor | None = None) -> tuple[Tensor, Tensor, Tensor]:
        """The accesses grouped by row: their place in `positions` int64 (A,), weights (A,), offsets int64 (t + 1,)."""
        weights = self.weight if weights is None else weights
        return self._bag_position, weights[self._by_row], F.pad(self._row_ends, (1, 0))


class LayerRead:
    """What one layer adds at M positions as a function of the rows being written; all else is summed once."""

    def __init__(
        self, layer: MemoryLayer, z: Tensor, address: Address, fixed: RowTable | None, rows: Tensor, wanted: Tensor
    ) -> None:
        """z: (M, d). fixed: the overlay's other rows. rows: int64 (t,), sorted; wanted: bool (M,), False on padding."""
        self._layer, self._z = layer, z
        self._reads = RowReads(address, wanted, rows, layer.config.slots)
        self._own = layer.config.slot == "neuron"
        if self._own:
            # a neuron's activation is not linear in its row, so a row being written is left out of the sum whole
            weights = address.weights.masked_fill(self._reads.hit, 0.0)
            self._base_rows = rows - layer.first_slot
            address = Address(address.slots, weights)
        places = None if fixed is None else fixed.places(address.slots)
        self.const = layer.sums(z, address, places)  # (M, d)

    def __call__(self, values: Tensor) -> Tensor:
        """values: float32 (t, d_value), differences to the base table -> (M, d_model); differentiable."""
        at, read = self._reads.positions, self.const
        if len(at):
            read = read.index_copy(0, at, read[at] + (self._neurons(values) if self._own else self._reads.read(values)))
        return self._layer.finish(read, self._z)

    def _neurons(self, values: Tensor) -> Tensor:
        down, up = values.chunk(2, dim=1)
        layer = self._layer
        mine = (self._base_rows >= 0) & (self._base_rows < layer.config.pool)  # others belong to other layers' pools
        base = self._base_rows.clamp(0, layer.config.pool - 1)
        if layer.down is not None:
            down = down + torch.where(mine.unsqueeze(1), layer.down[base].float(), 0.0)
        if layer.up is not None:
            up = up + torch.where(mine.unsqueeze(1), layer.up[base].float(), 0.0)
        product = self._reads.dots(down.contiguous(), self._z[self._reads.positions].float())
        return self._reads.read(up.contiguous(), self._reads.weight * F.gelu(product))
