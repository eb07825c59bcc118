"""The two sums of a memory layer on a GPU, in Triton: weighted rows per position, and the gradient of each row.

Knows pointers and widths. Does not know why rows are read. Imported only where tensors lie on a GPU: Triton comes with
PyTorch there and is absent elsewhere.

- Both sum in float32 and in the order of the CPU's sums, one program an output and no atomics: the same bits every time,
  and nobody's neighbours change them.
- No intermediate of the size positions x reads x width exists: a row is multiplied as it is loaded.
"""

from __future__ import annotations

import torch
import triton
import triton.language as tl
from torch import Tensor

_WIDEST_BLOCK = 512
_COLUMNS_OF_A_WARP = 128
"""32 lanes of four numbers: each lane's load is then 16 bytes, the widest there is."""
_AHEAD = tl.constexpr(8)
"""Rows whose loads are under way together: one row alone leaves the memory waiting for its address."""


# no annotations but constexpr in kernels: Triton resolves them, and refuses names of Python
@triton.jit  # type: ignore[untyped-decorator, unused-ignore]
def _weighted_rows(table, at, weights, out, reads, width, BLOCK: tl.constexpr):  # type: ignore[no-untyped-def]
    position = tl.program_id(0).to(tl.int64)
    column = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    inside = column < width
    total = tl.zeros((BLOCK,), dtype=tl.float32)
    for first in range(0, reads, _AHEAD):
        for ahead in tl.static_range(_AHEAD):
            there = first + ahead < reads
            access = position * reads + first + ahead
            row = tl.load(at + access, mask=there, other=0).to(tl.int64)  # row · width passes 2³¹ in a large table
            weight = tl.load(weights + access, mask=there, other=0.0)
            total += weight * tl.load(table + row * width + column, mask=inside & there, other=0.0).to(tl.float32)
    tl.store(out + position * width + column, total, mask=inside)


@triton.jit  # type: ignore[untyped-decorator, unused-ignore]
def _row_gradient(gradient, position, weights, offsets, out, width, BLOCK: tl.constexpr):  # type: ignore[no-untyped-def]
    row = tl.program_id(0).to(tl.int64)
    column = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    inside = column < width
    first = tl.load(offsets + row)
    after = tl.load(offsets + row + 1)
    total = tl.zeros((BLOCK,), dtype=tl.float32)
    for start in range(first, after, _AHEAD):
        for ahead in tl.static_range(_AHEAD):
            access = start + ahead
            there = access < after
            at = tl.load(position + access, mask=there, other=0).to(tl.int64)
            weight = tl.load(weights + access, mask=there, other=0.0)
            total += weight * tl.load(gradient + at * width + column, mask=inside & there, other=0.0).to(tl.float32)
    tl.store(out + row * width + column, total, mask=inside)


def weighted_rows(table: Tensor, at: Tensor, weights: Tensor) -> Tensor:
    """Σ_j weights[m, j] · table[at[m, j]]: (T, d) fp32 or bf16, int (M, R), float32 (M, R) -> float32 (M, d)."""
    positions, reads = at.shape
    out = torch.empty(positions, table.shape[1], dtype=torch.float32, device=table.device)
    if out.numel():
        grid, block, warps = _grid(*out.shape)
        _weighted_rows[grid](
            table.contiguous(), at.contiguous(), weights.contiguous(), out, reads, out.shape[1], BLOCK=block,
            num_warps=warps,
        )  # fmt: skip
    return out


def row_gradient(gradient: Tensor, position: Tensor, weights: Tensor, offsets: Tensor) -> Tensor:
    """Σ over the accesses of each row of weight · gradient at its position: float32 (P, d) -> float32 (t, d).

    position: int64 (A,), weights: float32 (A,), accesses grouped by row; offsets: int64 (t + 1,), where rows begin.
    """
    out = torch.empty(len(offsets) - 1, gradient.shape[1], dtype=torch.float32, device=gradient.device)
    if out.numel():
        grid, block, warps = _grid(*out.shape)
        _row_gradient[grid](
            gradient.contiguous(), position.contiguous(), weights.contiguous(), offsets.contiguous(), out,
            out.shape[1], BLOCK=block, num_warps=warps,
        )  # fmt: skip
    return out


def _grid(outputs: int, width: int) -> tuple[tuple[int, int], int, int]:
    """One program for each output row and block of columns; columns of a block; warps of a program."""
    block = min(_WIDEST_BLOCK, 1 << (width - 1).bit_length())
    return (outputs, -(-width // block)), block, max(1, block // _COLUMNS_OF_A_WARP)
