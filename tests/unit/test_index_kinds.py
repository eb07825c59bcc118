"""A GPU where there is one, told by a stand-in for faiss's own: what goes to it, and that it never serves an old copy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from memos.config import VectorSettings
from memos.stores import index_kinds
from memos.stores.index_kinds import VectorTable


class Gpu:
    """Counts copies and searches; a copy is a clone on the processor."""

    def __init__(self, patched: pytest.MonkeyPatch) -> None:
        self.copies = self.searches = 0
        patched.setattr(index_kinds.faiss, "get_num_gpus", lambda: 1)
        patched.setattr(index_kinds.faiss, "StandardGpuResources", object, raising=False)
        patched.setattr(index_kinds.faiss, "index_cpu_to_gpu", self.copy, raising=False)

    def copy(self, _resources: object, _device: int, index: Any) -> Any:
        self.copies += 1
        gpu, clone = self, index_kinds.faiss.clone_index(index)

        class Copy:
            nprobe = 0

            def search(self, rows: Any, k: int) -> Any:
                gpu.searches += 1
                return clone.search(rows, k)

        return Copy()


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> Gpu:
    return Gpu(monkeypatch)


def unit(rows: int, seed: int = 0) -> np.ndarray:
    made = np.random.default_rng(seed).normal(size=(rows, 8)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def test_a_gpu_answers_what_has_no_condition(gpu: Gpu) -> None:
    table = VectorTable(8, VectorSettings())
    table.append(unit(50))
    assert table.search(unit(50)[7], 1, None, 50)[1].tolist() == [7]
    table.search(unit(50)[8], 1, None, 50)
    assert (gpu.copies, gpu.searches) == (1, 2)
    table.search(unit(50)[7], 1, np.arange(50) != 7, 49)
    assert gpu.searches == 2
    table.append(unit(1, 5))
    assert table.search(unit(1, 5)[0], 1, None, 51)[1].tolist() == [50]
    assert gpu.copies == 2


def test_the_setting_and_what_a_gpu_cannot_hold_keep_it_out(gpu: Gpu) -> None:
    for settings in (VectorSettings(device="cpu"), VectorSettings(kind="hnsw"), VectorSettings(kind="flat", quantize="sq8")):
        table = VectorTable(8, settings)
        table.append(unit(1200))
        table = table.reshaped(np.arange(1200))
        table.search(unit(1)[0], 3, None, 1200)
    assert gpu.copies == 0
