"""Fusion arithmetic and the reading of queries. No database."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from memos.config import RecallWeights
from memos.stores.search import (
    best,
    fused,
    lent,
    of_the_session,
    parts,
    query_words,
    said_by_the_named,
    scaled,
    walked,
)

PLAIN = RecallWeights(lexical=1.0, dense=0.5, context=0.5, neighbour=0.25, further=0.1, session=0.0, speaker=0.0, recency=0.0)
scores = st.dictionaries(st.integers(1, 20), st.floats(-1, 50, allow_nan=False), max_size=12)


def test_stop_words_go_unless_there_is_nothing_else() -> None:
    assert query_words("What is the name of Ana's cat, the cat?") == ["name", "ana", "cat"]
    assert query_words("Who are you?") == ["who", "are", "you"]
    assert query_words("?! …") == []
    assert len(query_words(" ".join(f"word{number}" for number in range(500)))) == 64


@given(scores)
def test_scaling_keeps_the_order_within_bounds(given_scores: dict[int, float]) -> None:
    for floor in (None, 0.0):
        out = scaled(given_scores, floor=floor)
        assert out.keys() == given_scores.keys()
        assert all(0.0 <= value <= 1.0 for value in out.values())
        for one in out:
            for other in out:
                if given_scores[one] < given_scores[other]:
                    assert out[one] <= out[other]


def test_nothing_above_the_floor_is_worth_nothing() -> None:
    assert scaled({1: -0.2, 2: -0.1}, floor=0.0) == {1: 0.0, 2: 0.0}
    assert scaled({}) == {}
    assert scaled({1: 3.0, 2: 3.0}) == {1: 1.0, 2: 1.0}


@given(scores, scores, scores)
def test_parts_add_up_to_the_score(lexical: dict[int, float], dense: dict[int, float], context: dict[int, float]) -> None:
    arms = {"lexical": scaled(lexical), "dense": scaled(dense), "context": scaled(context)}
    own = fused(arms, PLAIN)
    assert own.keys() == lexical.keys() | dense.keys() | context.keys()
    for key, score in own.items():
        assert score == pytest.approx(sum(parts(key, arms, PLAIN).values()))


def test_a_text_without_a_vector_is_judged_by_its_words() -> None:
    arms = {"lexical": {1: 1.0, 2: 0.9}, "dense": {2: 0.5}, "context": {2: 0.5}}
    assert fused(arms, PLAIN) == {1: 2.0, 2: pytest.approx(1.4)}
    assert fused({"lexical": {1: 1.0}}, PLAIN) == {1: 1.0}


def test_neighbours_lend_a_share_of_their_own_score() -> None:
    places = {1: ("a", 4), 2: ("a", 5), 3: ("a", 6), 4: ("a", 9), 5: ("b", 5), 6: ("a", 5)}
    assert lent({1: 1.0, 2: 0.4, 9: 1.0}, places, PLAIN) == {
        1: pytest.approx(0.1), 2: 0.25, 6: 0.25, 3: pytest.approx(0.2),  # of 1, two turns away, and of 2, one away
    }
    assert lent({4: 1.0}, places, PLAIN) == {}


def test_a_link_lends_by_its_weight_and_only_the_best_counts() -> None:
    links = [(1, 2, 0.5), (3, 2, 1.0), (2, 1, 0.5), (9, 1, 1.0)]
    assert walked({1: 1.0, 2: 0.2, 3: 0.1}, links, 0.2) == {2: pytest.approx(0.1), 1: pytest.approx(0.02)}


def test_a_session_lends_a_share_of_its_best() -> None:
    own = {1: 1.0, 2: 0.4, 3: 0.2}
    assert of_the_session(own, {1: "a", 2: "a", 3: "b", 4: "b", 5: "c"}, 0.5) == {1: 0.5, 2: 0.5, 3: 0.1, 4: 0.1}
    assert of_the_session(own, {1: "a", 2: "a"}, 0.5) == {}
    assert of_the_session(own, {}, 0.5) == {}


def test_the_named_speaker_is_the_only_one_named() -> None:
    actors = {1: "Ana", 2: "Ben", 3: "Ana", 4: "Ana Maria", 5: "…"}
    assert said_by_the_named("What did ana's sister cook?", actors) == {1, 3}
    assert said_by_the_named("Did Ana and Ben cook?", actors) == set()
    assert said_by_the_named("Anatomy of bending", actors) == set()
    assert said_by_the_named("Who cooked?", actors) == set()
    assert said_by_the_named("Where does Ben live?", {}) == set()


def test_equal_scores_go_to_the_later() -> None:
    assert best({1: 0.5, 2: 0.5, 3: 0.9}, 2) == [3, 2]
