"""A ledger as one file: what went in comes out, and a file that is not wholly right is refused with nothing changed."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from memos.errors import (
    CorruptStore,
    FingerprintMismatch,
    InputError,
    MemosError,
    NotFoundError,
    StoreUnwritable,
)
from memos.stores.sealed import seal, unseal
from tests.unit.fakes import FakeOverlay
from tests.unit.ledger_bench import Bench

ABOUT = {"format": "test", "version": 1, "note": 'quotes " and "seal":" inside'}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path / "home")
    made.learn("dog=Rex", "cat=Tom")
    made.learn("dog=Max")
    yield made
    made.close()


def test_a_file_holds_what_is_live(bench: Bench, tmp_path: Path) -> None:
    bench.learn("gone=x")
    bench.worker.undo("ana", "tester")
    bundle = bench.ledger.read_bundle(bench.export(tmp_path / "x.safetensors"))
    live = bench.ledger.entries("ana")
    assert [one.kind for one in bundle.entries] == [entry.kind for entry in live]
    assert [one.lesson and one.lesson.to_json() for one in bundle.entries] == [entry.lesson for entry in live]
    assert [(one.settings, one.report, one.seed) for one in bundle.entries] == [
        (entry.settings, entry.report, entry.seed) for entry in live
    ]
    for one, entry in zip(bundle.entries, live, strict=True):
        assert one.rows.tobytes() == bench.ledger.change(entry).rows.tobytes()
        assert one.after.tobytes() == bench.ledger.change(entry).after.tobytes()
    assert (bundle.digest, bundle.fingerprint) == (bench.digest(), "base-1")


def test_equal_ledgers_make_equal_files_that_only_the_user_can_read(bench: Bench, tmp_path: Path) -> None:
    one, other = bench.export(tmp_path / "one"), bench.export(tmp_path / "other")
    assert one.read_bytes() == other.read_bytes()
    assert one.stat().st_mode & 0o077 == 0
    header = json.loads(one.read_bytes()[8 : 8 + int.from_bytes(one.read_bytes()[:8], "little")])
    about = json.loads(header["__metadata__"]["memos"])
    assert {"format", "version", "fingerprint", "layer", "digest", "namespace", "seal"} == about.keys()


def test_every_changed_byte_is_noticed(bench: Bench, tmp_path: Path) -> None:
    path = bench.export(tmp_path / "x")
    whole = path.read_bytes()
    numbers = random.Random(1)
    head = 8 + int.from_bytes(whole[:8], "little")
    for at in [*range(0, head, 7), *numbers.sample(range(head, len(whole)), 60)]:
        changed = bytearray(whole)
        changed[at] ^= 1 << numbers.randrange(8)
        path.write_bytes(changed)
        with pytest.raises((CorruptStore, InputError)):
            bench.ledger.read_bundle(path)


def test_every_truncation_is_noticed(bench: Bench, tmp_path: Path) -> None:
    path = bench.export(tmp_path / "x")
    whole = path.read_bytes()
    for size in {0, 1, 7, 8, 9, 100, len(whole) // 2, len(whole) - 1}:
        path.write_bytes(whole[:size])
        with pytest.raises((CorruptStore, InputError)):
            bench.ledger.read_bundle(path)
    path.write_bytes(whole + b"x")
    with pytest.raises((CorruptStore, InputError)):
        bench.ledger.read_bundle(path)


@given(st.binary(max_size=200))
def test_any_other_bytes_are_refused(content: bytes) -> None:
    with pytest.raises((CorruptStore, InputError)):
        unseal(content, "test", 1, "x")


@given(st.text(max_size=40), st.lists(st.floats(width=32), max_size=9))
def test_sealed_tensors_come_back(note: str, values: list[float]) -> None:
    array = np.array(values, np.float32)
    content = seal({"values": array}, {"format": "test", "version": 1, "note": note})
    about, tensors = unseal(content, "test", 1, "x")
    assert about["note"] == note
    assert tensors["values"].tobytes() == array.tobytes()


def test_another_format_and_a_newer_one_say_so() -> None:
    content = seal({"values": np.zeros(2, np.float32)}, ABOUT)
    assert unseal(content, "test", 1, "x")[0]["note"] == ABOUT["note"]
    with pytest.raises(InputError, match="not a file of the format other"):
        unseal(content, "other", 1, "x")
    with pytest.raises(InputError, match="reads up to 0") as told:
        unseal(content, "test", 0, "x")
    assert (told.value.code, told.value.hint) == ("input.newer_format", "pip install --upgrade memos-memory")


def spoiled(bench: Bench, path: Path, change: Callable[[dict[str, Any], dict[str, Any]], None]) -> Path:
    """A file whose seal is right and whose content is not."""
    about, tensors = unseal(bench.export(path).read_bytes(), "memos-ledger", 1, "x")
    tensors = dict(tensors)
    change(about, tensors)
    del about["seal"]
    path.write_bytes(seal(tensors, about))
    return path


def told(tensors: dict[str, Any], change: Callable[[list[dict[str, Any]]], Any]) -> None:
    entries = json.loads(tensors["entries"].tobytes())
    change(entries)
    tensors["entries"] = np.frombuffer(json.dumps(entries).encode(), np.uint8)


SPOILED: dict[str, Callable[[dict[str, Any], dict[str, Any]], None]] = {
    "a tensor is missing": lambda about, tensors: tensors.pop("after"),
    "counts do not add up": lambda about, tensors: tensors.update(counts=tensors["counts"][:-1]),
    "negative counts": lambda about, tensors: tensors.update(counts=-tensors["counts"]),
    "another type": lambda about, tensors: tensors.update(rows=tensors["rows"].astype(np.int32)),
    "no finite value": lambda about, tensors: tensors.update(after=tensors["after"] * np.float32(np.inf)),
    "a negative row": lambda about, tensors: tensors.update(rows=-tensors["rows"] - 1),
    "a row twice": lambda about, tensors: tensors.update(rows=tensors["rows"] * 0),
    "no JSON": lambda about, tensors: tensors.update(entries=np.frombuffer(b"{", np.uint8)),
    "no list": lambda about, tensors: tensors.update(entries=np.frombuffer(b"{}", np.uint8)),
    "an unknown kind": lambda about, tensors: told(tensors, lambda entries: entries[0].update(kind="dream")),
    "a lesson without a key": lambda about, tensors: told(tensors, lambda entries: entries[0]["lesson"].pop("key")),
    "a write without a lesson": lambda about, tensors: told(tensors, lambda entries: entries[0].update(lesson=None)),
    "no fingerprint": lambda about, tensors: about.pop("fingerprint"),
}  # fmt: skip


@pytest.mark.parametrize("change", SPOILED.values(), ids=SPOILED)
def test_a_sealed_file_that_makes_no_sense_is_refused(
    bench: Bench, tmp_path: Path, change: Callable[[dict[str, Any], dict[str, Any]], None]
) -> None:
    path = spoiled(bench, tmp_path / "x", change)
    with pytest.raises(InputError) as noticed:
        bench.ledger.read_bundle(path)
    assert noticed.value.hint


def test_rows_that_do_not_have_the_digest_the_file_tells_are_refused(bench: Bench, tmp_path: Path) -> None:
    def move(about: dict[str, Any], tensors: dict[str, Any]) -> None:
        tensors["after"] = tensors["after"] + np.float32(1)

    with pytest.raises(CorruptStore, match="digest"):
        bench.merge(spoiled(bench, tmp_path / "x", move), into="bob")
    assert bench.digest("bob") == FakeOverlay().digest()


def test_another_models_file_is_refused(bench: Bench, tmp_path: Path) -> None:
    path = bench.export(tmp_path / "x")
    bench.trainer.fingerprint = "base-2"
    with pytest.raises(FingerprintMismatch, match="another model"):
        bench.merge(path, into="bob")
    assert bench.ledger.runs("bob") == []


def test_rows_outside_the_models_table_are_refused(bench: Bench, tmp_path: Path) -> None:
    bundle = bench.worker.bundle("ana")

    def refuse(namespace: str, overlay: Any) -> None:
        if any(row >= 64 for row in overlay.table):
            raise FingerprintMismatch("outside the table", hint="another model")

    far = tuple(replace(one, rows=one.rows + 1000) for one in bundle.entries)
    rows, values = replace(bundle, entries=far).table().stored()
    far_digest = FakeOverlay().put(rows, values).digest()
    bench.ledger.write_bundle(tmp_path / "far", replace(bundle, entries=far, digest=far_digest))
    bench.trainer.activate = refuse  # type: ignore[method-assign]
    with pytest.raises(FingerprintMismatch, match="outside"):
        bench.merge(tmp_path / "far", into="bob")
    assert bench.ledger.runs("bob") == []


@pytest.mark.parametrize("place", ["missing", "folder"])
def test_what_is_no_file_is_said(bench: Bench, tmp_path: Path, place: str) -> None:
    path = tmp_path if place == "folder" else tmp_path / "nowhere"
    with pytest.raises(NotFoundError):
        bench.ledger.read_bundle(path)


def test_a_full_disk_leaves_no_file(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = bench.worker.bundle("ana")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    (tmp_path / "out").mkdir()
    with pytest.raises(StoreUnwritable, match="No space left"):
        bench.ledger.write_bundle(tmp_path / "out" / "x", bundle)
    assert list((tmp_path / "out").iterdir()) == []
    with pytest.raises(MemosError, match="folder"):
        bench.ledger.write_bundle(tmp_path / "out", bundle)
