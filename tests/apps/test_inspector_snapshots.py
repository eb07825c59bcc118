"""How the inspector looks, screen by screen and state by state, at two sizes.

`pytest --snapshot-update` accepts what is there now: look first. Ids are fixed and the clock stands still, so a picture
depends on the code alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from memos.apps.tui.app import InspectorApp
from memos.apps.tui.dialogs import Gone, Question, Told
from memos.errors import NotFoundError
from tests.apps.inspected import fill, stand_still
from tests.apps.screens import until
from tests.apps.test_inspector import press, shows
from tests.unit.fakes import Memory

Compare = Callable[..., bool]
SIZES = pytest.mark.parametrize("size", [(80, 24), (140, 40)], ids=["80x24", "140x40"])


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Memory]:
    stand_still(monkeypatch)
    made = Memory(tmp_path / "home", tui={"poll_seconds": 60.0})
    yield made
    made.close()


def look(snap_compare: Compare, app: InspectorApp, size: tuple[int, int], *keys: str, until_shown: tuple[str, ...] = ()) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, *keys)
        await until(pilot, shows(app, *until_shown))
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=steps)


@SIZES
@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        (("1",), "the chain of"),
        (("2",), "tuesday"),
        (("3",), "My name is Ana."),
        (("4",), "committed"),
        (("5",), "SUPERSEDE"),
        (("6",), "consolidate"),
    ],
    ids=["overview", "context", "store", "parameters", "decisions", "log"],
)
def test_screens(snap_compare: Compare, memory: Memory, size: tuple[int, int], keys: tuple[str, ...], shown: str) -> None:
    fill(memory)
    look(snap_compare, InspectorApp(memory.manager), size, *keys, until_shown=(shown,))


@SIZES
@pytest.mark.parametrize("keys", ["1", "3", "4"], ids=["overview", "store", "parameters"])
def test_nothing_yet(snap_compare: Compare, memory: Memory, size: tuple[int, int], keys: str) -> None:
    status = memory.manager.status
    memory.manager.status = lambda: status().model_copy(update={"home": "/home/ana/memos"})  # type: ignore[method-assign]
    app = InspectorApp(memory.manager)
    look(snap_compare, app, size, keys, until_shown=("none yet" if keys == "1" else "yet:",))


@SIZES
def test_a_filter_and_an_open_story(snap_compare: Compare, memory: Memory, size: tuple[int, int]) -> None:
    fill(memory)
    look(snap_compare, InspectorApp(memory.manager), size, "3", "slash", *"Rex", "enter", "enter", until_shown=("Where it came from",))


@SIZES
def test_a_run_whole(snap_compare: Compare, memory: Memory, size: tuple[int, int]) -> None:
    fill(memory)
    look(snap_compare, InspectorApp(memory.manager), size, "4", "enter", until_shown=("Gate",))


@SIZES
def test_what_cannot_be_taken_back_is_asked(snap_compare: Compare, memory: Memory, size: tuple[int, int]) -> None:
    fill(memory)
    app = InspectorApp(memory.manager)

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "3")
        await until(pilot, shows(app, "My name is Ana."))
        await press(pilot, "x")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=steps)


@SIZES
def test_read_only(snap_compare: Compare, memory: Memory, size: tuple[int, int]) -> None:
    fill(memory)
    look(snap_compare, InspectorApp(memory.manager, readonly=True), size, "3", until_shown=("My name is Ana.",))


@SIZES
def test_help(snap_compare: Compare, memory: Memory, size: tuple[int, int]) -> None:
    fill(memory)
    app = InspectorApp(memory.manager)

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "3", "f1")
        await until(pilot, lambda: isinstance(app.screen, Told))
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=steps)


@SIZES
def test_a_store_that_is_gone(snap_compare: Compare, memory: Memory, size: tuple[int, int]) -> None:
    fill(memory)
    app = InspectorApp(memory.manager)

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "3")
        await until(pilot, shows(app, "My name is Ana."))
        app._looked(NotFoundError("the store at /home/ana/memos/memos.db is gone", hint="put it back, or memos init", code="not_found.store"))
        await until(pilot, lambda: isinstance(app.screen, Gone))
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=steps)


def test_too_small(snap_compare: Compare, memory: Memory) -> None:
    fill(memory)
    look(snap_compare, InspectorApp(memory.manager), (50, 12), until_shown=("too small",))
