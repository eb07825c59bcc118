"""Reading a value table: weighted rows of a large batch, in bytes a second, against memcpy in the same run.

    python benchmarks/lookup.py [--megabytes 512] [--reads 32] [--widths 128 1024] [--threads 1 2] [--json FILE]
    python benchmarks/lookup.py --device cuda --megabytes 8192 --threads 1        the Triton kernel against a device copy

Every position reads `reads` rows at random places of a table far larger than the caches, and gets their weighted sum.
Lookup and copy alternate, so that what else the machine does falls on both; the least and the median time are shown.
Bandwidth is payload: bytes of rows read a second against bytes copied a second.
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

from memos.parametric.tables import RowTable, weighted_rows

FLOAT = 4
BESIDE = {
    "overlay": "an overlay's rows, (namespace, slot) resolved first,",
    "bfloat16": "a bfloat16 table, widened as it is read,",
    "embedding_bag": "PyTorch's embedding_bag",
}
READ_SHARE = 0.5
"""Bytes of rows read in one lookup, as a share of the table."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=512, help="size of the table")
    parser.add_argument("--reads", type=int, default=32)
    parser.add_argument("--widths", type=int, nargs="+", default=[128, 1024])
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    table = Table(
        "Lookup against memcpy, GB of payload a second",
        ["lookup, best", "lookup, median", "memcpy, best", "memcpy, median", "share, best", "share, median"],
    )
    notes = []
    for width in options.widths:
        for threads in options.threads:
            torch.set_num_threads(threads)
            arms = prepared(width, options.megabytes, options.reads, options.seed, options.device)
            times = alternating(arms, options.repeats, options.device)
            rows, copied = (payload(arms[name][1], times[name]) for name in ("rows", "memcpy"))
            table.add(
                f"{width} wide, {threads} threads", rows[0], rows[1], copied[0], copied[1], rows[0] / copied[0],
                rows[1] / copied[1],
            )  # fmt: skip
            beside = {name: payload(arms[name][1], times[name])[0] for name in BESIDE if name in arms}
            notes.append(f"{width} wide, {threads} threads, GB/s of own bytes: " + ", ".join(
                f"{BESIDE[name]} {rate:,.1f}" for name, rate in beside.items()))  # fmt: skip
    notes.append("counted by traffic, a copy moves twice its payload (a read and a write), which halves every share")
    target = ".70" if options.device == "cuda" else ".80"
    notes.append(f"least and median of {options.repeats} alternating rounds; target: a share of at least {target}")
    if options.device == "cuda":
        notes.append(f"on {torch.cuda.get_device_name()}; {options.megabytes:,} MB of table, far more than its cache")
    report("lookup", [table], seed=options.seed, notes=notes, json_file=options.json, settings={
        name: str(value) for name, value in vars(options).items() if name != "json"})  # fmt: skip


def prepared(width: int, megabytes: int, reads: int, seed: int, device: str) -> dict[str, tuple[Callable[[], Tensor], int]]:
    """name -> (one round, payload in bytes)."""
    generator = torch.Generator(device).manual_seed(seed)
    slots = megabytes * 2**20 // (width * FLOAT)
    positions = int(READ_SHARE * slots) // reads
    values = torch.randn(slots, width, generator=generator, device=device)
    at = torch.randint(0, slots, (positions, reads), generator=generator, device=device)
    weights = torch.rand(positions, reads, generator=generator, device=device)
    size = positions * reads * width * FLOAT
    source, target = torch.randn(size // FLOAT, generator=generator, device=device), torch.empty(size // FLOAT, device=device)
    narrow = values.bfloat16()
    arms: dict[str, tuple[Callable[[], Tensor], int]] = {
        "rows": (lambda: weighted_rows(values, at, weights), size),
        "memcpy": (lambda: target.copy_(source), size),
        "bfloat16": (lambda: weighted_rows(narrow, at, weights), size // 2),
    }
    if device == "cpu":
        overlay = RowTable(slots, width, [(torch.arange(slots), values)])  # every slot learned: no read is free
        arms["overlay"] = (lambda: weighted_rows(overlay.up, overlay.resolve(at), weights), size)
    else:
        arms["embedding_bag"] = (lambda: F.embedding_bag(at, values, mode="sum", per_sample_weights=weights), size)
    return arms


def alternating(arms: dict[str, tuple[Callable[[], Tensor], int]], repeats: int, device: str) -> dict[str, list[float]]:
    """Seconds of each round; the first of each arm only warms up."""
    finish = torch.cuda.synchronize if device == "cuda" else lambda: None
    times: dict[str, list[float]] = {name: [] for name in arms}
    for turn in range(repeats + 1):
        for name, (run, _) in arms.items():
            finish()
            start = time.perf_counter()
            run()
            finish()
            if turn:
                times[name].append(time.perf_counter() - start)
    return times


def payload(size: int, times: list[float]) -> tuple[float, float]:
    """GB a second at the least and at the median time."""
    return size / min(times) / 1e9, size / statistics.median(times) / 1e9


if __name__ == "__main__":
    with torch.no_grad():
        main()
