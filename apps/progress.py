"""Long work, shown: a bar with rate and time left on a terminal, a line at the end elsewhere; and a safe first Ctrl-C.

Writes to stderr only. Knows nothing of what is being done.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from memos.apps import render

Progress = Callable[[int, int, str], None]


class StopRequest:
    """Whether the user asked to stop. The first Ctrl-C sets it; the second interrupts at once."""

    def __init__(self) -> None:
        self.requested = False

    def check(self) -> None:
        """Raise KeyboardInterrupt at a place where stopping loses nothing."""
        if self.requested:
            raise KeyboardInterrupt


@contextmanager
def safe_stop(what: str) -> Iterator[StopRequest]:
    """While it lasts, Ctrl-C asks for a stop at the next safe place. `what` completes "stopping after ..."."""
    request = StopRequest()
    if threading.current_thread() is not threading.main_thread():
        yield request
        return

    def on_interrupt(number: int, frame: FrameType | None) -> None:
        if request.requested:
            raise KeyboardInterrupt
        request.requested = True
        render.say(f"\nstopping after {what}; Ctrl-C again stops now")

    previous = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield request
    finally:
        signal.signal(signal.SIGINT, previous)


@contextmanager
def bar(description: str, *, total: int = 0, stop: StopRequest | None = None) -> Iterator[Progress]:
    """A callback `(done, total, what)` for the work inside. A `total` given here stands in for an unknown one."""
    if not sys.stderr.isatty():
        yield _quiet(stop)
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress as RichProgress,
        SpinnerColumn,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}", markup=False),
        TimeRemainingColumn(),
    )
    console = Console(file=sys.stderr, highlight=False)
    with RichProgress(*columns, console=console, transient=True, redirect_stdout=False) as shown:
        task = shown.add_task(description, total=total or None, rate="")

        def report(done: int, out_of: int, what: str) -> None:
            if stop is not None:
                stop.check()
            speed = shown.tasks[0].speed
            label = Text(render.one_line(what)).plain[:40]
            shown.update(
                task,
                completed=done,
                total=out_of or total or None,
                description=f"{description} {label}".strip(),
                rate=f"{speed:.1f}/s" if speed else "",
            )

        yield report


def _quiet(stop: StopRequest | None) -> Progress:
    def report(done: int, out_of: int, what: str) -> None:
        if stop is not None:
            stop.check()

    return report
