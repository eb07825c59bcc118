"""Joining ledgers: exact where they are disjoint, by the caller's choice where they are not, and always to be taken back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from memos.errors import InputError, MergeConflict, NotRevertible
from memos.ledger_reports import OnConflict
from memos.types import Origin, RecordState, RunStatus
from tests.unit.fakes import FakeOverlay, Memory
from tests.unit.ledger_bench import Bench, FakeAugmenter

BASE = FakeOverlay().digest()


@cache
def rows_of(fact: str) -> frozenset[int]:
    """The rows that the fake trainer selects for a fact."""
    from tests.unit.fakes import FakeTrainer

    (lesson,) = FakeAugmenter().lessons("m:1", fact)
    return frozenset(FakeTrainer().write(FakeOverlay(), lesson, (), {}, 0).change.rows.tolist())


@cache
def disjoint(count: int) -> tuple[str, ...]:
    """Facts whose writes share no row with each other."""
    found: list[str] = []
    taken: set[int] = set()
    number = 0
    while len(found) < count:
        number += 1
        fact = f"fact{number}=x"
        if not rows_of(fact) & taken:
            found.append(fact)
            taken |= rows_of(fact)
    return tuple(found)


def meeting(fact: str) -> str:
    """Another fact whose write shares a row with that of `fact`."""
    return next(other for n in range(1000) if rows_of(other := f"other{n}=y") & rows_of(fact))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path, checkpoint_every=2)
    yield made
    made.close()


def table(bench: Bench, namespace: str) -> dict[int, tuple[float, ...]]:
    return dict(bench.fresh().knowledge(namespace).overlay.table)  # type: ignore[attr-defined]


# --- disjoint ---------------------------------------------------------------------------------------------------------


def test_disjoint_rows_unite_exactly(bench: Bench) -> None:
    here, there, more, _ = disjoint(4)
    bench.learn(here)
    bench.learn(there, more, namespace="bob")
    trained, expected = bench.trainer.writes, table(bench, "ana") | table(bench, "bob")
    report = bench.merge("bob")
    assert (report.method, report.conflicts.none, report.entries, report.records) == ("exact", True, 3, 2)
    assert table(bench, "ana") == expected
    assert bench.trainer.writes == trained
    assert report.run is not None and report.run.status is RunStatus.COMMITTED
    assert bench.taught() == [here, there, more]
    assert bench.fresh().verify("ana") == 5
    assert [event.kind for event in bench.audit.events("ana", limit=1)] == ["merge"]


def test_a_file_brings_the_same_as_its_namespace(bench: Bench, tmp_path: Path) -> None:
    bench.learn(*disjoint(2), namespace="bob")
    path = bench.export(tmp_path / "x.safetensors", "bob")
    bench.merge(path)
    bench.merge("bob", into="eve")
    assert bench.digest("ana") == bench.digest("bob") == bench.digest("eve")


def test_what_came_in_says_where_from(bench: Bench, tmp_path: Path) -> None:
    bench.learn(disjoint(1)[0], namespace="bob")
    path = bench.export(tmp_path / "x", "bob")
    seal = bench.ledger.read_bundle(path).seal
    bench.merge(path)
    told = [entry.settings["import"] for entry in bench.ledger.entries("ana")]
    assert told == [{"file": seal, "entry": 0, "over": False}, {"file": seal, "entry": 1, "over": False}]


def test_what_came_in_is_reverted_bit_for_bit(bench: Bench) -> None:
    here, there, more, late = disjoint(4)
    before = bench.learn(here).digest_after
    bench.learn(there, more, namespace="bob")
    report = bench.merge("bob")
    assert report.run is not None
    revert = bench.worker.revert("ana", report.run.id, "tester")
    assert (bench.digest(), revert.method) == (before, "restore")
    bench.merge("bob")
    bench.learn(late)
    bench.worker.revert("ana", 4, "tester")  # from below a later run, which is trained again
    never = bench.learn(here, namespace="eve"), bench.learn(late, namespace="eve")
    assert bench.digest() == never[1].digest_after


def test_a_forget_below_puts_the_imported_bits_back(bench: Bench) -> None:
    here, there, more, gone = disjoint(4)
    bench.learn(gone)
    bench.learn(here)
    bench.learn(there, more, namespace="bob")
    bench.merge("bob")
    bench.forget(gone)
    bench.learn(here, namespace="eve")
    bench.merge("bob", into="eve")
    assert bench.digest() == bench.digest("eve")
    assert [entry.settings["import"].get("trained") for entry in bench.ledger.entries("ana")[-3:]] == [None] * 3


def test_one_record_of_what_came_in_is_forgotten_without_a_trace(bench: Bench) -> None:
    first, gone, last = disjoint(3)
    bench.learn(first, gone, last, namespace="bob")
    bench.merge("bob")
    bits = {row.tobytes() for entry in bench.ledger.entries("ana")[1:] for row in bench.ledger.change(entry).after}
    bench.worker.rollback("bob", 0, "tester")
    bench.forget(*(first, gone, last), namespace="bob")
    bench.forget(gone)
    assert bench.taught() == [first, last]
    everything = [path.read_bytes() for path in (bench.folder / "ledger").rglob("*") if path.is_file()]
    # `last` and the sleep were trained after the forgotten record, and on it: their bits go too.
    assert not any(one in content for one in bits for content in everything)
    kept, *trained = bench.ledger.entries("ana")
    assert "trained" not in kept.settings["import"]
    assert all(entry.settings["import"]["trained"] for entry in trained)
    assert bench.fresh().verify("ana") == 3


def test_an_entry_that_is_trained_again_is_trained_by_its_recipe_alone(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it came from is kept with the entry, and must not change the bits."""
    first, last = disjoint(2)
    bench.learn(first, last, namespace="bob")
    bench.merge("bob")
    recipes: list[object] = []
    write, sleep = bench.trainer.write, bench.trainer.sleep
    monkeypatch.setattr(bench.trainer, "write", lambda *given: (recipes.append(given[3]), write(*given))[1])
    monkeypatch.setattr(bench.trainer, "sleep", lambda *given: (recipes.append(given[3]), sleep(*given))[1])
    bench.forget(first)
    assert recipes == [bench.trainer.recipe()] * 2
    assert all(entry.settings["import"]["trained"] for entry in bench.ledger.entries("ana"))


