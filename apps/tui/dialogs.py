"""What stands before the screens for a while: a question, a text to edit, long work, a plan, help, a store that is gone.

Knows lines and callbacks. Does not know what is asked about.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, ProgressBar, Static, TextArea

from memos.apps.render import one_line
from memos.apps.stories import Line
from memos.apps.tui.story import Story
from memos.errors import MemosError


class Question(ModalScreen[bool]):
    """Lines to read and a yes or no. Enter is no answer: what is hard to take back needs its own key."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Yes"),
        Binding("n,escape,q", "answer(False)", "No"),
    ]

    def __init__(self, title: str, lines: Sequence[Line], yes: str = "y yes", no: str = "n no") -> None:
        super().__init__()
        self._title, self._lines, self._keys = title, lines, f"{yes}   {no}"

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog short"):
            yield Static(one_line(self._title), classes="title", markup=False)
            yield Story(self._lines, classes="fitting")
            yield Static(self._keys, classes="keys", markup=False)

    def on_mount(self) -> None:
        self.query_one(Story).show(self._lines)
        self.query_one(Story).focus()

    def on_story_followed(self, event: Story.Followed) -> None:
        event.stop()

    def action_answer(self, yes: bool) -> None:
        self.dismiss(yes)


class Told(Question):
    """Lines to read; any of the usual keys closes them."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,n,y,f1", "answer(True)", "Close")]

    def __init__(self, title: str, lines: Sequence[Line], follow: Callable[[Any], None] | None = None) -> None:
        super().__init__(title, lines, "Esc closes", "" if follow is None else "Enter follows")
        self._follow = follow

    def on_story_followed(self, event: Story.Followed) -> None:
        event.stop()
        if self._follow is not None:
            self.dismiss(True)
            self._follow(event.target)


class Edit(ModalScreen[str | None]):
    """A record's text. Ctrl+S keeps it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "keep", "Keep", priority=True),
        Binding("escape", "leave", "Leave", priority=True),
    ]

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self._title, self._text = title, text

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(one_line(self._title), classes="title", markup=False)
            yield TextArea(self._text, soft_wrap=True, show_line_numbers=False)
            yield Static("Ctrl+S keeps it   Esc leaves it as it was", classes="keys", markup=False)

    def on_mount(self) -> None:
        area = self.query_one(TextArea)
        area.move_cursor(area.document.end)
        area.focus()

    def action_keep(self) -> None:
        self.dismiss(self.query_one(TextArea).text)

    def action_leave(self) -> None:
        self.dismiss(None)


class Ask(ModalScreen[str | None]):
    """One line of text."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Leave", priority=True)]

    def __init__(self, title: str, hint: str) -> None:
        super().__init__()
        self._title, self._hint = title, hint

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog short"):
            yield Static(one_line(self._title), classes="title", markup=False)
            yield Input(placeholder=self._hint)
            yield Static("Enter asks   Esc leaves", classes="keys", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(event.value.strip() or None)

    def action_leave(self) -> None:
        self.dismiss(None)


class Working(ModalScreen[Any]):
    """Long work in a thread, its progress, and a way to stop it at a place where nothing is lost.

    `work` is given a progress callback. Gives what it gave, or the MemosError it raised; None when it was stopped.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,ctrl+c", "stop", "Stop", priority=True)]

    def __init__(self, title: str, work: Callable[[Callable[[int, int, str], None]], Any]) -> None:
        super().__init__()
        self._title, self._work = title, work
        self._stop = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog short"):
            yield Static(one_line(self._title), classes="title", markup=False)
            yield Static("starting …", classes="doing", markup=False)
            yield ProgressBar(total=None, show_eta=False)
            yield Static("Esc stops; rows then stay as they were", classes="keys", markup=False)

    def on_mount(self) -> None:
        self.run_worker(self._run, thread=True)

    def _run(self) -> None:
        try:
            made = self._work(self._report)
        except KeyboardInterrupt:
            made = None
        except MemosError as error:
            made = error
        self.app.call_from_thread(self.dismiss, made)

    def _report(self, done: int, total: int, what: str) -> None:
        if self._stop:
            raise KeyboardInterrupt
        self.app.call_from_thread(self._show, done, total, what)

    def _show(self, done: int, total: int, what: str) -> None:
        if not self.is_attached:
            return
        self.query_one(".doing", Static).update(one_line(what) or "working …")
        self.query_one(ProgressBar).update(total=total or None, progress=done)

    def action_stop(self) -> None:
        self._stop = True
        self.query_one(".keys", Static).update("stopping at the next safe place …")


class Gone(ModalScreen[None]):
    """The store cannot be read now. Taken away by the app when it can be again."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q,escape", "app.quit", "Leave")]

    def __init__(self, error: MemosError) -> None:
        super().__init__()
        self.error = error

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog short bad"):
            yield Static("The store cannot be read", classes="title", markup=False)
            yield Static(one_line(self.error.message), markup=False)
            yield Static(one_line(self.error.hint or ""), classes="hint", markup=False)
            yield Static("looking again every moment   q leaves", classes="keys", markup=False)
