"""Row selection: each selector's definition, how many rows are taken, and what protects other facts' rows."""

from __future__ import annotations

import math
from typing import get_args

import pytest
import torch
from hypothesis import given, settings, strategies as st

from memos.config import ConsolidationSettings
from memos.errors import ConfigError, InputError
from memos.parametric.selectors import SELECTORS, Accesses, select_rows, selector_named
from memos.parametric.slots import SlotStats

SLOTS = 32


def stats_of(*documents: list[int]) -> SlotStats:
    stats = SlotStats.empty(SLOTS, "address", "tokenizer")
    for i, document in enumerate(documents):
        stats = stats.observed(torch.tensor(document).view(-1, 1), f"text {i}")
    return stats


def accesses(*wordings: list[int], stats: SlotStats | None = None, users: dict[int, int] | None = None, seed: int = 0) -> Accesses:
    counted = torch.zeros(SLOTS, dtype=torch.int64)
    for slot, count in (users or {}).items():
        counted[slot] = count
    return Accesses.of([torch.tensor(w).view(-1, 1) for w in wordings], stats or stats_of([0]), counted, seed)


def scores(name: str, given_accesses: Accesses) -> torch.Tensor:
    return selector_named(name).scores(given_accesses)


def test_tfidf_prefers_what_the_background_does_not_read() -> None:
    found = scores("tfidf", accesses([1, 3, 5], stats=stats_of(*[[1, 2]] * 50, [3])))
    chosen = select_rows(found, 2)
    assert chosen.rows.tolist() == [3, 5]
    assert float(found[5]) == pytest.approx(math.log(52 / 1) / 3)
    assert float(found[1]) == pytest.approx(math.log(52 / 51) / 3)


def test_tf_does_not_look_at_the_background() -> None:
    found = scores("tf", accesses([1, 1, 3], stats=stats_of(*[[1]] * 50)))
    assert found[[1, 3, 5]].tolist() == pytest.approx([2 / 3, 1 / 3, 0])


def test_kl_weighs_a_share_against_the_share_in_the_background() -> None:
    found = scores("kl", accesses([1, 3], stats=stats_of(*[[1]] * 32)))
    assert float(found[3]) == pytest.approx(0.5 * math.log(0.5 / (1 / 64)))
    assert float(found[1]) == 0.0  # read no more here than in the background
    assert float(found[9]) == 0.0


def test_consensus_counts_wordings_and_not_reads() -> None:
    found = scores("consensus", accesses([4, 4, 4, 6], [6], [6], stats=stats_of([0])))
    assert float(found[6]) == pytest.approx(math.log(2))
    assert float(found[4]) == pytest.approx(math.log(2) / 3)


def test_protect_leaves_the_rows_of_other_facts_alone() -> None:
    plain = scores("tfidf", accesses([4, 4, 6]))
    found = scores("protect", accesses([4, 4, 6], users={4: 3}))
    assert float(found[4]) == pytest.approx(float(plain[4]) / 4) and float(found[6]) == float(plain[6])
    assert select_rows(found, 1).rows.tolist() == [6] and select_rows(plain, 1).rows.tolist() == [4]


def test_random_rows_are_read_rows_and_follow_the_seed() -> None:
    read = list(range(0, SLOTS, 2))
    drawn = [select_rows(scores("random", accesses(read, seed=seed)), 4).rows.tolist() for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert set(drawn[0] + drawn[2]) <= set(read)


reads = st.lists(st.lists(st.integers(0, SLOTS - 1), min_size=1, max_size=8), min_size=1, max_size=5)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(list(SELECTORS)), reads, st.randoms(use_true_random=False))
def test_every_selector_scores_only_what_is_read_and_not_the_order_of_wordings(
    name: str, wordings: list[list[int]], random: object
) -> None:
    stats = stats_of([0, 1], [1, 2], [2])
    found = scores(name, accesses(*wordings, stats=stats, seed=3))
    assert found.dtype == torch.float64 and found.shape == (SLOTS,)
    assert bool((found >= 0).all()) and bool(torch.isfinite(found).all())
    unread = torch.ones(SLOTS, dtype=torch.bool)
    unread[[slot for wording in wordings for slot in wording]] = False
    assert not bool(found[unread].any())
    random.shuffle(wordings)  # type: ignore[attr-defined]
    assert torch.equal(found, scores(name, accesses(*wordings, stats=stats, seed=3)))


def test_equal_scores_go_to_the_lower_slot_and_no_score_is_an_error() -> None:
    assert select_rows(scores("tfidf", accesses([9, 4, 7])), 2).rows.tolist() == [4, 7]
    with pytest.raises(InputError, match="no slot"):
        select_rows(torch.zeros(SLOTS).double(), 4)


def test_coverage_takes_as_few_rows_as_hold_it() -> None:
    ranked = torch.zeros(SLOTS).double()
    ranked[[3, 7, 9, 20]] = torch.tensor([4.0, 3.0, 2.0, 1.0]).double()
    assert select_rows(ranked, 9, 0.7).rows.tolist() == [3, 7]
    assert select_rows(ranked, 9, 0.71).rows.tolist() == [3, 7, 9]
    assert select_rows(ranked, 9, 1.0).rows.tolist() == [3, 7, 9, 20]
    capped = select_rows(ranked, 2, 0.95)
    assert capped.rows.tolist() == [3, 7] and capped.mass == pytest.approx(0.7)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(0.01, 9), min_size=1, max_size=SLOTS), st.integers(1, SLOTS), st.floats(0.05, 1.0)
)
def test_a_selection_is_the_smallest_that_covers(values: list[float], limit: int, coverage: float) -> None:
    given_scores = torch.zeros(SLOTS).double()
    given_scores[: len(values)] = torch.tensor(values).double()
    chosen = select_rows(given_scores, limit, coverage)
    assert 1 <= len(chosen.rows) <= limit
    if len(chosen.rows) < min(limit, len(values)):
        assert chosen.mass >= coverage - 1e-9
        assert chosen.mass - float(given_scores[chosen.rows].min() / given_scores.sum()) < coverage


def test_the_setting_names_the_selectors_there_are() -> None:
    field = ConsolidationSettings.model_fields["selector"]
    assert set(get_args(field.annotation)) == set(SELECTORS)
    with pytest.raises(ConfigError, match="no such selector"):
        selector_named("best")
