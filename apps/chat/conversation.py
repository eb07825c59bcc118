"""One conversation over one memory: its session, its modes, what was said in it, and what it changed.

    say(text) -> Reply: iterate for pieces -> end() -> Exchange: what was said, what came back, how it ended

An answer may be complete, stopped by the user, or broken off by its model; what was seen of it stays either way, and
`/why` explains that turn and no other. What is held here is held in memory only, for as long as the process lasts, and
`let_go` drops it: it quotes what `forget` must reach. Knows the manager by its public verbs, and no terminal.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from memos.errors import InputError, MemosError
from memos.types import Action, Answer, Observed

if TYPE_CHECKING:
    from memos.answering import Source as TierName
    from memos.manager import ChatMode, ChatTurn, MemoryManager

KEPT = frozenset({Action.ADD, Action.SUPERSEDE})
"""Decisions that made a new record."""


class Ending(Enum):
    COMPLETE = ""
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True)
class Exchange:
    """What was said, what came back, and what was kept of both."""

    said: str
    answer: Answer
    stored: tuple[Observed, ...] = ()
    ending: Ending = Ending.COMPLETE
    error: MemosError | None = None


@dataclass(frozen=True)
class Change:
    """Something this conversation did to memory that can be taken back."""

    kind: str  # "stored", "paused" or "learned"
    records: tuple[str, ...] = ()
    superseded: tuple[str, ...] = ()
    run: int | None = None


@dataclass
class Conversation:
    """State of a chat. `memory` outlives it."""

    memory: MemoryManager
    session: str = ""
    mode: ChatMode = "on"
    tier: TierName = "auto"
    exchanges: list[Exchange] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    """Records that were stored, injected or read from the parameters here."""

    def __post_init__(self) -> None:
        self.session = self.session or new_session()

    @property
    def last(self) -> Exchange | None:
        return self.exchanges[-1] if self.exchanges else None

    def say(self, text: str) -> Reply:
        """Start a turn. A failure is part of the reply; only a text that cannot be a turn raises InputError."""
        limit = self.memory.settings.store.max_text_chars
        if len(text) > limit:
            raise InputError(
                f"that is {len(text):,} characters, and a turn holds at most {limit:,}",
                hint="memos import FILE takes long texts; store.max_text_chars sets the limit",
                code="input.too_long",
            )
        return Reply(self, text)

    def keep(self, exchange: Exchange) -> None:
        """Note a finished exchange."""
        self.exchanges.append(exchange)
        self.touched.update(exchange.answer.injected)
        self.touched.update(one.record_id for one in exchange.answer.attributions)
        self.note_stored(*exchange.stored)

    def note_stored(self, *observed: Observed) -> None:
        """Note records that a turn, or `/remember`, made."""
        made = [one for one in observed if one.record is not None and one.decision.action in KEPT]
        self.touched.update(one.record.id for one in observed if one.record is not None)
        if made:
            self.changes.append(
                Change(
                    "stored",
                    records=tuple(one.record.id for one in made if one.record is not None),
                    superseded=tuple(
                        one.decision.target
                        for one in made
                        if one.decision.action is Action.SUPERSEDE and one.decision.target is not None
                    ),
                )
            )

    def open(self, session: str = "") -> None:
        """Go on in another session; a new one without a name."""
        self.session = session or new_session()
        self.exchanges.clear()
        self.touched.clear()

    def let_go(self) -> None:
        """Drop every word said here."""
        self.exchanges.clear()


class Reply:
    """A turn under way: iterate for the pieces of the answer, then `end` it, once."""

    def __init__(self, conversation: Conversation, said: str) -> None:
        self._conversation = conversation
        self._said = said
        self._turn: ChatTurn | None = None
        self._exchange: Exchange | None = None
        self.error: MemosError | None = None

    def __iter__(self) -> Iterator[str]:
        chat = self._conversation
        try:
            self._turn = chat.memory.chat_turn(
                self._said, session=chat.session, mode=chat.mode, tier=chat.tier
            )
            yield from self._turn
        except MemosError as error:
            self.error = error

    def end(self, *, stopped: bool = False) -> Exchange:
        """Keep what was seen of the answer, and say how it ended."""
        if self._exchange is None:
            self._exchange = self._ended(stopped)
            self._conversation.keep(self._exchange)
        return self._exchange

    def _ended(self, stopped: bool) -> Exchange:
        answer = Answer(text="", known=False, tier=None, reason="nothing was answered")
        stored: tuple[Observed, ...] = ()
        error = self.error
        if self._turn is not None:
            try:
                answer = self._turn.answer
            except MemosError as late:  # the store may fail where the model did not
                error = error or late
            stored = tuple(self._turn.observed)
        ending = Ending.FAILED if error is not None else Ending.STOPPED if stopped else Ending.COMPLETE
        if error is not None:
            said = "before anything was said" if not answer.text else "half-way"
            answer = answer.model_copy(update={"reason": f"it failed {said}: {error.message}"})
        return Exchange(self._said, answer, stored, ending, error)


def new_session() -> str:
    """A name for a conversation that no other has."""
    return f"chat-{secrets.token_hex(4)}"
