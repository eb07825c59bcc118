"""The context buffer: what it holds, what a model sees of it under a budget, and that nothing is ever cut but the view."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copy
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings as hypothesis_settings, strategies as st

from memos.config import ContextSettings
from memos.errors import ConfigError, InputError, NotFoundError
from memos.protocols import PinnedBlock
from memos.stores.context import MESSAGE_OVERHEAD, SqlContextBuffer, _cut
from memos.stores.database import Database
from memos.stores.rows import experience_row
from memos.stores.schema import experiences
from memos.types import Experience, Origin, Source

NOW = datetime(2026, 5, 3, tzinfo=UTC)


def words(text: str) -> int:
    """A tokenizer whose arithmetic a reader can follow."""
    return len(text.split())


class Conversation:
    """A buffer over a real database, and the store's half of `observe`."""

    def __init__(self, database: Database, reserve_output: int = 0) -> None:
        self.database = database
        self.buffer = SqlContextBuffer(
            database, count_tokens=words, settings=ContextSettings(reserve_output=reserve_output)
        )
        self.count = 0

    def say(
        self, text: str, origin: Origin = Origin.USER, *, session: str | None = "s", namespace: str = "n",
        actor: str | None = None, append: bool = True, **metadata: Any,
    ) -> Experience:
        self.count += 1
        experience = Experience(
            id=f"x:{uuid4().hex}", namespace=namespace, text=text, origin=origin, occurred_at=NOW, observed_at=NOW,
            source=Source(session=session, turn=self.count, actor=actor), metadata=metadata,
        )
        with self.database.write() as connection:
            connection.execute(experiences.insert().values(**experience_row(experience)))
            if append:
                self.buffer.append(experience)
        return experience

    def seen(self, budget: int, session: str = "s", namespace: str = "n") -> list[str]:
        return [message["content"] for message in self.buffer.messages(namespace, session, budget)]


