"""What stands in the transcript: what was said, answers as they stream, memory lines, results, questions, progress.

Texts of users, memories and models are shown, never interpreted: markup is off everywhere, control characters come out
visible, HTML in an answer stays text and its links open nothing. Knows values, not the chat.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from markdown_it import MarkdownIt
from rich.console import Group, RenderableType
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Label, Markdown, ProgressBar, Static
from textual.widgets.markdown import MarkdownStream

from memos.apps import render, views
from memos.apps.chat.conversation import Ending, Exchange
from memos.errors import MemosError
from memos.types import Tier

MARKS: dict[Tier | None, tuple[str, str]] = {
    Tier.CONTEXT: ("◌", "bold ansi_cyan"),
    Tier.TOKEN: ("●", "bold ansi_green"),
    Tier.PARAMETRIC: ("◆", "bold ansi_magenta"),
    None: ("○", "bold ansi_yellow"),
}
"""A sign and a colour for each tier that may have known; the words beside them say the same without either."""
MOST_SAID = 1_000
"""Characters of what was said that the transcript shows."""


class Said(Static):
    """What the user said; of a very long text its beginning."""

    def __init__(self, text: str) -> None:
        super().__init__(Content(render.escape(beginning(text))), markup=False, classes="said")


def beginning(text: str) -> str:
    """As much of a text as reminds of it."""
    if len(text) <= MOST_SAID:
        return text
    return f"{text[:MOST_SAID]}… and {len(text) - MOST_SAID:,} characters more"


class Notice(Static):
    """A line beside the results."""

    def __init__(self, text: str, classes: str = "notice") -> None:
        super().__init__(Content(render.escape(text)), markup=False, classes=classes)


class Failure(Static):
    """What went wrong, and what mends it."""

    def __init__(self, error: MemosError) -> None:
        parts = [(f"error: {render.escape(error.message)}", "bold $error")]
        if error.hint:
            parts.append((f"\nhint: {render.escape(error.hint)}", ""))
        super().__init__(Content.assemble(*parts), markup=False, classes="failure")


class Shown(Static):
    """A document: tables and lines."""

    def __init__(self, document: render.Document) -> None:
        super().__init__(Group(*_blocks(document)), markup=False, classes="shown")


def _blocks(document: render.Document) -> Sequence[RenderableType]:
    blocks: list[RenderableType] = []
    for block in document.blocks:
        if isinstance(block, str):
            blocks.append(Text(render.escape(block)))
        elif block.rows:
            if block.title:
                blocks.append(Text(render.escape(block.title), style="bold"))
            blocks.append(render.Fitted(block))
    return blocks or [Text(render.escape(document.empty), style="dim")]


class AnswerView(Vertical):
    """An answer while it comes, and the line about memory once it is there."""

    def __init__(self) -> None:
        super().__init__(classes="answer")
        self._text = Markdown(parser_factory=_parser, open_links=False)
        self._stream: MarkdownStream | None = None
        self._line = Static("…", markup=False, classes="memory-line")

    def compose(self) -> ComposeResult:
        yield self._text
        yield self._line

    def waits(self, what: str) -> None:
        """Say what the answer is waiting for."""
        self._line.update(Content(what).stylize("dim"))

    async def add(self, piece: str) -> None:
        """A piece of the answer."""
        if self._stream is None:
            self._stream = Markdown.get_stream(self._text)
        await self._stream.write(render.escape(piece))

    async def finish(self, exchange: Exchange) -> None:
        """Nothing more comes: say where it came from."""
        if self._stream is not None:
            await self._stream.stop()
        self._line.update(memory_line(exchange))
        if exchange.error is not None:
            await self.mount(Failure(exchange.error))

    def on_markdown_link_clicked(self, event: Markdown.LinkClicked) -> None:
        event.stop()
        self.notify(render.escape(event.href), title="not opened", markup=False)


def memory_line(exchange: Exchange) -> Content:
    """The line about memory with the tier that knew in front, as a sign, a colour and a word."""
    answer = exchange.answer
    parts: list[Content | str | tuple[str, str]] = []
    nothing_came = exchange.ending is Ending.FAILED and not answer.text
    if not nothing_came and (known := views.known_from(answer)):
        sign, style = MARKS[answer.tier]
        parts += [(f"{sign} {known}", style), ("  ", "")]
    if exchange.ending is not Ending.COMPLETE:
        parts += [(exchange.ending.value, "bold ansi_yellow"), ("  ", "")]
    rest = [*views.found(answer), *views.kept(exchange.stored or None)]
    if not parts and not rest:
        rest = ["memory not used"]
    parts.append((" · ".join([*rest, "/why"]), "dim"))
    return Content.assemble(*parts)


def _parser() -> MarkdownIt:
    return MarkdownIt("gfm-like", {"html": False})


class Question(Horizontal, can_focus=True):
    """Yes or no, asked in the transcript. y is yes; n, Enter and Escape are no."""

    def __init__(self, question: str) -> None:
        super().__init__(classes="question")
        self._question = question
        self.answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def compose(self) -> ComposeResult:
        yield Label(Content.assemble((render.escape(self._question), "bold"), (" [y/N] ", "")), markup=False)

    def on_key(self, event: events.Key) -> None:
        if event.key in ("y", "Y", "n", "N", "enter", "escape"):
            event.stop()
            self.settle(event.key in ("y", "Y"))

    def settle(self, agreed: bool) -> None:
        """Answer it, once."""
        if not self.answer.done():
            self.answer.set_result(agreed)
            self.query_one(Label).update(
                Content.assemble(
                    (render.escape(self._question), "dim"), (f" {'yes' if agreed else 'no'}", "bold")
                )
            )


class Work(Horizontal):
    """Long work: what it is, how far it is, that it can be stopped."""

    def __init__(self, what: str) -> None:
        super().__init__(classes="work")
        self._what = what
        self._label = Label(Content(f"{what} …"), markup=False)
        self._bar = ProgressBar(show_eta=True)

    def compose(self) -> ComposeResult:
        yield self._label
        yield self._bar

    def report(self, done: int, out_of: int, step: str) -> None:
        self._label.update(Content(render.one_line(f"{self._what}: {step}" if step else self._what)))
        self._bar.update(total=out_of or None, progress=done)

    def stopping(self) -> None:
        self._label.update(Content(f"{self._what}: stopping after this step"))
