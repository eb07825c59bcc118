"""Positions of keys against a dictionary, whatever the order they come in."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from memos.stores import key_positions
from memos.stores.key_positions import KeyPositions


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_it_agrees_with_a_dictionary(data: st.DataObject) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(key_positions, "OUT_OF_ORDER", 6)
        positions, mirror, end = KeyPositions(), {}, 0
        for _ in range(data.draw(st.integers(1, 8))):
            fresh = [key for key in data.draw(st.lists(st.integers(1, 40), unique=True, max_size=12)) if key not in mirror]
            if data.draw(st.booleans()):
                fresh.sort()
            positions.append(np.array(fresh, np.int64))
            mirror |= {key: end + place for place, key in enumerate(fresh)}
            end += len(fresh)
            gone = [key for key in data.draw(st.lists(st.integers(1, 40), unique=True, max_size=5)) if key in mirror]
            positions.bury(np.array([mirror.pop(key) for key in gone], np.int64))
            if data.draw(st.booleans()):
                positions = KeyPositions(positions.keys.copy(), positions.living.copy())
            asked = np.arange(0, 42)
            assert positions.find(asked).tolist() == [mirror.get(key, -1) for key in asked.tolist()]
            assert (len(positions), positions.alive) == (end, len(mirror))
            assert sorted(np.flatnonzero(positions.living).tolist()) == sorted(mirror.values())


def test_keys_that_only_grow_are_never_sorted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(KeyPositions, "_sort", lambda _: pytest.fail("sorted"))
    positions = KeyPositions()
    for start in range(0, 20_000, 500):
        positions.append(np.arange(start, start + 500))
        positions.bury(np.array([start]))
    assert positions.find(np.array([501, 500, 19_999])).tolist() == [501, -1, 19_999]