@pytest.fixture(scope="module")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store file to copy: making one runs every migration."""
    path = tmp_path_factory.mktemp("empty") / "memos.db"
    Database(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def database(tmp_path: Path, empty_store: Path) -> Iterator[Database]:
    copy(empty_store, tmp_path / "memos.db")
    database = Database(f"sqlite:///{tmp_path / 'memos.db'}")
    yield database
    database.close()


@pytest.fixture
def talk(database: Database) -> Conversation:
    return Conversation(database)


# --- what it holds --------------------------------------------------------------------------------------------------------


def test_turns_come_back_whole_and_in_order(talk: Conversation) -> None:
    said = [talk.say("one two three"), talk.say("four", Origin.ASSISTANT), talk.say("five", Origin.TOOL, call="a")]
    assert talk.buffer.turns("n", "s") == said


def test_turns_survive_a_restart(database: Database, talk: Conversation) -> None:
    said = talk.say("one")
    assert Conversation(Database(f"sqlite:///{database.path}")).buffer.turns("n", "s") == [said]


def test_a_turn_appended_twice_is_there_once(talk: Conversation) -> None:
    first, second = talk.say("one"), talk.say("two")
    talk.buffer.append(first)
    assert talk.buffer.turns("n", "s") == [first, second]


def test_nothing_enters_that_the_store_does_not_hold(talk: Conversation) -> None:
    kept = talk.say("one", append=False)
    for stranger in (kept.model_copy(update={"id": "x:99"}), kept.model_copy(update={"namespace": "other"})):
        with pytest.raises(NotFoundError) as caught:
            talk.buffer.append(stranger)
        assert caught.value.code == "not_found.experience"
    assert talk.buffer.turns("n", "s") == talk.buffer.turns("other", "s") == []


def test_a_turn_needs_a_session(talk: Conversation) -> None:
    with pytest.raises(InputError, match="session"):
        talk.say("one", session=None)


def test_append_joins_the_callers_transaction(talk: Conversation) -> None:
    kept = talk.say("one", append=False)
    with pytest.raises(RuntimeError), talk.database.begin():
        talk.buffer.append(kept)
        raise RuntimeError("the record could not be written")
    assert talk.buffer.turns("n", "s") == []


def test_namespaces_and_sessions_never_mix(talk: Conversation) -> None:
    talk.say("mine", session="a")
    talk.say("also mine", session="b")
    talk.say("yours", session="a", namespace="m")
    talk.say("mine again", session="a")
    talk.buffer.pin("n", "persona", "kind")
    assert talk.seen(99, "a") == ["persona: kind", "mine", "mine again"]
    assert talk.seen(99, "a", "m") == ["yours"]
    assert talk.seen(99, "b", "m") == []
    assert talk.buffer.sessions("n") == ["a", "b"]
    assert talk.buffer.sessions("m") == ["a"]
    assert talk.buffer.blocks("m") == []


def test_clear_empties_one_window_and_leaves_the_store(talk: Conversation) -> None:
    said = talk.say("one", session="a")
    talk.say("two", session="b")
    talk.say("three", session="a", namespace="m")
    assert talk.buffer.clear("n", "a") == 1
    assert talk.buffer.clear("n", "a") == 0
    assert talk.buffer.sessions("n") == ["b"] and talk.buffer.sessions("m") == ["a"]
    talk.buffer.append(said)
    assert talk.buffer.turns("n", "a") == [said]


# --- pinned blocks ----------------------------------------------------------------------------------------------------------


def test_blocks_keep_their_order_and_a_label_replaces_in_place(talk: Conversation) -> None:
    talk.buffer.pin("n", "persona", "kind")
    talk.buffer.pin("n", "task", "plan a trip")
    talk.buffer.pin("n", "persona", "terse")
    assert talk.buffer.blocks("n") == [PinnedBlock("persona", "terse"), PinnedBlock("task", "plan a trip")]
    talk.buffer.unpin("n", "persona")
    talk.buffer.pin("n", "persona", "kind again")
    assert [block.label for block in talk.buffer.blocks("n")] == ["task", "persona"]


def test_what_cannot_be_pinned_or_unpinned(talk: Conversation) -> None:
    for label, text in (("", "x"), ("a", " "), ("a", "nul\x00"), ("half\ud800", "x")):
        with pytest.raises(InputError):
            talk.buffer.pin("n", label, text)
    talk.buffer.pin("m", "persona", "kind")
    with pytest.raises(NotFoundError, match="persona"):
        talk.buffer.unpin("n", "persona")
    assert len(talk.buffer.blocks("m")) == 1


# --- what is seen -------------------------------------------------------------------------------------------------------------


def test_the_latest_whole_turns_that_fit_behind_the_pinned_blocks(talk: Conversation) -> None:
    talk.buffer.pin("n", "persona", "kind")
    for number in range(6):
        talk.say(f"turn {number}")
    turn, pinned = 2 + MESSAGE_OVERHEAD, 2 + MESSAGE_OVERHEAD
    assert talk.seen(pinned + 3 * turn) == ["persona: kind", "turn 3", "turn 4", "turn 5"]
    assert talk.seen(pinned + 4 * turn - 1) == ["persona: kind", "turn 3", "turn 4", "turn 5"]
    assert len(talk.seen(1000)) == 7
    assert len(talk.buffer.turns("n", "s")) == 6


def test_what_is_reserved_for_the_output_is_not_spent(database: Database) -> None:
    talk = Conversation(database, reserve_output=10)
    for number in range(4):
        talk.say(f"turn {number}")
    assert talk.seen(2 * (2 + MESSAGE_OVERHEAD) + 10) == ["turn 2", "turn 3"]


def test_a_long_conversation_is_tokenised_only_as_far_as_it_is_seen(talk: Conversation) -> None:
    for number in range(60):
        talk.say(f"turn {number}")
    counted: list[str] = []

    def count(text: str) -> int:
        counted.append(text)
        return words(text)

    buffer = SqlContextBuffer(talk.database, count_tokens=count, settings=ContextSettings(reserve_output=0))
    assert len(buffer.messages("n", "s", 5 * (2 + MESSAGE_OVERHEAD))) == 5
    assert len(set(counted)) == 6


def test_roles(talk: Conversation) -> None:
    talk.say("q")
    talk.say("calling", Origin.ASSISTANT, tool_calls=[{"id": "c1"}])
    talk.say("42", Origin.TOOL, tool_call_id="c1")
    talk.say("imported", Origin.IMPORT, actor="assistant")
    talk.say("Ana speaking", Origin.IMPORT, actor="Ana")
    assert [m["role"] for m in talk.buffer.messages("n", "s", 99)] == ["user", "assistant", "tool", "assistant", "user"]


def test_a_view_opens_with_the_user_where_it_can(talk: Conversation) -> None:
    for _ in range(3):
        talk.say("question here")
        talk.say("answer here", Origin.ASSISTANT)
    turn = 2 + MESSAGE_OVERHEAD
    assert talk.seen(3 * turn) == ["question here", "answer here"]
    assert talk.seen(turn) == ["answer here"]


def test_a_tool_result_is_seen_with_its_call_or_not_at_all(talk: Conversation) -> None:
    talk.say("old question")
    talk.say("calling two tools", Origin.ASSISTANT, tool_calls=[{"id": "c1"}, {"id": "c2"}])
    talk.say("result one", Origin.TOOL, tool_call_id="c1")
    talk.say("result two", Origin.TOOL, tool_call_id="c2")
    talk.say("it is so", Origin.ASSISTANT)
    for budget in range(12, 40):
        seen = talk.seen(budget)
        assert seen[-1].endswith("so")
        calls = [content in seen for content in ("calling two tools", "result one", "result two")]
        assert all(calls) or not any(calls)


def test_a_result_without_its_call_is_the_users_to_read(talk: Conversation) -> None:
    talk.say("42 degrees", Origin.TOOL, tool_call_id="gone")
    talk.say("next")
    assert talk.buffer.messages("n", "s", 99)[0] == {"role": "user", "content": "[tool result] 42 degrees"}


def test_an_overlong_turn_loses_its_middle_in_the_view_only(talk: Conversation) -> None:
    talk.say("before")
    long = " ".join(f"w{number}" for number in range(500))
    talk.say(long)
    (seen,) = talk.seen(60)
    assert words(seen) + MESSAGE_OVERHEAD <= 60
    assert seen.startswith("w0 w1") and seen.endswith("w499") and "characters left out …]" in seen
    assert talk.buffer.turns("n", "s")[-1].text == long
    assert len(talk.seen(60)[0]) > 150, "the budget is used, not just kept"


def test_an_overlong_result_is_cut_with_its_call_kept(talk: Conversation) -> None:
    talk.say("calling", Origin.ASSISTANT, tool_calls=[{"id": "c1"}])
    talk.say("r " * 400, Origin.TOOL, tool_call_id="c1")
    seen = talk.seen(50)
    assert seen[0] == "calling" and "left out" in seen[1]
    assert sum(words(content) + MESSAGE_OVERHEAD for content in seen) <= 50


def test_an_older_overlong_turn_ends_the_view(talk: Conversation) -> None:
    talk.say("first")
    talk.say("w " * 500)
    talk.say("last")
    assert talk.seen(60) == ["last"]


def test_a_budget_below_the_pinned_blocks_is_refused_with_the_numbers(database: Database) -> None:
    talk = Conversation(database, reserve_output=8)
    talk.buffer.pin("n", "persona", "w " * 20)
    with pytest.raises(ConfigError) as caught:
        talk.seen(30)
    assert "30 tokens less 8" in caught.value.message and "leaves 22" in caught.value.message
    assert f"take {21 + MESSAGE_OVERHEAD}" in caught.value.message and "unpin" in caught.value.hint
    assert talk.seen(8 + 21 + MESSAGE_OVERHEAD) == ["persona: " + "w " * 20]
    talk.say("hello")
    with pytest.raises(ConfigError):
        talk.seen(8 + 21 + MESSAGE_OVERHEAD)


def test_a_budget_below_the_latest_exchange_cut_short_is_refused(talk: Conversation) -> None:
    calls = [{"id": str(number)} for number in range(9)]
    talk.say("calling", Origin.ASSISTANT, tool_calls=calls)
    for call in calls:
        talk.say("r " * 50, Origin.TOOL, tool_call_id=call["id"])
    with pytest.raises(ConfigError, match="latest exchange"):
        talk.seen(20)


@pytest.mark.parametrize("calls", [None, "c1", [], [{}], [None], [{"id": None}], {"id": "c1"}])
def test_odd_metadata_breaks_nothing(talk: Conversation, calls: Any) -> None:
    talk.say("calling", Origin.ASSISTANT, tool_calls=calls)
    talk.say("42", Origin.TOOL)
    assert talk.seen(99) == ["calling", "[tool result] 42"]


@given(
    st.lists(
        st.tuples(st.integers(1, 40), st.sampled_from([Origin.USER, Origin.ASSISTANT, Origin.TOOL])),
        min_size=1, max_size=10,
    ),
    st.integers(20, 120),
)
@hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_view_never_exceeds_the_budget_and_ends_with_the_latest_turn(
    database: Database, turns: list[tuple[int, Origin]], budget: int
) -> None:
    talk = Conversation(database)
    session = uuid4().hex
    for index, (length, origin) in enumerate(turns):
        talk.say(f"t{index} " + "w " * (length - 1), origin, session=session)
    seen = talk.seen(budget, session)
    assert seen and sum(words(content) + MESSAGE_OVERHEAD for content in seen) <= budget
    assert f"t{len(turns) - 1}" in seen[-1] or "left out" in seen[-1]
    whole = [content for content in seen if "left out" not in content]
    assert [content for content in whole if content not in seen[:-1]] in ([], [seen[-1]])


@given(st.text(min_size=1), st.integers(0, 50))
def test_a_cut_keeps_both_ends(text: str, kept: int) -> None:
    kept = min(kept, len(text))
    cut = _cut(text, kept)
    head, _, tail = cut.partition(f"[… {len(text) - kept} characters left out …]")
    assert len(head) + len(tail) == kept and text.startswith(head) and text.endswith(tail)


def test_a_passing_turn_is_seen_in_order_and_never_stored(talk: Conversation) -> None:
    first = talk.say("My dog is Rex")
    later = NOW + timedelta(seconds=1)
    asked = first.model_copy(update={"id": "x:passing", "text": "What is my dog called?", "observed_at": later})
    talk.buffer.pass_by(asked)
    assert talk.seen(400) == [first.text, asked.text]
    assert talk.buffer.turns("n", "s") == [first]
    talk.buffer.let_go("another")
    assert talk.seen(400) == [first.text, asked.text]
    talk.buffer.let_go("n")
    assert talk.seen(400) == [first.text]


def test_only_the_latest_turns_are_read_when_only_they_are_wanted(talk: Conversation) -> None:
    for number in range(5):
        talk.say(f"turn {number}")
    assert [turn.text for turn in talk.buffer.turns("n", "s", latest=2)] == ["turn 3", "turn 4"]
