"""The chat on a terminal, driven without one: typing, streaming, stopping, failing, asking, leaving."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Markdown

from memos.apps.chat import has_screen
from memos.apps.chat.app import ChatApp
from memos.apps.chat.conversation import Conversation, Ending
from memos.apps.chat.prompt import Completions, Prompt
from memos.apps.chat.widgets import Question, Work
from memos.errors import ModelError
from memos.prompting import Note
from memos.types import Source
from tests.apps.screens import drive, text_of, until
from tests.unit.fakes import Memory

ASK = "What is my dog called?"


def chat(memory: Memory, **options: Any) -> ChatApp:
    return ChatApp(Conversation(memory.manager, "monday", **options))


async def write(pilot: Pilot[Any], text: str) -> Prompt:
    prompt = pilot.app.query_one(Prompt)
    prompt.text = text
    prompt.move_cursor(prompt.document.end)
    await pilot.pause()
    return prompt


async def say(pilot: Pilot[Any], text: str, *, wait: bool = True) -> None:
    """Type a text, press Enter, and wait until it is dealt with."""
    await write(pilot, text)
    await pilot.press("enter")
    await until(pilot, lambda: not pilot.app.query_one(Prompt).text)
    if wait:
        await until(pilot, lambda: not pilot.app.busy)


class Held:
    """A generator of three words that waits before its second; `then` may be an error to raise instead."""

    def __init__(self, memory: Memory, monkeypatch: pytest.MonkeyPatch, then: Exception | None = None) -> None:
        self.go_on = threading.Event()
        self.waiting = threading.Event()
        self.then = then
        monkeypatch.setattr(memory.generator, "stream", self.stream)

    def stream(
        self, question: str, notes: Sequence[Note], history: Sequence[Mapping[str, str]] = (), *,
        namespace: str | None = None,
    ) -> Iterator[str]:  # fmt: skip
        yield "one "
        self.waiting.set()
        self.go_on.wait(20)
        if self.then is not None:
            raise self.then
        yield "two "
        yield "three"


# --- a turn ----------------------------------------------------------------------------------------------------------


def test_each_tier_that_may_know_has_its_own_words_sign_and_colour(memory: Memory) -> None:
    app = chat(memory)

    async def steps(pilot: Pilot[Any]) -> None:
        await say(pilot, "My dog is called Rex.")
        await say(pilot, ASK)
        assert "● from the store  1 recalled, 1 injected, 1 cited [m:" in text_of(app)
        await say(pilot, "How old am I?")
        assert "○ not known" in text_of(app)
        await say(pilot, "/from context")
        await say(pilot, ASK)
        assert "◌ from the conversation" in text_of(app)
        memory.learn()
        await say(pilot, "/from parameters")
        await say(pilot, ASK)
        assert "◆ from parameters: run 1" in text_of(app)
        lines = [str(line.content) for line in app.query(".memory-line")]
        assert len(lines) == 5 and all(line.endswith("/why") for line in lines)
        styles = {span.style for line in app.query(".memory-line") for span in line.content.spans}
        assert len({style for style in styles if "bold" in str(style)}) == 4

    drive(app, steps)


def test_an_answer_is_markdown_and_nothing_in_it_is_obeyed(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    pieces = ["**strong** [red]no markup[/red] ", "\x1b[31mescape <b>tag</b> ", "[a link](https://example.org/)"]
    monkeypatch.setattr(memory.generator, "stream", lambda *a, **k: iter(pieces))
    app = chat(memory)

    async def steps(pilot: Pilot[Any]) -> None:
        memory.say("My [bold]dog[/] is called \x9b2J Rex.")
        await say(pilot, ASK)
        await say(pilot, "/memory")
        shown = text_of(app)
        assert "strong [red]no markup[/red] \\x1b[31mescape <b>tag</b> a link" in shown
        assert "My [bold]dog[/] is called \\x9b2J Rex." in shown
        monkeypatch.setattr(app, "open_url", lambda *a, **k: pytest.fail("a link was opened"))
        view = app.query_one(Markdown)
        view.post_message(Markdown.LinkClicked(view, "https://example.org/"))
        await pilot.pause()

    drive(app, steps, size=(150, 40))


def test_what_is_sent_before_the_model_is_loaded_waits_for_it(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = threading.Event()
    load = memory.manager.load
    monkeypatch.setattr(memory.manager, "load", lambda: (loaded.wait(20), load())[1])
    app = chat(memory)

    async def steps(pilot: Pilot[Any]) -> None:
        assert "assistant loading" in text_of(app)
        await say(pilot, "My dog is called Rex.", wait=False)
        await until(pilot, lambda: "waits for the model" in text_of(app))
        await write(pilot, "typing goes on")
        loaded.set()
        await until(pilot, lambda: not app.busy)
        assert "stored 1" in text_of(app) and "assistant ready" in text_of(app)
        assert app.query_one(Prompt).text == "typing goes on"

    drive(app, steps)


def test_a_turn_that_waits_for_the_model_can_be_taken_back(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = threading.Event()
    monkeypatch.setattr(memory.manager, "load", lambda: loaded.wait(20))
    app = chat(memory)

    async def steps(pilot: Pilot[Any]) -> None:
        await say(pilot, "My dog is called Rex.", wait=False)
        await until(pilot, lambda: "waits for the model" in text_of(app))
        await pilot.press("ctrl+c")
        await until(pilot, lambda: not app.busy)
        assert app.query_one(Prompt).text == "My dog is called Rex." and not app.conversation.exchanges
        loaded.set()

    drive(app, steps)


def test_leaving_while_an_answer_comes_stops_it_keeps_it_and_leaves(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(memory, monkeypatch)
    app = chat(memory)

    async def steps(pilot: Pilot[Any]) -> None:
        await say(pilot, ASK, wait=False)
        await until(pilot, held.waiting.is_set)
        await pilot.press("ctrl+q")
        held.go_on.set()
        await until(pilot, lambda: app._exit)
        assert app.conversation.last is not None and app.conversation.last.ending is Ending.STOPPED

    drive(app, steps)


def test_a_model_that_cannot_be_loaded_is_said_and_the_store_can_still_be_used(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load() -> None:
        raise ModelError("no such model", hint="memos model show", code="model.unavailable")

    monkeypatch.setattr(memory.manager, "load", load)
    app = chat(memory)

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: "hint: memos model show" in text_of(app))
        assert "assistant not loaded" in text_of(app)
        await say(pilot, "/remember My dog is called Rex.")
        assert "ADD m:" in text_of(app)

    drive(app, steps)


# --- stopping and failing --------------------------------------------------------------------------------------------


def test_ctrl_c_stops_the_answer_and_keeps_what_was_seen(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory.say("My dog is called Rex.")
    held = Held(memory, monkeypatch)
    app = chat(memory)

    async def steps(pilot: Pilot[Any]) -> None:
        await say(pilot, ASK, wait=False)
        await until(pilot, held.waiting.is_set)
        assert "Ctrl+C stops" in text_of(app)
        await pilot.press("ctrl+c")
        held.go_on.set()
        await until(pilot, lambda: not app.busy)
        last = app.conversation.last
        assert last is not None and last.ending is Ending.STOPPED
        assert last.answer.text in ("one", "one two")
        assert "three" not in text_of(app) and "stopped" in text_of(app)

    drive(app, steps)


def test_a_second_ctrl_c_does_not_wait_for_a_model_that_hangs(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(memory, monkeypatch)
    app = chat(memory)

    async def steps(pilot: Pilot[Any]) -> None:
        await say(pilot, ASK, wait=False)
        await until(pilot, held.waiting.is_set)
        await pilot.press("ctrl+c")
        await pilot.press("ctrl+c")
        await until(pilot, lambda: not app.busy)
        assert app.conversation.last is not None and app.conversation.last.answer.text == "one"
        await say(pilot, "/memory")
        await say(pilot, ASK, wait=False)  # the model is still at the first: one answer at a time
        await until(pilot, lambda: "waits for the answer that was stopped" in text_of(app))
        held.go_on.set()
        await until(pilot, lambda: not app.busy)
        assert app.conversation.last.answer.text == "one two three"

    drive(app, steps)


def test_a_model_that_fails_half_way_leaves_what_was_seen_and_the_chat(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(memory, monkeypatch, ModelError("the provider hung up", hint="check the network", code="model.x"))
    held.go_on.set()
    app = chat(memory)

    async def steps(pilot: Pilot[Any]) -> None:
        await say(pilot, ASK)
        shown = text_of(app)
        assert "one" in shown and "failed" in shown
        assert "error: the provider hung up" in shown and "hint: check the network" in shown
        await say(pilot, "/why")
        assert "decided: it failed half-way: the provider hung up" in text_of(app)
        held.then = None
        await say(pilot, ASK)
        assert "one two three" in text_of(app)

    drive(app, steps)


def test_long_work_shows_how_far_it_is_and_stops_at_a_safe_place(memory: Memory) -> None:
    memory.say("My dog is called Rex.", "My cat is called Tom.")
    measured, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        measured.set()
        go_on.wait(20)

    memory.trainer.at_measure = wait
    app = chat(memory)

    async def steps(pilot: Pilot[Any]) -> None:
        await say(pilot, "/consolidate all", wait=False)
        await until(pilot, measured.is_set)
        assert "learning" in str(app.query_one(Work).query_one("Label").content)
        await pilot.press("ctrl+c")
        assert "stopping after this step" in text_of(app)
        go_on.set()
        await until(pilot, lambda: not app.busy)
        assert not app.query(Work)
        assert "stopped; nothing half-done was kept" in text_of(app) or memory.manager.runs()
        await say(pilot, "/consolidate all")
        assert "COMMITTED" in text_of(app)
        await say(pilot, "/undo")
        assert "reverted: 2 records taken out" in text_of(app)

    drive(app, steps)


# --- typing ----------------------------------------------------------------------------------------------------------


def test_enter_sends_ctrl_j_breaks_the_line_and_paste_never_sends(memory: Memory) -> None:
    app = chat(memory)

    async def steps(pilot: Pilot[Any]) -> None:
        prompt = app.query_one(Prompt)
        await pilot.press(*"one", "ctrl+j", *"two")
        assert prompt.text == "one\ntwo" and not app.conversation.exchanges
        prompt.post_message(events.Paste("\nthree\r\nfour\r\n\x1b[31mred\n"))
        await pilot.pause()
        assert prompt.text == "one\ntwo\nthree\nfour\n\\x1b[31mred\n" and not app.busy
        await pilot.press("enter")
        await until(pilot, lambda: len(app.conversation.exchanges) == 1)
        assert app.conversation.exchanges[0].said.startswith("one\ntwo\nthree")

    drive(app, steps)


def test_a_megabyte_that_is_pasted_is_refused_in_words_and_the_chat_goes_on(memory: Memory) -> None:
    app = chat(memory)

    async def steps(pilot: Pilot[Any]) -> None:
        prompt = await write(pilot, "kept")
        prompt.post_message(events.Paste("word " * 200_000))
        await until(pilot, lambda: "1,000,000 characters" in text_of(app))
        assert "memos import FILE" in text_of(app) and prompt.text == "kept"
        await say(pilot, "My dog is called Rex.")
        assert "stored 1" in text_of(app)

    drive(app, steps)


def test_the_arrows_bring_back_what_was_sent_and_then_the_draft(memory: Memory) -> None:
    app = chat(memory)

    async def steps(pilot: Pilot[Any]) -> None:
        await say(pilot, "I live in Lyon.")
        await say(pilot, "My dog is called Rex.")
        prompt = await write(pilot, "a draft")
        seen = []
        for key in ("up", "up", "up", "down", "down", "down"):
            await pilot.press(key)
            seen.append(prompt.text)
        first, second = "I live in Lyon.", "My dog is called Rex."
        assert seen == [second, first, first, second, "a draft", "a draft"]

    drive(app, steps)


def test_commands_complete_as_they_are_typed_and_enter_sends_only_what_is_on_the_line(memory: Memory) -> None:
    app = chat(memory)

    async def steps(pilot: Pilot[Any]) -> None:
        prompt, shown = app.query_one(Prompt), app.query_one(Completions)
        await pilot.press(*"/mo")
        assert [one.line for one in shown.offered] == ["/mode ", "/model"] and shown.display
        await pilot.press("enter")
        assert prompt.text == "/mode " and not app.busy
        await pilot.press("down", "tab")
        assert prompt.text == "/mode read-only" and app.conversation.mode == "on"
        await pilot.press("enter")
        await until(pilot, lambda: app.conversation.mode == "read-only")
        await pilot.press(*"/me", "escape")
        assert not shown.display
        await until(pilot, lambda: not app.busy)
        await pilot.press("ctrl+c")
        assert not prompt.text
        await say(pilot, "/forgte m:1")
        assert "did you mean /forget?" in text_of(app)

    drive(app, steps)


def test_the_palette_holds_the_same_commands(memory: Memory) -> None:
    app = chat(memory)

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("ctrl+p")
        await pilot.pause()
        await pilot.press(*"revert")
        await until(pilot, lambda: "take a run, or one record" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.query_one(Prompt).text == "/revert ")

    drive(app, steps, size=(100, 30))


# --- memory ----------------------------------------------------------------------------------------------------------


def test_forget_asks_and_then_nothing_on_the_screen_or_in_the_history_quotes_it(memory: Memory) -> None:
    (dog,) = memory.say("My dog is called Rex.")
    app = chat(memory)

    async def steps(pilot: Pilot[Any]) -> None:
        await say(pilot, ASK)
        await say(pilot, f"/forget {dog}", wait=False)
        await until(pilot, lambda: bool(app.query(Question)))
        await pilot.press("n")
        await until(pilot, lambda: not app.busy)
        assert "nothing was changed" in text_of(app) and memory.manager.get(dog)
        await say(pilot, f"/forget {dog}", wait=False)
        await until(pilot, lambda: bool([one for one in app.query(Question) if not one.answer.done()]))
        await pilot.press("y")
        await until(pilot, lambda: not app.busy)
        assert "erased 1 record" in text_of(app) and "Rex" not in text_of(app)
        assert memory.manager.list(states=()) == [] and app.conversation.last is None
        await pilot.press("up")
        assert ASK not in app.query_one(Prompt).text
        assert not app.query_one(Prompt).history.undo_stack

    drive(app, steps)


def test_undo_erases_what_the_last_turn_kept_and_what_it_superseded_holds_again(memory: Memory) -> None:
    app = chat(memory)

    async def steps(pilot: Pilot[Any]) -> None:
        await say(pilot, "My dog is called Rex.")
        await say(pilot, "My dog is called Bo.")
        await say(pilot, "/undo", wait=False)
        await until(pilot, lambda: bool(app.query(Question)))
        await pilot.press("y")
        await until(pilot, lambda: not app.busy)
        assert [one.text for one in memory.manager.list()] == ["My dog is called Rex."]
        assert "holds again" in text_of(app)

    drive(app, steps)


def test_modes_stand_in_the_status_line(memory: Memory) -> None:
    app = chat(memory, mode="off", tier="store")

    async def steps(pilot: Pilot[Any]) -> None:
        assert "monday · memory off · from store" in text_of(app).splitlines()[-1]
        await say(pilot, "My dog is called Rex.")
        assert "memory not used · /why" in text_of(app)
        assert memory.manager.list(states=()) == []

    drive(app, steps)


@pytest.mark.parametrize("agreed", [True, False])
def test_leaving_offers_to_learn_what_proved_stable(tmp_path: Path, agreed: bool) -> None:
    memory = Memory(tmp_path / "home", consolidation={"min_score": 0.1})
    app = chat(memory)

    async def steps(pilot: Pilot[Any]) -> None:
        await say(pilot, "My dog is called Rex.")
        await pilot.press("ctrl+d")
        await until(pilot, lambda: bool(app.query(Question)))
        assert "what proved stable" in text_of(app) and "Learn 1 record now?" in text_of(app)
        await pilot.press("y" if agreed else "enter")
        await until(pilot, lambda: not app.is_running or app._exit)

    drive(app, steps)
    assert [run.status.value for run in memory.manager.runs()] == (["COMMITTED"] if agreed else [])
    memory.close()


def test_a_question_is_seen_however_long_the_transcript_is(memory: Memory) -> None:
    app = chat(memory)

    async def steps(pilot: Pilot[Any]) -> None:
        for name in ("Rex", "Bo", "Max", "Ben", "Tom", "Jim"):
            await say(pilot, f"My dog is called {name}.")
        await say(pilot, "/undo", wait=False)
        await until(pilot, lambda: "for good? [y/N]" in text_of(app))
        await pilot.press("n")

    drive(app, steps, size=(80, 14))


def test_leaving_asks_nothing_where_nothing_new_is_stable(memory: Memory) -> None:
    app = chat(memory)

    async def steps(pilot: Pilot[Any]) -> None:
        await say(pilot, "Hello!")
        await pilot.press("ctrl+d")
        await until(pilot, lambda: app._exit)
        assert not app.query(Question)

    drive(app, steps)


def test_a_conversation_is_continued_with_what_was_kept_of_it(memory: Memory) -> None:
    memory.manager.observe("I live in Lyon.", source=Source(session="sunday", actor="user"))
    app = chat(memory)

    async def steps(pilot: Pilot[Any]) -> None:
        assert "a new conversation: monday" in text_of(app)
        await say(pilot, "/resume")
        assert "conversation sunday: 1 turn kept" in text_of(app) and "user: I live in Lyon." in text_of(app)
        assert text_of(app).splitlines()[-1].startswith(" sunday")
        await say(pilot, "/new tuesday")
        assert app.conversation.session == "tuesday" and not app.conversation.exchanges

    drive(app, steps)


# --- the terminal ----------------------------------------------------------------------------------------------------


def test_a_resize_in_the_middle_of_an_answer_loses_nothing(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(memory, monkeypatch)
    app = chat(memory)

    async def steps(pilot: Pilot[Any]) -> None:
        await say(pilot, ASK, wait=False)
        await until(pilot, held.waiting.is_set)
        await pilot.resize_terminal(20, 5)
        await pilot.pause()
        assert "too small" in text_of(app) and app.query_one(Prompt).region.height == 0
        await pilot.resize_terminal(60, 20)
        held.go_on.set()
        await until(pilot, lambda: not app.busy)
        assert "one two three" in text_of(app) and "too small" not in text_of(app)
        await say(pilot, "still here")

    drive(app, steps)


def test_without_colour_the_words_and_signs_still_say_who_knew(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    memory.say("My dog is called Rex.")
    app = chat(memory)

    async def steps(pilot: Pilot[Any]) -> None:
        await say(pilot, ASK)
        assert "● from the store" in text_of(app) and app.no_color
        line = app.query_one(".memory-line")
        segments = [segment for strip in line.render_lines(line.size.region) for segment in strip]
        assert {segment.style.color.name for segment in segments if segment.style and segment.style.color} <= {
            "default"
        }

    drive(app, steps)


@pytest.mark.parametrize(
    ("terminals", "term", "screen"),
    [
        ((True, True, True), "xterm-256color", True),
        ((False, True, True), "xterm-256color", False),
        ((True, False, True), "xterm-256color", False),
        ((True, True, False), "xterm-256color", False),
        ((True, True, True), "dumb", False),
        ((True, True, True), "", False),
    ],
)
def test_a_screen_needs_a_terminal_on_every_side_that_can_place_its_cursor(
    monkeypatch: pytest.MonkeyPatch, terminals: tuple[bool, bool, bool], term: str, screen: bool
) -> None:
    for name, is_terminal in zip(("stdin", "stdout", "stderr"), terminals, strict=True):
        monkeypatch.setattr(f"sys.{name}.isatty", lambda is_terminal=is_terminal: is_terminal, raising=False)
    monkeypatch.setenv("TERM", term)
    assert has_screen() is screen
