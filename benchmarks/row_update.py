"""One gradient step on the rows of a write, against the gradient of the whole table.

    python benchmarks/row_update.py [--n-keys 1024] [--width 128] [--tokens 512] [--reads 32] [--rows 256] [--json FILE]
    python benchmarks/row_update.py --device cuda

Each arm does what a training step does at the memory layer: forward read, backward from a given dL/dy, update. What
lies above the layer costs every arm the same and is left out. The arms alternate; the least and the median time are
shown. That the rows come out the same is checked, not assumed.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import torch
import torch.nn.functional as F
from harness import Table, report
from torch import Tensor

from memos.parametric.addressing import Address
from memos.parametric.reads import RowReads

RATE = 0.1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n-keys", type=int, default=1024, help="slots = n-keys²")
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--tokens", type=int, default=512)
    parser.add_argument("--reads", type=int, default=32, help="slots that a token reads")
    parser.add_argument("--rows", type=int, default=256, help="rows that the write owns")
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    arms = Arms(options)
    arms.check()
    steps: dict[str, Callable[[], object]] = {
        "rows only, reads prepared once": arms.rows_only,
        "rows only, reads prepared each step": arms.rows_prepared,
        "sparse gradient, SGD": arms.sparse,
        "dense gradient, SGD": arms.dense_sgd,
        "dense gradient, AdamW": arms.dense_adamw,
        "dense gradient, fused AdamW": arms.dense_fused,
    }
    finish = torch.cuda.synchronize if options.device == "cuda" else lambda: None
    times: dict[str, list[float]] = {name: [] for name in steps}
    for turn in range(options.repeats + 1):
        for name, step in steps.items():
            finish()
            start = time.perf_counter()
            step()
            finish()
            if turn:
                times[name].append((time.perf_counter() - start) * 1000)
    least = min(times["rows only, reads prepared each step"])
    middle = statistics.median(times["rows only, reads prepared each step"])
    table = Table(
        f"One step, {options.n_keys}² slots x {options.width}, {options.tokens} tokens x {options.reads} reads, {options.rows} rows",
        ["ms, least", "ms, median", "times rows only, least", "median"],
    )
    for name, each in times.items():
        table.add(name, min(each), statistics.median(each), min(each) / least, statistics.median(each) / middle)
    where = torch.cuda.get_device_name() if options.device == "cuda" else f"{options.threads} threads"
    notes = [
        "times rows only: against the slower way, with the reads prepared each step; a write prepares them once for all its steps",
        "rows only: what other rows add is a constant of the write, read once before its first step and not timed here",
        "the rows after one step equal those of the dense gradient to 1e-5",
        f"least and median of {options.repeats} alternating rounds, {where}; target: at least 15 times",
    ]
    report("row_update", [table], seed=options.seed, notes=notes, json_file=options.json, settings={
        name: str(value) for name, value in vars(options).items() if name != "json"})  # fmt: skip


class Arms:
    """The same table, reads and dL/dy for every arm."""

    def __init__(self, options: argparse.Namespace) -> None:
        device = options.device
        generator = torch.Generator(device).manual_seed(options.seed)
        self.slots = options.n_keys**2
        self.table = torch.randn(self.slots, options.width, generator=generator, device=device).requires_grad_(True)
        at = torch.randint(0, self.slots, (options.tokens, options.reads), generator=generator, device=device)
        self.address = Address(at, torch.rand(at.shape, generator=generator, device=device))
        self.gradient = torch.randn(options.tokens, options.width, generator=generator, device=device)
        self.rows = at.unique()[: options.rows]
        self.real = torch.ones(options.tokens, dtype=torch.bool, device=device)
        self.reads = self._prepared()
        self.adamw = torch.optim.AdamW([self.table], lr=1e-4, weight_decay=0.0)
        self.fused = torch.optim.AdamW([self.table], lr=1e-4, weight_decay=0.0, fused=True)

    def _prepared(self) -> RowReads:
        return RowReads(self.address, self.real, self.rows, self.slots)

    def rows_only(self) -> Tensor:
        """New values of the rows, as `memos.parametric.write` steps them; the rest of the read is a constant."""
        values = self.table.detach()[self.rows].requires_grad_(True)
        self.reads.read(values).backward(self.gradient[self.reads.positions])
        assert values.grad is not None
        return values.detach() - RATE * values.grad

    def rows_prepared(self) -> Tensor:
        self.reads = self._prepared()
        return self.rows_only()

    def _dense_gradient(self, sparse: bool = False) -> Tensor:
        self.table.grad = None
        read = F.embedding_bag(
            self.address.slots, self.table, mode="sum", per_sample_weights=self.address.weights, sparse=sparse
        )
        read.backward(self.gradient)
        assert self.table.grad is not None
        return self.table.grad

    def dense_sgd(self) -> None:
        gradient = self._dense_gradient()
        with torch.no_grad():
            self.table.sub_(gradient, alpha=1e-9)

    def sparse(self) -> None:
        gradient = self._dense_gradient(sparse=True)
        with torch.no_grad():
            self.table.add_(gradient, alpha=-1e-9)

    def dense_adamw(self) -> None:
        self._dense_gradient()
        self.adamw.step()

    def dense_fused(self) -> None:
        self._dense_gradient()
        self.fused.step()

    def check(self) -> None:
        """Raises AssertionError unless rows alone come out as the dense step brings them out."""
        wanted = (self.table.detach() - RATE * self._dense_gradient())[self.rows]
        assert torch.allclose(self.rows_only(), wanted, atol=1e-5)


if __name__ == "__main__":
    main()
