"""The Triton kernels against the CPU's sums: on a GPU where there is one, else in Triton's interpreter.

Skipped where Triton is not installed. `pip install triton` in any environment, GPU or not, is enough to run them.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest
import torch

from memos.parametric.addressing import Address
from memos.parametric.reads import RowReads
from memos.parametric.tables import weighted_rows

pytestmark = pytest.mark.skipif(importlib.util.find_spec("triton") is None, reason="Triton is not installed")
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


@pytest.fixture(scope="module")
def kernels() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        if DEVICE == "cpu":
            patch.setenv("TRITON_INTERPRET", "1")
        yield importlib.import_module("memos.parametric.kernels")


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize(("positions", "reads", "width"), [(1, 1, 1), (5, 8, 48), (17, 32, 128), (3, 4, 1500), (0, 4, 8)])
def test_weighted_rows(kernels: ModuleType, dtype: torch.dtype, positions: int, reads: int, width: int) -> None:
    generator = torch.Generator().manual_seed(positions)
    table = torch.randn(64, width, generator=generator).to(dtype)
    at = torch.randint(0, 64, (positions, reads), generator=generator)
    weights = torch.rand(positions, reads, generator=generator)
    wanted = weighted_rows(table, at, weights)
    for index in (at, at.int()):
        made = kernels.weighted_rows(table.to(DEVICE), index.to(DEVICE), weights.to(DEVICE))
        assert made.dtype == torch.float32
        assert torch.allclose(made.cpu(), wanted, atol=1e-5)


@pytest.mark.parametrize("width", [1, 48, 128, 1500])
def test_row_gradients(kernels: ModuleType, width: int) -> None:
    generator = torch.Generator().manual_seed(width)
    address = Address(torch.randint(0, 64, (40, 8), generator=generator), torch.rand(40, 8, generator=generator))
    rows = torch.tensor([3, 4, 17, 40, 63])
    reads = RowReads(address, torch.rand(40, generator=generator) > 0.4, rows, 80)
    gradient = torch.randn(len(reads.positions), width, generator=generator)
    wanted = reads.row_gradient(gradient)
    made = kernels.row_gradient(*(t.to(DEVICE) for t in (gradient, *reads.by_row())))
    assert torch.allclose(made.cpu(), wanted, atol=1e-5)
    assert torch.equal(made, kernels.row_gradient(*(t.to(DEVICE) for t in (gradient, *reads.by_row()))))


def test_a_row_that_nobody_reads_has_no_gradient(kernels: ModuleType) -> None:
    address = Address(torch.tensor([[1, 2], [2, 3]]), torch.ones(2, 2))
    reads = RowReads(address, torch.tensor([True, True]), torch.tensor([2, 5]), 8)
    made = kernels.row_gradient(*(t.to(DEVICE) for t in (torch.ones(2, 4), *reads.by_row())))
    assert made.cpu().tolist() == [[2.0] * 4, [0.0] * 4]


@pytest.mark.parametrize("capability", [80, 90])
def test_the_kernels_compile_for_real_devices(capability: int) -> None:
    """Down to machine code, which needs no GPU: the interpreter accepts what the compiler does not."""
    code = f"""
import triton
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource
from memos.parametric import kernels

def compiled(kernel, types):
    signature = dict(types, BLOCK="constexpr")
    source = ASTSource(kernel, signature, constexprs={{"BLOCK": 128}})
    return len(triton.compile(source, target=GPUTarget("cuda", {capability}, 32)).asm["cubin"])

for table in ("*fp32", "*bf16"):
    for index in ("*i32", "*i64"):
        print(compiled(kernels._weighted_rows, dict(
            table=table, at=index, weights="*fp32", out="*fp32", reads="i32", width="i32")))
print(compiled(kernels._row_gradient, dict(
    gradient="*fp32", position="*i64", weights="*fp32", offsets="*i64", out="*fp32", width="i32")))
"""
    environment = {name: value for name, value in os.environ.items() if name != "TRITON_INTERPRET"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert all(int(size) > 0 for size in done.stdout.split()) and len(done.stdout.split()) == 5
