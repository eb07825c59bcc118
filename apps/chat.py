"""The plain chat: a prompt, a streamed answer, one line about memory under it, and slash commands from one registry.

Reads a terminal, or lines from a pipe. Ctrl-C stops the answer and keeps the part that was seen; at the prompt it
clears the line. Learns across sessions: what was said yesterday is known today, and the line says from which tier.
Knows the manager by its public verbs only; every line goes out through `render`.
"""

from __future__ import annotations

import difflib
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from memos.apps import actions, progress, render, views, views_house, views_learning
from memos.errors import InputError, MemosError
from memos.types import Answer, Observed, RunStatus, Source

if TYPE_CHECKING:
    from memos.answering import AnswerStream, Source as TierName
    from memos.manager import ChatMode, ChatTurn, MemoryManager

MODES: tuple[ChatMode, ...] = ("on", "read-only", "off")
TIERS: tuple[TierName, ...] = ("auto", "store", "parameters", "context")
PROMPT = "> "


class Quit(Exception):
    """Ends the chat; raised by /quit."""


@dataclass(frozen=True)
class SlashCommand:
    """One command: its name, what it takes, one line of help, and what it does with the rest of the line."""

    name: str
    takes: str
    help: str
    run: Callable[[Chat, str], None]


class Chat:
    """One conversation over one memory."""

    def __init__(
        self,
        memory: MemoryManager,
        *,
        session: str | None = None,
        mode: ChatMode = "on",
        tier: TierName = "auto",
    ) -> None:
        self.memory = memory
        self.session = session or new_session()
        self.mode: ChatMode = mode
        self.tier: TierName = tier
        self.last: Answer | None = None
        self.last_stored: list[Observed] = []
        self._interactive = sys.stdin.isatty()

    def run(self) -> None:
        """Until the end of input or /quit."""
        if self._interactive:
            import readline  # noqa: F401  # line editing and history for input()

            model = actions.describe_model(self.memory.settings)
            render.say(f"{model.name}: {model.can}. /help lists commands, Ctrl-D leaves.")
        while True:
            try:
                line = self._read()
                if line is None:
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
        if not self._interactive:
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
        if not self._interactive:
            render.lines([f"{PROMPT}{text}"])
        if text.startswith("/"):
            self.command(text)
        else:
            self.turn(text)

    def turn(self, text: str) -> None:
        """Say something and stream the reply."""
        reply: ChatTurn | AnswerStream
        if self.tier == "auto":
            reply = self.memory.chat_turn(text, session=self.session, mode=self.mode)
        else:
            reply = self.memory.stream(text, tier=self.tier, session=self.session)
        stopped = False
        try:
            for piece in reply:
                render.piece(piece)
        except KeyboardInterrupt:
            stopped = True
        render.piece("\n")
        self.last = reply.answer
        self.last_stored = list(getattr(reply, "observed", ()))
        render.dim(
            views.memory_line(self.last, self.last_stored) + (" · stopped" if stopped else "") + " · /why"
        )

    def command(self, text: str) -> None:
        """Run a slash command; an unknown one names the nearest."""
        name, _, rest = text.partition(" ")
        found = COMMANDS.get(name.casefold())
        if found is None:
            near = difflib.get_close_matches(name.casefold(), COMMANDS, n=1)
            raise InputError(
                f"no command {name}",
                hint=f"did you mean {near[0]}?" if near else "/help lists them",
                code="input.command",
            )
        found.run(self, rest.strip())


def new_session() -> str:
    """A name for a conversation that no other has."""
    return f"chat-{secrets.token_hex(4)}"


# --- slash commands --------------------------------------------------------------------------------------------------


def _help(chat: Chat, rest: str) -> None:
    rows = [(command.name, command.takes, command.help) for command in COMMANDS.values()]
    render.show(render.Document({}, (render.Table(("", "takes", "text"), rows, header=False),)))


def _memory(chat: Chat, rest: str) -> None:
    limit = int(rest) if rest.isdecimal() else 20
    listed = chat.memory.list(limit=limit)
    render.show(views.records(listed, tier="token", empty="nothing stored yet"))


def _recall(chat: Chat, rest: str) -> None:
    render.show(views.recall(chat.memory.recall(_required(rest, "/recall QUERY")), explain=False))


def _remember(chat: Chat, rest: str) -> None:
    if chat.mode != "on":
        raise InputError(f"memory is {chat.mode}: nothing is stored", hint="/mode on", code="input.mode")
    text = _required(rest, "/remember TEXT")
    result = chat.memory.observe(text, source=Source(session=chat.session, actor="user"))
    render.show(views.observed(result))


def _forget(chat: Chat, rest: str) -> None:
    ids = actions.record_ids(chat.memory, _required(rest, "/forget RECORD...").split())
    for one in ids:
        render.say(f"{views.short_id(one)}  {chat.memory.get(one).text}")
    if sys.stdin.isatty() and not render.ask(
        f"Erase {views.plural(len(ids), 'record')} from every tier, for good?"
    ):
        render.say("nothing was changed")
        return
    render.show(views_learning.forget(chat.memory.forget(ids), dry_run=False))