# --- conflicts --------------------------------------------------------------------------------------------------------


def test_shared_rows_and_contradictions_are_reported(bench: Bench) -> None:
    here = disjoint(1)[0]
    there = meeting(here)
    bench.learn(here, "dog=Rex")
    bench.learn(there, "dog=Max", "cat=Tom", namespace="bob")
    found = bench.worker.conflicts("ana", bench.worker.bundle("bob"))
    assert rows_of(here) & rows_of(there) <= set(found.shared_rows)
    assert bench.record(here) in found.records_here
    assert bench.record(there) in found.records_there
    (met,) = found.contradictions
    assert (met.relation, met.here, met.there) == ("dog", "Rex", "Max")
    assert (met.record_here, met.record_there) == (bench.record("dog=Rex"), bench.record("dog=Max"))


def test_refuse_changes_nothing_and_says_what_to_do(bench: Bench) -> None:
    here = disjoint(1)[0]
    digest = bench.learn(here).digest_after
    bench.learn(meeting(here), namespace="bob")
    with pytest.raises(MergeConflict, match="share") as told:
        bench.merge("bob")
    assert "--on-conflict" in told.value.hint
    assert bench.digest() == digest
    assert len(bench.ledger.runs("ana")) == 1


def test_replay_is_the_same_as_having_learned_it_here(bench: Bench) -> None:
    here = disjoint(1)[0]
    there = meeting(here)
    bench.learn(here)
    bench.learn(there, namespace="bob")
    report = bench.merge("bob", on_conflict=OnConflict.REPLAY)
    bench.learn(here, namespace="eve")
    assert (report.method, bench.digest()) == ("trained", bench.learn(there, namespace="eve").digest_after)


def test_replay_passes_the_gate_or_leaves_everything(bench: Bench) -> None:
    here = disjoint(1)[0]
    digest = bench.learn(here).digest_after
    bench.learn(meeting(here), namespace="bob")
    bench.trainer.honest = 0.1
    report = bench.merge("bob", on_conflict=OnConflict.REPLAY)
    assert report.run is not None and report.run.status is RunStatus.REJECTED
    assert bench.digest() == digest


def test_last_puts_the_incoming_bits_over(bench: Bench) -> None:
    here = disjoint(1)[0]
    there = meeting(here)
    before = bench.learn(here, "dog=Rex").digest_after
    bench.learn(there, "dog=Max", namespace="bob")
    expected = table(bench, "ana") | table(bench, "bob")
    report = bench.merge("bob", on_conflict=OnConflict.LAST)
    assert (report.method, table(bench, "ana")) == ("over", expected)
    assert bench.taught() == [here, there, "dog=Max"]
    assert bench.fresh().verify("ana") == 6
    assert report.run is not None
    bench.worker.revert("ana", report.run.id, "tester")
    assert bench.digest() == before


def test_a_forget_below_an_import_that_was_put_over_puts_it_over_again(bench: Bench) -> None:
    here, gone = disjoint(2)
    there = meeting(here)
    bench.learn(gone)
    bench.learn(here)
    bench.learn(there, namespace="bob")
    bench.merge("bob", on_conflict=OnConflict.LAST)
    bench.forget(gone)
    bench.learn(here, namespace="eve")
    bench.merge("bob", into="eve", on_conflict=OnConflict.LAST)
    assert bench.digest() == bench.digest("eve")


