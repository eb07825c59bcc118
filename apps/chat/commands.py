"""What each slash command does, and the one table of them.

Each is a function of a face and the rest of the line; everything it shows goes out through the face. Learning and
taking back are in `learning`.
"""

from __future__ import annotations

from pathlib import Path

from memos.apps import actions, render, views, views_house, views_learning
from memos.apps.chat import learning, sessions
from memos.apps.chat.conversation import Change
from memos.apps.chat.face import Face, Quit
from memos.apps.chat.registry import Registry, SlashCommand
from memos.errors import InputError, MemosError
from memos.types import Source, Tier

MODES = {
    "on": "recalls and stores",
    "read-only": "recalls, stores nothing",
    "off": "neither recalls nor stores",
}
TIERS = {
    "auto": "whichever tier knows",
    "store": "what was told, word for word",
    "parameters": "what was learned",
    "context": "what was said in this conversation",
}
NEWEST = 20


def required(rest: str, usage: str) -> str:
    """The argument, or InputError with what the command takes."""
    if not rest:
        raise InputError("something is missing", hint=usage, code="input.command")
    return rest


def _help(face: Face, rest: str) -> None:
    shown = [COMMANDS.find(rest if rest.startswith("/") else f"/{rest}")] if rest else list(COMMANDS)
    rows = [(command.name, command.takes, command.help) for command in shown]
    face.show(render.Document(None, (render.Table(("", "takes", "text"), rows, header=False),)))


# --- looking ---------------------------------------------------------------------------------------------------------


def _memory(face: Face, rest: str) -> None:
    if rest and not (rest.isdecimal() and int(rest) > 0):
        raise InputError(f"{rest!r} is not a number of records", hint="/memory 20", code="input.command")
    listed = face.conversation.memory.list(limit=int(rest) if rest else NEWEST)
    face.show(views.records(listed, tier=Tier.TOKEN, empty="nothing stored yet; what you say is kept by policy"))


def _recall(face: Face, rest: str) -> None:
    face.show(views.recall(face.conversation.memory.recall(required(rest, "/recall QUERY")), explain=False))


def _why(face: Face, rest: str) -> None:
    memory = face.conversation.memory
    if rest:
        if (number := actions.run_number(rest)) is not None:
            face.show(views_learning.run_story(memory.why_run(number)))
        else:
            face.show(views_learning.record_story(memory.why_record(actions.record_id(memory, rest))))
        return
    last = face.conversation.last
    if last is None:
        raise InputError("nothing was answered yet", hint="ask something first", code="input.why")
    texts = {one: sessions.text_of(face.conversation, one) for one in last.answer.injected}
    face.show(views_learning.last_answer(last.answer, texts, last.stored))


def _context(face: Face, rest: str) -> None:
    memory = face.conversation.memory
    face.show(views.context(memory.blocks(), memory.turns(face.conversation.session)))


def _model(face: Face, rest: str) -> None:
    settings = face.conversation.memory.settings
    face.show(views_house.model_choice(actions.describe_model(settings), settings, actions.verdict(settings)))


# --- changing --------------------------------------------------------------------------------------------------------


def _remember(face: Face, rest: str) -> None:
    chat = face.conversation
    if chat.mode != "on":
        raise InputError(f"memory is {chat.mode}: nothing is stored", hint="/mode on", code="input.mode")
    text = required(rest, "/remember TEXT")
    result = chat.memory.observe(text, source=Source(session=chat.session, actor="user"))
    chat.note_stored(result)
    face.show(views.observed(result))


def _forget(face: Face, rest: str) -> None:
    words = required(rest, "/forget RECORD... [--yes]").split()
    memory = face.conversation.memory
    ids = actions.record_ids(memory, [word for word in words if word not in ("--yes", "-y")])
    if not ids:
        raise InputError("no record was named", hint="/forget RECORD... [--yes]", code="input.command")
    erase(face, ids, agreed=len(ids) < len(words) and bool({"--yes", "-y"} & set(words)))


def erase(face: Face, ids: list[str], *, agreed: bool = False) -> bool:
    """Erase records everywhere, once somebody agreed; the words of this chat go too, since they may quote them."""
    chat = face.conversation
    for one in ids:
        face.say(f"{views.short_id(one)}  {chat.memory.get(one).text}")
    if not agreed:
        if not face.attended:
            raise InputError(
                "this cannot be undone and nobody is there to be asked",
                hint="/forget RECORD... --yes", code="input.confirm",
            )  # fmt: skip
        if not face.confirm(f"Erase {views.plural(len(ids), 'record')} from every tier, for good?"):
            face.say("nothing was changed")
            return False
    with face.work("forgetting") as report:
        done = chat.memory.forget(ids, progress=report)
    chat.let_go()
    chat.changes = [one for one in chat.changes if not set(one.records) & set(ids)]
    face.wipe()
    face.show(views_learning.forget(done, dry_run=False))
    return True


def _pause(face: Face, rest: str) -> None:
    memory = face.conversation.memory
    ids = actions.record_ids(memory, required(rest, "/pause RECORD...").split())
    paused = [memory.pause(one) for one in ids]
    face.conversation.changes.append(Change("paused", records=tuple(one.id for one in paused)))
    face.show(views.changed("paused", paused))
    face.say("/undo brings them back")


