"""Consolidation against a deterministic trainer that needs no model: what is committed, taken back, replayed, refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings, strategies as st

from memos.errors import (
    ConsolidationError,
    CorruptStore,
    FingerprintMismatch,
    InputError,
    MemosError,
    NotFoundError,
    NotRevertible,
    StoreUnwritable,
)
from memos.protocols import GateMeasure, RowChange
from memos.types import RunStatus
from tests.unit.fakes import FakeOverlay
from tests.unit.ledger_bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.close()


def test_a_committed_run_changes_rows_marks_records_and_is_on_the_log(bench: Bench) -> None:
    empty = bench.digest()
    run = bench.learn("dog=Rex", "cat=Tom")
    assert run.status is RunStatus.COMMITTED
    assert run.digest_before == empty != run.digest_after == bench.digest()
    assert bench.store.learned == {bench.record("dog=Rex"): run.id, bench.record("cat=Tom"): run.id}
    assert [event.kind for event in bench.audit.events("ana")] == ["consolidate"]
    kinds = [entry.kind.value for entry in bench.ledger.entries("ana")]
    assert kinds == ["write", "write", "sleep"]
    assert bench.trainer.active["ana"].digest() == run.digest_after


def test_another_process_sees_the_commit_and_the_same_rows(bench: Bench) -> None:
    other = bench.fresh()
    before = other.knowledge("ana").overlay.digest()
    bench.learn("dog=Rex")
    assert other.knowledge("ana").overlay.digest() == bench.digest() != before


def test_the_last_run_is_restored_bit_for_bit(bench: Bench) -> None:
    first = bench.learn("dog=Rex")
    second = bench.learn("cat=Tom")
    report = bench.worker.revert("ana", second.id, "tester")
    assert (report.method, report.exact) == ("restore", True)
    assert report.digest_after == first.digest_after == bench.digest()
    assert bench.ledger.run("ana", second.id).status is RunStatus.REVERTED
    assert bench.store.learned[bench.record("cat=Tom")] is None


def test_an_earlier_run_is_taken_out_by_replay_equal_to_never_having_learned_it(tmp_path: Path) -> None:
    (tmp_path / "with").mkdir()
    (tmp_path / "without").mkdir()
    learned, never = Bench(tmp_path / "with"), Bench(tmp_path / "without")
    learned.learn("city=Rome")
    run = learned.learn("dog=Rex")
    learned.learn("cat=Tom", "car=Fiat")
    never.learn("city=Rome")
    never.learn("cat=Tom", "car=Fiat")
    report = learned.worker.revert("ana", run.id, "tester")
    assert (report.method, report.replayed) == ("replay", 3)
    assert learned.digest() == never.digest()


def test_one_record_of_a_run_can_be_taken_out(tmp_path: Path) -> None:
    (tmp_path / "with").mkdir()
    (tmp_path / "without").mkdir()
    learned, never = Bench(tmp_path / "with"), Bench(tmp_path / "without")
    run = learned.learn("dog=Rex", "cat=Tom", "car=Fiat")
    never.learn("dog=Rex", "car=Fiat")
    learned.worker.revert("ana", run.id, "tester", learned.record("cat=Tom"))
    assert learned.digest() == never.digest()
    assert learned.ledger.run("ana", run.id).status is RunStatus.COMMITTED
    assert learned.record("cat=Tom") not in learned.ledger.run("ana", run.id).record_ids


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # an example costs too much for minutes of shrinking
)  # fmt: skip
@given(data=st.data())
def test_removal_in_any_order_equals_never_written(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    facts = [f"{name}={value}" for name in "abcd" for value in "12"]
    runs = data.draw(st.lists(st.lists(st.sampled_from(facts), min_size=1, max_size=3, unique_by=lambda f: f[0]),
                              min_size=1, max_size=4))  # fmt: skip
    once = [run for i, run in enumerate(runs) if not any(set(run) & set(other) for other in runs[:i])]
    gone = set(data.draw(st.lists(st.sampled_from(sorted({fact for run in once for fact in run})), unique=True)))
    learned, never = Bench(tmp_path_factory.mktemp("with")), Bench(tmp_path_factory.mktemp("without"))
    for run in once:
        learned.learn(*run)
        if kept := [fact for fact in run if fact not in gone]:
            never.learn(*kept)
    for fact in data.draw(st.permutations(sorted(gone))):
        learned.worker.remove_records("ana", [learned.record(fact)], "tester")
    assert learned.digest() == never.digest()
    assert learned.worker.verify("ana") == len(learned.ledger.entries("ana"))
    learned.database.close()
    never.database.close()


def test_an_update_replaces_the_older_lesson_and_its_revert_brings_it_back(bench: Bench) -> None:
    first = bench.learn("dog=Rex")
    second = bench.learn("dog=Max")
    assert [lesson.text for lesson in bench.worker.knowledge("ana").lessons] == ["dog=Max"]
    assert bench.store.learned == {bench.record("dog=Rex"): None, bench.record("dog=Max"): second.id}
    bench.worker.revert("ana", second.id, "tester")
    assert bench.store.learned == {bench.record("dog=Rex"): first.id, bench.record("dog=Max"): None}


def test_an_edited_record_is_not_marked_as_learned_again(bench: Bench) -> None:
    bench.learn("dog=Rex")
    second = bench.learn("dog=Max")
    bench.store.texts[bench.record("dog=Rex")] = "dog=Rexie"
    bench.learn("cat=Tom")
    bench.worker.revert("ana", second.id, "tester")
    assert [lesson.text for lesson in bench.worker.knowledge("ana").lessons] == ["dog=Rex", "cat=Tom"]
    assert bench.store.learned[bench.record("dog=Rex")] is None


def test_a_record_that_fails_the_gate_leaves_no_trace(tmp_path: Path) -> None:
    (tmp_path / "with").mkdir()
    (tmp_path / "without").mkdir()
    bench, never = Bench(tmp_path / "with"), Bench(tmp_path / "without")
    bench.trainer.scores["cat=Tom"] = 0.1
    run = bench.learn("dog=Rex", "cat=Tom")
    never.learn("dog=Rex")
    assert run.status is RunStatus.COMMITTED
    assert run.record_ids == (bench.record("dog=Rex"),)
    assert run.rejected_ids == (bench.record("cat=Tom"),)
    assert "0.10 < 0.60" in run.reason
    assert bench.digest() == never.digest()


@pytest.mark.parametrize(
    "error",
    [InputError("the answer cannot be spelled", hint="", code="input.unspellable"),
     ConsolidationError("the loss diverged", hint="", code="consolidation.diverged")],
)  # fmt: skip
def test_a_record_that_cannot_be_written_is_set_aside_and_the_rest_is_learned(tmp_path: Path, error: MemosError) -> None:
    (tmp_path / "with").mkdir()
    (tmp_path / "without").mkdir()
    bench, never = Bench(tmp_path / "with"), Bench(tmp_path / "without")
    bench.trainer.unlearnable["cat=Tom"] = error
    run = bench.learn("dog=Rex", "cat=Tom", "city=Rome")
    never.learn("dog=Rex", "city=Rome")
    assert run.status is RunStatus.COMMITTED
    assert run.record_ids == (bench.record("dog=Rex"), bench.record("city=Rome"))
    assert run.rejected_ids == (bench.record("cat=Tom"),)
    assert error.message in run.reason
    assert bench.digest() == never.digest()


def test_what_cannot_be_written_costs_no_second_write_of_the_others(bench: Bench) -> None:
    for text in ("cat=Tom", "fox=Vix"):
        bench.trainer.unlearnable[text] = InputError(f"no way to spell {text}", hint="", code="input.unspellable")
    run = bench.learn("dog=Rex", "cat=Tom", "city=Rome", "fox=Vix")
    assert run.record_ids == (bench.record("dog=Rex"), bench.record("city=Rome"))
    assert set(run.rejected_ids) == {bench.record("cat=Tom"), bench.record("fox=Vix")}
    assert bench.trainer.writes == 4


def test_a_record_of_two_facts_is_set_aside_whole_when_one_cannot_be_written(tmp_path: Path) -> None:
    bench, never = Bench(tmp_path / "with"), Bench(tmp_path / "without")
    bench.trainer.unlearnable["cat=Tom"] = InputError("no way to spell it", hint="", code="input.unspellable")
    run = bench.learn("dog=Rex;cat=Tom", "city=Rome")
    never.learn("city=Rome")
    assert run.record_ids == (bench.record("city=Rome"),)
    assert run.rejected_ids == (bench.record("dog=Rex;cat=Tom"),)
    assert bench.digest() == never.digest()


def test_a_run_of_records_that_cannot_be_written_is_rejected_with_every_reason(bench: Bench) -> None:
    for text in ("dog=Rex", "cat=Tom"):
        bench.trainer.unlearnable[text] = InputError(f"no way to spell {text}", hint="", code="input.unspellable")
    run = bench.learn("dog=Rex", "cat=Tom")
    assert run.status is RunStatus.REJECTED
    assert "spell dog=Rex" in run.reason and "spell cat=Tom" in run.reason
    assert bench.ledger.entries("ana", live=None) == []


def test_damage_by_a_record_that_is_not_learned_does_not_cost_the_others(bench: Bench) -> None:
    bench.trainer.scores["cat=Tom"], bench.trainer.damaging = 0.1, "cat=Tom"
    run = bench.learn("dog=Rex", "cat=Tom")
    assert run.status is RunStatus.COMMITTED
    assert run.record_ids == (bench.record("dog=Rex"),)


def test_damage_by_a_record_that_is_learned_rejects_the_whole_run(bench: Bench) -> None:
    bench.trainer.damaging = "cat=Tom"
    run = bench.learn("dog=Rex", "cat=Tom")
    assert run.status is RunStatus.REJECTED and "old knowledge fell" in run.reason


@pytest.mark.parametrize(("attribute", "words"), [("old_after", "old knowledge fell"), ("honest", "honest on")])
def test_damage_rejects_the_whole_run(bench: Bench, attribute: str, words: str) -> None:
    setattr(bench.trainer, attribute, 0.5)
    before = bench.digest()
    run = bench.learn("dog=Rex")
    assert run.status is RunStatus.REJECTED
    assert words in run.reason
    assert bench.digest() == before == run.digest_after
    assert bench.ledger.entries("ana", live=None) == []
    assert [event.kind for event in bench.audit.events("ana")] == ["reject"]
    assert bench.store.learned == {}


def test_a_run_of_records_that_state_nothing_is_rejected_with_the_reason(bench: Bench) -> None:
    run = bench.learn("hello there")
    assert run.status is RunStatus.REJECTED
    assert "states nothing" in run.reason
    assert bench.trainer.writes == 0


def test_two_records_about_the_same_thing_in_one_run_newest_wins(bench: Bench) -> None:
    run = bench.learn("dog=Rex", "dog=Max")
    assert run.record_ids == (bench.record("dog=Max"),)
    assert "answers the same question" in run.reason


def test_interruption_leaves_rows_as_they_were_and_the_run_on_record(bench: Bench) -> None:
    bench.trainer.fail_on = "cat"
    before = bench.digest()
    with pytest.raises(KeyboardInterrupt):
        bench.learn("dog=Rex", "cat=Tom")
    (run,) = bench.ledger.runs("ana")
    assert (run.status, run.reason) == (RunStatus.REJECTED, "interrupted")
    assert bench.digest() == before
    assert bench.ledger.entries("ana", live=None) == []


def test_an_interruption_right_after_the_commit_does_not_take_it_back(bench: Bench) -> None:
    commits: list[bool] = []

    def interrupt(committed: bool) -> None:
        commits.append(committed)
        if len(commits) == 2:  # the first is the opening of the run
            raise KeyboardInterrupt

    bench.database.on_end(interrupt)
    with pytest.raises(KeyboardInterrupt):
        bench.learn("dog=Rex")
    (run,) = bench.ledger.runs("ana")
    assert run.status is RunStatus.COMMITTED
    assert bench.digest() == run.digest_after
    assert [event.kind for event in bench.audit.events("ana")] == ["consolidate"]


def test_an_error_while_committing_leaves_the_reason_on_record(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> Any:
        raise StoreUnwritable("the disk is full")

    monkeypatch.setattr(bench.ledger, "append", full)
    with pytest.raises(StoreUnwritable):
        bench.learn("dog=Rex")
    (run,) = bench.ledger.runs("ana")
    assert (run.status, "the disk is full" in run.reason) == (RunStatus.REJECTED, True)


def test_two_processes_at_once_one_commits_the_other_is_told(bench: Bench) -> None:
    other = bench.fresh()
    original = bench.trainer.measure

    def meanwhile(*arguments: Any) -> GateMeasure:
        bench.trainer.measure = original  # type: ignore[method-assign]
        other.consolidate(bench.plan("car=Fiat"), "other")
        return original(*arguments)

    bench.trainer.measure = meanwhile  # type: ignore[method-assign]
    with pytest.raises(ConsolidationError, match="another process"):
        bench.learn("dog=Rex")
    assert [run.status for run in bench.ledger.runs("ana")] == [RunStatus.COMMITTED, RunStatus.REJECTED]
    assert [lesson.text for lesson in bench.fresh().knowledge("ana").lessons] == ["car=Fiat"]


def test_a_failing_commit_leaves_neither_entries_nor_marks(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: Any) -> Any:
        raise ConsolidationError("disk full")

    real = bench.audit.append
    monkeypatch.setattr(bench.audit, "append", lambda **event: refuse() if event["kind"] == "consolidate" else real(**event))
    with pytest.raises(ConsolidationError, match="disk full"):
        bench.learn("dog=Rex")
    assert bench.ledger.entries("ana", live=None) == []
    assert bench.ledger.sweep() == 2
    assert list((bench.folder / "ledger").iterdir()) == []


def test_namespaces_do_not_see_each_other(bench: Bench) -> None:
    ana = bench.learn("dog=Rex")
    assert bench.digest("bob") == FakeOverlay().digest()
    bench.learn("dog=Rex", namespace="bob")
    with pytest.raises(NotFoundError):
        bench.worker.revert("bob", ana.id, "tester")
    bench.worker.revert("ana", ana.id, "tester")
    assert len(bench.fresh().knowledge("bob").lessons) == 1


def test_another_models_ledger_is_refused(bench: Bench) -> None:
    bench.learn("dog=Rex")
    bench.trainer.fingerprint = "base-2"
    with pytest.raises(FingerprintMismatch, match="another model"):
        bench.fresh().knowledge("ana")
    with pytest.raises(FingerprintMismatch):
        bench.fresh().consolidate(bench.plan("cat=Tom"), "tester")


def test_what_is_not_live_cannot_be_reverted(bench: Bench) -> None:
    run = bench.learn("dog=Rex")
    bench.worker.revert("ana", run.id, "tester")
    with pytest.raises(NotRevertible, match="not live"):
        bench.worker.revert("ana", run.id, "tester")
    with pytest.raises(NotFoundError):
        bench.worker.revert("ana", 99, "tester")


@pytest.mark.parametrize("damage", ["truncate", "flip", "remove"])
def test_a_damaged_ledger_file_is_a_loud_error(bench: Bench, damage: str) -> None:
    bench.learn("dog=Rex")
    path = sorted((bench.folder / "ledger").iterdir())[0]
    raw = path.read_bytes()
    if damage == "remove":
        path.unlink()
    else:
        path.write_bytes(raw[:-8] if damage == "truncate" else raw[:-1] + bytes([raw[-1] ^ 1]))
    with pytest.raises(CorruptStore, match=r"missing|truncated"):
        bench.fresh().knowledge("ana")
    with pytest.raises(CorruptStore):
        bench.fresh().verify("ana")


def test_a_changed_ledger_row_is_noticed(bench: Bench) -> None:
    bench.learn("dog=Rex")
    with bench.database.write() as connection:
        connection.exec_driver_sql("UPDATE ledger_entries SET seed = '7' WHERE seq = 1")
    with pytest.raises(CorruptStore, match="was changed"):
        bench.fresh().verify("ana")


def test_erase_takes_lessons_and_tensors_of_what_was_retired(bench: Bench) -> None:
    bench.learn("dog=Rex")
    bench.learn("cat=Tom")
    first = bench.ledger.entries("ana")[0].seq
    record = bench.record("dog=Rex")
    bench.worker.remove_records("ana", [record], "tester")
    copies = bench.ledger.erase("ana", [record], first)
    bench.ledger.sweep()
    assert copies == {"lessons": 1, "ledger tensors": 4}
    named = {f"{entry.file}.safetensors" for entry in bench.ledger.entries("ana")}
    assert {path.name for path in (bench.folder / "ledger").iterdir()} == named
    assert bench.worker.verify("ana") == 2
    erased = next(entry for entry in bench.ledger.entries("ana", live=None) if not entry.file)
    with pytest.raises(NotFoundError, match="erased"):
        bench.ledger.change(erased)


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("[enforce fail at alloc_cpu.cpp:128] DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"),
        type("OutOfMemoryError", (RuntimeError,), {})("CUDA out of memory"),
    ],
    ids=["python", "torch on the CPU", "torch on a GPU"],
)  # fmt: skip
@pytest.mark.parametrize("where", ["write", "sleep", "measure"])
def test_memory_that_runs_out_leaves_rows_and_a_reason(bench: Bench, where: str, error: Exception) -> None:
    before = bench.learn("city=Rome").digest_after

    def run_out(*_: Any, **__: Any) -> Any:
        raise error

    setattr(bench.trainer, where, run_out)
    with pytest.raises(ConsolidationError, match="memory ran out") as told:
        bench.learn("dog=Rex", "cat=Tom")
    assert (told.value.code, bool(told.value.hint)) == ("consolidation.out_of_memory", True)
    run = bench.ledger.runs("ana")[0]
    assert (run.status, "memory ran out" in run.reason) == (RunStatus.REJECTED, True)
    assert bench.digest() == before
    assert bench.ledger.live_count("ana") == 2


def test_another_error_of_the_trainer_is_no_lack_of_memory(bench: Bench) -> None:
    def bug(*_: Any, **__: Any) -> Any:
        raise RuntimeError("shapes do not fit")

    bench.trainer.sleep = bug  # type: ignore[method-assign]
    with pytest.raises(RuntimeError, match="shapes"):
        bench.learn("dog=Rex")
    assert "RuntimeError: shapes" in bench.ledger.runs("ana")[0].reason


def test_memory_that_runs_out_in_a_replay_leaves_everything(bench: Bench) -> None:
    bench.learn("dog=Rex")
    digest = bench.learn("cat=Tom").digest_after

    def run_out(*_: Any, **__: Any) -> Any:
        raise MemoryError

    bench.trainer.write = run_out  # type: ignore[method-assign]
    with pytest.raises(ConsolidationError, match="memory ran out"):
        bench.worker.revert("ana", 1, "tester")
    assert bench.digest() == digest
    assert [run.status for run in bench.ledger.runs("ana")] == [RunStatus.COMMITTED] * 2


def test_contradictions_within_one_record_and_one_run_leave_one_value(bench: Bench) -> None:
    run = bench.learn("dog=Rex;dog=Max", "cat=Tom", "cat=Tim")
    assert [lesson.facts[0].value for lesson in bench.worker.knowledge("ana").lessons] == ["Max", "Tim"]
    assert run.record_ids == (bench.record("dog=Rex;dog=Max"), bench.record("cat=Tim"))
    assert bench.record("cat=Tom") in run.rejected_ids


def test_a_plan_of_nothing_writes_nothing(bench: Bench) -> None:
    before = bench.digest()
    run = bench.learn()
    assert (run.status, run.rows, bench.digest()) == (RunStatus.REJECTED, 0, before)


def test_an_entry_that_was_made_on_other_bits_is_refused(bench: Bench) -> None:
    bench.learn("dog=Rex")
    bench.learn("dog=Max")
    first, _, third, _ = bench.ledger.entries("ana")
    change = bench.ledger.change(third)
    lying = RowChange(change.rows, change.before + 1, change.after)
    file = bench.ledger._write_file(lying)
    with bench.database.write() as connection:
        connection.exec_driver_sql("UPDATE ledger_entries SET file = ? WHERE seq = ?", (file, third.seq))
    with pytest.raises(NotRevertible, match="other bits"):
        bench.fresh().knowledge("ana")
    lying = RowChange(change.rows, change.before, change.after + 1)
    with bench.database.write() as connection:
        file = bench.ledger._write_file(lying)
        connection.exec_driver_sql("UPDATE ledger_entries SET file = ? WHERE seq = ?", (file, third.seq))
    with pytest.raises(NotRevertible):
        bench.fresh().knowledge("ana")
    assert first.lesson is not None


def test_a_last_entry_that_leads_elsewhere_is_refused(bench: Bench) -> None:
    bench.learn("dog=Rex")
    last = bench.ledger.entries("ana")[-1]
    change = bench.ledger.change(last)
    with bench.database.write() as connection:
        file = bench.ledger._write_file(RowChange(change.rows, change.before, change.after + 1))
        connection.exec_driver_sql("UPDATE ledger_entries SET file = ? WHERE seq = ?", (file, last.seq))
    with pytest.raises(NotRevertible, match="does not lead to"):
        bench.fresh().knowledge("ana")


def test_a_run_that_keeps_no_write_keeps_no_sleep(bench: Bench) -> None:
    bench.learn("dog=Rex")
    bench.learn("cat=Tom")
    bench.worker.remove_records("ana", [bench.record("dog=Rex")], "tester")
    assert {link.run_id for link in bench.ledger.chain("ana")} == {2}
    assert bench.ledger.run("ana", 1).status is RunStatus.REVERTED


def test_entries_that_do_not_join_are_refused(bench: Bench) -> None:
    bench.learn("dog=Rex")
    bench.learn("cat=Tom")
    bench.ledger.retire("ana", [bench.ledger.entries("ana")[1].seq])
    with pytest.raises(NotRevertible, match="other rows"):
        bench.fresh().knowledge("ana")
