"""undo and rollback: bits put back, nothing trained, the records kept; and what is no point of the ledger is said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from memos.errors import ConsolidationError, InputError, NotFoundError, NotRevertible
from memos.types import RunStatus
from tests.unit.fakes import FakeOverlay, Memory
from tests.unit.ledger_bench import Bench

BASE = FakeOverlay().digest()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path, checkpoint_every=3)
    yield made
    made.close()


def test_undo_takes_back_one_run_after_another_and_trains_nothing(bench: Bench) -> None:
    digests = [BASE] + [bench.learn(*facts).digest_after for facts in (("a=1",), ("b=1", "c=1"), ("d=1",))]
    trained = bench.trainer.writes
    for run_id in (3, 2, 1):
        report = bench.worker.undo("ana", "tester")
        assert (report.run_id, report.method, report.replayed, report.exact) == (run_id, "restore", 0, True)
        assert bench.digest() == report.digest_after == digests[run_id - 1]
        assert bench.ledger.run("ana", run_id).status is RunStatus.REVERTED
    assert bench.trainer.writes == trained
    with pytest.raises(NotRevertible, match="nothing in the parameters"):
        bench.worker.undo("ana", "tester")
    assert {event.kind for event in bench.audit.events("ana")} == {"consolidate", "undo"}
    assert set(bench.store.learned.values()) == {None}


def test_undo_brings_an_older_value_back(bench: Bench) -> None:
    first = bench.learn("dog=Rex")
    bench.learn("dog=Max")
    bench.worker.undo("ana", "tester")
    assert bench.taught() == ["dog=Rex"]
    assert bench.store.learned == {bench.record("dog=Rex"): first.id, bench.record("dog=Max"): None}


def test_rollback_takes_back_every_later_run(bench: Bench) -> None:
    first = bench.learn("a=1", "b=1")
    bench.learn("c=1")
    bench.learn("d=1")
    trained = bench.trainer.writes
    point = bench.worker.trace.point("ana", str(first.id))
    report = bench.worker.rollback("ana", point.entries, "tester")
    assert bench.digest() == report.digest_after == first.digest_after
    assert (report.exact, bench.trainer.writes) == (True, trained)
    assert [run.status.value for run in bench.ledger.runs("ana")] == ["REVERTED", "REVERTED", "COMMITTED"]
    assert bench.fresh().verify("ana") == 3


def test_rollback_into_a_run_keeps_its_first_entries(bench: Bench) -> None:
    run = bench.learn("a=1", "b=1")
    second = bench.ledger.entries("ana")[1]
    bench.worker.rollback("ana", bench.worker.trace.point("ana", f"e{second.seq - 1}").entries, "tester")
    assert bench.taught() == ["a=1"]
    kept = bench.ledger.run("ana", run.id)
    assert (kept.status, kept.record_ids) == (RunStatus.COMMITTED, (bench.record("a=1"),))
    assert kept.digest_after == bench.digest()


def test_what_was_taken_back_can_be_learned_again_with_the_same_bits(bench: Bench) -> None:
    digest = bench.learn("a=1", "b=1").digest_after
    bench.worker.rollback("ana", 0, "tester")
    assert bench.digest() == BASE
    assert bench.learn("a=1", "b=1").digest_after == digest


@pytest.mark.parametrize(
    ("name", "error"),
    [("9", NotFoundError), ("2", NotRevertible), ("e99", NotRevertible), ("yesterday", InputError), ("-1", InputError)],
)
def test_what_is_no_point_of_the_ledger_is_said(bench: Bench, name: str, error: type[Exception]) -> None:
    bench.learn("a=1")
    bench.learn("b=1")
    bench.worker.undo("ana", "tester")
    with pytest.raises(error) as told:
        bench.worker.trace.point("ana", name)
    assert told.value.hint  # type: ignore[attr-defined]


def test_rolling_back_to_now_or_to_more_than_there_is_changes_nothing(bench: Bench) -> None:
    digest = bench.learn("a=1").digest_after
    with pytest.raises(NotRevertible, match="nothing was written after"):
        bench.worker.rollback("ana", 2, "tester")
    with pytest.raises(NotFoundError):
        bench.worker.rollback("ana", 3, "tester")
    assert bench.digest() == digest


def test_a_commit_of_another_process_meanwhile_makes_the_undo_fail(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.learn("a=1")
    other, plan, fold = bench.fresh(), bench.plan("b=1"), bench.worker._reader.fold

    def meanwhile(*arguments: Any) -> Any:
        monkeypatch.setattr(bench.worker._reader, "fold", fold)
        other.consolidate(plan, "other")
        return fold(*arguments)

    monkeypatch.setattr(bench.worker._reader, "fold", meanwhile)
    with pytest.raises(ConsolidationError, match="another process"):
        bench.worker.undo("ana", "tester")
    assert bench.taught() == ["a=1", "b=1"]


def test_through_the_manager_the_records_stay_in_the_store(memory: Memory) -> None:
    (dog,) = memory.say("My dog is called Rex.")
    run = memory.learn()
    (city,) = memory.say("I live in Oslo.")
    memory.learn()
    assert memory.manager.ledger.last_run().record_ids == (city,)
    assert [one.id for one in memory.manager.ledger.runs_after(0)] == [2, 1]
    memory.manager.rollback(run.id)
    assert memory.digest() == run.digest_after
    assert memory.manager.get(city).learned_by is None
    assert memory.manager.undo().record_ids == (dog,)
    assert len(memory.manager.list()) == 2
    assert memory.kinds()[-2:] == ["rollback", "undo"]
