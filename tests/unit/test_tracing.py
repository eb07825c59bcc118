"""diff, blame, certificate: what they say is what the rows say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from memos.errors import InputError, NotFoundError, NotRevertible
from memos.protocols import ParametricReading
from tests.unit.fakes import Memory
from tests.unit.ledger_bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path, checkpoint_every=2)
    yield made
    made.close()


def reading(*slots: int) -> ParametricReading:
    return ParametricReading("Oslo", True, 0.9, 0.9, len(slots), (), slots=slots)


def test_a_diff_tells_rows_norms_and_facts_between_two_points(bench: Bench) -> None:
    first = bench.learn("dog=Rex", "cat=Tom")
    second = bench.learn("dog=Max")
    found = bench.worker.trace.diff("ana", "1", "2")
    assert (found.digest_before, found.digest_after) == (first.digest_after, second.digest_after)
    assert [(fact.relation, fact.value) for fact in found.learned] == [("dog", "Max")]
    assert [(fact.relation, fact.value) for fact in found.gone] == [("dog", "Rex")]
    assert (found.before, found.after, found.entries) == ("run 1", "run 2", 2)
    old, new = bench.worker._reader.fold("ana", bench.ledger.chain("ana")[:3]), bench.worker._reader.fold("ana", bench.ledger.chain("ana"))
    slots = np.arange(64)
    delta = new.table.gather(slots, 4) - old.table.gather(slots, 4)
    assert found.rows == int((delta != 0).any(axis=1).sum())
    assert found.moved == pytest.approx(float(np.linalg.norm(delta)), rel=1e-4)
    furthest = int(np.argmax(np.linalg.norm(delta, axis=1)))
    assert found.most[0].slot == furthest
    assert found.most[0].moved == pytest.approx(float(np.linalg.norm(delta[furthest])), rel=1e-4)
    assert [row.moved for row in found.most] == sorted((row.moved for row in found.most), reverse=True)


def test_a_diff_backwards_is_the_same_diff_turned_round(bench: Bench) -> None:
    bench.learn("dog=Rex")
    bench.learn("cat=Tom")
    there, back = bench.worker.trace.diff("ana", "1", "now"), bench.worker.trace.diff("ana", "now", "1")
    assert (there.rows, there.moved, there.learned, there.entries) == (back.rows, back.moved, back.gone, -back.entries)


def test_a_diff_of_a_point_with_itself_and_of_nothing_is_empty(bench: Bench) -> None:
    empty = bench.worker.trace.diff("ana", "0", "now")
    assert (empty.rows, empty.moved, empty.most, empty.digest_before) == (0, 0.0, (), empty.digest_after)
    bench.learn("dog=Rex")
    same = bench.worker.trace.diff("ana", "1", "now")
    assert (same.rows, same.learned, same.gone) == (0, (), ())


def test_blame_names_every_live_write_of_a_slot_and_no_other(bench: Bench) -> None:
    bench.learn(*(f"thing{n}=x" for n in range(6)))
    bench.learn("late=y")
    chain = {link.seq: link for link in bench.ledger.chain("ana")}
    writes = [entry for entry in bench.ledger.entries("ana") if entry.lesson is not None]
    rows = {entry.seq: set(bench.ledger.change(entry).rows.tolist()) for entry in writes}
    for slot in range(64):
        found = bench.worker.trace.blame("ana", slot)
        assert [one.entry for one in found.owners] == [seq for seq, owned in rows.items() if slot in owned]
        assert all(one.run_id == chain[one.entry].run_id and one.moved > 0 for one in found.owners)
        assert bool(found.owners) == bool(found.norm)
    assert {one.text for slot in range(64) for one in bench.worker.trace.blame("ana", slot).owners} == {
        *(f"thing{n}=x" for n in range(6)), "late=y",
    }  # fmt: skip


def test_blame_forgets_what_was_taken_back(bench: Bench) -> None:
    bench.learn("dog=Rex")
    slot = int(bench.ledger.change(bench.ledger.entries("ana")[0]).rows[0])
    bench.worker.undo("ana", "tester")
    found = bench.worker.trace.blame("ana", slot)
    assert (found.owners, found.norm, found.refined) == ((), 0.0, 0)


def test_a_certificate_says_in_which_slots_a_question_meets_a_run(bench: Bench) -> None:
    run = bench.learn("dog=Rex", "cat=Tom")
    dog, cat, _ = bench.ledger.entries("ana")
    mine = bench.ledger.change(dog).rows.tolist()
    others = set(bench.ledger.change(cat).rows.tolist()) - set(mine)
    free = next(slot for slot in range(64) if slot not in mine and slot not in others)
    trace = bench.worker.trace
    met = trace.certificate("ana", run.id, None, "?", reading(mine[0], free))
    assert (met.untouched, met.meeting, met.slots_read) == (False, (mine[0],), 2)
    assert trace.certificate("ana", run.id, None, "?", reading(free)).untouched
    other = next(iter(others))
    assert trace.certificate("ana", run.id, bench.record("dog=Rex"), "?", reading(other)).untouched
    assert not trace.certificate("ana", run.id, bench.record("cat=Tom"), "?", reading(other)).untouched


def test_a_run_meets_what_its_sleep_refined_of_earlier_runs(bench: Bench) -> None:
    bench.learn("dog=Rex")
    early = bench.ledger.change(bench.ledger.entries("ana")[0]).rows.tolist()
    late = bench.learn("cat=Tom")
    assert set(bench.worker.trace.certificate("ana", late.id, None, "?", reading(*early)).meeting) == set(early)


def test_a_certificate_needs_a_live_write(bench: Bench) -> None:
    run = bench.learn("dog=Rex")
    for wrong, record, error in ((9, None, NotFoundError), (run.id, "m:ffffff", NotRevertible)):
        with pytest.raises(error):
            bench.worker.trace.certificate("ana", wrong, record, "?", reading(1))
    bench.worker.undo("ana", "tester")
    with pytest.raises(NotRevertible):
        bench.worker.trace.certificate("ana", run.id, None, "?", reading(1))


def test_through_the_manager(memory: Memory) -> None:
    dog, city = memory.say("My dog is called Rex.", "I live in Oslo.")
    run = memory.learn()
    ledger = memory.manager.ledger
    assert {fact.value for fact in ledger.diff().learned} == {"Rex", "Oslo"}
    asked = ledger.certificate(run.id, "What is my dog called?")
    assert (asked.answer, asked.untouched) == ("Rex", False)
    assert ledger.certificate(run.id, "What is my hobby?").untouched
    owners = {one.record_id for one in ledger.blame(asked.meeting[0]).owners}
    assert dog in owners or city in owners
    with pytest.raises(InputError):
        ledger.blame(-1)
