"""Question/answer pairs as tensors, with everything that no write can change computed once.

Knows prompts, targets and cached prefixes. Does not know why a pair is trained on, nor how rows are stepped.

- One memory layer and value-only writes: the hidden state below the layer, the slots and their weights are constants
  of a prompt. They are computed when the batch is built; a training step runs the blocks above the layer only.
- The gradient of a row is a weighted sum over the positions that read it, so it is an `embedding_bag` whose bags are
  the rows (product keys make the full gradient N x d; the rows written are a few hundred of N).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F
from torch import Tensor

from memos.parametric.attach import Prefix
from memos.parametric.layer import Address, RowTable
from memos.parametric.overlay import RowOverlay

if TYPE_CHECKING:
    from memos.parametric.model import MemoryModel

BATCH_COST = 160
"""What one more batch costs, in tokens of padding that would take as long."""


@dataclass(frozen=True)
class Example:
    """A prompt and the answer wanted, as tokens; the answer includes its end of turn."""

    prompt: tuple[int, ...]
    target: tuple[int, ...]

    @property
    def length(self) -> int:
        return len(self.prompt) + len(self.target)


class _RowRead(torch.autograd.Function):
    """Weighted sum of selected rows per position; its gradient is compact and deterministic."""

    @staticmethod
    def forward(ctx: Any, values: Tensor, reads: RowReads) -> Tensor:
        ctx.reads = reads
        return F.embedding_bag(
            reads.row, values, reads.offsets, mode="sum", per_sample_weights=reads.weight
        )  # (positions, d)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None]:
        return ctx.reads.row_gradient(grads[0].contiguous()), None


class RowReads:
    """Which positions of a batch read which of the rows being written.

    positions: int64 (P,), positions with at least one such read; row, weight: (A,) accesses grouped by position.
    """

    def __init__(self, address: Address, wanted: Tensor, rows: Tensor, n_slots: int) -> None:
        """wanted: bool (M,), False on padding. rows: int64 (t,), sorted."""
        place = torch.full((n_slots,), -1, dtype=torch.int64)
        place[rows] = torch.arange(len(rows))
        row = place[address.slots]  # (M, H·k)
        hit = (row >= 0) & wanted.unsqueeze(1)
        owner, _ = torch.nonzero(hit, as_tuple=True)
        self.row = row[hit]
        self.weight = address.weights[hit]
        self.positions, counts = torch.unique_consecutive(owner, return_counts=True)
        self.offsets = torch.cumsum(counts, 0) - counts
        by_row = torch.argsort(self.row, stable=True)
        self._bag_position = torch.repeat_interleave(torch.arange(len(counts)), counts)[by_row]
        self._bag_weight = self.weight[by_row]
        per_row = torch.bincount(self.row, minlength=len(rows))
        self._bag_offsets = torch.cumsum(per_row, 0) - per_row

    def read(self, values: Tensor) -> Tensor:
        """values: float32 (t, d) -> float32 (P, d); differentiable with respect to `values`."""
        out: Tensor = _RowRead.apply(values, self)  # type: ignore[no-untyped-call]
        return out

    def row_gradient(self, gradient: Tensor) -> Tensor:
        """dL/d(read) (P, d) -> dL/d(values) (t, d): summed in a fixed order, so it is the same bits every time."""
        return F.embedding_bag(
            self._bag_position, gradient, self._bag_offsets, mode="sum", per_sample_weights=self._bag_weight
        )


class Batch:
    """B examples, right-padded to T, with prefix and addresses cached.

    input_ids, mask: int64 (B, T). address over M = B·T flat positions. target_at: int64 (Q,), flat positions whose
    next token is wanted; target: int64 (Q,); target_of: int64 (Q,), the example each belongs to.
    """

    def __init__(self, model: MemoryModel, examples: Sequence[Example]) -> None:
        longest = max(example.length for example in examples) - 1  # the last token is only a target
        input_ids, mask = pad_right([(*e.prompt, *e.target[:-1]) for e in examples], longest)
        prefix = model.attachment.prefix(input_ids, mask)
        address = model.memory.address(prefix.z.reshape(-1, prefix.z.shape[-1]))
        self._set(model, examples, input_ids, mask, prefix, address)

    def _set(
        self,
        model: MemoryModel,
        examples: Sequence[Example],
        input_ids: Tensor,
        mask: Tensor,
        prefix: Prefix,
        address: Address,
    ) -> None:
        self.model, self.examples = model, tuple(examples)
        self.input_ids, self.mask, self.address = input_ids, mask, address
        at: list[int] = []
        wanted: list[int] = []
        owner: list[int] = []
        for i, example in enumerate(examples):
            start = i * input_ids.shape[1] + len(example.prompt) - 1
            at += range(start, start + len(example.target))
            wanted += example.target
            owner += [i] * len(example.target)
        self.target_at, self.target, self.target_of = (torch.tensor(column) for column in (at, wanted, owner))
        self.output = prefix.output  # (B, T, d)
        self.z = prefix.z.reshape(-1, prefix.z.shape[-1])  # (M, d)
        self.real = mask.reshape(-1).bool()  # (M,)
        self.const = torch.zeros_like(self.z)
        self.reads: RowReads | None = None

    @classmethod
    def joined(cls, parts: Sequence[tuple[Batch, Sequence[int]]]) -> Batch:
        """One batch of the chosen examples of several, in order, without computing their prefixes again."""
        width = max(batch.examples[i].length for batch, chosen in parts for i in chosen) - 1

        def gather(pick: Callable[[Batch], Tensor]) -> Tensor:
            """pick: (B, T, ...) of a batch -> (ΣB, width, ...), cut or padded with zeros."""
            rows = []
            for batch, chosen in parts:
                taken = pick(batch)[torch.tensor(list(chosen), dtype=torch.int64), :width]
                missing = taken.new_zeros(taken.shape[0], width - taken.shape[1], *taken.shape[2:])
                rows.append(torch.cat([taken, missing], dim=1))
            return torch.cat(rows)

        def shaped(flat: Tensor, like: Batch) -> Tensor:
            return flat.view(*like.input_ids.shape, flat.shape[-1])

        one = cls.__new__(cls)
        slots = gather(lambda b: shaped(b.address.slots, b)).flatten(0, 1)
        weights = gather(lambda b: shaped(b.address.weights, b)).flatten(0, 1)
        one._set(
            parts[0][0].model,
            [batch.examples[i] for batch, chosen in parts for i in chosen],
            gather(lambda b: b.input_ids),
            gather(lambda b: b.mask),
            Prefix(gather(lambda b: b.output), gather(lambda b: shaped(b.z, b))),
            Address(slots, weights),
        )
        return one

    def reads_of(self, chosen: Sequence[int]) -> Tensor:
        """Slots read by the chosen examples, padding left out: int64 (P, H·k)."""
        keep = torch.zeros(len(self.examples), dtype=torch.bool)
        keep[torch.tensor(list(chosen), dtype=torch.int64)] = True
        rows = keep.unsqueeze(1).expand_as(self.mask).reshape(-1) & self.real
        return self.address.slots[rows]

    def write_into(self, rows: Tensor, overlay: RowOverlay) -> None:
        """Prepare steps on `rows`; what the other rows of `overlay` add is a constant from here on."""
        kept = ~torch.isin(overlay.rows, rows)
        self.const = self._read_rows(overlay.rows[kept], overlay.values[kept])
        self.reads = RowReads(self.address, self.real, rows, self.model.config.slots)

    def _read_rows(self, rows: Tensor, values: Tensor) -> Tensor:
        base = self.model.memory.read_base(self.address)
        const = torch.zeros_like(self.z) if base is None else base
        if len(rows):
            table = RowTable(self.model.config.slots, values.shape[1], [(rows, values)])
            const = const + table.read(self.address, torch.zeros(len(self.z), dtype=torch.int64))
        return const

    def target_logits(self, values: Tensor | None = None, overlay: RowOverlay | None = None) -> Tensor:
        """Logits at the target positions, float32 (Q, V).

        values: float32 (t, d) at the rows given to `write_into`; or a whole overlay to read instead.
        """
        read = self.const
        if overlay is not None:
            read = self._read_rows(overlay.rows, overlay.values)
        elif values is not None and self.reads is not None and len(self.reads.positions):
            at = self.reads.positions
            read = read.index_copy(0, at, read[at] + self.reads.read(values))
        joined = self.output + self.model.memory.finish(read, self.z).view_as(self.output).to(self.output.dtype)
        hidden = self.model.attachment.resume(joined, self.input_ids, self.mask)
        return self.model.attachment.logits(hidden.reshape(-1, hidden.shape[-1])[self.target_at])

    def example_losses(self, logits: Tensor) -> Tensor:
        """Mean cross-entropy per example over its answer tokens: (Q, V) -> float32 (B,)."""
        each = F.cross_entropy(logits, self.target, reduction="none")
        counts = torch.bincount(self.target_of, minlength=len(self.examples))
        return torch.zeros(len(self.examples)).index_add(0, self.target_of, each) / counts

    def exact(self, logits: Tensor) -> Tensor:
        """Whether greedy decoding gives the target, bool (B,).

        Exactly then is every target token the most likely one after the tokens before it.
        """
        wrong = (logits.argmax(-1) != self.target).to(torch.int64)
        misses = torch.zeros(len(self.examples), dtype=torch.int64).index_add(0, self.target_of, wrong)
        return misses == 0


def pad_right(sequences: Sequence[Sequence[int]], length: int) -> tuple[Tensor, Tensor]:
    """Token lists -> (ids, mask), both int64 (B, length); padding is token 0 under mask 0."""
    ids = torch.zeros(len(sequences), length, dtype=torch.int64)
    mask = torch.zeros(len(sequences), length, dtype=torch.int64)
    for i, sequence in enumerate(sequences):
        ids[i, : len(sequence)] = torch.tensor(list(sequence))
        mask[i, : len(sequence)] = 1
    return ids, mask


def by_length(lengths: Sequence[int], most: int) -> list[list[int]]:
    """Indices in groups of at most `most`, cut so that padding plus `BATCH_COST` a group is least.

    Sorted by length, ties in order. A few long prompts among many short ones would otherwise triple the work.
    """
    order = sorted(range(len(lengths)), key=lambda i: (lengths[i], i))
    best = [0.0] + [float("inf")] * len(order)  # best[j]: cheapest cut of the first j
    cut = [0] * (len(order) + 1)
    for end in range(1, len(order) + 1):
        width = lengths[order[end - 1]]
        for start in range(max(0, end - most), end):
            cost = best[start] + width * (end - start) + BATCH_COST
            if cost < best[end]:
                best[end], cut[end] = cost, start
    groups: list[list[int]] = []
    end = len(order)
    while end:
        groups.append(order[cut[end] : end])
        end = cut[end]
    return groups[::-1]
