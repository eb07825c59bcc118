"""The slot ledger: values come back bit for bit, files and rows agree, damage is loud, and only `erase` loses anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from memos.errors import CorruptStore, NotFoundError, StoreBusy, StoreUnwritable
from memos.protocols import LedgerEntry, RowChange
from memos.stores.database import Database
from memos.stores.parametric import SqlSlotLedger
from memos.types import ConsolidationRun, EntryKind, GateReport, RunStatus, utc_now


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqlSlotLedger]:
    database = Database(f"sqlite:///{tmp_path / 'memos.db'}")
    yield SqlSlotLedger(database, tmp_path / "ledger")
    database.close()


def a_run(namespace: str = "ana", **fields: Any) -> ConsolidationRun:
    values = {
        "id": 0, "namespace": namespace, "status": RunStatus.PLANNED, "created_at": utc_now(), "fingerprint": "base",
        "seed": 1, **fields,
    }  # fmt: skip
    return ConsolidationRun(**values)


def an_entry(run: ConsolidationRun, record_id: str | None = "m:1", **fields: Any) -> LedgerEntry:
    values = {
        "seq": 0, "run_id": run.id, "namespace": run.namespace, "kind": EntryKind.WRITE, "record_id": record_id,
        "lesson": '{"text": "My dog is called J\u00fcrgen."}', "layer": 1, "file": "", "rows": 2, "seed": 2**64 - 1,
        "settings": {"rate": 0.1}, "report": {"steps": 3}, "digest_before": "a", "digest_after": "b", **fields,
    }  # fmt: skip
    return LedgerEntry(**values)


def a_change(seed: int = 0) -> RowChange:
    numbers = np.random.default_rng(seed)
    after = numbers.standard_normal((2, 4)).astype(np.float32)
    after[0, 0] = np.float32(1e-42)  # a subnormal: exact storage has no excuse
    return RowChange(np.array([3, 9], np.int64), numbers.standard_normal((2, 4)).astype(np.float32), after)


def test_a_run_comes_back_as_it_was_stored(ledger: SqlSlotLedger) -> None:
    gate = GateReport(learned=1, held_out=0.9, old_before=1, old_after=0.99, per_record={"m:1": 0.9}, passed=True, reason="ok")
    run = ledger.new_run(a_run(record_ids=("m:1", "m:2"), rejected_ids=("m:3",), gate=gate, rows=7, seconds=1.5, reason="r"))
    assert ledger.run("ana", run.id) == run
    changed = run.model_copy(update={"status": RunStatus.COMMITTED, "gate": None})
    ledger.set_run(changed)
    assert ledger.runs("ana") == [changed]
    with pytest.raises(NotFoundError):
        ledger.run("bob", run.id)


def test_runs_are_listed_newest_first_and_cut_to_a_limit(ledger: SqlSlotLedger) -> None:
    ids = [ledger.new_run(a_run()).id for _ in range(3)]
    ledger.new_run(a_run("bob"))
    assert [run.id for run in ledger.runs("ana")] == ids[::-1]
    assert [run.id for run in ledger.runs("ana", limit=1)] == ids[-1:]


def test_an_entry_and_its_rows_come_back_bit_for_bit(ledger: SqlSlotLedger) -> None:
    run, change = ledger.new_run(a_run()), a_change()
    stored = ledger.append(an_entry(run), change)
    (read,) = ledger.entries("ana")
    assert read == stored == replace(an_entry(run), seq=stored.seq, file=stored.file)
    back = ledger.change(read)
    for name in ("rows", "before", "after"):
        assert getattr(back, name).dtype == getattr(change, name).dtype
        assert getattr(back, name).tobytes() == getattr(change, name).tobytes()


def test_files_are_named_by_their_content_and_private(ledger: SqlSlotLedger, tmp_path: Path) -> None:
    run = ledger.new_run(a_run())
    first, second = ledger.append(an_entry(run), a_change()), ledger.append(an_entry(run), a_change())
    assert first.file == second.file
    (path,) = (tmp_path / "ledger").iterdir()
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
    assert ledger.bytes("ana") == path.stat().st_size
    assert ledger.bytes("bob") == 0


def test_entries_are_found_by_state_run_record_and_namespace(ledger: SqlSlotLedger) -> None:
    one, two, other = ledger.new_run(a_run()), ledger.new_run(a_run()), ledger.new_run(a_run("bob"))
    seqs = [
        ledger.append(an_entry(run, record), a_change(seed)).seq
        for seed, (run, record) in enumerate([(one, "m:1"), (one, None), (two, "m:2"), (other, "m:1")])
    ]
    ledger.retire("ana", [seqs[2], seqs[3]])

    def found(namespace: str = "ana", **which: Any) -> list[int]:
        return [entry.seq for entry in ledger.entries(namespace, **which)]

    assert found() == seqs[:2]
    assert found(live=None) == seqs[:3]
    assert found(live=False) == seqs[2:3]
    assert found(run_id=one.id) == seqs[:2]
    assert found(record_id="m:1") == seqs[:1]
    assert found("bob") == seqs[3:]  # retiring another namespace's entry did nothing


def test_every_change_moves_the_head_of_its_namespace_only(ledger: SqlSlotLedger) -> None:
    run = ledger.new_run(a_run())
    heads = [ledger.head("ana")]
    for seed in range(3):
        ledger.append(an_entry(run), a_change(seed))
        heads.append(ledger.head("ana"))
    for seq in (1, 3):
        ledger.retire("ana", [seq])
        heads.append(ledger.head("ana"))
    ledger.append(an_entry(run), a_change(9))
    heads.append(ledger.head("ana"))
    assert len(set(heads)) == len(heads)
    assert ledger.head("bob") == 0


# --- damage -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "column", ["run_id", "kind", "record_id", "layer", "rows", "seed", "settings", "digest_before", "digest_after"]
)
def test_a_column_that_was_changed_by_hand_is_noticed(ledger: SqlSlotLedger, column: str) -> None:
    run = ledger.new_run(a_run())
    ledger.new_run(a_run())
    ledger.append(an_entry(run), a_change())
    value = {"run_id": 2, "kind": "'sleep'", "layer": 0, "rows": 1, "settings": "'{}'"}.get(column, "'7'")
    with ledger._database.write() as connection:
        connection.exec_driver_sql(f"UPDATE ledger_entries SET {column} = {value}")
    with pytest.raises(CorruptStore) as noticed:
        ledger.entries("ana")
    assert (noticed.value.code, bool(noticed.value.hint)) == ("ledger.entry_changed", True)


def test_a_file_of_another_entry_in_the_place_of_one_is_noticed(ledger: SqlSlotLedger, tmp_path: Path) -> None:
    run = ledger.new_run(a_run())
    first, second = ledger.append(an_entry(run), a_change(1)), ledger.append(an_entry(run), a_change(2))
    folder = tmp_path / "ledger"
    (folder / f"{first.file}.safetensors").write_bytes((folder / f"{second.file}.safetensors").read_bytes())
    with pytest.raises(CorruptStore) as noticed:
        ledger.change(first)
    assert noticed.value.code == "ledger.corrupt_file"
    assert ledger.change(second).rows.tolist() == [3, 9]


def test_a_missing_file_is_noticed(ledger: SqlSlotLedger, tmp_path: Path) -> None:
    entry = ledger.append(an_entry(ledger.new_run(a_run())), a_change())
    (tmp_path / "ledger" / f"{entry.file}.safetensors").unlink()
    with pytest.raises(CorruptStore) as noticed:
        ledger.change(entry)
    assert noticed.value.code == "ledger.missing_file"
    assert ledger.bytes("ana") == 0


def test_a_folder_that_cannot_be_written_keeps_the_row_out(ledger: SqlSlotLedger, tmp_path: Path) -> None:
    run = ledger.new_run(a_run())
    (tmp_path / "ledger").write_text("a file where the folder should be")
    with pytest.raises(StoreUnwritable) as told:
        ledger.append(an_entry(run), a_change())
    assert (told.value.code, bool(told.value.hint)) == ("ledger.unwritable", True)
    assert ledger.entries("ana", live=None) == []


def test_a_full_disk_leaves_neither_file_nor_row(
    ledger: SqlSlotLedger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    run = ledger.new_run(a_run())
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StoreUnwritable, match="No space left"):
        ledger.append(an_entry(run), a_change())
    assert list((tmp_path / "ledger").iterdir()) == []
    assert ledger.entries("ana", live=None) == []


# --- losing on purpose ------------------------------------------------------------------------------------------------


def test_erase_takes_lessons_and_retired_tensors_and_keeps_hashes_whole(ledger: SqlSlotLedger) -> None:
    run = ledger.new_run(a_run())
    before, mine, after = (ledger.append(an_entry(run, f"m:{n}"), a_change(n)) for n in range(3))
    ledger.retire("ana", [before.seq, mine.seq, after.seq])
    assert ledger.erase("bob", ["m:1"], mine.seq) == {"lessons": 0, "ledger tensors": 0}
    assert ledger.erase("ana", ["m:1"], mine.seq) == {"lessons": 1, "ledger tensors": 2}
    kept, erased, also = ledger.entries("ana", live=None)
    assert (kept.lesson, kept.file) == (before.lesson, before.file)
    assert (erased.lesson, erased.file, erased.report) == (None, "", {})
    assert (also.lesson, also.file) == (after.lesson, "")
    with pytest.raises(NotFoundError, match="erased"):
        ledger.change(erased)


def test_sweep_takes_what_no_row_names_and_nothing_else(ledger: SqlSlotLedger, tmp_path: Path) -> None:
    entry = ledger.append(an_entry(ledger.new_run(a_run())), a_change())
    folder = tmp_path / "ledger"
    for name in (f"{'0' * 64}.safetensors", f"{entry.file}.123.tmp", "notes.txt"):
        (folder / name).write_bytes(b"x")
    assert ledger.sweep() == 2
    assert {path.name for path in folder.iterdir()} == {f"{entry.file}.safetensors", "notes.txt"}
    assert ledger.change(entry).rows.tolist() == [3, 9]


def test_sweep_waits_for_a_writer_whose_row_is_not_committed_yet(ledger: SqlSlotLedger, tmp_path: Path) -> None:
    run = ledger.new_run(a_run())
    other = Database(f"sqlite:///{tmp_path / 'memos.db'}", busy_timeout_ms=1)
    with ledger._database.begin():
        entry = ledger.append(an_entry(run), a_change())
        with pytest.raises(StoreBusy):
            SqlSlotLedger(other, tmp_path / "ledger").sweep()
    assert ledger.change(entry).rows.tolist() == [3, 9]
    assert SqlSlotLedger(other, tmp_path / "ledger").sweep() == 0
    other.close()


def test_a_writer_takes_the_lock_before_it_makes_a_file(ledger: SqlSlotLedger, tmp_path: Path) -> None:
    run = ledger.new_run(a_run())
    other = SqlSlotLedger(Database(f"sqlite:///{tmp_path / 'memos.db'}", busy_timeout_ms=1), tmp_path / "ledger")
    with ledger._database.begin(), pytest.raises(StoreBusy):
        other.append(an_entry(run), a_change())
    assert not (tmp_path / "ledger").exists()
    other._database.close()
