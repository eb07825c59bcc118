"""The product-key layer against slow, obvious references."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings, strategies as st

from memos.errors import InputError, ModelError
from memos.parametric.addressing import Address, candidate_pairs, ordered_topk
from memos.parametric.layer import MemoryConfig, MemoryLayer
from memos.parametric.reads import RowReads
from memos.parametric.tables import RowTable


def full_grid(memory: MemoryLayer, z: torch.Tensor) -> Address:
    """Scores all N sums and sorts them: score descending, then slot ascending."""
    config = memory.config
    half = memory.key_scores(z)  # (M, H, 2, n)
    grid = (half[:, :, 0, :, None] + half[:, :, 1, None, :]).flatten(2)  # (M, H, N)
    slots = torch.sort(grid, dim=-1, descending=True, stable=True).indices[..., : config.k]
    weights = torch.softmax(grid.gather(-1, slots), dim=-1)
    return Address(slots.flatten(1), weights.flatten(1))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([1, 2, 3, 8]), st.integers(8, 20))
def test_the_pruned_search_equals_the_full_grid(seed: int, k: int, n_keys: int) -> None:
    memory = MemoryLayer(MemoryConfig(d_model=12, n_keys=n_keys, heads=2, k=k, d_key=8, seed=seed))
    z = torch.randn(5, 12, generator=torch.Generator().manual_seed(seed))
    found, wanted = memory.address(z), full_grid(memory, z)
    assert torch.equal(found.slots, wanted.slots)
    assert torch.equal(found.weights, wanted.weights)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_equal_scores_go_to_the_lower_slot(seed: int) -> None:
    memory = MemoryLayer(MemoryConfig(d_model=12, n_keys=16, heads=2, k=8, d_key=8))
    scores = torch.randint(-2, 3, (3, 2, 2, 16), generator=torch.Generator().manual_seed(seed)).float()
    memory.key_scores = lambda z: scores  # type: ignore[method-assign]
    z = torch.zeros(3, 12)
    assert torch.equal(memory.address(z).slots, full_grid(memory, z).slots)


def test_top_k_keeps_negative_scores_and_both_zeros_in_order() -> None:
    scores = torch.tensor([[-1.5, 0.0, -0.0, 2.0, -1.5]])
    best, index = ordered_topk(scores, torch.arange(5), 5)
    assert index.tolist() == [[3, 1, 2, 0, 4]]
    assert best.tolist() == [[2.0, 0.0, 0.0, -1.5, -1.5]]


def test_thirty_two_of_each_half_leave_119_candidates() -> None:
    assert len(candidate_pairs(32)[0]) == 119


def test_weights_are_a_softmax_per_head() -> None:
    memory = MemoryLayer(MemoryConfig(d_model=12, n_keys=16, heads=3, k=4, d_key=8))
    weights = memory.address(torch.randn(7, 12)).weights
    assert weights.dtype == torch.float32
    assert torch.allclose(weights.view(7, 3, 4).sum(-1), torch.ones(7, 3))


def test_a_table_of_two_namespaces_reads_each_as_if_alone() -> None:
    generator = torch.Generator().manual_seed(0)
    first = (torch.tensor([1, 5, 9]), torch.randn(3, 6, generator=generator))
    second = (torch.tensor([0, 5]), torch.randn(2, 6, generator=generator))
    both = RowTable(16, 6, [first, second])
    slots = torch.randint(0, 16, (40, 8), generator=generator)
    address = Address(slots, torch.rand(40, 8, generator=generator))
    owner = torch.randint(0, 2, (40,), generator=generator)
    mixed = both.places(address.slots, owner).weighted_sum(address.weights)
    for i, part in enumerate((first, second)):
        alone = RowTable(16, 6, [part]).places(address.slots).weighted_sum(address.weights)
        assert torch.equal(mixed[owner == i], alone[owner == i])


@pytest.mark.parametrize("seed", range(3))
def test_the_compact_row_gradient_equals_the_dense_one(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    table = torch.randn(64, 6, generator=generator, requires_grad=True)
    address = Address(
        torch.randint(0, 64, (50, 8), generator=generator), torch.rand(50, 8, generator=generator)
    )
    rows = torch.tensor([3, 4, 17, 40, 63])
    wanted = torch.rand(50, generator=generator) > 0.3
    target = torch.randn(50, 6, generator=generator)
    dense = (address.weights.unsqueeze(-1) * table[address.slots]).sum(1)  # (M, d)
    ((dense * wanted.unsqueeze(1)) * target).sum().backward()
    reads = RowReads(address, wanted, rows, 64)
    values = table.detach()[rows].requires_grad_(True)
    (reads.read(values) * target[reads.positions]).sum().backward()
    assert table.grad is not None and values.grad is not None
    assert torch.allclose(values.grad, table.grad[rows], atol=1e-5)


def test_whitening_gives_queries_of_equal_variance_in_every_direction() -> None:
    generator = torch.Generator().manual_seed(0)
    mix = torch.randn(8, 8, generator=generator) * torch.logspace(0, 2, 8)
    z = torch.randn(4000, 8, generator=generator) @ mix + 5.0
    memory = MemoryLayer(MemoryConfig(d_model=8, n_keys=8, heads=16, k=2, d_key=4, whitening=1.0))
    centred = z - z.mean(0)
    memory.fit_whitening(z.mean(0), centred.T @ centred / len(z))
    queries = (z - memory.mean) @ memory.query.T  # (M, H·d_key): a projection of white noise
    spread = queries.std(0) / (memory.query @ mix.T @ mix @ memory.query.T).diagonal().sqrt()
    assert torch.allclose(spread, torch.ones_like(spread), atol=0.1)
    assert float(queries.mean(0).abs().max()) < 1e-2


def test_gate_and_projection_join_the_read_in_replace_mode() -> None:
    memory = MemoryLayer(
        MemoryConfig(d_model=6, n_keys=8, heads=1, k=2, d_key=4, mode="replace", gated=True)
    )
    z = torch.randn(3, 6)
    address = memory.address(z)
    read = memory.sums(z, address)
    assert memory.up is not None and memory.gate is not None and memory.out is not None
    slow = (address.weights.unsqueeze(-1) * memory.up[address.slots]).sum(1)
    assert torch.allclose(read, slow, atol=1e-6)
    gated = (read * torch.nn.functional.silu(z @ memory.gate.T)) @ memory.out.T
    assert torch.allclose(memory.read(z, address), gated, atol=1e-6)


def test_the_address_hash_follows_what_decides_addresses() -> None:
    config = MemoryConfig(d_model=12, n_keys=16, heads=2, k=4, d_key=8)
    memory, same = MemoryLayer(config), MemoryLayer(config)
    assert memory.address_hash() == same.address_hash()
    same.fit_whitening(torch.zeros(12), torch.eye(12) * 2)
    assert memory.address_hash() != same.address_hash()
    assert memory.address_hash() != MemoryLayer(MemoryConfig(12, 16, 2, 4, 8, seed=1)).address_hash()


def test_state_goes_through_a_file_form_and_back() -> None:
    config = MemoryConfig(d_model=12, n_keys=16, heads=2, k=4, d_key=8)
    memory = MemoryLayer(config)
    memory.fit_whitening(torch.randn(12), torch.eye(12) + 0.1)
    other = MemoryLayer(MemoryConfig.from_json(config.to_json()))
    other.restore(memory.state_for_file())
    assert other.address_hash() == memory.address_hash()
    with pytest.raises(ModelError, match="do not fit"):
        other.restore({"mean": torch.zeros(3)})


@pytest.mark.parametrize("wrong", [{"k": 9, "n_keys": 8}, {"d_key": 3}, {"heads": 0}, {"layer": -1}])
def test_impossible_sizes_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(InputError):
        MemoryConfig(**({"d_model": 8} | wrong))


def test_an_unreadable_configuration_is_an_error_of_the_model() -> None:
    for text in ("[]", "{", '{"d_model": 8, "colour": 1}'):
        with pytest.raises(ModelError):
            MemoryConfig.from_json(text)


def test_the_default_temperature_follows_the_key_width() -> None:
    assert MemoryConfig(d_model=8, d_key=32).tau == math.sqrt(16)
    assert MemoryConfig(d_model=8, temperature=3.0).tau == 3.0
