"""The line mode: a prompt, a streamed answer, one line about memory under it. For pipes, scripts and plain terminals.

Reads a terminal, or lines from a pipe. Ctrl-C stops the answer and keeps the part that was seen; at the prompt it
clears the line. Every line goes out through `render`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from memos.apps import actions, progress, render, views
from memos.apps.chat import learning
from memos.apps.chat.commands import COMMANDS
from memos.apps.chat.conversation import Conversation, Ending
from memos.apps.chat.face import Quit
from memos.errors import MemosError

PROMPT = "> "


class LineChat:
    """One conversation, line by line. A `Face`."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._attended = sys.stdin.isatty()

    @property
    def conversation(self) -> Conversation:
        return self._conversation

    @property
    def attended(self) -> bool:
        return self._attended

    def run(self) -> None:
        """Until the end of input or /quit."""
        if self._attended:
            import readline  # noqa: F401  # line editing and history for input()

            model = actions.describe_model(self.conversation.memory.settings)
            render.say(f"{model.name}: {model.can}. /help lists commands, Ctrl-D leaves.")
            self.opened()
        while True:
            try:
                line = self._read()
                if line is None:
                    learning.offer(self)
                    return
                self.take(line)
            except Quit:
                return
            except MemosError as error:
                render.fail(error)
            except KeyboardInterrupt:
                render.say("\n(Ctrl-D or /quit leaves)")

    def _read(self) -> str | None:
        """The next line, or None at the end of input."""
        if not self._attended:
            line = sys.stdin.readline()
            return line if line else None
        try:
            return input(PROMPT)
        except EOFError:
            return None

    def take(self, line: str) -> None:
        """One line of the user: a command, or a turn of the conversation."""
        text = line.strip()
        if not text:
            return
        if not self._attended:
            render.lines([f"{PROMPT}{text}"])
        if text.startswith("/"):
            COMMANDS.run(self, text)
        else:
            self._turn(text)

    def _turn(self, text: str) -> None:
        reply = self.conversation.say(text)
        stopped = False
        try:
            for piece in reply:
                render.piece(piece)
        except KeyboardInterrupt:
            stopped = True
        exchange = reply.end(stopped=stopped)
        if exchange.answer.text or exchange.ending is Ending.COMPLETE:
            render.piece("\n")
        ending = f" · {exchange.ending.value}" if exchange.ending.value else ""
        render.dim(views.memory_line(exchange.answer, exchange.stored) + f"{ending} · /why")
        if exchange.error is not None:
            render.fail(exchange.error)

    # --- what commands ask of a face ----------------------------------------------------------------------------------

    def show(self, document: render.Document) -> None:
        render.show(document)

    def say(self, text: str) -> None:
        render.say(text)

    def confirm(self, question: str) -> bool:
        return render.ask(question)

    @contextmanager
    def work(self, what: str) -> Iterator[progress.Progress]:
        with progress.safe_stop("this step") as stop, progress.bar(what, stop=stop) as report:
            yield report

    def copy(self, text: str) -> None:
        render.to_clipboard(text)

    def wipe(self) -> None:
        """What scrolled by is the terminal's; the lines that the arrow keys bring back are ours."""
        if self._attended:
            import readline

            readline.clear_history()

    def opened(self) -> None:
        chat = self.conversation
        turns = chat.memory.turns(chat.session)
        render.say(
            f"conversation {chat.session}: {views.plural(len(turns), 'turn')} kept of it so far, /context shows them"
            if turns
            else f"a new conversation: {chat.session}"
        )
