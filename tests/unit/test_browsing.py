"""Reading a namespace page by page: what is listed, in which order, and never another's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from memos.errors import InputError, NotFoundError
from memos.stores.filters import Eq
from memos.types import Draft, Origin, RecordOrder, RecordState, Source, utc_now
from tests.unit.fakes import Memory


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    made = Memory(tmp_path / "home")
    yield made
    made.close()


def test_keys_come_in_order_and_rows_by_key(memory: Memory) -> None:
    ids = memory.say("My dog is called Rex.", "My cat is called Tom.", "My bird is called Pip.")
    browser = memory.manager.browser
    keys = browser.record_keys()
    assert [browser.records(keys)[key].id for key in keys] == ids[::-1]
    assert list(browser.record_keys(order=RecordOrder.OLDEST)) == list(keys)[::-1]
    memory.parts.store.touch("ana", [ids[0]], [], utc_now())
    assert browser.records(browser.record_keys(order=RecordOrder.RECALLED)[:1]).popitem()[1].id == ids[0]
    assert browser.record_key(ids[1]) == keys[1] and browser.record_key("m:none") is None


def test_words_states_and_filters_narrow_the_list(memory: Memory) -> None:
    rex, tom = memory.say("My dog is called Rex.", "My cat is called Tom.")
    memory.manager.pause(tom)
    browser = memory.manager.browser
    assert [r.id for r in browser.records(browser.record_keys(words="CALLED dog")).values()] == [rex]
    assert [r.id for r in browser.records(browser.record_keys(states=[RecordState.PAUSED])).values()] == [tom]
    assert not browser.record_keys(where=Eq("origin", "tool"))


@pytest.mark.parametrize("words", ["%", "_", "' OR 1=1 --", "\\", '"', "*"])
def test_what_is_typed_is_never_a_pattern_or_sql(memory: Memory, words: str) -> None:
    memory.say("My dog is called Rex.")
    assert not memory.manager.browser.record_keys(words=words)
    memory.say(f"The code on the door is {words} for good.")
    assert len(memory.manager.browser.record_keys(words=words)) == 1


def test_text_that_cannot_be_stored_cannot_be_asked_for(memory: Memory) -> None:
    with pytest.raises(InputError):
        memory.manager.browser.record_keys(words="a\x00b")


def test_decisions_know_what_they_were_about(memory: Memory) -> None:
    memory.say("My dog is called Rex.", "hello")
    browser = memory.manager.browser
    seen = [browser.decisions([key])[key] for key in browser.decision_keys()]
    assert [one.decision.action.value for one in seen] == ["DROP", "ADD"]
    assert seen[0].text is None and seen[1].text == "My dog is called Rex." and seen[1].record_id is not None
    assert [one.number for one in browser.decisions_about(seen[1].decision.experience_id).values()] == [seen[1].number]
    assert len(browser.decision_keys(action="drop")) == 1 and len(browser.decision_keys(words="rex")) == 1


def test_activity_counts_days_actions_and_use(memory: Memory) -> None:
    memory.say("My dog is called Rex.", "hello")
    memory.manager.observe_many([Draft(text="It rains in Porto today.", origin=Origin.TOOL)])
    memory.manager.recall("What is my dog called?")
    activity = memory.manager.browser.activity(7)
    assert len(activity.days) == 7 and activity.days[-1] == 2 and sum(activity.days) == 2
    assert activity.actions["DROP"] == 1 and activity.unapproved == 1
    assert activity.recalled >= 1 and activity.records_used >= 1


def test_days_follow_the_clock(memory: Memory) -> None:
    memory.say("My dog is called Rex.")
    browser = memory.manager.browser
    browser._clock = lambda: utc_now() + timedelta(days=3)  # type: ignore[attr-defined]
    assert browser.activity(7).days[-4:] == (1, 0, 0, 0)


def test_the_sequence_moves_with_every_change_of_any_namespace(memory: Memory) -> None:
    browser = memory.manager.browser
    before = browser.sequence()
    memory.manager.for_namespace("bob").observe("My cat is called Tom.")
    assert browser.sequence() > before


def test_a_store_that_is_gone_or_was_replaced_is_noticed(memory: Memory, tmp_path: Path) -> None:
    memory.say("My dog is called Rex.")
    path, away = tmp_path / "home" / "memos.db", tmp_path / "away.db"
    path.rename(away)
    with pytest.raises(NotFoundError, match="gone"):
        memory.manager.browser.sequence()
    away.rename(path)
    assert memory.manager.browser.sequence() > 0


def test_a_session_knows_what_it_spends(memory: Memory) -> None:
    memory.manager.pin("tone", "Answer in one sentence.")
    memory.manager.observe("My dog is called Rex.", source=Source(session="monday"))
    use = memory.manager.window("monday")
    assert (use.turns, use.seen) == (1, 1)
    assert use.pinned > 0 and use.spoken > 0
    assert use.free + use.pinned + use.spoken + use.reserved == use.budget


@given(
    spoken=st.lists(st.tuples(st.sampled_from(["ana", "bob", "ann"]), st.integers(0, 30)), max_size=12),
    words=st.sampled_from(["", "number", "7", "ana"]),
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_namespace_ever_lists_anothers(
    tmp_path_factory: pytest.TempPathFactory, spoken: list[tuple[str, int]], words: str
) -> None:
    memory = Memory(tmp_path_factory.mktemp("many") / "home")
    try:
        for name, number in spoken:
            memory.manager.for_namespace(name).observe(f"The number that {name} likes is {number}.")
        everything = range(1, 200)
        for name in ("ana", "bob", "ann"):
            browser = memory.manager.for_namespace(name).browser
            listed = browser.records(browser.record_keys(words=words))
            assert all(record.namespace == name for record in (*listed.values(), *browser.records(everything).values()))
            assert all(event.namespace == name for event in browser.events(everything).values())
            own = {d.experience_id for d in memory.manager.for_namespace(name).decisions(limit=1000)}
            assert {seen.decision.experience_id for seen in browser.decisions(everything).values()} <= own
    finally:
        memory.close()
