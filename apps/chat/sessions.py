"""Conversations by name: which are kept, finding one again, and a conversation as a file.

A conversation consists of the turns that were kept of it: questions and replies pass by and are not stored
(docs/adr/0006-dropped-text-is-not-stored.md). Returns values; knows no face.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from memos.apps import render, views
from memos.apps.chat.conversation import Conversation
from memos.errors import NotFoundError
from memos.manager import MemoryManager

SHOWN = 60
"""Characters of a conversation's first turn that a list shows."""
LISTED = 20
"""Conversations that are listed, or offered while a name is typed."""


@dataclass(frozen=True)
class Kept:
    """What is kept of one conversation."""

    name: str
    turns: int
    last: datetime
    begins: str


def kept(memory: MemoryManager, *, limit: int) -> Iterator[Kept]:
    """Conversations with turns, the one spoken in last first."""
    for name in islice(memory.sessions(), limit):
        turns = memory.turns(name)
        if turns:  # else forgotten meanwhile
            yield Kept(name, len(turns), turns[-1].occurred_at, turns[0].text)


def listing(conversations: Iterator[Kept], *, current: str) -> render.Document:
    rows = [
        (
            "now" if one.name == current else "",
            one.name,
            views.moment(one.last),
            views.plural(one.turns, "turn"),
            one.begins if len(one.begins) <= SHOWN else one.begins[: SHOWN - 1] + "…",
        )
        for one in conversations
    ]
    return render.Document(
        None,
        (render.Table(("", "conversation", "last turn", "kept", "text"), rows),),
        empty="nothing is kept of any conversation yet",
    )


def names(chat: Conversation) -> dict[str, str]:
    """The other conversations, each with how it begins."""
    return {one.name: one.begins for one in kept(chat.memory, limit=LISTED) if one.name != chat.session}


def find(memory: MemoryManager, name: str) -> str:
    """The conversation of this name, or the one name that starts so. Raises NotFoundError."""
    known = list(memory.sessions())
    if name in known:
        return name
    matching = [one for one in known if one.startswith(name)]
    if len(matching) == 1:
        return matching[0]
    if matching:
        raise NotFoundError(
            f"{name!r} begins the names of {len(matching)} conversations", hint=", ".join(matching[:5]),
            code="not_found.session",
        )  # fmt: skip
    near = difflib.get_close_matches(name, known, n=1)
    raise NotFoundError(
        f"nothing is kept of a conversation {name!r}",
        hint=f"did you mean {near[0]}?" if near else "/sessions lists them; /new NAME starts one",
        code="not_found.session",
    )


def latest(memory: MemoryManager, *, but: str = "") -> str:
    """The conversation spoken in last. Raises NotFoundError where there is none."""
    for name in memory.sessions():
        if name != but:
            return name
    raise NotFoundError(
        "there is no other conversation to go on with", hint="/new starts one", code="not_found.session"
    )


def nearby(chat: Conversation) -> dict[str, str]:
    """Records somebody may mean, with their texts: those of the last answer first, then those this chat stored."""
    last = chat.last
    answered = [] if last is None else [*last.answer.cited, *last.answer.injected]
    stored = [one for change in reversed(chat.changes) for one in change.records]
    return {views.short_id(one): text_of(chat, one) for one in dict.fromkeys([*answered, *stored])}


def text_of(chat: Conversation, record_id: str) -> str:
    """A record's text, also of one that another process erased meanwhile."""
    try:
        return chat.memory.get(record_id).text
    except NotFoundError:
        return "(erased since)"


def private(path: str, flags: int) -> int:
    """Opener of a file that only its owner may read."""
    return os.open(path, flags, 0o600)


def as_markdown(chat: Conversation) -> str:
    """What was said here, with the memory line under each answer."""
    parts = [f"# {chat.session}"]
    for one in chat.exchanges:
        said = "\n".join(f"> {line}" for line in one.said.splitlines())
        line = views.memory_line(one.answer, one.stored)
        ending = f" · {one.ending.value}" if one.ending.value else ""
        parts += [said, one.answer.text or "(no answer)", f"*{line}{ending}*"]
    return "\n\n".join(render.escape(part) for part in parts) + "\n"