def _undo(face: Face, rest: str) -> None:
    chat = face.conversation
    if not chat.changes:
        raise InputError(
            "this chat changed nothing that could be taken back",
            hint="/runs and /revert RUN, or /forget RECORD", code="input.undo",
        )  # fmt: skip
    change = chat.changes[-1]
    if change.kind == "paused":
        face.show(views.changed("resumed", [chat.memory.resume(one) for one in change.records]))
    elif change.kind == "learned":
        assert change.run is not None
        learning.take_back(face, change.run)
    elif not erase(face, list(change.records)):
        return
    for record_id in change.superseded:
        face.show(views.changed("holds again:", [chat.memory.resume(record_id)]))
    chat.changes = [one for one in chat.changes if one is not change]


def _mode(face: Face, rest: str) -> None:
    chat = face.conversation
    if rest:
        if rest not in MODES:
            raise InputError(f"no mode {rest!r}", hint=f"/mode {'|'.join(MODES)}", code="input.mode")
        chat.mode = rest  # type: ignore[assignment]
    face.say(f"memory is {chat.mode}: {MODES[chat.mode]}")


def _from(face: Face, rest: str) -> None:
    chat = face.conversation
    if rest:
        if rest not in TIERS:
            raise InputError(f"no tier {rest!r}", hint=f"/from {'|'.join(TIERS)}", code="input.tier")
        chat.tier = rest  # type: ignore[assignment]
    face.say(
        f"answers come from {chat.tier}"
        + ("" if chat.tier == "auto" else "; nothing said is stored meanwhile")
        + ("; but memory is off, so none is asked" if chat.mode == "off" else "")
    )


# --- conversations ---------------------------------------------------------------------------------------------------


def _sessions(face: Face, rest: str) -> None:
    chat = face.conversation
    face.show(sessions.listing(sessions.kept(chat.memory, limit=sessions.LISTED), current=chat.session))


def _new(face: Face, rest: str) -> None:
    learning.offer(face)
    face.conversation.open(rest)
    face.opened()


def _resume(face: Face, rest: str) -> None:
    chat = face.conversation
    name = sessions.find(chat.memory, rest) if rest else sessions.latest(chat.memory, but=chat.session)
    learning.offer(face)
    chat.open(name)
    face.opened()


def _copy(face: Face, rest: str) -> None:
    last = face.conversation.last
    if last is None or not last.answer.text:
        raise InputError("there is no answer to copy", hint="ask something first", code="input.copy")
    face.copy(last.answer.text)
    face.say("copied the last answer")


def _save(face: Face, rest: str) -> None:
    chat = face.conversation
    path = Path(rest).expanduser() if rest else Path(f"{chat.session}.md")
    if not chat.exchanges:
        raise InputError("nothing was said yet", hint="say something first", code="input.save")
    try:
        # "x": never over a file that is there; 0600: it is a conversation
        with open(path, "x", encoding="utf-8", opener=sessions.private) as file:
            file.write(sessions.as_markdown(chat))
    except OSError as error:
        raise MemosError(
            f"{path} cannot be written: {error.strerror or error}",
            hint="/save FILE, a file that does not exist yet", code="chat.save",
        ) from None  # fmt: skip
    face.say(
        f"saved {views.plural(len(chat.exchanges), 'exchange')} to {path}; it is yours: /forget does not reach it"
    )


def _quit(face: Face, rest: str) -> None:
    learning.offer(face)
    raise Quit


COMMANDS: Registry = Registry(
    (
        SlashCommand("/help", "[COMMAND]", "this list", _help, lambda chat: {one.name[1:]: one.help for one in COMMANDS}),
        SlashCommand("/memory", "[N]", "the newest records", _memory),
        SlashCommand("/recall", "QUERY", "search the store", _recall),
        SlashCommand("/remember", "TEXT", "hand in an experience", _remember),
        SlashCommand("/forget", "RECORD... [--yes]", "erase from every tier, with proof", _forget, sessions.nearby),
        SlashCommand("/pause", "RECORD...", "out of recall; /undo or memos resume brings it back", _pause, sessions.nearby),
        SlashCommand("/undo", "", "take back what this chat changed last: kept, paused or learned", _undo),
        SlashCommand("/why", "[RECORD|RUN]", "where the last answer came from, or a record or run", _why, sessions.nearby),
        SlashCommand("/context", "", "pinned blocks and the turns of this conversation", _context),
        SlashCommand("/mode", "[on|read-only|off]", "whether memory is read and written", _mode, lambda chat: MODES),
        SlashCommand("/from", "[auto|store|parameters|context]", "which tier may answer", _from, lambda chat: TIERS),
        SlashCommand("/consolidate", "[all|RECORD...]", "learn into the parameters", learning.consolidate, lambda chat: {"all": "whatever may be learned", **sessions.nearby(chat)}),
        SlashCommand("/runs", "", "what was learned when", learning.runs),
        SlashCommand("/revert", "RUN [RECORD]", "take a run, or one record of it, out again", learning.revert, learning.live_runs),
        SlashCommand("/model", "", "which model answers, and what it can do", _model),
        SlashCommand("/sessions", "", "conversations with something kept, the latest first", _sessions),
        SlashCommand("/resume", "[NAME]", "go on with a conversation; the latest other one without a name", _resume, sessions.names),
        SlashCommand("/new", "[NAME]", "another conversation", _new),
        SlashCommand("/copy", "", "the last answer to the clipboard", _copy),
        SlashCommand("/save", "[FILE]", "what was said, as Markdown, to a new file", _save),
        SlashCommand("/quit", "", "leave", _quit),
    )
)  # fmt: skip
