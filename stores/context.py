"""Context buffer, text half: the turns of each session and the pinned blocks, seen through a token budget.

A turn is a reference to a stored experience, so nothing is lost when it falls out of the view: `messages` chooses what
a model sees, `turns` always has all of it, whole. What the routing policy dropped (a question, a greeting, a reply) is
part of the conversation and not of the memory: it passes by, is seen while this process lasts, and never reaches disk.
Which turns are seen:

- pinned blocks first, all of them; a budget that cannot hold them is a ConfigError with the numbers
- then the latest turns that fit, whole, in order; a tool's result only together with the call it answers
- the latest turn always; if it alone exceeds the budget its middle is left out, in the view only

Knows tables and counts. The tokenizer comes in as a function. Tensors belong to `kv_cache`, not here.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from memos.config import ContextSettings
from memos.errors import ConfigError, InputError, NotFoundError
from memos.protocols import PinnedBlock
from memos.stores.database import Database
from memos.stores.rows import check_names, check_text, experience_from
from memos.stores.schema import blocks, context_turns, experiences
from memos.types import Experience, Origin, WindowUse

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

Message = dict[str, str]

MOST_PASSING = 200
"""Passing turns held a session; a view under any sensible budget shows fewer."""

MESSAGE_OVERHEAD = 4
"""Tokens a chat template spends on a turn besides its text: the marks of role, start and end."""


class SqlContextBuffer:
    """`count_tokens` is the model's tokenizer; `settings` say what is reserved for the output.

    `message_overhead` is what the model's chat template adds to each message.
    """

    def __init__(
        self, database: Database, *, count_tokens: Callable[[str], int], settings: ContextSettings,
        message_overhead: int = MESSAGE_OVERHEAD,
    ) -> None:  # fmt: skip
        self._database = database
        self._count = count_tokens
        self._settings = settings
        self._overhead = message_overhead
        self._passing: dict[tuple[str, str], deque[Experience]] = {}

    # --- turns --------------------------------------------------------------------------------------------------------

    def append(self, experience: Experience) -> None:
        """Put a stored experience at the end of its session; one that is there already stays where it is.

        Joins the caller's transaction. Raises InputError without a session, NotFoundError when the store does not
        hold the experience in its namespace.
        """
        namespace, session = experience.namespace, experience.source.session
        if session is None:
            raise InputError("a turn needs a session", hint="give the experience a source with a session",
                             code="input.no_session")
        of_session = (context_turns.c.namespace == namespace) & (context_turns.c.session == session)
        with self._database.write() as connection:
            stored = sa.select(experiences.c.key).where(
                experiences.c.id == experience.id, experiences.c.namespace == namespace
            )
            if connection.execute(stored).first() is None:
                raise NotFoundError(f"experience {experience.id} is not in the store of {namespace!r}",
                                    hint="add it to the token store first", code="not_found.experience")
            present = sa.select(context_turns.c.position).where(
                of_session, context_turns.c.experience_id == experience.id
            )
            if connection.execute(present).first() is not None:
                return
            last = connection.execute(sa.select(sa.func.max(context_turns.c.position)).where(of_session)).scalar()
            connection.execute(context_turns.insert().values(
                namespace=namespace, session=session, position=0 if last is None else last + 1,
                experience_id=experience.id,
            ))

    def pass_by(self, experience: Experience) -> None:
        """Let `messages` show a turn that is not kept, until this process ends or `let_go` is called."""
        if experience.source.session is not None:
            key = (experience.namespace, experience.source.session)
            self._passing.setdefault(key, deque(maxlen=MOST_PASSING)).append(experience)

    def let_go(self, namespace: str) -> None:
        """Drop every passing turn of the namespace: it may quote what is being forgotten."""
        for key in [key for key in self._passing if key[0] == namespace]:
            del self._passing[key]

    def turns(self, namespace: str, session: str, *, latest: int | None = None) -> list[Experience]:
        """Every kept turn of the session, oldest first, whole; `latest` limits it to the last few."""
        wanted = (
            sa.select(experiences)
            .join(context_turns, (context_turns.c.experience_id == experiences.c.id)
                  & (context_turns.c.namespace == experiences.c.namespace))
            .where(context_turns.c.namespace == namespace, context_turns.c.session == session)
            .order_by(context_turns.c.position.desc()).limit(latest)
        )
        with self._database.read() as connection:
            return [experience_from(row) for row in connection.execute(wanted).mappings()][::-1]

    def sessions(self, namespace: str) -> list[str]:
        """Sessions with turns in the window, the one spoken in last first."""
        last = sa.func.max(experiences.c.key)
        wanted = (
            sa.select(context_turns.c.session)
            .join(experiences, (context_turns.c.experience_id == experiences.c.id)
                  & (context_turns.c.namespace == experiences.c.namespace))
            .where(context_turns.c.namespace == namespace)
            .group_by(context_turns.c.session)
            .order_by(last.desc())
        )
        with self._database.read() as connection:
            return list(connection.execute(wanted).scalars())

    def clear(self, namespace: str, session: str) -> int:
        """Empty the window of one session; the token store keeps what it held. Returns the turns removed."""
        self._passing.pop((namespace, session), None)
        with self._database.write() as connection:
            gone = connection.execute(context_turns.delete().where(
                context_turns.c.namespace == namespace, context_turns.c.session == session
            ))
            return int(gone.rowcount)

    # --- pinned blocks ------------------------------------------------------------------------------------------------

    def pin(self, namespace: str, label: str, text: str) -> None:
        """Keep a block before every conversation of the namespace. The same label replaces, in its old place."""
        if not label.strip() or not text.strip():
            raise InputError("a pinned block needs a label and a text", hint="unpin removes a block",
                             code="input.empty_block")
        check_names(namespace=namespace, label=label)
        check_text(text, "the block")
        of_label = (blocks.c.namespace == namespace) & (blocks.c.label == label)
        with self._database.write() as connection:
            if connection.execute(blocks.update().where(of_label).values(text=text)).rowcount:
                return
            last = connection.execute(
                sa.select(sa.func.max(blocks.c.position)).where(blocks.c.namespace == namespace)
            ).scalar()
            connection.execute(blocks.insert().values(
                namespace=namespace, label=label, text=text, position=0 if last is None else last + 1
            ))

    def unpin(self, namespace: str, label: str) -> None:
        """Raises NotFoundError when no block of the namespace has this label."""
        with self._database.write() as connection:
            gone = connection.execute(
                blocks.delete().where(blocks.c.namespace == namespace, blocks.c.label == label)
            )
        if not gone.rowcount:
            raise NotFoundError(f"no pinned block is labelled {label!r}", hint="list the blocks to see their labels",
                                code="not_found.block")

    def blocks(self, namespace: str) -> list[PinnedBlock]:
        """In the order in which they were pinned."""
        wanted = sa.select(blocks.c.label, blocks.c.text).where(blocks.c.namespace == namespace)
        with self._database.read() as connection:
            rows = connection.execute(wanted.order_by(blocks.c.position)).all()
        return [PinnedBlock(label=row.label, text=row.text) for row in rows]

    # --- the view -----------------------------------------------------------------------------------------------------

    def messages(self, namespace: str, session: str, budget: int) -> list[Message]:
        """Pinned blocks, then the latest turns that fit `budget` tokens less what is reserved for the output.

        Raises ConfigError when the budget cannot hold the pinned blocks, or leaves no room for any turn.
        """
        pinned = [_pinned(block) for block in self.blocks(namespace)]
        passing = self._passing.get((namespace, session), ())
        turns = sorted([*self.turns(namespace, session), *passing], key=lambda turn: turn.observed_at)
        room = budget - self._settings.reserve_output
        taken = sum(self._cost(message["content"]) for message in pinned)
        if taken > room:
            raise ConfigError(
                f"a budget of {budget} tokens less {self._settings.reserve_output} for the output leaves {max(room, 0)}; "
                f"the pinned blocks take {taken}",
                hint="raise context.max_tokens, lower context.reserve_output, or unpin a block",
                code="config.context_budget",
            )
        return [*pinned, *self._latest(turns, room - taken)]

    def use(self, namespace: str, session: str, budget: int) -> WindowUse:
        """How `messages` spends its budget, in tokens. Raises as it does."""
        view = self.messages(namespace, session, budget)
        pinned = len(self.blocks(namespace))
        costs = [self._cost(message["content"]) for message in view]
        held = len(self.turns(namespace, session)) + len(self._passing.get((namespace, session), ()))
        return WindowUse(
            session=session, budget=budget, pinned=sum(costs[:pinned]), spoken=sum(costs[pinned:]),
            reserved=self._settings.reserve_output, turns=held, seen=len(view) - pinned,
        )  # fmt: skip

    def _cost(self, content: str) -> int:
        return self._count(content) + self._overhead

    def _latest(self, turns: Sequence[Experience], room: int) -> list[Message]:
        if not turns:
            return []
        from langchain_core.messages import trim_messages

        groups = _groups(_as_spoken(turns))
        groups[-1] = self._shortened(groups[-1], room)
        costs: dict[str, int] = {}

        def cost(messages: Sequence[BaseMessage]) -> int:
            contents = [str(message.content) for message in messages]
            for content in contents:
                if content not in costs:
                    costs[content] = self._cost(content)
            return sum(costs[content] for content in contents)

        # Only what can be seen is tokenised: from the end until the room is passed.
        reach, passed = len(groups), 0
        while reach and passed <= room:
            reach -= 1
            passed += cost(groups[reach])
        latest = [message for group in groups[reach:] for message in group]
        # A view that leaves nothing out starts where the conversation did.
        seen = latest if passed <= room else []
        # A cut inside a group would start the view on a tool's result: starting on a spoken turn leaves the whole
        # group out. On the user's turn where there is one, since templates want a conversation to open with it.
        for start_on in (("human",), ("human", "ai")):
            seen = seen or trim_messages(
                latest, max_tokens=room, strategy="last", start_on=start_on, token_counter=cost
            )
        return [{"role": _ROLES[message.type], "content": str(message.content)} for message in seen]

    def _shortened(self, group: list[BaseMessage], room: int) -> list[BaseMessage]:
        """The group such that it fits: the longest text first loses its middle."""
        shortened = list(group)
        costs = [self._cost(str(message.content)) for message in shortened]
        for index in sorted(range(len(shortened)), key=lambda i: -costs[i]):
            if (excess := sum(costs) - room) <= 0:
                break
            cut = self._without_middle(str(shortened[index].content), costs[index] - excess)
            shortened[index] = shortened[index].model_copy(update={"content": cut})
            costs[index] = self._cost(cut)
        if sum(costs) > room:
            raise ConfigError(
                f"{room} tokens are left for the conversation; the latest exchange, cut short, takes {sum(costs)}",
                hint="raise context.max_tokens", code="config.context_budget",
            )
        return shortened

    def _without_middle(self, text: str, room: int) -> str:
        """Beginning and end around a mark, as much as `room` tokens hold; at least the mark."""
        least, most = 0, len(text) - 1
        while least < most:
            kept = (least + most + 1) // 2
            if self._cost(_cut(text, kept)) <= room:
                least = kept
            else:
                most = kept - 1
        return _cut(text, least)


_ROLES = {"human": "user", "ai": "assistant", "tool": "tool", "system": "system"}


def _cut(text: str, kept: int) -> str:
    """The text with all but `kept` characters taken out of its middle: a message opens and ends with its point."""
    head, tail = kept - kept // 3, kept // 3
    ending = text[len(text) - tail :] if tail else ""
    return f"{text[:head]}[… {len(text) - kept} characters left out …]{ending}"


def _pinned(block: PinnedBlock) -> Message:
    return {"role": "system", "content": f"{block.label}: {block.text}"}


def _as_spoken(turns: Sequence[Experience]) -> list[BaseMessage]:
    """Turns as LangChain messages. A tool's result whose call is not in the window is the user's to read, not a reply."""
    from langchain_core.messages import AIMessage, HumanMessage, ToolMessage

    messages: list[BaseMessage] = []
    open_calls: list[str] = []
    for turn in turns:
        metadata = turn.metadata
        if turn.origin is Origin.TOOL:
            call = str(metadata.get("tool_call_id") or (open_calls[0] if open_calls else ""))
            if call in open_calls:
                messages.append(ToolMessage(content=turn.text, tool_call_id=call))
            else:
                messages.append(HumanMessage(content=f"[tool result] {turn.text}"))
            continue
        open_calls = _call_ids(metadata.get("tool_calls")) if turn.origin is Origin.ASSISTANT else []
        # An imported conversation names its speakers instead.
        if turn.origin is Origin.ASSISTANT or (turn.origin is Origin.IMPORT and turn.source.actor == "assistant"):
            messages.append(AIMessage(content=turn.text))
        else:
            messages.append(HumanMessage(content=turn.text))
    return messages


def _call_ids(calls: Any) -> list[str]:
    """Ids of the calls an assistant's turn carries in its metadata, in OpenAI's form: [{"id": ...}, ...]."""
    if not isinstance(calls, list):
        return []
    return [str(call["id"]) for call in calls if isinstance(call, dict) and call.get("id")]


def _groups(messages: Sequence[BaseMessage]) -> list[list[BaseMessage]]:
    """Messages that are seen together or not at all: a call and its results."""
    groups: list[list[BaseMessage]] = []
    for message in messages:
        if message.type == "tool" and groups:
            groups[-1].append(message)
        else:
            groups.append([message])
    return groups
