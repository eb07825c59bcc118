"""How the chat looks, in each state, at two sizes. `pytest --snapshot-update` accepts what is there now: look first.

Ids and the session's name are fixed and no clock is shown, so a picture depends on the code alone.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot

from memos import intake
from memos.apps.chat.app import ChatApp
from memos.apps.chat.prompt import Prompt
from memos.apps.chat.widgets import Question
from memos.errors import ModelError
from tests.apps.screens import Steps, until
from tests.apps.test_chat_screen import ASK, Held, chat, say, write
from tests.unit.fakes import Memory

Compare = Callable[..., bool]

SIZES = pytest.mark.parametrize("size", [(80, 24), (140, 40)], ids=["80x24", "140x40"])
LONG = (
    "I moved here with my sister Marta and a piano that nobody wanted to carry, on the wettest day of the year, and "
    "we have lived above the bakery ever since."
)


@pytest.fixture(autouse=True)
def fixed_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    count = itertools.count(1)
    monkeypatch.setattr(intake, "new_id", lambda prefix: f"{prefix}:{next(count):06x}{'0' * 6}")
    monkeypatch.delenv("NO_COLOR", raising=False)


def look(snap_compare: Compare, app: App[Any], size: tuple[int, int], steps: Steps) -> None:
    async def settled(pilot: Pilot[Any]) -> None:
        app.query_one(Prompt).cursor_blink = False
        await until(pilot, lambda: "loading" not in str(app.query_one("#status").content))
        await steps(pilot)
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=settled)


@SIZES
def test_at_the_start(snap_compare: Compare, memory: Memory, size: tuple[int, int]) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        return None

    look(snap_compare, chat(memory), size, steps)


@SIZES
def test_who_knew(snap_compare: Compare, memory: Memory, size: tuple[int, int]) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await say(pilot, "My dog is called Rex.")
        await say(pilot, ASK)
        memory.learn()
        for line in ("/from parameters", ASK, "/from context", ASK, "/from auto", "How old am I?"):
            await say(pilot, line)

    look(snap_compare, chat(memory), size, steps)


@SIZES
def test_markdown(
    snap_compare: Compare, memory: Memory, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    written = "## Plan\n\n1. *Walk* the dog\n2. **Feed** it\n\n```python\nfeed(dog)\n```\n\n| day | meal |\n|---|---|\n| Monday | fish |\n"
    monkeypatch.setattr(memory.generator, "stream", lambda *a, **k: iter([written]))

    async def steps(pilot: Pilot[Any]) -> None:
        await say(pilot, "What is the plan?")

    look(snap_compare, chat(memory), size, steps)


@SIZES
def test_results_and_completion(snap_compare: Compare, memory: Memory, size: tuple[int, int]) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await say(pilot, LONG)
        await say(pilot, "My dog is called Rex.")
        memory.learn()
        await say(pilot, "/runs")
        await write(pilot, "/re")

    app = chat(memory)
    monkeypatch_times(memory)
    look(snap_compare, app, size, steps)


def monkeypatch_times(memory: Memory) -> None:
    """Runs as if made at one moment, in no time."""
    from datetime import UTC, datetime

    runs = memory.manager.runs
    when = datetime(2026, 5, 1, 10, 0, tzinfo=UTC)
    memory.manager.runs = lambda limit=None: [  # type: ignore[method-assign]
        run.model_copy(update={"created_at": when, "seconds": 1.0}) for run in runs(limit)
    ]


@SIZES
def test_a_question(snap_compare: Compare, memory: Memory, size: tuple[int, int]) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await say(pilot, "My dog is called Rex.")
        await say(pilot, "/undo", wait=False)
        await until(pilot, lambda: bool(pilot.app.query(Question)))

    look(snap_compare, chat(memory), size, steps)


@SIZES
def test_a_failure_and_a_stop(
    snap_compare: Compare, memory: Memory, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(memory, monkeypatch, ModelError("the provider hung up", hint="check the network"))

    async def steps(pilot: Pilot[Any]) -> None:
        held.go_on.set()
        await say(pilot, ASK)
        held.go_on.clear()
        held.waiting.clear()
        await say(pilot, ASK, wait=False)
        await until(pilot, held.waiting.is_set)
        await pilot.press("ctrl+c", "ctrl+c")
        await until(pilot, lambda: not app.busy)
        held.go_on.set()
        await say(pilot, "/forgte")

    app: ChatApp = chat(memory)
    look(snap_compare, app, size, steps)


def test_several_lines_in_a_small_terminal(snap_compare: Compare, memory: Memory) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await say(pilot, "My dog is called Rex.")
        await write(pilot, "one\ntwo\nthree\n" + LONG)

    look(snap_compare, chat(memory, mode="read-only"), (40, 12), steps)


def test_a_terminal_that_is_too_small(snap_compare: Compare, memory: Memory) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        return None

    look(snap_compare, chat(memory), (30, 6), steps)


@SIZES
def test_the_palette(snap_compare: Compare, memory: Memory, size: tuple[int, int]) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("ctrl+p")
        await until(pilot, lambda: len(pilot.app.screen_stack) == 2)
        await pilot.pause(0.3)
        pilot.app.screen.query_one("Input").cursor_blink = False

    look(snap_compare, chat(memory), size, steps)
