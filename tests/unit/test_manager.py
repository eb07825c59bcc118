"""The manager's own part: chat turns, states, plans, pins, namespaces, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from memos.errors import ConfigError, ConsolidationError, InputError, NotFoundError
from memos.manager import ChatTurn
from memos.types import (
    Action,
    Candidate,
    ConsolidationPlan,
    MemoryRecord,
    Origin,
    RecordState,
    RunStatus,
    Source,
)
from tests.unit.fakes import Memory, StoreOnly

ASK = "What is my dog called?"
MAY = datetime(2026, 5, 1, tzinfo=UTC)


def spoken(turn: ChatTurn) -> str:
    for _ in turn:
        pass
    return turn.answer.text


# --- chat -------------------------------------------------------------------------------------------------------------


def test_a_chat_turn_keeps_what_the_user_told_and_drops_questions_and_acknowledgements(memory: Memory) -> None:
    told = memory.manager.chat_turn("My dog is called Rex.", session="s1")
    assert spoken(told) == "I see."
    assert [one.decision.action for one in told.observed] == [Action.ADD, Action.DROP]
    asked = memory.manager.chat_turn(ASK, session="s1")
    assert spoken(asked) == "My dog is called Rex."
    assert [one.decision.action for one in asked.observed] == [Action.DROP, Action.DROP]
    assert [one.text for one in memory.manager.list(states=())] == ["My dog is called Rex."]
    assert memory.manager.turns("s1")[0].source.actor == "user"
    assert list(memory.manager.sessions()) == ["s1"]


def test_the_reply_is_observed_once_however_often_it_is_read(memory: Memory) -> None:
    turn = memory.manager.chat_turn("My dog is called Rex.", session="s1")
    assert spoken(turn) == spoken(turn)
    assert len(turn.observed) == 2
    assert memory.kinds() == ["observe", "observe"]


def test_a_reply_nobody_waited_for_is_kept_only_as_far_as_it_was_seen(memory: Memory) -> None:
    memory.say("My dog is called Rex.")
    turn = memory.manager.chat_turn(ASK, session="s1")
    next(iter(turn))
    assert turn.answer.text == "My"


@pytest.mark.parametrize("mode", ["read-only", "off"])
def test_a_turn_that_is_not_to_be_kept_changes_nothing(memory: Memory, mode: Any) -> None:
    (dog,) = memory.say("My dog is called Rex.")
    assert spoken(memory.manager.chat_turn("My cat is called Tom.", session="s1", mode=mode)) == "I see."
    answer = spoken(memory.manager.chat_turn(ASK, session="s1", mode=mode))
    assert (answer == "My dog is called Rex.") is (mode == "read-only")
    assert memory.kinds() == ["observe"]
    assert memory.manager.get(dog).access_count == 0
    assert memory.manager.turns("s1") == []


@pytest.mark.parametrize("tier", ["auto", "store", "parameters", "context"])
def test_off_puts_nothing_of_memory_before_the_model_whatever_tier_is_asked(memory: Memory, tier: Any) -> None:
    memory.say("My dog is called Rex.")
    memory.manager.pin("house", "The house is blue.")
    spoken(memory.manager.chat_turn("My cat is called Tom.", session="s1"))
    memory.learn()
    turn = memory.manager.chat_turn(ASK, session="s1", mode="off", tier=tier)
    answer = spoken(turn)
    shown = memory.generator.shown[-1]
    assert answer == "I do not know yet." and turn.answer.tier is None and turn.observed == []
    assert shown.notes == [] and shown.history == [] and shown.namespace is None


@pytest.mark.parametrize("tier", ["store", "parameters", "context"])
def test_a_question_to_one_tier_is_answered_from_it_and_never_stored(memory: Memory, tier: Any) -> None:
    memory.manager.observe("My dog is called Rex.", source=Source(session="s1", actor="user"))
    memory.learn()
    before = memory.kinds()
    turn = memory.manager.chat_turn(ASK, session="s1", tier=tier)
    assert "Rex" in spoken(turn) and turn.observed == []
    assert memory.kinds() == before


def test_a_superseded_record_whose_successor_was_forgotten_may_hold_again(memory: Memory) -> None:
    old, new = memory.say("My dog is called Rex.", "My dog is called Bo.")
    with pytest.raises(InputError, match="superseded"):
        memory.manager.resume(old)
    memory.manager.forget([new])
    assert memory.manager.resume(old).state is RecordState.ACTIVE
    assert spoken(memory.manager.chat_turn(ASK, session="s1")) == "My dog is called Rex."


def test_loading_ahead_answers_the_same(memory: Memory) -> None:
    memory.say("My dog is called Rex.")
    memory.manager.load()
    assert spoken(memory.manager.chat_turn(ASK, session="s1")) == "My dog is called Rex."


def test_a_statement_is_not_searched_for_and_a_question_is(memory: Memory) -> None:
    memory.say("My dog is called Rex.")
    spoken(memory.manager.chat_turn("I live in Oslo.", session="s1"))
    assert memory.generator.shown[-1].notes == []
    for asks in (ASK, "tell me about the dog please", "dog?"):
        spoken(memory.manager.chat_turn(asks, session="s1"))
        assert memory.generator.shown[-1].notes == ["My dog is called Rex."], asks


def test_a_reply_read_from_the_parameters_counts_as_recalled(memory: Memory) -> None:
    (dog,) = memory.say("My dog is called Rex.")
    memory.learn()
    seen: list[Sequence[str]] = []
    observe = memory.manager._intake.observe
    memory.manager._intake.observe = lambda draft, injected=(): (seen.append(injected), observe(draft, injected))[1]  # type: ignore[method-assign, func-returns-value]
    turn = memory.manager.chat_turn(ASK, session="s1")
    assert spoken(turn) == "Rex"
    assert memory.manager.get(dog).text in seen[-1]


def test_a_record_forgotten_while_the_reply_is_on_its_way_does_no_harm(memory: Memory) -> None:
    (dog,) = memory.say("My dog is called Rex.")
    turn = memory.manager.chat_turn(ASK, session="s1")
    for _ in turn:
        pass
    memory.manager.forget([dog])
    assert turn.answer.text == "My dog is called Rex."
    assert memory.manager.list(states=()) == []


# --- states -----------------------------------------------------------------------------------------------------------


def test_pausing_takes_out_of_recall_until_resumed(memory: Memory) -> None:
    (dog,) = memory.say("My dog is called Rex.")
    assert memory.manager.pause(dog[:7]).state is RecordState.PAUSED
    assert memory.manager.recall("dog").hits == ()
    assert memory.manager.resume(dog).state is RecordState.ACTIVE
    assert [hit.record.id for hit in memory.manager.recall("dog").hits] == [dog]
    assert memory.kinds() == ["observe", "pause", "resume"]
    assert [one.action for one in memory.manager.history(dog)] == ["ADD", "UPDATE", "UPDATE"]


def test_a_superseded_record_is_neither_paused_nor_resumed(memory: Memory) -> None:
    old, _ = memory.say("My dog is called Rex.", "My dog is called Max.")
    for act in (memory.manager.pause, memory.manager.resume):
        with pytest.raises(InputError, match="superseded"):
            act(old)
    assert memory.kinds() == ["observe", "observe"]


def test_fading_pauses_with_the_policys_reason_and_can_be_undone(memory: Memory) -> None:
    class Old:
        name = "old@1"

        def fading(self, records: Sequence[MemoryRecord], now: datetime) -> list[Candidate]:
            return [Candidate(record_id=one.id, text=one.text, score=0, reason="not used for a year")
                    for one in records if now - one.occurred_at > timedelta(days=365)]  # fmt: skip

    old = memory.manager.observe("My dog is called Rex.", occurred_at=MAY.replace(year=2020)).record
    assert old is not None
    memory.say("I live in Oslo.")
    object.__setattr__(memory.parts, "retention_policy", Old())
    assert [one.record_id for one in memory.manager.fade()] == [old.id]
    assert memory.manager.get(old.id).state is RecordState.PAUSED
    assert memory.manager.history(old.id)[-1].reason == "not used for a year"
    assert memory.kinds()[-1] == "fade"
    assert memory.manager.fade() == []
    assert memory.manager.resume(old.id).state is RecordState.ACTIVE


def test_ids_may_be_shortened_and_must_be_plain(memory: Memory) -> None:
    dog, cat = memory.say("My dog is called Rex.", "My cat is called Tom.")
    assert memory.manager.get(dog[2:8]).id == dog
    assert memory.manager.resolve(cat) == cat
    for wrong in ("m:zzzz", "x", "%", "m:%"):
        with pytest.raises(NotFoundError) as told:
            memory.manager.get(wrong)
        assert told.value.hint
    with pytest.raises(InputError):
        memory.manager.get("")
    with pytest.raises(InputError, match="beginning of"):
        memory.parts.store.add(memory.manager.get(dog).model_copy(update={"id": dog[:6] + "zzz"}), None)
        memory.manager.get(dog[:6])


# --- pins -------------------------------------------------------------------------------------------------------------


def test_pins_are_kept_replaced_and_taken_away_with_an_event_each(memory: Memory) -> None:
    memory.manager.pin("persona", "Be brief.")
    memory.manager.pin("persona", "Be kind.")
    memory.manager.pin("goal", "Find a flat.")
    assert memory.manager.blocks() == {"persona": "Be kind.", "goal": "Find a flat."}
    memory.manager.unpin("persona")
    assert memory.manager.blocks() == {"goal": "Find a flat."}
    assert memory.kinds() == ["pin", "pin", "pin", "unpin"]
    with pytest.raises(NotFoundError):
        memory.manager.unpin("persona")
    with pytest.raises(InputError):
        memory.manager.pin(" ", "text")
    assert len(memory.kinds()) == 4


# --- plans ------------------------------------------------------------------------------------------------------------


def test_a_plan_changes_nothing_and_gives_every_record_a_reason(memory: Memory) -> None:
    dog, talk = memory.say("My dog is called Rex.", "The weather was rather nice on the whole trip through the hills.")
    plan = memory.manager.plan_consolidation()
    assert plan.chosen == ()
    assert {one.record_id for one in plan.skipped} == {dog, talk}
    assert all(one.reason for one in plan.skipped)
    assert [one.record_id for one in memory.manager.plan_consolidation([dog[:6]]).chosen] == [dog]
    assert memory.kinds() == ["observe", "observe"]
    with pytest.raises(InputError) as told:
        memory.manager.consolidate()
    assert told.value.code == "consolidation.nothing"


def test_use_lifts_a_record_over_the_bar(memory: Memory) -> None:
    (dog,) = memory.say("My dog is called Rex.")
    assert memory.manager.plan_consolidation().chosen == ()
    for _ in range(3):
        memory.manager.answer(ASK)
    assert [one.record_id for one in memory.manager.plan_consolidation().chosen] == [dog]


def test_a_plan_is_in_the_order_in_which_things_happened(memory: Memory) -> None:
    late = memory.manager.observe("My dog is called Rex.", occurred_at=MAY + timedelta(days=1)).record
    early = memory.manager.observe("I live in Oslo.", occurred_at=MAY).record
    assert late is not None
    assert early is not None
    plan = memory.manager.plan_consolidation(everything=True)
    assert [one.record_id for one in plan.chosen] == [early.id, late.id]


def test_naming_a_record_lifts_no_rule(memory: Memory) -> None:
    """A record that a newer one contradicts must not be learned because only the older one was named."""
    memory.manager.observe("I live in Oslo.", occurred_at=MAY, source=Source(session="s1"))
    memory.manager.observe("Also, I live in Rome as well now.", occurred_at=MAY + timedelta(days=1))
    older = [one for one in memory.manager.list() if "Oslo" in one.text]
    tool = memory.manager.observe("The user's dog is called Rex, says the chip.", origin=Origin.TOOL).record
    assert tool is not None
    named = [one.id for one in older] + [tool.id]
    everything = memory.manager.plan_consolidation(everything=True)
    plan = memory.manager.plan_consolidation(named)
    chosen_anyway = {one.record_id for one in everything.chosen}
    assert {one.record_id for one in plan.chosen} == chosen_anyway & set(named)
    assert tool.id in {one.record_id for one in plan.skipped}
    assert {one.record_id for one in (*plan.chosen, *plan.skipped)} == set(named)


def test_a_run_takes_no_more_than_it_may(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "home", consolidation={"max_records": 1})
    memory.say("My dog is called Rex.", "I live in Oslo.")
    plan = memory.manager.plan_consolidation(everything=True)
    assert (len(plan.chosen), len(plan.skipped)) == (1, 1)
    assert "1 record" in plan.skipped[0].reason
    memory.close()


@pytest.mark.parametrize("change", ["forget", "edit", "pause", "supersede"])
@pytest.mark.parametrize("when", ["before", "while training"])
def test_a_plan_that_went_stale_teaches_nothing(memory: Memory, change: str, when: str) -> None:
    (dog, _) = memory.say("My dog is called Rex.", "I live in Oslo.")
    plan = memory.manager.plan_consolidation(everything=True)

    def alter() -> None:
        acts: dict[str, Any] = {
            "forget": lambda: memory.manager.forget([dog]),
            "edit": lambda: memory.manager.edit(dog, "My dog is called Max."),
            "pause": lambda: memory.manager.pause(dog),
            "supersede": lambda: memory.say("My dog is called Max."),
        }
        acts[change]()

    if when == "before":
        alter()
    else:
        memory.trainer.at_measure = alter
    with pytest.raises(ConsolidationError) as told:
        memory.manager.consolidate(plan)
    assert told.value.code == "consolidation.stale_plan"
    assert memory.parts.ledger.entries("ana", live=None) == []
    assert [run.status for run in memory.manager.runs()] == ([] if when == "before" else [RunStatus.REJECTED])
    if change == "forget":
        memory.manager.doctor(rebuild=True)
        assert not any(b"called Rex" in path.read_bytes() for path in memory.home.rglob("*") if path.is_file())


def test_a_plan_is_for_its_own_namespace(memory: Memory) -> None:
    memory.say("My dog is called Rex.")
    plan = memory.manager.plan_consolidation(everything=True)
    with pytest.raises(InputError):
        memory.manager.for_namespace("bob").consolidate(plan)


def test_learned_records_are_those_the_parameters_hold_now(memory: Memory) -> None:
    dog, city = memory.say("My dog is called Rex.", "I live in Oslo.")
    run = memory.learn(dog)
    memory.learn(city)
    assert {record.id for record in memory.manager.learned_records()} == {dog, city}
    memory.manager.revert(run.id)
    assert [record.id for record in memory.manager.learned_records()] == [city]
    assert memory.manager.plan_consolidation(everything=True).chosen[0].record_id == dog


def test_one_record_is_reverted_by_a_shortened_id(memory: Memory) -> None:
    dog, city = memory.say("My dog is called Rex.", "I live in Oslo.")
    run = memory.learn()
    report = memory.manager.revert(run.id, record_id=dog[:7])
    assert report.record_ids == (dog,)
    assert memory.manager.get(dog).learned_by is None
    assert memory.manager.get(city).learned_by == run.id
    with pytest.raises(NotFoundError):
        memory.manager.revert(99)


def test_a_model_without_parameters_says_so_at_once(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "home", models=StoreOnly, model={"chat": "somewhere:Model"})
    memory.say("My dog is called Rex.")
    with pytest.raises(InputError) as told:
        memory.learn()
    assert (told.value.code, bool(told.value.hint)) == ("input.no_parameters", True)
    assert "somewhere:Model" in told.value.message
    memory.close()


# --- namespaces -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", " ", "../etc", "a b", "a\n", "ä", "-a", "x" * 129])
def test_a_name_that_cannot_name_a_namespace_is_refused(memory: Memory, name: str) -> None:
    with pytest.raises(ConfigError):
        memory.manager.for_namespace(name)


def test_two_namespaces_share_a_store_and_nothing_else(memory: Memory) -> None:
    memory.say("My dog is called Rex.")
    bob = memory.manager.for_namespace("bob")
    assert bob.list(states=()) == []
    assert bob.log() == []
    bob.observe("My dog is called Max.")
    assert memory.manager.answer(ASK).text == "My dog is called Rex."
    assert bob.answer(ASK).text == "My dog is called Max."


def test_values_that_leave_the_manager_are_json(memory: Memory) -> None:
    memory.say("My dog is called Rex.")
    memory.learn()
    for value in (memory.manager.answer(ASK), memory.manager.status(), memory.manager.why_run(1), *memory.manager.log()):
        assert json.loads(json.dumps(value.model_dump(mode="json")))


def test_a_plan_made_by_hand_cannot_smuggle_a_text_past_approval(memory: Memory) -> None:
    observed = memory.manager.observe("The user's dog is called Evil.", origin=Origin.TOOL)
    assert observed.record is not None
    record = observed.record
    chosen = Candidate(record_id=record.id, text=record.text, score=1, reason="trust me")
    other = chosen.model_copy(update={"text": "My dog is called Evil."})
    for candidate in (chosen, other):
        with pytest.raises(ConsolidationError):
            memory.manager.consolidate(ConsolidationPlan(namespace="ana", policy="me", chosen=(candidate,)))
    assert memory.parts.ledger.entries("ana", live=None) == []
