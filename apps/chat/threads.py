"""Blocking work beside the event loop: a call in a thread, and an iterator pulled in one.

Threads are daemons: leaving the chat waits for them a while, and never for a provider that does not answer. Knows
nothing of what is done.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress
from typing import TypeVar
from weakref import WeakSet

T = TypeVar("T")
_started: WeakSet[threading.Thread] = WeakSet()


def in_thread(work: Callable[[], T], *, name: str) -> asyncio.Future[T]:
    """The result of `work`, done in a thread of its own."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(set_outcome: Callable[[], None]) -> None:
        if not future.done():
            set_outcome()

    def run() -> None:
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - it is raised again where the future is awaited
            # a StopIteration or a KeyboardInterrupt cannot travel in a future as itself
            raised = error if isinstance(error, Exception) else Interrupted()
            _hand_over(loop, lambda: settle(lambda: future.set_exception(raised)))
        else:
            _hand_over(loop, lambda: settle(lambda: future.set_result(result)))

    _start(run, name)
    return future


class Interrupted(Exception):
    """The work was stopped on request."""


class Pull:
    """Pieces of a blocking iterator, pulled in a thread and read in the event loop.

    After `stop` nothing more is pulled, and the reader ends once the piece under way has come; after `abandon` it ends
    at once, and the thread ends by itself when its piece comes.
    """

    def __init__(self, source: Iterable[str]) -> None:
        self._source = source
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._stopped = threading.Event()
        self._error: BaseException | None = None
        self.over = asyncio.Event()
        """The thread has ended."""
        _start(self._run, "answer")

    def _run(self) -> None:
        try:
            for piece in self._source:
                _hand_over(self._loop, lambda piece=piece: self._queue.put_nowait(piece))  # type: ignore[misc]
                if self._stopped.is_set():
                    break
        except BaseException as error:  # noqa: BLE001 - it is raised again where the pieces are read
            self._error = error
        finally:
            _hand_over(self._loop, self._end)

    def _end(self) -> None:
        self._queue.put_nowait(None)
        self.over.set()

    @property
    def stopped(self) -> bool:
        return self._stopped.is_set()

    def stop(self) -> None:
        """Pull no more."""
        self._stopped.set()

    def abandon(self) -> None:
        """Wait no more either."""
        self._stopped.set()
        self._queue.put_nowait(None)

    async def __aiter__(self) -> AsyncIterator[str]:
        while (piece := await self._queue.get()) is not None:
            yield piece
        if self._error is not None:
            raise self._error


def wait_for_threads(seconds: float) -> None:
    """Let what still runs come to its end: a process that ends within a model's native code is aborted by it."""
    end = time.monotonic() + seconds
    for thread in list(_started):
        thread.join(max(0.0, end - time.monotonic()))


def _start(work: Callable[[], None], name: str) -> None:
    thread = threading.Thread(target=work, name=name, daemon=True)
    _started.add(thread)
    thread.start()


def _hand_over(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    with suppress(RuntimeError):  # the chat was left meanwhile: nobody waits for it
        loop.call_soon_threadsafe(call)
