"""Rows found by slot: both ways to resolve, sums of narrow tables, and tables larger than the memory in use."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings, strategies as st

from memos.parametric import tables
from memos.parametric.files import read_memory_files
from memos.parametric.layer import MemoryConfig
from memos.parametric.tables import RowTable, weighted_rows
from memos.parametric.testing import tiny_model


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sets(st.integers(0, 19)), min_size=1, max_size=4), st.integers(0, 99))
def test_searching_finds_the_rows_that_the_dense_array_finds(parts: list[set[int]], seed: int) -> None:
    given_rows = [torch.tensor(sorted(part), dtype=torch.int64) for part in parts]
    values = [torch.full((len(rows), 2), float(i + 1)) + rows.unsqueeze(1) / 100 for i, rows in enumerate(given_rows)]
    dense = RowTable(20, 2, list(zip(given_rows, values, strict=True)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "DENSE_ENTRIES", 0)
        searched = RowTable(20, 2, list(zip(given_rows, values, strict=True)))
    generator = torch.Generator().manual_seed(seed)
    slots = torch.randint(0, 20, (30, 4), generator=generator)
    owner = torch.randint(0, len(parts), (30,), generator=generator)
    assert torch.equal(dense.resolve(slots, owner), searched.resolve(slots, owner).int())
    found = searched.places(slots, owner)
    assert found.up is not None
    for m in range(30):
        for r in range(4):
            held = int(slots[m, r]) in parts[int(owner[m])]
            wanted = int(owner[m]) + 1 + int(slots[m, r]) / 100 if held else 0.0
            assert float(found.up[found.at[m, r], 0]) == pytest.approx(wanted)


def test_many_namespaces_over_a_large_table_take_no_dense_array() -> None:
    rows = torch.arange(0, 1024**2, 1024)
    table = RowTable(1024**2, 1, [(rows, torch.ones(len(rows), 1))] * 100)
    assert table._dense is None and table._keys is not None and table._keys.numel() == 100 * 1024
    one = RowTable(128**2, 1, [(torch.tensor([3]), torch.ones(1, 1))])
    assert one._keys is None and one._dense is not None


def test_a_narrow_table_is_summed_in_float32() -> None:
    generator = torch.Generator().manual_seed(0)
    table = torch.randn(50, 16, generator=generator).bfloat16()
    at = torch.randint(0, 50, (40, 8), generator=generator)
    weights = torch.rand(40, 8, generator=generator)
    wide = torch.nn.functional.embedding_bag(at, table.float(), mode="sum", per_sample_weights=weights)
    assert torch.equal(weighted_rows(table, at, weights), wide)


def sparse_table(path: Path, rows: int, width: int) -> int:
    """A safetensors file of one zero table that takes no disk; returns its size in bytes."""
    size = rows * width * 4
    header = json.dumps({"up": {"dtype": "F32", "shape": [rows, width], "data_offsets": [0, size]}}).encode()
    header += b" " * (-len(header) % 8)
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(header)) + header)
        file.seek(8 + len(header) + 7 * width * 4)
        file.write(struct.pack("<f", 2.5))  # row 7 begins with it
        file.truncate(8 + len(header) + size)
    return size


def test_a_table_larger_than_the_memory_in_use_is_read_row_by_row(tmp_path: Path) -> None:
    config = MemoryConfig(32, n_keys=2048, heads=1, k=2, d_key=8, mode="replace")
    size = sparse_table(tmp_path / "memory_values.safetensors", config.slots, 32)
    assert size == 512 * 2**20
    code = f"""
import torch
from safetensors import safe_open
from memos.parametric.addressing import Address
from memos.parametric.layer import MemoryConfig, MemoryLayers

def resident(kind):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(kind)) * 1024

config = MemoryConfig(32, n_keys=2048, heads=1, k=2, d_key=8, mode="replace")
before = resident("VmRSS")
with safe_open({str(tmp_path / "memory_values.safetensors")!r}, framework="pt") as file:
    layers = MemoryLayers(config, {{"up": file.get_tensor("up")}})
slots = torch.randint(0, config.slots, (200, 2), generator=torch.Generator().manual_seed(0))
slots[0, 0] = 7
read = layers[0].read(torch.zeros(200, 32), Address(slots, torch.ones(200, 2)))
print(float(read[0, 0]), resident("VmHWM") - before)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    value, grown = done.stdout.split()
    assert float(value) == 2.5
    assert int(grown) < size / 4  # each read faults in the pages around a row, not the file


def test_a_saved_table_comes_back_mapped(tmp_path: Path) -> None:
    model = tiny_model(config=MemoryConfig(32, 16, 2, 4, 16, mode="replace"))
    model.save_pretrained(tmp_path)
    files = read_memory_files(tmp_path)
    assert files is not None and model.memory.up is not None
    assert torch.equal(files.tables["up"], model.memory.up)
    assert "up" not in files.state
