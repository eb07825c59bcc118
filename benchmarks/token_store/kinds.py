"""The structures of a vector index side by side: recall against comparing every vector, time, bytes.

    python -m benchmarks.token_store.kinds [--count 50000] [--vectors FILE.safetensors] [--json FILE]

Vectors are those of `world.py`, or the tensor `vectors` of a file, the last 200 of which ask. Recall@10: the share of the true
10 nearest that were found. `narrow` asks under a condition that leaves one vector in fifty.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from harness import Stopwatch, Table, report
from safetensors.numpy import load_file

from benchmarks.token_store.world import World
from memos.config import VectorSettings
from memos.stores.vectors import FaissIndex

QUERIES, NARROW = 200, 50
KINDS = [
    VectorSettings(kind="flat"), VectorSettings(kind="flat", quantize="sq8"),
    *(VectorSettings(kind="ivf", nprobe=nprobe) for nprobe in (8, 16, 32, 64)),
    VectorSettings(kind="ivf", quantize="sq8"),
    VectorSettings(kind="hnsw"), VectorSettings(kind="hnsw", quantize="sq8"),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=50_000)
    parser.add_argument("--vectors", type=Path, help="float32 [n, dimension], rows of norm 1")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--note", action="append", default=[], help="a circumstance to keep with the figures")
    arguments = parser.parse_args()
    if arguments.vectors:
        rows = load_file(arguments.vectors)["vectors"].astype(np.float32)
        vectors, queries = rows[:-QUERIES][: arguments.count], rows[-QUERIES:]
    else:
        world = World(arguments.seed)
        vectors, queries = world.vectors(arguments.count), world.vectors(QUERIES)
    with tempfile.TemporaryDirectory() as folder:
        table = compared(Path(folder), vectors, queries)
    report("vector_index_kinds", [table], seed=arguments.seed, json_file=arguments.json, notes=arguments.note)


def compared(folder: Path, vectors: Any, queries: Any) -> Table:
    table = Table(f"{len(vectors):,} vectors of {vectors.shape[1]}", [
        "recall@10", "recall@10 narrow", "processor ms a search", "build processor s", "MB on disk"])
    keys = np.arange(len(vectors))
    allowed = keys[keys % NARROW == 0]
    products = queries @ vectors.T  # (Q, n)
    nearest = [set(np.argpartition(-row, 10)[:10].tolist()) for row in products]
    narrow = [set(allowed[np.argpartition(-row[allowed], 10)[:10]].tolist()) for row in products]
    for settings in KINDS:
        index = FaissIndex(folder / "i.vectors", dimension=vectors.shape[1], identity="bench", settings=settings)
        building, asking = Stopwatch(), Stopwatch()
        with building:
            index.add(keys, vectors)
            index.settle()
        with asking:
            found = [{key for key, _ in index.search(query, 10)} for query in queries]
        under = [{key for key, _ in index.search(query, 10, allowed)} for query in queries]
        index.save(1)
        name = index.structure + (f", nprobe {settings.nprobe}" if settings.kind == "ivf" else "")
        name += f", ef {settings.ef_search}" if settings.kind == "hnsw" else ""
        table.add(name, _share(found, nearest), _share(under, narrow), 1000 * asking.cpu / QUERIES, building.cpu,
                  index.path.stat().st_size / 1e6)
        print(table.rows[-1], file=sys.stderr, flush=True)
    return table


def _share(found: list[set[int]], true: list[set[int]]) -> float:
    return float(np.mean([len(some & all_) / len(all_) for some, all_ in zip(found, true, strict=True)]))


if __name__ == "__main__":
    main()
