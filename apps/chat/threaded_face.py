"""The `Face` of a command that runs in a thread beside the screen: every request is carried out in the event loop.

Knows the app by what commands ask for, and nothing of how it is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar, cast

from memos.apps import progress, render
from memos.apps.chat.conversation import Conversation

if TYPE_CHECKING:
    from memos.apps.chat.app import ChatApp

T = TypeVar("T")


class ThreadedFace:
    """The `Face` of a command that runs in a thread beside the screen."""

    def __init__(self, app: ChatApp) -> None:
        self._app = app

    def _call(self, method: Callable[..., Coroutine[Any, Any, T]], *arguments: Any) -> T:
        """The result of one of the app's coroutines, run in its event loop."""
        return cast(T, self._app.call_from_thread(method, *arguments))  # type: ignore[arg-type]

    @property
    def conversation(self) -> Conversation:
        return self._app.conversation

    @property
    def attended(self) -> bool:
        return True

    def show(self, document: render.Document) -> None:
        self._call(self._app.show, document)

    def say(self, text: str) -> None:
        self._call(self._app.say, text)

    def confirm(self, question: str) -> bool:
        return self._call(self._app.ask, question)

    @contextmanager
    def work(self, what: str) -> Iterator[progress.Progress]:
        stop = progress.StopRequest()
        shown = self._call(self._app.begin_work, what, stop)

        def report(done: int, out_of: int, step: str) -> None:
            stop.check()
            self._call(self._app.report_work, shown, done, out_of, step)

        try:
            yield report
        finally:
            self._call(self._app.end_work, shown)

    def copy(self, text: str) -> None:
        self._call(self._app.copy, text)

    def wipe(self) -> None:
        self._call(self._app.wipe)

    def opened(self) -> None:
        self._call(self._app.opened)
