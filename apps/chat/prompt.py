"""Where the user types: several lines, history, completion of commands, and paste that never sends.

Enter sends, Ctrl+J makes a line. What was sent can be brought back with the arrow keys; that history lives as long as
the chat does and is never written down, since `forget` could not reach it. Knows texts, and asks its app for meaning.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, TextArea
from textual.widgets.option_list import Option

from memos.apps import render
from memos.apps.chat.registry import Completion

Complete = Callable[[str], list[Completion]]


class Prompt(TextArea):
    """The input. Posts `Sent`, `Refused` and `Left`; completes through `complete`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+j", "newline", "New line", show=False),
        Binding("tab", "complete", "Complete", show=False),
        Binding("escape", "dismiss", "Close completion", show=False),
    ]

    class Sent(Message):
        """A text was sent."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Refused(Message):
        """A paste would not fit."""

        def __init__(self, length: int) -> None:
            super().__init__()
            self.length = length

    class Left(Message):
        """Ctrl+D on an empty line."""

    def __init__(self, complete: Complete, *, limit: int) -> None:
        super().__init__(
            id="prompt", soft_wrap=True, tab_behavior="focus", show_line_numbers=False, compact=True,
            highlight_cursor_line=False, placeholder="Say something, or / for commands",
        )  # fmt: skip
        self._complete = complete
        self._limit = limit
        self._history: list[str] = []
        self._place = 0
        self._draft = ""

    # --- sending ------------------------------------------------------------------------------------------------------

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            if not self._completes():
                self._send()
        elif event.key == "ctrl+d" and not self.text:
            event.stop()
            event.prevent_default()
            self.post_message(self.Left())
        elif event.key in ("up", "down") and self._moves(event.key):
            event.stop()
            event.prevent_default()
        else:
            await super()._on_key(event)

    def _send(self) -> None:
        text = self.text.strip()
        if text:
            self.post_message(self.Sent(text))

    def sent(self, text: str) -> None:
        """Note that a text was taken: the input is free for the next."""
        if not self._history or self._history[-1] != text:
            self._history.append(text)
        self._place, self._draft = len(self._history), ""
        self.text = ""

    def forget(self) -> None:
        """Drop the history, the draft and what could be undone."""
        self._history.clear()
        self._place, self._draft = 0, ""
        self.text = ""
        self.history.clear()

    def action_newline(self) -> None:
        self.insert("\n")

    # --- pasting ------------------------------------------------------------------------------------------------------

    async def _on_paste(self, event: events.Paste) -> None:
        """Insert, never send; what a terminal would obey becomes visible."""
        event.stop()
        event.prevent_default()
        if len(event.text) + len(self.text) > self._limit:
            self.post_message(self.Refused(len(event.text)))
            return
        text = render.escape(event.text.replace("\r\n", "\n").replace("\r", "\n"))
        if result := self._replace_via_keyboard(text, *self.selection):
            self.move_cursor(result.end_location)

    # --- history and completion ---------------------------------------------------------------------------------------

    @property
    def _completions(self) -> Completions:
        return self.screen.query_one(Completions)

    def _moves(self, key: str) -> bool:
        """Up and down: through the completions where there are any, else through the history at the text's edges."""
        shown = self._completions
        if shown.display:
            (shown.action_cursor_up if key == "up" else shown.action_cursor_down)()
            shown.moved = True
            return True
        row, _ = self.cursor_location
        if key == "up" and row == 0 and self._place > 0:
            if self._place == len(self._history):
                self._draft = self.text
            self._show_entry(self._place - 1)
            return True
        if key == "down" and row == self.document.line_count - 1 and self._place < len(self._history):
            self._show_entry(self._place + 1)
            return True
        return False

    def _show_entry(self, place: int) -> None:
        self._place = place
        self.text = self._draft if place == len(self._history) else self._history[place]
        self.move_cursor(self.document.end)

    def _on_text_area_changed(self) -> None:
        self._completions.offer(self._complete(self.text))

    def action_complete(self) -> None:
        self._take_completion()

    def action_dismiss(self) -> None:
        self._completions.offer([])

    def _take_completion(self) -> None:
        if (chosen := self._completions.chosen) is not None:
            self.text = chosen.line
            self.move_cursor(self.document.end)

    def _completes(self) -> bool:
        """Whether Enter completes. It never sends what is not on the line: a mark that was moved to, or the first one
        where the line names no command yet, is put on the line, and the next Enter sends it."""
        shown = self._completions
        shown.offer(self._complete(self.text))  # keys may be faster than the list
        typed = self.text
        named = " " in typed or any(one.line.strip() == typed for one in shown.offered)
        if not shown.display or (named and not shown.moved):
            return False
        self._take_completion()
        return True


class Completions(OptionList, can_focus=False):
    """What the line being typed may become."""

    def __init__(self) -> None:
        super().__init__(id="completions", compact=True)
        self.offered: list[Completion] = []
        self.moved = False
        """Whether the mark was put where it is by the user."""
        self.display = False

    def offer(self, completions: list[Completion]) -> None:
        """Show these, the first one marked; none hides the list. The mark stays while the list does."""
        if completions == self.offered:
            self.display = bool(completions)
            return
        self.offered, self.moved = completions, False
        self.clear_options()
        width = max((len(one.line) for one in completions), default=0)
        for one in completions:
            text = Content.assemble(one.line.ljust(width + 2), (one.help, "dim"))
            self.add_option(Option(text))
        self.display = bool(completions)
        if completions:
            self.highlighted = 0

    @property
    def chosen(self) -> Completion | None:
        """The marked one."""
        if not self.display or self.highlighted is None:
            return None
        return self.offered[self.highlighted]
