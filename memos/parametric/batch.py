"""Question/answer pairs as tensors, with everything that no write can change computed once.

Knows prompts, targets and cached prefixes. Does not know why a pair is trained on, nor how rows are stepped.

- Writes change rows only: the hidden state below the first memory layer, its slots and their weights are constants of
  a prompt. They are computed when the batch is built; a training step runs the blocks above that layer only.
- Later memory layers, where there are any, are asked by what earlier ones answered: their addresses are computed in
  every step, and the gradient goes through their weights.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from memos.parametric.addressing import Address
from memos.parametric.attach import Prefix, Reader
from memos.parametric.overlay import RowOverlay
from memos.parametric.reads import LayerRead
from memos.parametric.tables import RowTable

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


class Batch:
    """B examples, right-padded to T, with prefix and addresses cached.

    input_ids, mask: int64 (B, T). address: of the first memory layer, over M = B·T flat positions. target_at: int64 (Q,), flat positions whose
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
        self._written: _Written | None = None

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

    def reads(self, overlay: RowOverlay | None = None) -> Address:
        """Where the M flat positions read, all memory layers side by side: (M, layers·H·k).

        overlay: what earlier layers read, which decides what later ones are asked; None is the base. One layer reads
        the same under every overlay.
        """
        layers, attachment = self.model.layers, self.model.attachment
        found = [self.address]
        for index in range(1, len(layers)):
            with torch.no_grad(), attachment.reading(self.model.readers([overlay] * len(self.examples))):
                z = attachment.prefix(self.input_ids, self.mask, memory=index).z
            found.append(layers[index].address(z.reshape(-1, z.shape[-1])))
        return Address.joined(found)

    def reads_of(self, chosen: Sequence[int], overlay: RowOverlay | None = None) -> Tensor:
        """Slots read by the chosen examples, padding left out: int64 (P, layers·H·k). overlay: see `reads`."""
        keep = torch.zeros(len(self.examples), dtype=torch.bool)
        keep[torch.tensor(list(chosen), dtype=torch.int64)] = True
        rows = keep.unsqueeze(1).expand_as(self.mask).reshape(-1) & self.real
        return self.reads(overlay).slots[rows]

    def write_into(self, rows: Tensor, overlay: RowOverlay) -> None:
        """Prepare steps on `rows` int64 (t,), sorted; what the other rows of `overlay` add is a constant from here on."""
        kept = ~torch.isin(overlay.rows, rows)
        others = self._table(overlay.rows[kept], overlay.values[kept])
        first = LayerRead(self.model.layers[0], self.z, self.address, others, rows, self.real)
        self._written = _Written(rows, others, first)

    def _table(self, rows: Tensor, values: Tensor) -> RowTable | None:
        return self.model.table([(rows, values)]) if len(rows) else None

    def target_logits(self, values: Tensor | None = None, overlay: RowOverlay | None = None) -> Tensor:
        """Logits at the target positions, float32 (Q, V).

        values: float32 (t, d_value) at the rows given to `write_into`, read as the table's type will hold them; or a
        whole overlay to read instead; or neither, for the base.
        """
        if overlay is None and values is not None and self._written is not None:
            values = as_kept(values, self.model.config.dtype)
            read = self._written.first(values)
            later = [self._writing(index, self._written, values) for index in range(1, len(self.model.layers))]
        else:
            table = None if overlay is None else self._table(overlay.rows, overlay.values)
            places = None if table is None else table.places(self.address.slots)
            read = self.model.layers[0].read(self.z, self.address, places)
            later = [self._reading(index, table) for index in range(1, len(self.model.layers))]
        joined = self.output + read.view_as(self.output).to(self.output.dtype)
        with self.model.attachment.reading([None, *later]):
            hidden = self.model.attachment.resume(joined, self.input_ids, self.mask)
        return self.model.attachment.logits(hidden.reshape(-1, hidden.shape[-1])[self.target_at])

    def _reading(self, index: int, table: RowTable | None) -> Reader:
        layer = self.model.layers[index]

        def read(z: Tensor) -> Tensor:
            flat = z.reshape(-1, z.shape[-1])
            address = layer.address(flat)
            places = None if table is None else table.places(address.slots)
            return layer.read(flat, address, places).view_as(z)

        return read

    def _writing(self, index: int, written: _Written, values: Tensor) -> Reader:
        layer = self.model.layers[index]

        def read(z: Tensor) -> Tensor:
            flat = z.reshape(-1, z.shape[-1])
            mine = LayerRead(layer, flat, layer.address(flat), written.others, written.rows, self.real)
            return mine(values).view_as(z)

        return read

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


class _Written(NamedTuple):
    """Rows being written, the overlay's other rows, and what the first memory layer reads of both."""

    rows: Tensor
    others: RowTable | None
    first: LayerRead


def as_kept(values: Tensor, dtype: torch.dtype) -> Tensor:
    """`values` float32 as a table of `dtype` holds them; the gradient passes as if nothing were rounded."""
    if dtype == torch.float32:
        return values
    return values + (values.detach().to(dtype).float() - values.detach())


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
