"""Access statistics and overlays as values."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings, strategies as st

from memos.errors import FingerprintMismatch, ModelError
from memos.parametric.overlay import RowOverlay
from memos.parametric.slots import SlotStats

SLOTS = 32


def stats_of(*documents: list[int]) -> SlotStats:
    stats = SlotStats.empty(SLOTS, "address", "tokenizer")
    for i, document in enumerate(documents):
        stats = stats.observed(torch.tensor(document).view(-1, 1), f"text {i}")
    return stats


def same(a: SlotStats, b: SlotStats) -> bool:
    counts = torch.equal(a.df, b.df) and torch.equal(a.tf, b.tf)
    return counts and (a.documents, a.tokens, a.corpus) == (b.documents, b.tokens, b.corpus)


documents = st.lists(st.integers(0, SLOTS - 1), min_size=1, max_size=12)


@settings(max_examples=50, deadline=None)
@given(documents, documents, documents)
def test_merging_is_associative_and_commutative(a: list[int], b: list[int], c: list[int]) -> None:
    x, y, z = stats_of(a), stats_of(b, a), stats_of(c)
    assert same(x.merged(y).merged(z), x.merged(y.merged(z)))
    assert same(x.merged(y), y.merged(x))


@settings(max_examples=30, deadline=None)
@given(st.lists(documents, max_size=6), st.randoms(use_true_random=False), st.integers(0, 6))
def test_shards_counted_apart_and_in_any_order_merge_to_the_whole(
    texts: list[list[int]], random: object, cut: int
) -> None:
    """Streaming over documents, in one pass or in shards, gives the same statistics and the same file."""
    named = list(enumerate(texts))

    def counted(part: list[tuple[int, list[int]]]) -> SlotStats:
        stats = SlotStats.empty(SLOTS, "address", "tokenizer")
        for i, document in part:
            stats = stats.observed(torch.tensor(document).view(-1, 1), f"text {i}")
        return stats

    whole = counted(named)
    random.shuffle(named)  # type: ignore[attr-defined]
    merged = counted(named[:cut]).merged(counted(named[cut:]))
    assert same(merged, whole) and merged.to_tensors()[1] == whole.to_tensors()[1]
    assert same(whole.merged(counted([])), whole)


def test_counts_are_per_document_and_in_total() -> None:
    stats = stats_of([3, 3, 4], [3])
    assert stats.df[[3, 4, 5]].tolist() == [2, 1, 0]
    assert stats.tf[[3, 4, 5]].tolist() == [3, 1, 0]
    assert (stats.documents, stats.tokens) == (2, 4)


def test_statistics_of_other_addresses_are_refused() -> None:
    stats = stats_of([1])
    for other in (SlotStats.empty(SLOTS, "other", "tokenizer"), SlotStats.empty(SLOTS, "address", "other")):
        with pytest.raises(FingerprintMismatch):
            stats.merged(other)


def test_statistics_go_through_their_file_form() -> None:
    stats = stats_of([1, 2, 2], [7])
    assert same(SlotStats.from_tensors(*stats.to_tensors()), stats)
    with pytest.raises(ModelError):
        SlotStats.from_tensors({}, {"stats": "{}"})


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.integers(0, SLOTS - 1), min_size=1, max_size=8, unique=True), max_size=6))
def test_as_many_undos_as_writes_give_the_first_digest(writes: list[list[int]]) -> None:
    generator = torch.Generator().manual_seed(len(writes))
    overlay = RowOverlay.empty(4).with_rows(torch.tensor([2, 30]), torch.randn(2, 4, generator=generator))
    first, history = overlay.digest(), []
    for write in writes:
        rows = torch.tensor(write)
        history.append((rows, overlay.gather(rows), overlay.digest()))
        overlay = overlay.with_rows(rows, torch.randn(len(rows), 4, generator=generator))
    for rows, before, digest in reversed(history):
        overlay = overlay.restored(rows, before)
        assert overlay.digest() == digest
    assert overlay.digest() == first


def test_a_row_of_zeros_is_no_row() -> None:
    empty = RowOverlay.empty(3)
    assert empty.with_rows(torch.tensor([4]), torch.tensor([[0.0, -0.0, 0.0]])) == empty
    mixed = empty.with_rows(torch.tensor([4, 1]), torch.tensor([[0.0, 0.0, 0.0], [1.0, -0.0, 2.0]]))
    assert mixed.rows.tolist() == [1]
    assert mixed == empty.with_rows(torch.tensor([1]), torch.tensor([[1.0, 0.0, 2.0]]))


def test_a_digest_tells_one_bit() -> None:
    value = torch.tensor([[1.0, 2.0, 3.0]])
    near = torch.nextafter(value, value + 1)
    empty = RowOverlay.empty(3)
    assert empty.with_rows(torch.tensor([1]), value) != empty.with_rows(torch.tensor([1]), near)
    assert empty.with_rows(torch.tensor([1]), value) != empty.with_rows(torch.tensor([2]), value)


def test_overlays_go_through_their_file_form_and_damage_is_seen() -> None:
    overlay = RowOverlay.empty(3).with_rows(torch.tensor([5, 1]), torch.ones(2, 3))
    assert RowOverlay.from_tensors(overlay.to_tensors()) == overlay
    tensors = overlay.to_tensors()
    for broken in (
        {"rows": tensors["rows"]},
        {"rows": tensors["rows"][:1], "values": tensors["values"]},
        {"rows": torch.tensor([1, 1]), "values": tensors["values"]},
        {"rows": tensors["rows"], "values": tensors["values"] * float("nan")},
    ):
        with pytest.raises(ModelError, match="damaged"):
            RowOverlay.from_tensors(broken)
