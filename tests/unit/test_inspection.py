"""status, why, verify, doctor: what they say is so, and one broken part never hides the state of the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from memos.types import Check, EntryKind, RunStatus, Source, Tier
from tests.unit.fakes import Memory, StoreOnly

ASK = "What is my dog called?"


def line(checks: list[Check], name: str) -> Check:
    (found,) = [check for check in checks if check.name == name]
    return found


def test_status_counts_what_each_tier_holds(memory: Memory) -> None:
    memory.manager.observe("My dog is called Rex.", source=Source(session="s1"))
    memory.say("My dog is called Max.", "I live in Oslo.")
    paused = memory.say("I work as a nurse.")
    memory.manager.pause(paused[0])
    run = memory.learn()
    memory.manager.for_namespace("bob").observe("I live in Bern.")
    status = memory.manager.status()
    counts = {tier.tier: tier.count for tier in status.tiers}
    assert counts == {Tier.CONTEXT: 1, Tier.TOKEN: 2, Tier.PARAMETRIC: 2}
    assert (status.superseded, status.paused) == (1, 1)
    assert (status.namespace, status.namespaces) == ("ana", ("ana", "bob"))
    assert status.last_run == run
    newest = memory.parts.audit.events(limit=1)[0]
    assert (status.audit_events, status.chain_head) == (newest.seq, newest.hash)
    assert all(tier.bytes > 0 for tier in status.tiers)


def test_the_status_of_nothing_is_all_zeros(memory: Memory) -> None:
    status = memory.manager.status()
    assert [tier.count for tier in status.tiers] == [0, 0, 0]
    assert (status.last_run, status.audit_events, status.chain_head, status.namespaces) == (None, 0, "", ())


def test_the_story_of_a_record_leads_from_the_turn_to_the_write(memory: Memory) -> None:
    (dog,) = memory.say("My dog is called Rex.")
    memory.manager.observe("my dog is called Rex")
    run = memory.learn()
    story = memory.manager.why_record(dog)
    assert story.experience is not None
    assert story.experience.text == "My dog is called Rex."
    assert [decision.action.value for decision in story.decisions] == ["NOOP", "ADD"]
    (write,) = story.writes
    assert (write.run_id, write.record_id, write.text, write.live) == (run.id, dog, "My dog is called Rex.", True)
    assert (write.wordings, write.held_out) == (1, 1)
    norms = [slot.delta_norm for slot in write.slots]
    assert norms == sorted(norms, reverse=True)
    assert 0 < len(norms) <= write.rows
    memory.manager.revert(run.id)
    assert memory.manager.why_record(dog).writes[0].live is False


def test_the_story_of_a_run_lists_its_writes_and_its_sleep(memory: Memory) -> None:
    memory.say("My dog is called Rex.", "I live in Oslo.")
    run = memory.learn()
    kinds = [write.kind for write in memory.manager.why_run(run.id).writes]
    assert kinds == [EntryKind.WRITE, EntryKind.WRITE, EntryKind.SLEEP]
    memory.manager.revert(run.id)
    assert len(memory.manager.why_run(run.id).writes) == 3


def test_a_story_after_forgetting_shows_no_word_of_it(memory: Memory) -> None:
    dog, _ = memory.say("My dog is called Rex.", "I live in Oslo.")
    run = memory.learn()
    memory.manager.forget([dog])
    assert "Rex" not in memory.manager.why_run(run.id).model_dump_json()
    for write in memory.manager.why_run(run.id).writes:
        assert write.live


def test_the_story_of_an_answer_names_the_write_it_was_read_from(memory: Memory) -> None:
    (dog,) = memory.say("My dog is called Rex.")
    run = memory.learn()
    story = memory.manager.why_question(ASK)
    assert story.answer.runs == (run.id,)
    assert [record.id for record in story.records] == [dog]
    assert story.attributions[0].record_id == dog
    assert story.owned_share > 0


def test_the_story_of_an_answer_without_a_memory_layer_has_no_slots(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "home", models=StoreOnly)
    memory.say("My dog is called Rex.")
    story = memory.manager.why_question(ASK)
    assert (story.answer.known, story.slots_read, story.records) == (True, 0, ())
    memory.close()


# --- verify -----------------------------------------------------------------------------------------------------------


def test_verify_rederives_the_chain_and_the_ledger_of_every_namespace(memory: Memory) -> None:
    memory.say("My dog is called Rex.")
    memory.learn()
    bob = memory.manager.for_namespace("bob")
    bob.observe("I live in Bern.")
    bob.consolidate(bob.plan_consolidation(everything=True))
    checks = memory.manager.verify()
    assert [check.name for check in checks] == ["audit chain", "ledger of ana", "ledger of bob"]
    assert all(check.ok for check in checks)
    assert "2 entries re-derived" in checks[1].detail


def test_verify_of_a_namespace_that_took_everything_back_finds_nothing_to_check(memory: Memory) -> None:
    memory.say("My dog is called Rex.")
    memory.manager.revert(memory.learn().id)
    check = line(memory.manager.verify(), "ledger of ana")
    assert (check.ok, check.detail) == (True, "nothing is live")


def test_verify_says_which_part_is_broken_and_goes_on(memory: Memory) -> None:
    memory.say("My dog is called Rex.")
    memory.learn()
    bob = memory.manager.for_namespace("bob")
    bob.observe("I live in Bern.")
    bob.consolidate(bob.plan_consolidation(everything=True))
    with memory.parts.database.write() as connection:
        connection.exec_driver_sql("UPDATE ledger_entries SET seed = '7' WHERE namespace = 'ana'")
        connection.exec_driver_sql("UPDATE audit_events SET actor = 'mallory' WHERE seq = 2")
    checks = memory.manager.verify()
    assert [check.ok for check in checks] == [False, False, True]
    assert "2 was changed" in line(checks, "audit chain").detail
    assert all(check.hint for check in checks if not check.ok)


@pytest.mark.parametrize("what", ["last event", "middle event"])
def test_verify_notices_an_event_that_is_missing(memory: Memory, what: str) -> None:
    memory.say("My dog is called Rex.", "I live in Oslo.", "I work as a nurse.")
    with memory.parts.database.write() as connection:
        connection.exec_driver_sql(f"DELETE FROM audit_events WHERE seq = {3 if what == 'last event' else 2}")
    assert not line(memory.manager.verify(), "audit chain").ok


def test_verify_notices_rows_that_do_not_follow_from_those_before(memory: Memory) -> None:
    memory.say("My dog is called Rex.", "I live in Oslo.")
    memory.learn()
    with memory.parts.database.write() as connection:
        connection.exec_driver_sql("UPDATE ledger_entries SET live = 0 WHERE seq = 2")
    check = line(memory.manager.verify(), "ledger of ana")
    assert not check.ok
    assert "entry 3" in check.detail


def test_without_a_memory_layer_the_files_are_still_checked(memory: Memory) -> None:
    memory.say("My dog is called Rex.")
    memory.learn()
    memory.close()
    other = Memory(memory.home, models=StoreOnly)
    assert "2 files match" in line(other.manager.verify(), "ledger of ana").detail
    sorted((memory.home / "ledger").iterdir())[0].write_bytes(b"short")
    assert not line(other.manager.verify(), "ledger of ana").ok
    other.close()


# --- doctor -----------------------------------------------------------------------------------------------------------


def test_doctor_finds_a_sound_memory_sound(memory: Memory) -> None:
    memory.say("My dog is called Rex.")
    memory.learn()
    checks = memory.manager.doctor()
    assert all(check.ok for check in checks)
    folder = ["access", "disk", "leftovers"]
    names = ["database", *folder, "index", "model", "writes to parameters", "runs", "audit chain", "ledger of ana"]
    assert [check.name for check in checks] == names


def test_doctor_names_a_run_that_never_finished(memory: Memory) -> None:
    memory.say("My dog is called Rex.")
    run = memory.learn()
    memory.parts.ledger.new_run(run.model_copy(update={"status": RunStatus.PLANNED}))
    assert str(run.id + 1) in line(memory.manager.doctor(), "runs").detail


def test_doctor_rebuilds_what_is_derived(memory: Memory) -> None:
    (dog,) = memory.say("My dog is called Rex.")
    memory.learn()
    memory.manager.doctor(rebuild=True)
    for path in (memory.home / "index").iterdir():
        path.write_bytes(b"garbage")
    (memory.home / "ledger" / f"{'0' * 64}.safetensors").write_bytes(b"garbage")
    assert not line(memory.manager.doctor(), "index").ok
    checks = memory.manager.doctor(rebuild=True)
    assert all(check.ok for check in checks)
    assert line(checks, "files without a row").detail == "1 removed"
    assert line(memory.manager.doctor(), "index").ok
    assert memory.manager.recall(ASK).hits[0].record.id == dog


def test_doctor_says_that_the_words_index_is_out_of_step(memory: Memory) -> None:
    memory.say("My dog is called Rex.")
    with memory.parts.database.write() as connection:
        connection.exec_driver_sql("INSERT INTO records_fts(records_fts) VALUES ('delete-all')")
    assert not line(memory.manager.doctor(), "index").ok
    memory.manager.doctor(rebuild=True)
    assert line(memory.manager.doctor(), "index").ok


def test_doctor_goes_on_past_a_ledger_that_belongs_to_another_model(memory: Memory) -> None:
    memory.say("My dog is called Rex.")
    memory.learn()
    memory.close()
    other = Memory(memory.home)
    other.trainer.fingerprint = "base-2"
    checks = other.manager.doctor()
    assert not line(checks, "model").ok
    assert "another model" in line(checks, "model").detail
    assert line(checks, "database").ok
    assert line(checks, "audit chain").ok
    other.close()
