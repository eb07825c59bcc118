"""The chat on a terminal: a transcript, an input, one status line; inline under the shell's prompt or full screen.

    Prompt.Sent -> a line with a slash: a command, in a thread, which talks to `ThreadedFace`
                -> anything else: a turn; its pieces are pulled in a thread and streamed as Markdown

The screen is painted before the model is loaded; what is sent meanwhile waits for it. Ctrl+C stops what runs: the
answer, which is kept as far as it was seen, or the work, at its next safe place. Knows the conversation and the
commands; what they do is theirs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from typing import ClassVar

from textual import events, work
from textual.app import App, ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from memos.apps import actions, progress, render, views
from memos.apps.chat.commands import COMMANDS
from memos.apps.chat.conversation import Conversation, Exchange
from memos.apps.chat.face import Quit
from memos.apps.chat.palette import SlashCommands
from memos.apps.chat.prompt import Completions, Prompt
from memos.apps.chat.registry import SlashCommand
from memos.apps.chat.threaded_face import ThreadedFace
from memos.apps.chat.threads import Interrupted, Pull, in_thread
from memos.apps.chat.widgets import AnswerView, Failure, Notice, Question, Said, Shown, Work, beginning
from memos.errors import InputError, MemosError

SMALLEST = (36, 9)
"""Columns and rows below which a transcript and an input cannot both be read."""
CHROME_ROWS = 6
"""Rows that an inline chat needs around its transcript: input, status, a margin."""
TURNS_SHOWN = 6
"""Kept turns that are shown when a conversation is continued."""

Printed = Callable[[], None]


class ChatApp(App[None]):
    """One conversation on a terminal."""

    TITLE = "memos chat"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS: ClassVar = {SlashCommands}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "interrupt", "Stop", show=False, priority=True),
        Binding("ctrl+q", "leave", "Leave", show=False, priority=True),
        Binding("f1", "help", "Help", show=False, priority=True),
        Binding("pageup", "scroll(-1)", "Back", show=False, priority=True),
        Binding("pagedown", "scroll(1)", "On", show=False, priority=True),
    ]
    CSS = """
    Screen { layout: vertical; overflow: hidden; &:inline { border: none; } }
    #log { height: 1fr; scrollbar-size-vertical: 1; padding: 0 1; &:inline { height: auto; } }
    .said { margin: 1 0 0 0; text-style: bold; border-left: thick $primary; padding-left: 1; }
    .answer { height: auto; margin: 0 0 0 2; }
    .answer Markdown { height: auto; padding: 0; margin: 0; }
    .answer MarkdownHeader { margin: 0 0 1 0; content-align: left middle; }
    .answer MarkdownBlock:last-child { margin-bottom: 0; }
    .notice { text-style: dim; margin: 0 0 0 2; }
    .shown { margin: 0 0 0 2; height: auto; }
    .failure { margin: 0 0 0 2; }
    .question, .work { height: auto; margin: 1 0 0 2; }
    .work Label { width: auto; margin-right: 2; }
    .question:focus { background: $boost; }
    #completions { height: auto; max-height: 8; border: none; padding: 0; margin: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    #prompt { height: auto; max-height: 8; scrollbar-size-vertical: 1; border: none; border-top: solid $primary; padding: 0 1; }
    #completions > .option-list--option-highlighted { background: ansi_blue; color: ansi_bright_white; text-style: bold; }
    #prompt:nocolor .text-area--cursor { text-style: reverse; }
    #status { height: 1; padding: 0 1; }
    #small { display: none; height: 1fr; min-height: 3; &:inline { height: auto; } }
    .-small > * { display: none; }
    .-small > #small { display: block; }
    """

    def __init__(self, conversation: Conversation) -> None:
        # The terminal's own colours; said at once, since what NO_COLOR does is decided in the constructor.
        super().__init__(ansi_color=True)
        self.theme = "ansi-dark"
        self.conversation = conversation
        self.farewell: list[Printed] = []
        """What stood in the transcript, to be printed below the shell's prompt once the screen is gone."""
        self._face = ThreadedFace(self)
        self._loading: asyncio.Future[None] | None = None
        self._pull: Pull | None = None
        self._abandoned: Pull | None = None
        self._stop: progress.StopRequest | None = None
        self._waiting: asyncio.Task[None] | None = None
        self._leaving = False
        self.busy = False
        """Whether a turn or a command is under way; one at a time."""
        self._model = actions.describe_model(conversation.memory.settings)
        self._model_state = "loading"

    # --- what is on the screen ----------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        yield VerticalScroll(id="log", can_focus=False)
        yield Completions()
        limit = self.conversation.memory.settings.store.max_text_chars
        yield Prompt(partial(COMMANDS.completions, conversation=self.conversation), limit=limit)
        yield Static(id="status", markup=False)
        yield Static(id="small", markup=False)

    async def on_mount(self) -> None:
        self._transcript.anchor()
        self.note(f"{self._model.name}: {self._model.can}.")
        await self.opened()
        self.query_one(Prompt).focus()
        self._show_status()
        self.call_after_refresh(self._load)

    def on_resize(self, event: events.Resize) -> None:
        width, height = event.size
        small = width < SMALLEST[0] or height < SMALLEST[1]
        self.screen.set_class(small, "-small")
        if small:
            need = f"{SMALLEST[0]}x{SMALLEST[1]}"
            self.query_one("#small", Static).update(
                Content(f"{width}x{height} is too small: {need} at least")
            )
        if self.is_inline:
            self._transcript.styles.max_height = max(1, height - CHROME_ROWS)

    @property
    def _transcript(self) -> VerticalScroll:
        return self.screen_stack[0].query_one("#log", VerticalScroll)

    def _is_gone(self) -> bool:
        """Whether the screen is being taken down, while a worker still has something to say."""
        return not self.screen_stack or not self.screen_stack[0].query("#log")

    async def _add(self, widget: Widget) -> None:
        if not self._is_gone():
            await self._transcript.mount(widget)

    def note(self, text: str) -> None:
        """A line beside the results, which is not printed at the end."""
        self._transcript.mount(Notice(text))

    async def say(self, text: str) -> None:
        """A line beside the results."""
        self.farewell.append(partial(render.say, text))
        await self._add(Notice(text))

    async def show(self, document: render.Document) -> None:
        """A result."""
        self.farewell.append(partial(render.show, document))
        await self._add(Shown(document))

    async def fail(self, error: MemosError) -> None:
        """What went wrong, and what mends it."""
        self.farewell.append(partial(render.fail, error))
        await self._add(Failure(error))

    async def wipe(self) -> None:
        """Nothing said so far stays on the screen, in the input's history or in what is printed at the end."""
        self.farewell.clear()
        self.query_one(Prompt).forget()
        kept = Work
        await self._transcript.remove_children(
            [one for one in self._transcript.children if not isinstance(one, kept)]
        )
        self.clear_selection()
        await self._add(Notice("what was said so far was taken off the screen: it may quote what was erased"))

    async def opened(self) -> None:
        """Name the conversation, and show the end of what is kept of it."""
        chat = self.conversation
        turns = chat.memory.turns(chat.session)
        if not turns:
            self.note(f"a new conversation: {chat.session}. /help lists commands, F1 too; Ctrl+D leaves.")
        else:
            self.note(f"conversation {chat.session}: {views.plural(len(turns), 'turn')} kept of it so far")
            for turn in turns[-TURNS_SHOWN:]:
                self.note(
                    f"{views.moment(turn.occurred_at)}  {turn.source.actor or turn.origin.value}: {turn.text}"
                )
        self._show_status()

    def _show_status(self) -> None:
        if self._is_gone():
            return
        chat = self.conversation
        warns = "bold ansi_yellow"
        parts: list[tuple[str, str]] = [(render.one_line(chat.session), "bold"), (" · memory ", "dim")]
        parts.append((chat.mode, "dim" if chat.mode == "on" else warns))
        if chat.tier != "auto":
            parts += [(" · from ", "dim"), (chat.tier, warns)]
        parts.append((f" · {render.one_line(self._model.name)} {self._state()}", "dim"))
        for line in self.screen_stack[0].query("#status").results(Static):
            line.update(Content.assemble(*parts))

    def _state(self) -> str:
        if any(not one.answer.done() for one in self.screen_stack[0].query(Question)):
            return "waits for y or n"
        if self.busy and self._model_state != "loading":
            return "works, Ctrl+C stops"
        return self._model_state

    # --- loading ------------------------------------------------------------------------------------------------------

    @work
    async def _load(self) -> None:
        self._loading = in_thread(self.conversation.memory.load, name="load")
        try:
            await asyncio.shield(self._loading)
            self._model_state = "ready"
        except MemosError as error:
            self._model_state = "not loaded"
            await self.fail(error)
        self._show_status()

    async def _loaded_unless_stopped(self) -> bool:
        """Wait until loading is over, well or badly: a turn says what is wrong itself. False when the user stops that."""
        self._waiting = asyncio.create_task(self._loading_over())
        await asyncio.wait([self._waiting])
        stopped = self._waiting.cancelled()
        self._waiting = None
        return not stopped

    async def _loading_over(self) -> None:
        while self._loading is None:
            await asyncio.sleep(0)
        await asyncio.wait([self._loading])

    # --- what the user does -------------------------------------------------------------------------------------------

    async def on_prompt_sent(self, message: Prompt.Sent) -> None:
        if self.busy:
            self.notify("Ctrl+C stops what runs; then Enter sends this", markup=False, timeout=4)
            return
        self._take(message.text)

    async def on_prompt_refused(self, message: Prompt.Refused) -> None:
        limit = self.conversation.memory.settings.store.max_text_chars
        await self.fail(
            InputError(
                f"what was pasted has {message.length:,} characters, and a turn holds at most {limit:,}",
                hint="memos import FILE takes long texts; store.max_text_chars sets the limit",
                code="input.too_long",
            )
        )

    def on_prompt_left(self) -> None:
        self.action_leave()

    def choose(self, command: SlashCommand) -> None:
        """A command of the palette."""
        prompt = self.query_one(Prompt)
        prompt.focus()
        if command.takes:
            prompt.text = f"{command.name} "
            prompt.move_cursor(prompt.document.end)
        elif not self.busy:
            self._take(command.name)

    def action_help(self) -> None:
        if not self.busy:
            self._take("/help")

    def action_scroll(self, pages: int) -> None:
        (self._transcript.scroll_page_up if pages < 0 else self._transcript.scroll_page_down)()

    def action_leave(self) -> None:
        """Leave as /quit does. While something runs, stop it and leave then; a second time, at once."""
        if not self.busy:
            self._take("/quit")
        elif self._leaving:
            self.exit()
        else:
            self._leaving = True
            self._interrupt_work()

    def action_interrupt(self) -> None:
        """Stop the answer or the work; else copy a selection, clear the input, or say how to leave."""
        if self.busy:
            self._interrupt_work()
        elif text := self.screen.get_selected_text():
            self.copy_to_clipboard(text)
        elif self.query_one(Prompt).selected_text:
            self.query_one(Prompt).action_copy()
        elif self.query_one(Prompt).text:
            self.query_one(Prompt).text = ""
        else:
            self.notify("Ctrl+D or /quit leaves", markup=False, timeout=3)

    def _interrupt_work(self) -> None:
        for question in self.query(Question):
            question.settle(False)
        if self._pull is not None:
            (self._pull.abandon if self._pull.stopped else self._pull.stop)()
        elif self._stop is not None:
            self._stop.requested = True
            for shown in self.query(Work):
                shown.stopping()
        elif self._waiting is not None:
            self._waiting.cancel()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """None: the palette holds the chat's commands."""
        return ()

    # --- turns and commands -------------------------------------------------------------------------------------------

    @work
    async def _take(self, text: str) -> None:
        """One line of the user, from Enter to its end."""
        self.busy = True
        self._show_status()
        try:
            self.query_one(Prompt).sent(text)
            await self._add(Said(text))
            self.farewell.append(partial(render.lines, [f"> {beginning(text)}"]))
            self._transcript.anchor()
            if text.startswith("/"):
                await self._command(text)
            else:
                await self._turn(text)
        except MemosError as error:
            await self.fail(error)
        finally:
            self.busy, self._pull, self._stop = False, None, None
            self._show_status()
        if self._leaving:
            self.exit()
        elif not self._is_gone():
            self.query_one(Prompt).focus()

    async def _command(self, line: str) -> None:
        try:
            await in_thread(lambda: COMMANDS.run(self._face, line), name="command")
        except Quit:
            self.exit()
        except Interrupted:
            await self.say("stopped; nothing half-done was kept")
        finally:
            for shown in self.query(Work):
                await shown.remove()

    async def _turn(self, text: str) -> None:
        reply = self.conversation.say(text)
        view = AnswerView()
        await self._add(view)
        if self._model_state == "loading":
            view.waits("waits for the model")
            if not await self._loaded_unless_stopped():
                await view.remove()
                self.query_one(Prompt).text = text
                return
        if self._abandoned is not None and not self.conversation.memory.settings.model.chat:
            view.waits("waits for the answer that was stopped")  # one local model computes one answer at a time
            await self._abandoned.over.wait()
        self._abandoned = None
        view.waits("thinks")
        self._pull = pull = Pull(reply)
        async for piece in pull:
            await view.add(piece)
        if not pull.over.is_set():
            self._abandoned = pull
        exchange = await in_thread(partial(reply.end, stopped=pull.stopped), name="keep")
        await view.finish(exchange)
        self.farewell.append(partial(_print_exchange, exchange))
        self._transcript.anchor()

    # --- what commands ask for, from their thread ---------------------------------------------------------------------

    async def ask(self, question: str) -> bool:
        """Ask in the transcript, and wait."""
        asked = Question(question)
        await self._add(asked)
        asked.focus(
            scroll_visible=False
        )  # its place is not laid out yet; the transcript is at its end anyway
        self._transcript.anchor()
        self._show_status()
        agreed = await asked.answer
        self.farewell.append(partial(render.say, f"{question} {'yes' if agreed else 'no'}"))
        self.query_one(Prompt).focus()
        self._show_status()
        return agreed

    async def copy(self, text: str) -> None:
        self.copy_to_clipboard(text)

    async def begin_work(self, what: str, stop: progress.StopRequest) -> Work:
        shown = Work(what)
        await self._add(shown)
        self._stop = stop
        return shown

    async def report_work(self, shown: Work, done: int, out_of: int, step: str) -> None:
        shown.report(done, out_of, step)

    async def end_work(self, shown: Work) -> None:
        self._stop = None
        if shown.is_attached:
            await shown.remove()


def _print_exchange(exchange: Exchange) -> None:
    if exchange.answer.text:
        render.lines([exchange.answer.text])
    ending = f" · {exchange.ending.value}" if exchange.ending.value else ""
    render.dim(views.memory_line(exchange.answer, exchange.stored) + ending)
    if exchange.error is not None:
        render.fail(exchange.error)