def test_an_exact_import_that_damages_is_refused(bench: Bench) -> None:
    digest = bench.learn(disjoint(1)[0]).digest_after
    bench.learn(disjoint(2)[1], namespace="bob")
    bench.trainer.old_after = 0.2
    report = bench.merge("bob")
    assert report.run is not None and report.run.status is RunStatus.REJECTED
    assert (bench.digest(), bench.ledger.live_count("ana")) == (digest, 2)


def test_an_empty_ledger_has_nothing_to_give(bench: Bench) -> None:
    with pytest.raises(NotRevertible, match="nothing in the parameters"):
        bench.worker.bundle("ana")


def test_a_merge_is_no_doorway_to_another_namespace(bench: Bench) -> None:
    bench.learn(disjoint(1)[0], namespace="bob")
    bench.merge("bob")
    bench.worker.rollback("ana", 0, "tester")
    assert bench.digest("ana") == BASE != bench.digest("bob")


# --- records ----------------------------------------------------------------------------------------------------------


def test_what_comes_in_becomes_approved_records_of_origin_import(memory: Memory, tmp_path: Path) -> None:
    memory.say("My dog is called Zanzirex.", "I live in Oslo.")
    memory.learn()
    memory.manager.ledger.export(tmp_path / "x")
    bob = memory.manager.for_namespace("bob")
    (known,) = [bob.observe("I live in Oslo.").record]
    assert known is not None
    report = bob.ledger.import_(tmp_path / "x")
    assert report.run is not None
    records = {record.text: record for record in bob.list()}
    assert len(records) == 2
    assert (records["I live in Oslo."].id, records["I live in Oslo."].origin) == (known.id, Origin.USER)
    fresh = records["My dog is called Zanzirex."]
    assert (fresh.origin, fresh.approved, fresh.learned_by) == (Origin.IMPORT, True, report.run.id)
    assert fresh.metadata == {"learned_from": "file x"}
    assert bob.answer("What is my dog called?").runs == (report.run.id,)
    assert bob.recall("dog").hits[0].record.id == fresh.id


def test_it_is_forgotten_with_proof_and_the_source_keeps_its_own(memory: Memory, tmp_path: Path) -> None:
    memory.say("My dog is called Zanzirex.", "I live in Oslo.")
    memory.learn()
    bob = memory.manager.for_namespace("bob")
    bob.ledger.merge("ana")
    (dog,) = [record.id for record in bob.list() if "dog" in record.text]
    memory.manager.forget([record.id for record in memory.manager.list()])
    assert b"Zanzirex" in (memory.home / "memos.db").read_bytes() + _log(memory)
    report = bob.forget([dog])
    assert report.proven
    assert b"zanzirex" not in (memory.home / "memos.db").read_bytes().lower() + _log(memory).lower()
    assert bob.answer("Where do I live?").text == "Oslo"
    assert not bob.answer("What is my dog called?").known


def _log(memory: Memory) -> bytes:
    log = memory.home / "memos.db-wal"
    return log.read_bytes() if log.exists() else b""


def test_a_contradicting_record_is_superseded_by_what_came_in(memory: Memory) -> None:
    memory.say("My dog is called Rex.")
    memory.learn()
    bob = memory.manager.for_namespace("bob")
    old = bob.observe("My dog is called Max.").record
    assert old is not None
    bob.ledger.merge("ana")
    assert bob.get(old.id).state is RecordState.SUPERSEDED
    assert bob.answer("What is my dog called?").text == "Rex"


def test_a_refused_merge_makes_no_record_and_a_dry_run_changes_nothing(memory: Memory) -> None:
    memory.say("My dog is called Rex.")
    memory.learn()
    bob = memory.manager.for_namespace("bob")
    planned = bob.ledger.merge("ana", dry_run=True)
    assert (planned.method, planned.run, bob.runs(), bob.list()) == ("exact", None, [], [])
    memory.trainer.honest = 0.0
    refused = bob.ledger.merge("ana")
    assert refused.run is not None and refused.run.status is RunStatus.REJECTED
    assert bob.list() == []
    with pytest.raises(InputError):
        bob.ledger.merge("bob")


def test_lessons_come_in_under_the_records_here(memory: Memory) -> None:
    (there,) = memory.say("My dog is called Rex.")
    memory.learn()
    bob = memory.manager.for_namespace("bob")
    bob.ledger.merge("ana")
    (here,) = bob.list()
    (write, sleep) = memory.parts.ledger.entries("bob")
    assert (write.record_id, json.loads(write.lesson or "")["record_id"], sleep.record_id) == (here.id, here.id, None)
    assert here.id != there
    assert np.array_equal(*(memory.parts.ledger.change(memory.parts.ledger.entries(n)[0]).after for n in ("ana", "bob")))
