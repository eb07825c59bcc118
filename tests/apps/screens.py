"""Driving a Textual app in a test: its text as it stands on the screen, and waiting for what runs beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from textual.app import App
from textual.pilot import Pilot

Steps = Callable[[Pilot[Any]], Awaitable[None]]
PATIENCE = 2_000
"""Turns of the event loop before a test gives up waiting."""


def drive(app: App[Any], steps: Steps, size: tuple[int, int] = (100, 50)) -> None:
    """Run an app without a terminal and do `steps` in it."""

    async def run() -> None:
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await steps(pilot)

    asyncio.run(run())


def text_of(app: App[Any]) -> str:
    """The characters on the screen."""
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips())


async def until(pilot: Pilot[Any], condition: Callable[[], bool]) -> None:
    """Let the app run until something holds; fail with the screen when it never does."""
    for _ in range(PATIENCE):
        if condition():
            await pilot.pause()
            return
        await pilot.pause(0.005)
    raise AssertionError(f"it never came true; on the screen:\n{text_of(pilot.app)}")
