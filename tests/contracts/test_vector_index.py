"""What every vector index must do: exact against brute force, filters inside, saved whole, any doubt is IndexStale."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from memos.errors import IndexStale, InputError
from memos.stores.vectors import FaissIndex

DIMENSION = 8


def unit(rows: int, seed: int = 0) -> np.ndarray:
    made = np.random.default_rng(seed).normal(size=(rows, DIMENSION)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def new(folder: Path) -> FaissIndex:
    return FaissIndex(folder / "i.vectors", dimension=DIMENSION, identity="test@1")


def load(folder: Path, **other: object) -> FaissIndex:
    return FaissIndex.load(folder / "i.vectors", **{"dimension": DIMENSION, "identity": "test@1", **other})


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_it_agrees_with_brute_force(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    index, mirror = new(tmp_path_factory.mktemp("x")), {}
    pool = unit(60, seed=data.draw(st.integers(0, 1000)))
    for _ in range(data.draw(st.integers(1, 6))):
        fresh = sorted(set(data.draw(st.lists(st.integers(1, 60), max_size=20))) - mirror.keys())
        index.add(fresh, pool[[key - 1 for key in fresh]].reshape(-1, DIMENSION))
        mirror |= {key: pool[key - 1] for key in fresh}
        gone = data.draw(st.lists(st.integers(1, 60), max_size=6))
        index.remove(gone)
        for key in gone:
            mirror.pop(key, None)
    assert len(index) == len(mirror)
    keys = st.lists(st.integers(1, 60), max_size=30, unique=True)
    allowed, excluded, k = data.draw(st.none() | keys), data.draw(keys), data.draw(st.integers(1, 12))
    query = unit(1, seed=7)[0]
    found = index.search(query, k, None if allowed is None else np.array(allowed, np.int64),
                         excluded=np.array(excluded, np.int64))
    may = {key for key in mirror if (allowed is None or key in allowed) and key not in excluded}
    expected = sorted((float(mirror[key] @ query) for key in may), reverse=True)[:k]
    assert [score for _, score in found] == pytest.approx(expected, abs=1e-5)
    assert {key for key, _ in found} <= may
    assert index.scores(query, np.array(sorted(mirror), np.int64)) == pytest.approx(
        {key: float(vector @ query) for key, vector in mirror.items()}, abs=1e-5)


def test_it_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    index = new(tmp_path)
    index.add(range(1, 101), unit(100))
    index.seen(41, "ab")
    index.save(42)
    again = load(tmp_path)
    assert (len(again), again.sequence, again.token) == (100, 42, "ab")
    assert again.search(unit(1, 3)[0], 5) == index.search(unit(1, 3)[0], 5)
    again.add([500], unit(1, 9))
    again.remove([1, 2])
    assert len(again) == 99
    assert [file.name for file in tmp_path.iterdir()] == ["i.vectors"]


@pytest.mark.parametrize("harm", ["cut", "flip", "header", "empty", "magic", "long"])
def test_a_damaged_file_is_never_trusted(tmp_path: Path, harm: str) -> None:
    index = new(tmp_path)
    index.add(range(1, 101), unit(100))
    index.save(1)
    content = bytearray(index.path.read_bytes())
    match harm:
        case "cut":
            content = content[: len(content) // 2]
        case "flip":
            content[-100] ^= 1
        case "header":
            content[30] ^= 1
        case "empty":
            content = bytearray()
        case "magic":
            content[0] ^= 1
        case "long":
            content[8:16] = b"\xff" * 8
    index.path.write_bytes(bytes(content))
    with pytest.raises(IndexStale) as caught:
        load(tmp_path)
    assert "--rebuild" in caught.value.hint


def test_another_embedders_file_and_no_file_are_stale(tmp_path: Path) -> None:
    with pytest.raises(IndexStale):
        load(tmp_path)
    new(tmp_path).save(1)
    for other in ({"identity": "test@2"}, {"dimension": 9}):
        with pytest.raises(IndexStale):
            load(tmp_path, **other)
    assert len(load(tmp_path)) == 0


def test_what_is_no_vector_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    index = new(tmp_path)
    index.add([1], unit(1))
    for keys, vectors in (([2], unit(1)[:, :5]), ([2, 3], unit(1)), ([1], unit(1)), ([2, 2], unit(2)),
                          ([2], unit(1) * np.float32("nan"))):
        with pytest.raises(InputError):
            index.add(keys, vectors)
    with pytest.raises(InputError):
        index.search(unit(1)[0][:5], 3)
    assert len(index) == 1


def test_an_empty_index_and_an_empty_filter_find_nothing(tmp_path: Path) -> None:
    index = new(tmp_path)
    assert index.search(unit(1)[0], 5) == []
    index.add([1], unit(1))
    assert index.search(unit(1)[0], 5, np.array([], np.int64)) == []
    assert index.search(unit(1)[0], 5, excluded=np.array([1], np.int64)) == []
    index.clear()
    assert (len(index), index.sequence) == (0, 0)
