"""Checkpoints: few, derived, never trusted further than their bytes, and gone with what they were made of."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from memos.checkpoints import chain_names, kept_positions
from memos.errors import CorruptStore, StoreUnwritable
from memos.folding import RowTable
from tests.unit.ledger_bench import Bench

FACTS = [f"thing{n}={value}" for n, value in enumerate("abcdefghij")]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path, checkpoint_every=2)
    yield made
    made.close()


def files(bench: Bench) -> list[Path]:
    return sorted((bench.folder / "ledger" / "checkpoints").glob("*.safetensors"))


def positions(bench: Bench, namespace: str = "ana") -> list[int]:
    return [one.entries for one in bench.ledger.checkpoints(namespace)]


def taught(bench: Bench, *facts: str) -> str:
    """Learn facts, each in a run of its own; the digest without any checkpoint."""
    for fact in facts or FACTS:
        bench.learn(fact)
    plain = bench.fresh()
    plain._reader._every = 10**9
    for path in files(bench):
        path.rename(path.with_suffix(".aside"))
    digest = plain.knowledge("ana").overlay.digest()
    for path in (bench.folder / "ledger" / "checkpoints").glob("*.aside"):
        path.rename(path.with_suffix(".safetensors"))
    return digest


@given(st.integers(1, 40), st.integers(0, 5000))
def test_few_are_kept_and_one_lies_near_before_every_entry(every: int, entries: int) -> None:
    kept = kept_positions(entries, every)
    assert len(kept) <= 2 * max(1, entries).bit_length()
    assert all(0 < one <= entries and one % every == 0 for one in kept)
    for back in {1, 2, entries // 3, entries // 2, entries - 1} - {-1, 0}:
        if back < entries:
            start = max((one for one in kept if one <= entries - back), default=0)
            assert entries - back - start <= 3 * back + 2 * every
    grown = kept_positions(entries + 1, every)
    assert {one for one in grown if one <= entries} <= kept  # nothing is ever needed again that was thrown away


def test_opening_starts_from_the_newest_one_and_comes_to_the_same(bench: Bench) -> None:
    digest = taught(bench)
    assert set(positions(bench)) == kept_positions(20, 2)
    first = bench.ledger.entries("ana")[0]
    (bench.folder / "ledger" / f"{first.file}.safetensors").unlink()
    assert bench.digest() == digest  # the file of the first entry was not needed
    assert len(bench.fresh().knowledge("ana").owned_rows()) == len(bench.worker.knowledge("ana").owned_rows())
    with pytest.raises(CorruptStore, match="missing"):
        bench.fresh().verify("ana")


def test_what_a_state_knows_is_the_same_from_a_checkpoint(bench: Bench) -> None:
    taught(bench, *FACTS[:5], "thing1=new")
    cold, kept = bench.fresh(), bench.fresh()
    cold._reader._ledger = _Without(bench.ledger)  # type: ignore[assignment]
    one, other = cold.knowledge("ana"), kept.knowledge("ana")
    assert one.lessons == other.lessons
    assert one.learned_by() == other.learned_by()
    assert [(w.seq, w.run_id, w.record_id, w.rows.tolist()) for w in one.writes] == [
        (w.seq, w.run_id, w.record_id, w.rows.tolist()) for w in other.writes
    ]


class _Without:
    """The ledger as if no checkpoint had ever been written."""

    def __init__(self, ledger: Any) -> None:
        self._ledger = ledger

    def newest_checkpoint(self, links: Any) -> None:
        return None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)


@pytest.mark.parametrize("damage", ["flip", "truncate", "empty", "another's"])
def test_a_damaged_one_is_passed_by_and_made_again(bench: Bench, damage: str) -> None:
    digest = taught(bench)
    numbers = random.Random(3)
    contents = [path.read_bytes() for path in files(bench)]
    for path, other in zip(files(bench), contents[1:] + contents[:1], strict=True):
        raw = bytearray(path.read_bytes())
        raw[numbers.randrange(len(raw))] ^= 1 << numbers.randrange(8)
        path.write_bytes({"flip": bytes(raw), "truncate": raw[:-9], "empty": b"", "another's": other}[damage])
    assert bench.digest() == digest
    bench.learn("one more=x")
    assert bench.fresh().verify("ana") == 22
    assert set(positions(bench)) <= kept_positions(22, 2)


def test_verify_names_a_damaged_one_and_compact_mends_it(bench: Bench) -> None:
    taught(bench)
    files(bench)[0].write_bytes(b"nonsense")
    with pytest.raises(CorruptStore, match="checkpoint"):
        bench.fresh().verify("ana")
    assert bench.worker.compact("ana") == sorted(kept_positions(20, 2))
    assert bench.fresh().verify("ana") == 20


def test_verify_finds_one_that_is_whole_and_wrong(bench: Bench) -> None:
    taught(bench)
    true = bench.ledger.checkpoints("ana")[-1]
    values = true.values.copy()
    values[0, 0] += 1
    bench.ledger.save_checkpoint("ana", replace(true, values=values))
    with pytest.raises(CorruptStore, match="not what they lead to"):
        bench.fresh().verify("ana")
    assert bench.worker.compact("ana", rebuild=True) == sorted(kept_positions(20, 2))
    assert bench.fresh().verify("ana") == 20


def test_one_that_stands_for_other_entries_is_not_saved(bench: Bench) -> None:
    taught(bench, *FACTS[:3])
    (*_, newest) = bench.ledger.checkpoints("ana")
    bench.worker.undo("ana", "tester")
    assert not bench.ledger.save_checkpoint("ana", newest)
    assert bench.ledger.save_checkpoint("ana", bench.ledger.checkpoints("ana")[0])


def test_a_forget_leaves_no_checkpoint_with_bits_of_what_was_forgotten(bench: Bench) -> None:
    taught(bench)
    record = bench.record(FACTS[0])
    entries = bench.ledger.entries("ana")
    gone = {row.tobytes() for entry in entries for row in bench.ledger.change(entry).after}
    assert any(bits in path.read_bytes() for path in files(bench) for bits in gone)
    assert record in {entry.record_id for entry in entries}
    bench.forget(FACTS[0])
    assert files(bench)  # made again, of what stays
    everything = [path.read_bytes() for path in (bench.folder / "ledger").rglob("*") if path.is_file()]
    assert not any(bits in content for content in everything for bits in gone)
    assert bench.fresh().verify("ana") == 18


def test_a_forget_keeps_those_from_before_it(bench: Bench) -> None:
    taught(bench)
    before = set(files(bench))
    bench.forget(FACTS[8])
    kept = before & set(files(bench))
    assert kept
    assert max(positions(bench)) <= 18


def test_sweep_takes_what_stands_for_nothing_live_and_leaves_other_namespaces_alone(bench: Bench) -> None:
    taught(bench, *FACTS[:3])
    for fact in FACTS[:3]:
        bench.learn(fact, namespace="bob")
    assert positions(bench, "bob") == positions(bench) == [4, 6]
    bench.worker.rollback("ana", 0, "tester")
    assert positions(bench) == []
    bench.ledger.sweep()
    assert len(files(bench)) == 2
    bench.ledger.thin_checkpoints("ana", ())
    assert positions(bench, "bob") == [4, 6]
    assert bench.fresh().verify("bob") == 6


def test_a_folder_that_cannot_be_written_is_read_all_the_same(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    digest = taught(bench)
    for path in files(bench):
        path.unlink()

    def full(*_: Any) -> None:
        raise StoreUnwritable("no space left")

    monkeypatch.setattr("memos.stores.checkpoints.write_whole", full)
    assert bench.digest() == digest
    assert files(bench) == []


def test_forgetting_the_last_of_many_reads_few_tensors(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    taught(bench)
    read: list[int] = []
    whole = bench.ledger.change
    monkeypatch.setattr(bench.ledger, "change", lambda entry: (read.append(entry.seq), whole(entry))[1])
    bench.forget(FACTS[-1])
    assert len(set(read)) <= 4


def test_names_tell_every_prefix_and_every_order(bench: Bench) -> None:
    taught(bench, *FACTS[:3])
    links = bench.ledger.chain("ana")
    names = chain_names(links)
    assert len({*names, *chain_names(links[1:]), *chain_names(links[::-1])}) == len(names) * 3 - 1
    assert chain_names(links[:4]) == names[:4]


@given(st.lists(st.tuples(st.lists(st.integers(0, 40), unique=True, max_size=8), st.integers(0, 9)), max_size=8))
def test_the_row_table_is_a_dictionary_of_rows(puts: list[tuple[list[int], int]]) -> None:
    table, expected = RowTable(), {}
    for rows, value in puts:
        values = np.full((len(rows), 3), value, np.float32) + np.arange(3, dtype=np.float32) * bool(value)
        table.put(np.array(rows, np.int64), values)
        expected |= {row: values[i] for i, row in enumerate(rows)}
    rows, values = table.stored()
    assert rows.tolist() == sorted(row for row, value in expected.items() if value.any())
    assert all((values[i] == expected[row]).all() for i, row in enumerate(rows.tolist()))
    asked = np.arange(50)
    zero = np.zeros(3, np.float32)
    assert np.array_equal(table.gather(asked, 3), np.array([expected.get(row, zero) for row in range(50)]))
