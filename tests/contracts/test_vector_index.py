"""What every vector index must do, whatever its structure: filters inside, never short, saved whole, any doubt IndexStale."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from memos.config import VectorSettings
from memos.errors import IndexStale, InputError
from memos.stores import index_kinds, vectors as vectors_module
from memos.stores.vectors import FaissIndex

DIMENSION = 8
KINDS = [
    pytest.param(VectorSettings(kind=kind, quantize=quantize, nprobe=nprobe, exact_up_to=1000), id=f"{kind}-{quantize}-{nprobe}")
    for kind, quantize, nprobe in [
        ("auto", "none", 1), ("flat", "none", 1), ("ivf", "none", 100), ("ivf", "none", 1), ("hnsw", "none", 1),
        ("flat", "sq8", 1), ("ivf", "sq8", 1), ("hnsw", "sq8", 1),
    ]
]
EXACT = {("auto", 1), ("flat", 1), ("ivf", 100)}
"""Kinds, and lists looked into, that must find what brute force finds."""


@pytest.fixture(scope="module", autouse=True)
def structures_for_few() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(index_kinds, "LEAST_TRAINED", 20)
        patched.setattr(index_kinds, "EXACT_ROOM", 3)
        yield


def unit(rows: int, seed: int = 0) -> np.ndarray:
    made = np.random.default_rng(seed).normal(size=(rows, DIMENSION)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def new(folder: Path, kind: VectorSettings | None = None) -> FaissIndex:
    return FaissIndex(folder / "i.vectors", dimension=DIMENSION, identity="test@1", settings=kind)


def load(folder: Path, kind: VectorSettings | None = None, **other: object) -> FaissIndex:
    return FaissIndex.load(folder / "i.vectors", settings=kind, **{"dimension": DIMENSION, "identity": "test@1", **other})


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(max_examples=20, deadline=None)
def test_it_agrees_with_brute_force(
    tmp_path_factory: pytest.TempPathFactory, kind: VectorSettings, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("x")
    index, mirror = new(folder, kind), {}
    pool = unit(60, seed=data.draw(st.integers(0, 1000)))
    for _ in range(data.draw(st.integers(1, 6))):
        fresh = sorted(set(data.draw(st.lists(st.integers(1, 60), max_size=40))) - mirror.keys())
        index.add(fresh, pool[[key - 1 for key in fresh]].reshape(-1, DIMENSION))
        mirror |= {key: pool[key - 1] for key in fresh}
        gone = data.draw(st.lists(st.integers(1, 60), max_size=6))
        index.remove(gone)
        for key in gone:
            mirror.pop(key, None)
        index.settle()
        if data.draw(st.booleans()):
            index.save(1)
            index = load(folder, kind)
    assert len(index) == len(mirror)
    keys = st.lists(st.integers(1, 60), max_size=30, unique=True)
    allowed, excluded, k = data.draw(st.none() | keys), data.draw(keys), data.draw(st.integers(1, 12))
    query = unit(1, seed=7)[0]
    found = index.search(query, k, None if allowed is None else np.array(allowed, np.int64),
                         excluded=np.array(excluded, np.int64))
    may = {key for key in mirror if (allowed is None or key in allowed) and key not in excluded}
    assert {key for key, _ in found} <= may
    assert len({key for key, _ in found}) == min(k, len(may))
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
    scores = index.scores(query, np.array([*sorted(mirror), 99], np.int64))
    assert scores.keys() == mirror.keys()
    assert [score for _, score in found] == pytest.approx([scores[key] for key, _ in found], abs=1e-5)
    if kind.quantize == "none":
        assert scores == pytest.approx({key: float(vector @ query) for key, vector in mirror.items()}, abs=1e-5)
    if (kind.kind, kind.nprobe) in EXACT and kind.quantize == "none":
        expected = sorted((float(mirror[key] @ query) for key in may), reverse=True)[:k]
        assert [score for _, score in found] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("kind", [one for one in KINDS if one.values[0].quantize == "sq8"])
def test_a_byte_a_number_changes_scores_little(tmp_path: Path, kind: VectorSettings) -> None:
    index, vectors, query = new(tmp_path, kind), unit(500), unit(1, 7)[0]
    index.add(range(400), vectors[:400])
    index.settle()
    assert index.structure.endswith("/sq8")
    index.add(range(400, 500), vectors[400:])
    scores = index.scores(query, np.arange(500))
    assert max(abs(scores[key] - float(vectors[key] @ query)) for key in range(500)) < 0.02


@pytest.mark.parametrize("kind", KINDS)
def test_it_comes_back_as_it_was_saved(tmp_path: Path, kind: VectorSettings) -> None:
    index = new(tmp_path, kind)
    index.add(range(1, 101), unit(100))
    index.settle()
    index.remove([7])
    index.seen(41, "ab")
    index.save(42)
    again = load(tmp_path, kind)
    assert (len(again), again.sequence, again.token, again.structure) == (99, 42, "ab", index.structure)
    assert again.search(unit(1, 3)[0], 5) == index.search(unit(1, 3)[0], 5)
    again.add([500], unit(1, 9))
    again.remove([1, 2])
    again.settle()
    assert len(again) == 98
    assert again.search(unit(1, 9)[0], 1)[0][0] == 500
    assert [file.name for file in tmp_path.iterdir()] == ["i.vectors"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_mapped_file_serves_and_is_copied_before_it_changes(
    tmp_path: Path, kind: VectorSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = new(tmp_path, kind)
    index.add(range(1, 101), unit(100))
    index.settle()
    index.save(1)
    before = index.path.read_bytes()
    monkeypatch.setattr(vectors_module, "MAPPED_FROM", 0)
    mapped = load(tmp_path, kind)
    assert mapped._table.mapped
    assert mapped.search(unit(1, 3)[0], 9) == index.search(unit(1, 3)[0], 9)
    mapped.add([500], unit(1, 9))
    mapped.remove([3])
    mapped.save(2)
    assert not mapped._table.mapped
    assert mapped.search(unit(1, 9)[0], 1)[0][0] == 500
    assert before != index.path.read_bytes()
    assert len(load(tmp_path, kind)) == 100


@pytest.mark.parametrize("kind", KINDS)
def test_no_byte_of_a_removed_vector_is_saved(tmp_path: Path, kind: VectorSettings) -> None:
    index = new(tmp_path, kind)
    vectors = unit(100)
    index.add(range(1, 101), vectors)
    index.settle()
    kept = index._table.vectors(np.array([10]))
    index.save(1)
    needle = kept.tobytes() if kind.quantize == "none" else b""
    assert needle in index.path.read_bytes()
    index.remove([11])
    index.save(2)
    if kind.quantize == "none":
        assert needle not in index.path.read_bytes()
    again = load(tmp_path, kind)
    assert 11 not in again.scores(vectors[10], np.arange(1, 101))
    assert not np.allclose(again._table.vectors(np.array([10])), kept, atol=0.05)
    assert 11 not in dict(again.search(vectors[10], 99))


@pytest.mark.parametrize("kind", KINDS)
def test_a_narrow_filter_is_answered_in_full(tmp_path: Path, kind: VectorSettings) -> None:
    index = new(tmp_path, kind)
    index.add(range(1, 401), unit(400))
    index.settle()
    allowed = np.arange(1, 401, 29)
    assert {key for key, _ in index.search(unit(1, 5)[0], 50, allowed)} == set(allowed.tolist())
    assert len(index.search(unit(1, 5)[0], 400)) == 400


@pytest.mark.parametrize("harm", ["cut", "flip", "header", "empty", "magic", "long"])
@pytest.mark.parametrize("mapped", [False, True], ids=["read", "mapped"])
def test_a_damaged_file_is_never_trusted(
    tmp_path: Path, harm: str, mapped: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
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
    if mapped:
        monkeypatch.setattr(vectors_module, "MAPPED_FROM", 1)
    with pytest.raises(IndexStale) as caught:
        load(tmp_path)
    assert "--rebuild" in caught.value.hint


def test_a_flip_inside_a_large_file_is_seen_when_every_byte_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors_module, "MAPPED_FROM", 1)
    monkeypatch.setattr(vectors_module, "EDGE", 100)
    index = new(tmp_path)
    index.add(range(1, 101), unit(100))
    index.save(1)
    content = bytearray(index.path.read_bytes())
    content[-1000] ^= 1
    index.path.write_bytes(bytes(content))
    assert len(load(tmp_path)) == 100
    with pytest.raises(IndexStale, match="checksum"):
        load(tmp_path, every_byte=True)


def test_another_embedders_file_and_no_file_are_stale(tmp_path: Path) -> None:
    with pytest.raises(IndexStale):
        load(tmp_path)
    new(tmp_path).save(1)
    for other in ({"identity": "test@2"}, {"dimension": 9}):
        with pytest.raises(IndexStale):
            load(tmp_path, **other)
    assert len(load(tmp_path)) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_vector_is_refused_and_changes_nothing(tmp_path: Path, kind: VectorSettings) -> None:
    index = new(tmp_path, kind)
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


def test_the_structure_follows_the_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = new(tmp_path, VectorSettings(kind="auto", exact_up_to=1000))
    index.add(range(1, 1001), unit(1000))
    index.settle()
    assert index.structure == "flat"
    index.add([1001], unit(1, 1))
    index.settle()
    assert index.structure == "ivf"
    index.remove(range(1, 300))
    index.settle()
    assert index.structure == "ivf"  # no to and fro at the border
    index.remove(range(1, 600))
    index.settle()
    assert (index.structure, len(index)) == ("flat", 402)
    index.add(range(2000, 3000), unit(1000, 2))
    index.settle()
    assert (index.structure, index._table.trained_for) == ("ivf", 1402)
    index.add(range(4000, 9000), unit(5000, 3))
    index.settle()
    assert index._table.trained_for == 6402
    assert index.search(unit(1, 1)[0], 1)[0][0] == 1001
