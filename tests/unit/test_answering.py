"""recall and answer: which tier speaks, what it was shown, what overrules what, and that asking changes no memory."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from memos.answering import AnswerStream
from memos.errors import InputError
from memos.grammar import UNKNOWN_ANSWER
from memos.protocols import ParametricReading
from memos.types import Attribution, Origin, Source, Tier
from tests.unit.fakes import Memory, StoreOnly

ASK = "What is my dog called?"
MAY = datetime(2026, 5, 1, tzinfo=UTC)


def reads(memory: Memory, **changes: Any) -> None:
    """Let the parameters say something else than what was learned."""
    values = {"text": "Rex", "known": True, "confidence": 0.97, "familiarity": 0.9, "slots_read": 8, "attributions": ()}
    reading = ParametricReading(**values | changes)
    memory.models._reader.read = lambda namespace, question: reading  # type: ignore[method-assign]


# --- from the store ---------------------------------------------------------------------------------------------------


def test_an_answer_from_the_store_says_what_was_found_shown_and_cited(memory: Memory) -> None:
    dog, walk = memory.say("My dog is called Rex.", "The dog slept while we called.")
    memory.say("I work as a nurse.")
    answer = memory.manager.answer(ASK)
    assert (answer.known, answer.tier, answer.runs) == (True, Tier.TOKEN, ())
    assert answer.recall is not None
    found = {hit.record.id for hit in answer.recall.hits}
    assert answer.cited == (dog,)
    assert set(answer.cited) < set(answer.injected) == {dog, walk} < found
    assert found - set(answer.injected) == {one.record_id for one in answer.recall.cut}
    assert answer.recall.hits[0].record.id == dog
    assert answer.recall.tokens == 11


def test_a_record_that_states_another_fact_than_the_one_asked_for_is_not_injected(memory: Memory) -> None:
    cat, dog = memory.say("My cat is called Tom.", "Mira Okafor's dog is called Rex.")
    answer = memory.manager.answer(ASK)
    assert (answer.injected, answer.known) == ((), False)
    assert answer.recall is not None
    cut = {one.record_id: one.reason for one in answer.recall.cut}
    assert cut == dict.fromkeys((cat, dog), "states something else than what is asked")
    assert memory.manager.answer("What is my cat called?").injected == (cat,)


def test_an_answer_that_leaked_from_another_fact_is_not_kept(memory: Memory) -> None:
    (dog,) = memory.say("My dog is called Rex.")
    run = memory.manager.consolidate(memory.manager.plan_consolidation(everything=True))
    reads(memory, attributions=(Attribution(run_id=run.id, record_id=dog, share=0.9),))
    assert memory.manager.answer(ASK).tier is Tier.PARAMETRIC
    asked_else = memory.manager.answer("What is my cat called?")
    assert (asked_else.known, asked_else.tier) == (False, None)
    assert asked_else.reason == f"read from {dog}, which states something else"


def test_what_is_injected_is_cut_by_distance_count_and_tokens_with_reasons(memory: Memory) -> None:
    memory.say(*(f"My friend number {i} is called Friend{i}." for i in range(9)))
    memory.say("I work as a nurse.")
    settings = memory.manager.settings
    changed = settings.model_copy(update={"recall": settings.recall.model_copy(
        update={"inject": 3, "token_budget": 16, "k": 10})})  # fmt: skip
    memory.manager._answerer._settings = changed
    recall = memory.manager._answerer.prepare("What are my friends called?").recall
    reasons = [one.reason for one in recall.cut]
    assert any("token budget 16" in reason for reason in reasons)
    assert recall.tokens == 14
    memory.manager._answerer._settings = changed.model_copy(
        update={"recall": changed.recall.model_copy(update={"token_budget": 256})}
    )
    recall = memory.manager._answerer.prepare("What are my friends called?").recall
    reasons = [one.reason for one in recall.cut]
    assert any("3 records are injected at most" in reason for reason in reasons)
    assert any(reason.startswith("score 0.") for reason in reasons)
    assert len(recall.hits) - len(recall.cut) == 3


def test_notes_stand_oldest_first_so_that_the_newest_is_read_last(memory: Memory) -> None:
    for days, text in ((2, "My sister lives in Rome."), (0, "My sister lives in Oslo."), (1, "My sister lives in Bern.")):
        memory.manager.observe(text, occurred_at=MAY + timedelta(days=days), source=Source(actor=f"speaker {days}"))
    memory.manager.answer("Where does my sister live?")
    assert memory.generator.shown[-1].notes == [
        "My sister lives in Oslo.", "My sister lives in Bern.", "My sister lives in Rome."
    ]  # fmt: skip


def test_notes_are_read_with_the_learned_rows_left_out(memory: Memory) -> None:
    memory.say("My dog is called Rex.")
    memory.learn()
    memory.manager.answer(ASK, tier="store")
    list(memory.manager.stream(ASK, tier="store"))
    memory.manager.observe("My cat is called Tom.", source=Source(session="s1"))
    memory.manager.answer("What is my cat called?", tier="context", session="s1")
    assert [shown.notes for shown in memory.generator.shown] == [["My dog is called Rex."]] * 2 + [["My cat is called Tom."]]
    assert [shown.namespace for shown in memory.generator.shown] == [None] * 3


def test_not_knowing_is_an_answer_without_a_tier(memory: Memory) -> None:
    memory.say("I live in Oslo.")
    answer = memory.manager.answer(ASK)
    assert (answer.text, answer.known, answer.tier, answer.cited) == (UNKNOWN_ANSWER, False, None, ())


def test_an_empty_store_answers_that_it_does_not_know(memory: Memory) -> None:
    answer = memory.manager.answer(ASK)
    assert (answer.known, answer.injected) == (False, ())
    assert answer.recall is not None
    assert answer.recall.hits == ()


def test_the_past_is_answered_from_what_held_then(memory: Memory) -> None:
    memory.manager.observe("I live in Oslo.", occurred_at=MAY)
    memory.manager.observe("I live in Rome.", occurred_at=MAY + timedelta(days=10))
    assert "Rome" in memory.manager.answer("Where do I live?").text
    assert "Oslo" in memory.manager.answer("Where do I live?", as_of=MAY + timedelta(days=5)).text


# --- from the parameters ----------------------------------------------------------------------------------------------


def test_what_was_learned_is_answered_without_a_search(memory: Memory) -> None:
    memory.say("My dog is called Rex.")
    run = memory.learn()
    answer = memory.manager.answer(ASK)
    assert (answer.text, answer.tier, answer.runs, answer.stale) == ("Rex", Tier.PARAMETRIC, (run.id,), False)
    assert (answer.recall, answer.injected) == (None, ())
    assert memory.generator.shown == []


@pytest.mark.parametrize("weak", [{"confidence": 0.5}, {"familiarity": 0.01}, {"confidence": float("nan")}])
def test_an_unsure_or_unfamiliar_reading_goes_on_to_the_store(memory: Memory, weak: dict[str, float]) -> None:
    (dog,) = memory.say("My dog is called Rex.")
    run = memory.learn()
    reads(memory, text="Fido", attributions=(Attribution(run_id=run.id, record_id=dog, share=0.9),), **weak)
    answer = memory.manager.answer(ASK)
    assert (answer.tier, answer.text) == (Tier.TOKEN, "My dog is called Rex.")
    assert next(iter(weak)) in answer.reason


def test_a_newer_statement_overrules_what_was_learned(memory: Memory) -> None:
    memory.say("My dog is called Rex.")
    memory.learn()
    memory.say("My dog is called Max.")
    answer = memory.manager.answer(ASK)
    assert (answer.tier, answer.text) == (Tier.TOKEN, "My dog is called Max.")
    forced = memory.manager.answer(ASK, tier="parameters")
    assert (forced.text, forced.stale) == ("Rex", True)


def test_what_was_edited_or_paused_is_not_answered_from_the_parameters(memory: Memory) -> None:
    (dog,) = memory.say("My dog is called Rex.")
    memory.learn()
    memory.manager.pause(dog)
    assert not memory.manager.answer(ASK).known
    memory.manager.resume(dog)
    assert memory.manager.answer(ASK).tier is Tier.PARAMETRIC
    memory.manager.edit(dog, "I have no pets at all these days.")
    assert not memory.manager.answer(ASK).known


def test_a_learned_value_stays_overruled_when_the_newer_record_is_forgotten(memory: Memory) -> None:
    memory.say("My dog is called Rex.")
    memory.learn()
    (newer,) = memory.say("My dog is called Max.")
    memory.manager.forget([newer])
    assert not memory.manager.answer(ASK).known


def test_a_reading_of_an_erased_record_is_overruled(memory: Memory) -> None:
    memory.say("My dog is called Rex.")
    memory.learn()
    reads(memory, attributions=(Attribution(run_id=1, record_id="m:000000000000", share=1.0),))
    memory.parts.store.find_fact = lambda *_: []  # type: ignore[method-assign]
    assert memory.manager.answer(ASK).tier is Tier.TOKEN


def test_what_pretraining_knows_is_better_than_nothing(memory: Memory) -> None:
    memory.say("I live in Oslo.")
    memory.learn()
    reads(memory, text="Paris", familiarity=0.0)
    answer = memory.manager.answer("What is the capital of France?")
    assert (answer.text, answer.tier, answer.runs) == ("Paris", Tier.PARAMETRIC, ())


def test_nothing_learned_means_the_parameters_are_not_asked(memory: Memory) -> None:
    reads(memory, text="Fido")
    memory.say("My dog is called Rex.")
    assert memory.manager.answer(ASK).tier is Tier.TOKEN


# --- streams ----------------------------------------------------------------------------------------------------------


def test_a_stream_yields_pieces_and_then_the_same_answer(memory: Memory) -> None:
    memory.say("My dog is called Rex.")
    stream = memory.manager.stream(ASK)
    pieces = list(stream)
    assert len(pieces) == 5
    assert stream.answer.text == "".join(pieces).strip() == memory.manager.answer(ASK).text
    assert stream.answer.cited == memory.manager.answer(ASK).cited


def test_a_stream_that_was_stopped_keeps_what_was_seen(memory: Memory) -> None:
    memory.say("My dog is called Rex.")
    stream = memory.manager.stream(ASK)
    assert next(iter(stream)) == "My "
    assert stream.answer.text == "My"


def test_an_answer_is_made_once() -> None:
    finished: list[str] = []
    stream = AnswerStream(iter(["a", "b"]), lambda text: finished.append(text))  # type: ignore[arg-type, func-returns-value]
    assert list(stream) == ["a", "b"]
    assert stream.answer is None
    assert finished[0] == "ab"


def test_memory_off_shows_nothing_of_the_store(memory: Memory) -> None:
    memory.say("My dog is called Rex.")
    memory.learn()
    stream = memory.manager.stream(ASK, inject=False)
    list(stream)
    assert memory.generator.shown[-1].notes == []
    assert (stream.answer.known, stream.answer.recall) == (False, None)


# --- the conversation -------------------------------------------------------------------------------------------------


def test_the_context_tier_reads_the_turns_of_one_session(memory: Memory) -> None:
    memory.manager.observe("My dog is called Rex.", source=Source(session="s1"))
    memory.manager.observe("My dog is called Max.", source=Source(session="s2"))
    answer = memory.manager.answer(ASK, tier="context", session="s1")
    assert (answer.tier, answer.text) == (Tier.CONTEXT, "My dog is called Rex.")
    assert memory.manager.answer(ASK, tier="context", session="s3").known is False


def test_earlier_turns_are_shown_only_to_a_model_that_reads_them(memory: Memory, tmp_path: Any) -> None:
    other = Memory(tmp_path / "other", models=StoreOnly)
    for one in (memory, other):
        one.manager.pin("persona", "Be brief.")
        one.manager.observe("My dog is called Rex.", source=Source(session="s1"))
        one.manager.observe("Rex must be a lovely animal to share walks with.", origin=Origin.ASSISTANT,
                            source=Source(session="s1"))  # fmt: skip
        one.manager.answer("Where do I live?", session="s1")
    assert memory.generator.shown[-1].history == ["persona: Be brief."]
    assert other.generator.shown[-1].history[:2] == ["persona: Be brief.", "My dog is called Rex."]
    other.close()


# --- asking -----------------------------------------------------------------------------------------------------------


def test_asking_stores_nothing_but_the_count_of_uses(memory: Memory) -> None:
    (dog,) = memory.say("My dog is called Rex.")
    memory.manager.answer(ASK)
    memory.manager.recall("dog")
    record = memory.manager.get(dog)
    assert (record.access_count, record.cite_count, record.revision) == (2, 1, 1)
    assert memory.kinds() == ["observe"]
    assert len(memory.parts.store.experiences("ana")) == 1


@pytest.mark.parametrize("k", [0, -1])
def test_a_search_for_no_records_is_refused(memory: Memory, k: int) -> None:
    with pytest.raises(InputError, match="at least 1"):
        memory.manager.recall("dog", k=k)


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_an_empty_question_is_refused(memory: Memory, text: str) -> None:
    for ask in (memory.manager.recall, memory.manager.answer, memory.manager.stream):
        with pytest.raises(InputError) as refused:
            ask(text)
        assert refused.value.hint


def test_a_tier_that_is_not_there_is_refused_by_name(memory: Memory, tmp_path: Any) -> None:
    with pytest.raises(InputError, match="no tier 'moon'"):
        memory.manager.answer(ASK, tier="moon")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="needs a session"):
        memory.manager.answer(ASK, tier="context")
    other = Memory(tmp_path / "other", models=StoreOnly)
    other.say("My dog is called Rex.")
    assert other.manager.answer(ASK).tier is Tier.TOKEN
    with pytest.raises(InputError) as refused:
        other.manager.answer(ASK, tier="parameters")
    assert refused.value.code == "input.no_parameters"
    other.close()
