"""observe: every decision carried out as decided, nothing else stored, and bad text refused before anything changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from memos.errors import InputError, NotFoundError
from memos.intake import BATCH
from memos.protocols import Prepared, RoutingView
from memos.types import (
    Action,
    Draft,
    Experience,
    Origin,
    RecordState,
    RoutingDecision,
    Source,
)
from tests.unit.fakes import Memory

APRIL, MAY = datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)


class Decides:
    """A routing policy that decides as it is told."""

    name = "told@1"

    def __init__(self, action: Action, target: str | None = None) -> None:
        self.action, self.target = action, target
        self.views: list[RoutingView] = []

    def prepare(self, experience: Experience) -> Prepared:
        return Prepared(experience.text, ())

    def route(self, experience: Experience, view: RoutingView) -> RoutingDecision:
        self.views.append(view)
        return RoutingDecision(
            experience_id=experience.id, action=self.action, target=self.target, reason="told so", policy=self.name
        )


def told(memory: Memory, action: Action, target: str | None = None) -> Decides:
    memory.manager._intake._policy = policy = Decides(action, target)
    return policy


def experiences(memory: Memory) -> list[str]:
    return [one.text for one in memory.parts.store.experiences("ana")]


def test_a_new_statement_becomes_a_record_that_names_its_experience(memory: Memory) -> None:
    observed = memory.manager.observe(
        "My dog is called Rex.", occurred_at=MAY, source=Source(session="s1", turn=3, actor="Ana"), metadata={"n": 1}
    )
    record = observed.record
    assert record is not None
    assert observed.decision.action is Action.ADD
    assert (record.text, record.valid_from, record.metadata, record.revision) == ("My dog is called Rex.", MAY, {"n": 1}, 1)
    assert record.fact is not None
    assert (record.fact.attribute, record.fact.value) == ("dog_name", "Rex")
    assert memory.parts.store.experience("ana", str(record.experience_id)).source == record.source
    assert [turn.text for turn in memory.manager.turns("s1")] == ["My dog is called Rex."]
    (event,) = memory.manager.log()
    assert (event.kind, event.subject, event.payload["record"]) == ("observe", observed.experience.id, record.id)


def test_a_repetition_points_to_the_record_and_its_experience_is_kept(memory: Memory) -> None:
    (first,) = memory.say("My dog is called Rex.")
    again = memory.manager.observe("my dog is called Rex!")
    assert again.decision.action is Action.NOOP
    assert again.record is not None
    assert again.record.id == first
    assert len(memory.manager.list()) == 1
    assert experiences(memory) == ["My dog is called Rex.", "my dog is called Rex!"]


def test_a_second_telling_in_other_words_counts_as_a_sighting(memory: Memory) -> None:
    (first,) = memory.say("My dog is called Rex.")
    again = memory.manager.observe("I have a dog called Rex.")
    assert again.decision.action is Action.MERGE
    assert memory.manager.get(first).merged == 1
    assert memory.manager.get(first).text == "My dog is called Rex."


def test_a_newer_value_closes_the_older_at_the_time_it_was_said(memory: Memory) -> None:
    old = memory.manager.observe("I live in Oslo.", occurred_at=APRIL).record
    new = memory.manager.observe("I live in Rome.", occurred_at=MAY).record
    assert old is not None
    assert new is not None
    assert new.supersedes == old.id
    closed = memory.manager.get(old.id)
    assert (closed.state, closed.superseded_by, closed.valid_to) == (RecordState.SUPERSEDED, new.id, MAY)
    assert memory.manager.get(new.id).valid_to is None


def test_an_older_statement_that_arrives_late_is_born_superseded(memory: Memory) -> None:
    new = memory.manager.observe("I live in Rome.", occurred_at=MAY).record
    late = memory.manager.observe("I live in Oslo.", occurred_at=APRIL)
    assert new is not None
    assert late.record is not None
    assert late.decision.action is Action.ADD
    assert (late.record.state, late.record.superseded_by, late.record.valid_to) == (RecordState.SUPERSEDED, new.id, MAY)
    assert memory.manager.get(new.id).state is RecordState.ACTIVE


def test_what_is_dropped_leaves_its_reason_and_no_text(memory: Memory) -> None:
    dropped = memory.manager.observe("Hello there, thanks!", source=Source(session="s1"))
    assert (dropped.decision.action, dropped.record) == (Action.DROP, None)
    assert experiences(memory) == []
    assert memory.manager.turns("s1") == []
    (decision,) = memory.manager.decisions()
    assert decision.reason == dropped.decision.reason != ""
    assert memory.manager.log()[0].payload["action"] == "DROP"


def test_an_update_rewrites_the_record_and_what_was_learned_of_it_is_stale(memory: Memory) -> None:
    (first,) = memory.say("My dog is called Rex.")
    memory.learn(first)
    told(memory, Action.UPDATE, first)
    observed = memory.manager.observe("My dog is called Rexie.")
    assert observed.record is not None
    assert (observed.record.id, observed.record.text) == (first, "My dog is called Rexie.")
    assert observed.record.learned_by is None
    assert [one.text for one in memory.manager.history(first)] == ["My dog is called Rex.", "My dog is called Rexie."]


def test_a_tools_text_does_not_rewrite_what_may_reach_the_parameters(memory: Memory) -> None:
    (first,) = memory.say("My dog is called Rex.")
    told(memory, Action.UPDATE, first)
    observed = memory.manager.observe("The dog is called Evil.", origin=Origin.TOOL)
    assert memory.manager.get(first).text == "My dog is called Rex."
    assert observed.record is not None
    assert (observed.record.text, observed.record.approved) == ("The dog is called Evil.", False)


def test_a_repetition_of_nothing_in_particular_keeps_no_record(memory: Memory) -> None:
    told(memory, Action.NOOP)
    assert memory.manager.observe("My dog is called Rex.").record is None
    assert memory.manager.list(states=()) == []


def test_a_policy_that_names_an_unknown_target_changes_nothing(memory: Memory) -> None:
    for action in (Action.MERGE, Action.SUPERSEDE, Action.NOOP, Action.UPDATE, Action.ADD):
        told(memory, action, "m:000000000000")
        with pytest.raises(NotFoundError):
            memory.manager.observe("My dog is called Rex.")
    assert memory.manager.list(states=()) == []
    assert experiences(memory) == []
    assert memory.manager.log() == []


def test_the_policy_is_shown_the_same_fact_the_exact_text_and_neighbours(memory: Memory) -> None:
    (dog, city) = memory.say("My dog is called Rex.", "I live in Oslo.")
    policy = told(memory, Action.DROP)
    memory.manager.observe("My dog is called Max.")
    memory.manager.observe("i live in Oslo")
    other_value, exact = policy.views
    assert [record.id for record in other_value.same_fact] == [dog]
    assert other_value.exact is None
    assert {one.record.id for one in other_value.neighbours} == {dog, city}
    assert exact.exact is not None
    assert exact.exact.id == city


@pytest.mark.parametrize("origin", list(Origin))
def test_only_the_users_own_words_are_approved(memory: Memory, origin: Origin) -> None:
    told(memory, Action.ADD)
    observed = memory.manager.observe("My dog is called Rex.", origin=origin)
    assert observed.record is not None
    assert observed.record.approved is (origin is Origin.USER)


def test_an_assistants_i_is_not_the_user_and_two_facts_have_no_single_key(memory: Memory) -> None:
    policy = told(memory, Action.ADD)
    memory.manager.observe("I live in Oslo.", origin=Origin.ASSISTANT)
    memory.manager.observe("My dog is called Rex. I live in Oslo.")
    memory.manager.observe("I live in Oslo.")
    assert [view.fact is not None for view in policy.views] == [False, False, True]


def test_a_turn_is_embedded_alone_and_after_the_turn_before_it(memory: Memory) -> None:
    seen: list[str] = []
    embed = memory.parts.embedder.embed

    def spy(texts: Sequence[str]) -> Any:
        seen.extend(texts)
        return embed(texts)

    memory.manager._intake._embedder = type("Spy", (), {"embed": staticmethod(spy)})()  # type: ignore[assignment]
    drafts = [Draft(text=text, source=Source(session=session)) for text, session in [
        ("I live in Oslo.", "s1"), ("My dog is called Rex.", "s2"), ("I work as a nurse.", "s1"),
        ("My sister is called Bea.", None),
    ]]  # fmt: skip
    memory.manager.observe_many(drafts[:2])
    memory.manager.observe_many(drafts[2:])
    assert seen[:4] == ["I live in Oslo.", "My dog is called Rex."] * 2
    assert seen[4:] == [
        "I work as a nurse.", "My sister is called Bea.", "I live in Oslo.\nI work as a nurse.", "My sister is called Bea."
    ]  # fmt: skip


# --- many at once -----------------------------------------------------------------------------------------------------


def test_many_are_committed_in_batches_and_counted_by_what_became_of_them(memory: Memory) -> None:
    texts = [f"My friend number {i} is called Friend{i}." for i in range(BATCH)]
    drafts = [Draft(text=text) for text in [*texts, texts[0], "Hello!"]]
    seen: list[tuple[int, int]] = []
    report = memory.manager.observe_many(drafts, progress=lambda done, total, _: seen.append((done, total)), total=len(drafts))
    assert report.observed == BATCH + 2
    assert report.by_action["NOOP"] == 1
    assert report.by_action["DROP"] == 1
    assert sum(report.by_action.values()) == BATCH + 2
    assert seen == [(BATCH, BATCH + 2), (BATCH + 2, BATCH + 2)]


def test_what_was_committed_before_a_bad_draft_stays_and_its_batch_does_not(memory: Memory) -> None:
    good = [Draft(text=f"My friend number {i} is called Friend{i}.") for i in range(BATCH + 1)]
    with pytest.raises(InputError, match="empty"):
        memory.manager.observe_many([*good, Draft(text="   ")])
    assert len(experiences(memory)) == BATCH


def test_a_lost_batch_leaves_no_vector_in_the_place_of_a_later_one(memory: Memory) -> None:
    lost = [Draft(text="I play the violin."), Draft(text="My dog is called Rex.", metadata={"x": float("nan")})]
    with pytest.raises(InputError):
        memory.manager.observe_many(lost)
    memory.say("My cat is called Tom.")
    (near,) = memory.parts.store.neighbours("ana", memory.parts.embedder.embed(["My cat is called Tom."])[0], 5)
    assert near.cosine > 0.99


def test_importing_again_after_an_interruption_adds_only_the_rest(memory: Memory) -> None:
    drafts = [Draft(text=f"My friend number {i} is called Friend{i}.") for i in range(BATCH + 5)]

    def cut() -> Any:
        yield from drafts[: BATCH + 2]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        memory.manager.observe_many(cut())
    kept = len(memory.manager.list(limit=1000))
    assert kept == BATCH
    report = memory.manager.observe_many(drafts)
    assert report.by_action == {"NOOP": BATCH, "ADD": 5}


# --- bad text ---------------------------------------------------------------------------------------------------------

BAD = {
    "empty": ("", "input.empty"),
    "blank": (" \n\t\u00a0", "input.empty"),
    "huge": ("a" * 200_001, "input.too_long"),
    "nul": ("My dog is\x00 called Rex.", "input.nul"),
    "half a surrogate pair": ("My dog is \ud800", "input.surrogate"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_text_is_refused_with_a_hint_and_nothing_changes(memory: Memory, name: str) -> None:
    text, code = BAD[name]
    (kept,) = memory.say("I live in Oslo.")
    for act in (lambda: memory.manager.observe(text), lambda: memory.manager.edit(kept, text)):
        with pytest.raises(InputError) as refused:
            act()
        assert refused.value.hint
        assert refused.value.code == code
    with pytest.raises(InputError):
        memory.manager.chat_turn(text, session="s1")
    assert [record.text for record in memory.manager.list(states=())] == ["I live in Oslo."]
    assert memory.kinds() == ["observe"]


def test_the_longest_text_that_is_allowed_is_kept_whole(memory: Memory) -> None:
    text = "My dog is called Rex. " + "x" * (200_000 - 22)
    (record_id,) = memory.say(text)
    assert memory.manager.get(record_id).text == text


def test_metadata_that_is_not_json_is_refused(memory: Memory) -> None:
    with pytest.raises(InputError, match="metadata"):
        memory.manager.observe("My dog is called Rex.", metadata={"x": float("nan")})
    assert memory.kinds() == []


# --- secrets and edits ------------------------------------------------------------------------------------------------

SECRET = "My api key is sk-abcdefghijklmnopqrstuvwx1234 and my dog is called Rex."


def bytes_of(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())


def test_a_secret_is_redacted_before_anything_is_stored(memory: Memory) -> None:
    observed = memory.manager.observe(SECRET)
    assert "abcdefghijkl" not in observed.experience.text
    assert observed.experience.metadata["redacted"]
    assert b"abcdefghijkl" not in bytes_of(memory.home)


def test_an_edit_is_redacted_too_and_refused_where_secrets_are_dropped(memory: Memory, tmp_path: Path) -> None:
    (record_id,) = memory.say("My dog is called Rex.")
    edited = memory.manager.edit(record_id, SECRET)
    assert "abcdefghijkl" not in edited.text
    assert b"abcdefghijkl" not in bytes_of(memory.home)
    strict = Memory(tmp_path / "strict", routing={"secrets": "drop"})
    (record_id,) = strict.say("My dog is called Rex.")
    with pytest.raises(InputError) as refused:
        strict.manager.edit(record_id, SECRET)
    assert refused.value.code == "input.secret"
    assert strict.manager.get(record_id).text == "My dog is called Rex."
    strict.close()


def test_an_edit_is_a_revision_with_a_new_fact_new_vector_and_an_event(memory: Memory) -> None:
    (record_id,) = memory.say("My dog is called Rex.")
    memory.learn(record_id)
    edited = memory.manager.edit(record_id, "I live in Oslo.")
    assert (edited.revision, edited.learned_by) == (2, None)
    assert edited.fact is not None
    assert edited.fact.attribute == "city"
    assert [one.text for one in memory.manager.history(record_id)] == ["My dog is called Rex.", "I live in Oslo."]
    vector = memory.parts.embedder.embed(["I live in Oslo."])[0]
    (neighbour,) = memory.parts.store.neighbours("ana", vector, 1)
    assert np.isclose(neighbour.cosine, 1.0)
    assert memory.kinds() == ["observe", "consolidate", "edit"]


def test_turns_of_a_session_are_numbered_so_that_neighbours_find_each_other(memory: Memory) -> None:
    first = memory.manager.observe("My dog is called Rex.", source=Source(session="monday"))
    second = memory.manager.observe("I work as a nurse.", source=Source(session="monday"))
    other = memory.manager.observe("I live in Lyon.", source=Source(session="tuesday"))
    given = memory.manager.observe("My cat is called Tom.", source=Source(session="monday", turn=7))
    after = memory.manager.observe("My car is a Fiat.", source=Source(session="monday"))
    assert [one.experience.source.turn for one in (first, second, other, given, after)] == [1, 2, 1, 7, 8]