def _pause(chat: Chat, rest: str) -> None:
    ids = actions.record_ids(chat.memory, _required(rest, "/pause RECORD...").split())
    render.show(views.changed("paused", [chat.memory.pause(one) for one in ids]))


def _why(chat: Chat, rest: str) -> None:
    if rest:
        if (number := actions.run_number(rest)) is not None:
            render.show(views_learning.run_story(chat.memory.why_run(number)))
        else:
            render.show(
                views_learning.record_story(chat.memory.why_record(actions.record_id(chat.memory, rest)))
            )
        return
    if chat.last is None:
        raise InputError("nothing was answered yet", hint="ask something first", code="input.why")
    texts = {one: chat.memory.get(one).text for one in chat.last.injected}
    render.show(views_learning.last_answer(chat.last, texts, chat.last_stored))


def _runs(chat: Chat, rest: str) -> None:
    render.show(views_learning.runs(chat.memory.runs(20)))


def _consolidate(chat: Chat, rest: str) -> None:
    ids = actions.record_ids(chat.memory, rest.split()) if rest not in ("", "all") else None
    plan = chat.memory.plan_consolidation(ids, everything=rest == "all")
    with progress.safe_stop("this step") as stop, progress.bar("learning", stop=stop) as report:
        run = chat.memory.consolidate(plan, progress=report)
    render.show(views_learning.consolidation(run))
    if run.status is not RunStatus.REJECTED:
        render.say(f"/revert {run.id} takes it back")


def _revert(chat: Chat, rest: str) -> None:
    number, _, record = _required(rest, "/revert RUN [RECORD]").partition(" ")
    run = actions.run_number(number)
    if run is None:
        raise InputError(f"{number!r} is not the number of a run", hint="/runs", code="input.run")
    one = actions.record_id(chat.memory, record) if record.strip() else None
    render.show(views_learning.revert(chat.memory.revert(run, record_id=one)))


def _mode(chat: Chat, rest: str) -> None:
    if rest:
        chosen = next((mode for mode in MODES if mode == rest), None)
        if chosen is None:
            raise InputError(f"no mode {rest!r}", hint=f"/mode {'|'.join(MODES)}", code="input.mode")
        chat.mode = chosen
    meaning = {
        "on": "recalls and stores",
        "read-only": "recalls, stores nothing",
        "off": "neither recalls nor stores",
    }
    render.say(f"memory is {chat.mode}: {meaning[chat.mode]}")


def _from(chat: Chat, rest: str) -> None:
    if rest:
        chosen = next((tier for tier in TIERS if tier == rest), None)
        if chosen is None:
            raise InputError(f"no tier {rest!r}", hint=f"/from {'|'.join(TIERS)}", code="input.tier")
        chat.tier = chosen
    render.say(
        f"answers come from {chat.tier}"
        + ("" if chat.tier == "auto" else "; nothing said is stored meanwhile")
    )


def _model(chat: Chat, rest: str) -> None:
    settings = chat.memory.settings
    verdict = actions.verdict(settings)
    render.show(views_house.model_choice(actions.describe_model(settings), settings, verdict))


def _context(chat: Chat, rest: str) -> None:
    render.show(views.context(chat.memory.blocks(), chat.memory.turns(chat.session)))


def _new(chat: Chat, rest: str) -> None:
    chat.session = rest or new_session()
    chat.last, chat.last_stored = None, []
    render.say(f"a new conversation: {chat.session}")


def _quit(chat: Chat, rest: str) -> None:
    raise Quit


def _required(rest: str, usage: str) -> str:
    if not rest:
        raise InputError("something is missing", hint=usage, code="input.command")
    return rest


COMMANDS: dict[str, SlashCommand] = {
    command.name: command
    for command in (
        SlashCommand("/help", "", "this list", _help),
        SlashCommand("/memory", "[N]", "the newest records", _memory),
        SlashCommand("/recall", "QUERY", "search the store", _recall),
        SlashCommand("/remember", "TEXT", "hand in an experience", _remember),
        SlashCommand("/forget", "RECORD...", "erase from every tier, with proof", _forget),
        SlashCommand("/pause", "RECORD...", "out of recall; memos resume brings it back", _pause),
        SlashCommand("/why", "[RECORD|RUN]", "where the last answer came from, or a record or run", _why),
        SlashCommand("/context", "", "pinned blocks and the turns of this conversation", _context),
        SlashCommand("/mode", "[on|read-only|off]", "whether memory is read and written", _mode),
        SlashCommand("/from", "[auto|store|parameters|context]", "which tier may answer", _from),
        SlashCommand("/consolidate", "[all|RECORD...]", "learn into the parameters", _consolidate),
        SlashCommand("/runs", "", "what was learned when", _runs),
        SlashCommand("/revert", "RUN [RECORD]", "take a run, or one record of it, out again", _revert),
        SlashCommand("/model", "", "which model answers, and what it can do", _model),
        SlashCommand("/new", "[NAME]", "another conversation", _new),
        SlashCommand("/quit", "", "leave", _quit),
    )
}
