"""The full-screen inspector by its keys: every screen shows what is there, every action does what it says, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from memos.apps.tui.app import InspectorApp
from memos.apps.tui.dialogs import Gone, Question, Told, Working
from memos.apps.tui.panes import ListPane, split_filter
from memos.apps.tui.registry import ACTIONS, SCREENS, default_keys
from memos.apps.tui.rows import PAGE, Rows, fitted
from memos.apps.tui.slots import binned
from memos.apps.tui.story import Story
from memos.config import KeySettings
from memos.errors import InputError
from memos.types import RecordState, RunStatus
from tests.apps.inspected import NASTY, fill, stand_still
from tests.apps.screens import drive, text_of, until
from tests.unit.fakes import Memory


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Memory]:
    stand_still(monkeypatch)
    made = Memory(tmp_path / "home", tui={"poll_seconds": 0.2})
    yield made
    made.close()


async def press(pilot: Pilot[Any], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def shows(app: InspectorApp, *texts: str) -> Callable[[], bool]:
    return lambda: all(text in text_of(app) for text in texts)


def told(app: InspectorApp, *texts: str) -> Callable[[], bool]:
    """Whether a notification says these."""
    return lambda: any(all(text in one.message for text in texts) for one in app._notifications)


def test_a_long_chain_is_checked_when_it_is_asked_for(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(memory)
    monkeypatch.setattr("memos.apps.tui.panes.CHECKED_AT_ONCE", 2)
    monkeypatch.setattr(memory.manager, "check_log", lambda: pytest.fail("the chain was read"))
    app = InspectorApp(memory.manager)

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, shows(app, "events", "v checks that each follows"))

    drive(app, steps)


# --- screens --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("screen", "texts"),
    [
        ("overview", ("records", "run 1", "the chain of", "drop", "events")),
        ("context", ("monday", "tuesday", "Answer in one sentence.", "window")),
        ("store", ("My dog is called Rex.", "superseded", "newest first", "Where it came from")),
        ("parameters", ("committed", "slots written", "held out", "Records")),
        ("decisions", ("ADD", "DROP", "SUPERSEDE", "policy")),
        ("log", ("consolidate", "observe", "pin", "follows")),
    ],
)
def test_every_screen_shows_what_is_there(memory: Memory, screen: str, texts: tuple[str, ...]) -> None:
    fill(memory)
    app = InspectorApp(memory.manager)

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, str(SCREENS.index(screen) + 1))
        await until(pilot, shows(app, *texts))

    drive(app, steps, (140, 40))


@pytest.mark.parametrize(
    ("key", "lesson"),
    [("2", "memos chat"), ("3", "memos observe"), ("4", "memos consolidate"), ("5", "memos observe"), ("6", "nothing happened yet")],
)
def test_an_empty_screen_teaches_the_next_command(memory: Memory, key: str, lesson: str) -> None:
    app = InspectorApp(memory.manager)

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, key)
        await until(pilot, shows(app, lesson))

    drive(app, steps, (80, 24))


def test_what_is_stored_is_shown_letter_by_letter_and_never_obeyed(memory: Memory) -> None:
    fill(memory)
    app = InspectorApp(memory.manager)

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "3", "slash", *"markup", "enter")
        await until(pilot, shows(app, "[bold red]no markup[/]", "\\x1b[31mno colour"))
        assert "\x1b" not in text_of(app)

    drive(app, steps, (140, 40))
    assert "\x1b" in NASTY


def test_one_can_follow_a_record_to_its_turn_its_run_and_back(memory: Memory) -> None:
    ids = fill(memory)
    app = InspectorApp(memory.manager)

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "3", "slash", *"Rex", "enter")
        await until(pilot, shows(app, "In the parameters", "learned by"))
        await press(pilot, "enter")
        story = app.pane.story
        assert story.has_focus
        while story.target is None or story.target.kind != "run":
            before = story.target
            await press(pilot, "down")
            assert story.target != before, "no line led to the run"
        await press(pilot, "enter")
        await until(pilot, shows(app, "Gate", "My dog is called Rex."))
        assert app.pane.id == "parameters"
        await press(pilot, "escape")
        await press(pilot, "escape")
        assert app.pane.id == "store"
        assert ids

    drive(app, steps, (140, 40))


def test_narrow_screens_open_a_story_and_come_back(memory: Memory) -> None:
    fill(memory)
    app = InspectorApp(memory.manager)

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "3")
        await until(pilot, shows(app, "My name is Ana."))
        assert "Where it came from" not in text_of(app)
        await press(pilot, "enter")
        await until(pilot, shows(app, "Where it came from"))
        await press(pilot, "escape")
        await until(pilot, shows(app, "newest first", "My name is Ana."))

    drive(app, steps, (80, 24))


# --- lists ----------------------------------------------------------------------------------------------------------


def test_filter_sort_and_their_end(memory: Memory) -> None:
    fill(memory)
    app = InspectorApp(memory.manager)

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "3", "slash", *"state:superseded", "enter")
        await until(pilot, shows(app, "1 record", "I live in Lyon."))
        await press(pilot, "escape")
        await until(pilot, shows(app, "7 records"))
        await press(pilot, "s")
        await until(pilot, shows(app, "oldest first"))
        pane = app.pane
        assert isinstance(pane, ListPane)
        assert list(pane.rows.keys) == sorted(pane.rows.keys)
        await press(pilot, "slash", *"nothing of the kind", "enter")
        await until(pilot, shows(app, "nothing matches"))

    drive(app, steps, (140, 40))


def test_a_filter_that_cannot_be_read_says_so_and_loses_nothing(memory: Memory) -> None:
    fill(memory)
    app = InspectorApp(memory.manager)

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "3", "slash", *"state:lost", "enter")
        await until(pilot, shows(app, "there is no state 'lost'", "active"))

    drive(app, steps, (140, 40))


def test_a_filter_is_words_and_fields() -> None:
    assert split_filter("state:active dog origin:user ns:x") == ("dog ns:x", {"state": "active", "origin": "user"})


def test_a_long_list_fetches_what_is_looked_at_alone(memory: Memory) -> None:
    from textual.app import App, ComposeResult

    from memos.apps.tui.rows import Column, Row

    asked: list[list[int]] = []

    def fetch(keys: Any) -> dict[int, Row]:
        asked.append(list(keys))
        return {key: Row((str(key),)) for key in keys}

    class One(App[None]):
        def compose(self) -> ComposeResult:
            yield Rows([Column("number")], fetch)

    app = One()

    async def steps(pilot: Pilot[Any]) -> None:
        rows = app.query_one(Rows)
        rows.focus()
        rows.show(range(100_000))
        await until(pilot, lambda: "17" in text_of(app))
        await press(pilot, "end")
        await until(pilot, lambda: "99999" in text_of(app))
        assert rows.key == 99_999
        await press(pilot, "pageup", "up")
        await until(pilot, lambda: str(rows.key) in text_of(app))
        rows.show(range(50_000, 100_000))
        assert rows.key is not None and rows.key < 99_999  # the cursor stays on its key

    drive(app, steps, (40, 20))
    assert sum(map(len, asked)) <= 8 * PAGE


def test_cells_are_as_wide_as_they_should_be() -> None:
    assert fitted("abc", 5) == "abc  " and fitted("abc", 5, right=True) == "  abc"
    assert fitted("abcdef", 4) == "abc…" and fitted("日本語テキスト", 6) == "日本 …"


def test_slots_fall_into_equal_parts() -> None:
    assert binned(8, 4, [0, 1, 7]) == [2, 0, 0, 1]
    assert sum(binned(16_384, 1_000, range(16_384))) == 16_384


# --- actions --------------------------------------------------------------------------------------------------------


def test_every_action_has_keys_in_the_settings_and_every_key_an_action() -> None:
    assert {one.name for one in ACTIONS} == set(KeySettings.model_fields)
    keys = [key for one in ACTIONS for key in default_keys(one.name).split(",")]
    assert len(keys) == len(set(keys))


def test_keys_can_be_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_still(monkeypatch)
    memory = Memory(tmp_path / "home", tui={"keys": {"log": "ctrl+l"}})
    fill(memory)
    app = InspectorApp(memory.manager)

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "6")
        assert app.pane.id == "overview"
        await press(pilot, "ctrl+l")
        assert app.pane.id == "log"

    drive(app, steps)
    memory.close()


def test_pause_resume_edit_and_their_undo(memory: Memory) -> None:
    ids = fill(memory)
    app = InspectorApp(memory.manager)
    rex = next(one for one in ids if "Rex" in memory.manager.get(one).text)

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "3", "slash", *"Rex", "enter")
        await until(pilot, shows(app, "Where it came from"))
        await press(pilot, "p")
        await until(pilot, lambda: memory.manager.get(rex).state is RecordState.PAUSED)
        await press(pilot, "u")
        await until(pilot, lambda: memory.manager.get(rex).state is RecordState.ACTIVE)
        await press(pilot, "e")
        await until(pilot, shows(app, "Edit"))
        await press(pilot, *" He barks.", "ctrl+s")
        await until(pilot, lambda: memory.manager.get(rex).text.endswith("He barks."))
        await press(pilot, "u")
        await until(pilot, lambda: memory.manager.get(rex).text == "My dog is called Rex.")

    drive(app, steps, (140, 40))


def test_forget_asks_shows_every_copy_and_proves_it(memory: Memory) -> None:
    ids = fill(memory)
    rex = next(one for one in ids if "Rex" in memory.manager.get(one).text)
    app = InspectorApp(memory.manager)

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "3", "slash", *"Rex", "enter")
        await until(pilot, shows(app, "Where it came from"))
        await press(pilot, "x")
        await until(pilot, lambda: isinstance(app.screen, Question))
        assert "Nothing brings it back" in text_of(app)
        await press(pilot, "n")
        assert memory.manager.get(rex).state is RecordState.ACTIVE
        await press(pilot, "x")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await press(pilot, "enter")
        assert isinstance(app.screen, Question)  # Enter is no yes
        await press(pilot, "y")
        await until(pilot, shows(app, "Forgotten", "no byte of the text left"))

    drive(app, steps, (140, 40))
    assert rex not in [record.id for record in memory.manager.list(states=())]


def test_consolidate_shows_its_plan_learns_and_tells_the_gate_then_it_is_reverted(memory: Memory) -> None:
    fill(memory, learned=False)
    app = InspectorApp(memory.manager)

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "3", "slash", *"Rex", "enter")
        await until(pilot, shows(app, "not learned"))
        await press(pilot, "l")
        await until(pilot, lambda: isinstance(app.screen, Question))
        assert "Would write 1 record" in text_of(app)
        await press(pilot, "y")
        await until(pilot, shows(app, "Run 1: committed", "held out"))
        await press(pilot, "escape", "escape", "4")
        await until(pilot, shows(app, "committed", "slots written"))
        await press(pilot, "r")
        await until(pilot, shows(app, "Revert run 1?"))
        await press(pilot, "y")
        await until(pilot, lambda: memory.manager.run(1).status is RunStatus.REVERTED)

    drive(app, steps, (140, 40))


def test_long_work_can_be_stopped_and_leaves_everything_as_it_was(memory: Memory) -> None:
    ids = fill(memory, learned=False)
    before = memory.digest()
    app = InspectorApp(memory.manager)
    train = memory.trainer.write

    def slow(*arguments: Any, **named: Any) -> Any:
        screen = app.screen
        assert isinstance(screen, Working)
        screen._stop = True  # as Esc sets it, between two records
        return train(*arguments, **named)

    memory.trainer.write = slow  # type: ignore[method-assign]

    async def steps(pilot: Pilot[Any]) -> None:
        app.changes._plan(lambda: memory.manager.plan_consolidation(ids, everything=True))
        await until(pilot, lambda: isinstance(app.screen, Question))
        await press(pilot, "y")
        await until(pilot, told(app, "stopped; everything is as it was"))

    drive(app, steps, (140, 40))
    assert memory.digest() == before
    assert memory.manager.runs()[0].status is RunStatus.REJECTED


def test_an_error_is_told_with_what_to_do_and_the_app_lives_on(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(memory)
    app = InspectorApp(memory.manager)

    def refuse(*_: Any) -> Any:
        raise InputError("the record is [held]", hint="wait a little", code="input.held")

    monkeypatch.setattr(memory.manager, "pause", refuse)

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "3")
        await until(pilot, shows(app, "Where it came from"))
        await press(pilot, "p")
        await until(pilot, told(app, "the record is [held]", "wait a little"))
        await press(pilot, "6")
        assert app.pane.id == "log"

    drive(app, steps, (140, 40))


def test_read_only_offers_no_change(memory: Memory) -> None:
    ids = fill(memory)
    before = [memory.manager.get(one) for one in ids]
    events = len(memory.manager.log(None))
    app = InspectorApp(memory.manager, readonly=True)

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "3")
        await until(pilot, shows(app, "read-only", "Where it came from"))
        for one in ACTIONS:
            if one.changes:
                assert app.check_action("do", (one.name,)) is False
                for key in default_keys(one.name).split(","):
                    await press(pilot, key)
                assert len(app.screen_stack) == 1
        await press(pilot, "f1")
        assert "Forget:" not in text_of(app) and isinstance(app.screen, Told)

    drive(app, steps, (140, 40))
    assert [memory.manager.get(one) for one in ids] == before
    assert len(memory.manager.log(None)) == events


def test_looking_counts_as_no_use(memory: Memory) -> None:
    ids = fill(memory)
    app = InspectorApp(memory.manager)

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "3", "question_mark", *"dog Rex", "enter")
        await until(pilot, shows(app, "My dog is called Rex.", "lexical"))
        await press(pilot, "enter")
        await until(pilot, shows(app, "Where it came from"))

    drive(app, steps, (140, 40))
    assert all(memory.manager.get(one).access_count == 0 for one in ids)


def test_undo_without_a_change_takes_back_the_last_run(memory: Memory) -> None:
    fill(memory)
    app = InspectorApp(memory.manager)

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "u")
        await until(pilot, shows(app, "Take back run 1?"))
        await press(pilot, "y")
        await until(pilot, lambda: memory.manager.run(1).status is RunStatus.REVERTED)

    drive(app, steps, (100, 30))


def test_the_palette_offers_what_the_registry_offers(memory: Memory) -> None:
    fill(memory)
    app = InspectorApp(memory.manager, readonly=True)

    async def steps(pilot: Pilot[Any]) -> None:
        offered = {command.title for command in app.get_system_commands(app.screen)}
        assert {"Store", "Log", "Recall", "Quit"} <= offered
        assert not {one.label for one in ACTIONS if one.changes} & offered

    drive(app, steps)


# --- a store that lives ---------------------------------------------------------------------------------------------


def test_what_another_process_writes_appears(memory: Memory, tmp_path: Path) -> None:
    fill(memory)
    app = InspectorApp(memory.manager)
    other = Memory(tmp_path / "home")

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "3")
        await until(pilot, shows(app, "My name is Ana."))
        rows = app.query_one("#store Rows", Rows)
        key = rows.key
        other.say("My cat is called Tom.")
        await until(pilot, shows(app, "My cat is called Tom."))
        assert rows.key == key  # the cursor stayed where it was

    drive(app, steps, (140, 40))
    other.close()


def test_a_store_that_vanishes_is_said_and_its_return_noticed(memory: Memory, tmp_path: Path) -> None:
    fill(memory)
    app = InspectorApp(memory.manager)
    path = tmp_path / "home" / "memos.db"
    away = tmp_path / "away.db"

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "3")
        await until(pilot, shows(app, "My name is Ana."))
        path.rename(away)
        await until(pilot, lambda: isinstance(app.screen, Gone))
        await until(pilot, shows(app, "cannot be read", "gone"))
        away.rename(path)
        await until(pilot, lambda: not isinstance(app.screen, Gone))
        await until(pilot, shows(app, "My name is Ana."))

    drive(app, steps, (140, 40))


def test_a_terminal_that_is_too_small_says_so_and_recovers(memory: Memory) -> None:
    fill(memory)
    app = InspectorApp(memory.manager)

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.resize_terminal(40, 10)
        await until(pilot, shows(app, "too small"))
        await pilot.resize_terminal(80, 24)
        await until(pilot, shows(app, "1 Overview"))
        assert "too small" not in text_of(app)

    drive(app, steps, (140, 40))


def test_resizing_while_rows_are_trained_does_no_harm(memory: Memory) -> None:
    ids = fill(memory, learned=False)
    app = InspectorApp(memory.manager)

    async def steps(pilot: Pilot[Any]) -> None:
        app.changes._plan(lambda: memory.manager.plan_consolidation(ids, everything=True))
        await until(pilot, lambda: isinstance(app.screen, Question))
        await pilot.press("y")
        for size in ((80, 24), (50, 12), (140, 40)):
            await pilot.resize_terminal(*size)
        await until(pilot, shows(app, "Run 1: committed"))

    drive(app, steps, (140, 40))


def test_a_click_chooses_and_opens(memory: Memory) -> None:
    fill(memory)
    app = InspectorApp(memory.manager)

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.click("#tab-store")
        await until(pilot, shows(app, "My name is Ana."))
        await pilot.click("#store Rows", offset=(5, 3))
        await until(pilot, lambda: app.query_one("#store Rows", Rows).cursor == 2)
        await pilot.click("#store Rows", offset=(5, 3))
        await until(pilot, lambda: app.query_one("#store Story", Story).has_focus)

    drive(app, steps, (140, 40))
